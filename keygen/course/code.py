"""The short code that ties a page to its variant, with a check character that catches a slip of the pen."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from keygen.errors import KeygenError

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUWXYZ"
"""31 characters: no 0 and O, no 1 and I, and no V beside U. 31 is prime, which the check rests on."""

LENGTH = 7  # characters before the check character: 31**7 is 27 milliards
LOOK_ALIKES = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")  # capitals that look the same on both keyboards


def variant_code(*names: object) -> str:
    """The code of whatever the names name, "ABCD-EFGH"; the same names give the same code on every machine."""
    key = "\x1f".join(str(name) for name in names)
    number = int.from_bytes(hashlib.sha256(key.encode()).digest())
    base = len(ALPHABET)
    return printed("".join(ALPHABET[number // base**place % base] for place in range(LENGTH)))


def printed(characters: str) -> str:
    """The characters with their check character, in two groups.

    The check is ISO 7064's pure system, MOD 31,2: every single wrong character and every two neighbours in the wrong
    order are caught. (The hybrid system, MOD 31,30, lets some swapped neighbours pass.)
    """
    from stdnum.iso7064 import mod_37_2  # slow to import, and published numbers have no code

    whole = characters + mod_37_2.calc_check_digit(characters, ALPHABET)
    return f"{whole[:4]}-{whole[4:]}"


def read_code(text: str) -> str:
    """The code that a person has typed, as it is printed.

    Small letters, spaces, a missing dash and Cyrillic capitals of the same looks are accepted. Raises KeygenError for
    what is no code: another length, a character that no code has, a check character that does not fit.
    """
    plain = re.sub(r"[\s\-\u2010-\u2015\u2212]", "", unicodedata.normalize("NFKC", text))
    plain = plain.upper().translate(LOOK_ALIKES)
    strangers = [character for character in plain if character not in ALPHABET]
    if strangers:
        raise KeygenError(
            f"{text!r} is not a code: no code has the character {strangers[0]!r}",
            expected=f"characters of {ALPHABET}",
            repair="look at the page again: a code has no 0, O, 1, I and V",
        )
    if len(plain) != LENGTH + 1:
        raise KeygenError(
            f"{text!r} is not a code",
            expected=f"{LENGTH + 1} characters, as in {variant_code('example')}",
            found=f"{len(plain)} of them",
        )
    from stdnum.iso7064 import mod_37_2  # as above

    if not mod_37_2.is_valid(plain, ALPHABET):
        raise KeygenError(
            f"{text!r} is not a code: a character is mistyped, or two are swapped", repair="look at the page again"
        )
    return f"{plain[:4]}-{plain[4:]}"
