"""The short code that ties a page to its variant."""

from __future__ import annotations

import hashlib

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0, O, 1, I


def variant_code(sheet: str, seed: int) -> str:
    """Six characters, the same for the same sheet and seed."""
    number = int.from_bytes(hashlib.sha256(f"{sheet}\x1f{seed}".encode()).digest())
    return "".join(ALPHABET[number >> (5 * place) & 31] for place in range(6))
