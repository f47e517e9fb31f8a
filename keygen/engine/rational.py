"""Numbers as people write them, read exactly: 3, "0.5", "-1/3", "1e-4"; what they may be is bounded. Short fractions."""

from __future__ import annotations

import re
from fractions import Fraction

DIGITS = 300
"""Digits that the numerator and the denominator may have: with more, a number has no double."""
BITS = (10**DIGITS).bit_length()
LONG = re.compile(r"[eE][+-]?0*(\d+)\s*$")


class TooLong(ValueError):
    """A number with more digits than anybody writes down."""

    def __init__(self) -> None:
        super().__init__(f"a number of more than {DIGITS} digits")


def rational(value: int | str | Fraction) -> Fraction:
    """The number that is written. Raises ValueError for what is none, TooLong before a huge one is worked out."""
    if isinstance(value, str):
        exponent = LONG.search(value)
        if len(value) > 2 * DIGITS + 2 or (exponent and (len(exponent[1]) > 4 or int(exponent[1]) > DIGITS)):
            raise TooLong
    try:
        exact = Fraction(value)
    except ZeroDivisionError as error:
        raise ValueError("a fraction with the denominator 0") from error
    if max(exact.numerator.bit_length(), exact.denominator.bit_length()) > BITS:
        raise TooLong
    return exact


def last_convergent(top: int, bottom: int, longest: int) -> Fraction:
    """The last convergent of a fraction's continued fraction with a denominator up to `longest`.

    A rational p/q nearer than 1/(2 q^2) is a convergent (A. Khinchin, Continued Fractions, theorem 19).
    """
    p, q, next_p, next_q = 0, 1, 1, 0
    while bottom:
        whole, rest = divmod(top, bottom)
        if whole * next_q + q > longest:
            break
        p, q, next_p, next_q = next_p, next_q, whole * next_p + p, whole * next_q + q
        top, bottom = bottom, rest
    return Fraction(next_p, next_q)
