"""The cipher of Type 1 fonts (Adobe Type 1 Font Format, chapter 7): each byte's key follows from the byte before.

So a text would have to be encrypted anew wherever it stands. But between two words of a font may be any white space,
and a few bytes of it lead from any key to any other: a text that is always led home from `HOME` is encrypted once.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

EEXEC, CHARSTRING = 55665, 4330
"""The first key of a program, and of what draws a glyph in it."""
FACTOR, TERM, MASK = 52845, 22719, 0xFFFF
HOME = 0
SPACES = b" \n\t"


def decrypted(cipher: bytes, key: int) -> bytes:
    """What was encrypted, with the arbitrary bytes at its beginning. All at once: keys are sums, but for a factor."""
    codes = np.frombuffer(cipher, np.uint8).astype(np.uint16)
    powers, inverses = powers_of(FACTOR, len(codes)), powers_of(pow(FACTOR, -1, 1 << 16), len(codes))
    sums = (inverses * (codes * np.uint16(FACTOR) + np.uint16(TERM))).cumsum(dtype=np.uint16) + np.uint16(key)
    keys = np.concatenate([np.array([key], np.uint16), powers * sums])[:-1]
    return (codes ^ keys >> 8).astype(np.uint8).tobytes()


def powers_of(factor: int, count: int) -> NDArray[np.uint16]:
    """The first `count` powers, from the first on, as far as 16 bits hold them."""
    return np.full(count, factor, np.uint16).cumprod(dtype=np.uint16)


def encrypted(plain: bytes, key: int) -> bytes:
    """The cipher of some bytes."""
    cipher = bytearray()
    for byte in plain:
        byte ^= key >> 8
        cipher.append(byte)
        key = (byte + key) * FACTOR + TERM & MASK
    return bytes(cipher)


def homeward(plain: bytes, key: int = HOME) -> bytes:
    """The cipher of some bytes, and of white space after which the key is `HOME`."""
    cipher, way = bytearray(), way_home()
    at, end = 0, len(plain)
    while at < end or key != HOME:
        byte = (plain[at] if at < end else way[key]) ^ key >> 8
        cipher.append(byte)
        key = (byte + key) * FACTOR + TERM & MASK
        at += 1
    return bytes(cipher)


@cache
def way_home() -> bytes:
    """For each key, the white space that begins a shortest way to `HOME`."""
    keys = np.arange(1 << 16, dtype=np.uint16)
    after = [((space ^ keys >> 8) + keys) * np.uint16(FACTOR) + np.uint16(TERM) for space in SPACES]
    way = np.zeros(1 << 16, np.uint8)
    reached = keys == HOME
    while not reached.all():
        leads = [reached[key] & ~reached for key in after]
        for space, leading in zip(SPACES, leads, strict=True):
            way[leading] = space
            reached = reached | leading
    return way.tobytes()
