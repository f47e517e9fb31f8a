r"""A number as people type it, for systems that compare texts: a pattern of all decimals that a box takes, and a list
of spellings.

Patterns keep to what all dialects of regular expressions have: alternatives in brackets that capture nothing, classes,
`\d`, `\s`, `? * ^ $`.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor

from keygen.export.typed_number import FEWEST, PLAIN, TypedNumber, decimal_text, scale

MINUS = "[-−–‐‑]"
"""What people type for a minus: hyphen, the sign of mathematics, a dash, and two hyphens of their own."""
POINT = "[.,]"
KEPT = 6
"""Significant digits of the ends of an interval in a pattern; they are rounded outwards."""
POWERLESS = range(-3, 6)
"""Powers of ten of the first digit of numbers that nobody writes with one."""
POWER = r"\s*(?:[eE]|[*·×]\s*10\s*\^?)\s*"
MOST_FIGURES = 8
"""Significant digits up to which right roundings are spelled out."""


def pattern(number: TypedNumber) -> str:
    """A regular expression of all that may be typed for a number: every decimal within its tolerance, with a point or a
    comma and any minus; its fraction in lowest terms; a power of ten where it is small or large."""
    sign, size = ("+?", number.decimal) if number.decimal >= 0 else (MINUS, -number.decimal)
    if not size:
        return rf"^\s*(?:{MINUS}|[+])?(?:0+(?:{POINT}0*)?|{POINT}0+)\s*$"
    sign = r"[+]?" if sign == "+?" else sign
    found = [within(size - number.tolerance, size + number.tolerance)]
    if scale(size) not in POWERLESS:
        found += with_power(size, number.tolerance)
    if (fraction := fraction_of(number)) is not None:
        found.append(rf"{abs(fraction.numerator)}\s*/\s*{fraction.denominator}")
    return rf"^\s*{sign}\s*(?:{'|'.join(found)})\s*$"


def fraction_of(number: TypedNumber) -> Fraction | None:
    """The number as a fraction that is no whole number, if it is one."""
    return Fraction(number.value) if not number.whole and isinstance(number.value, int | Fraction) else None


def with_power(size: Fraction, tolerance: Fraction) -> Iterator[str]:
    """The pattern of a positive number as a mantissa from 1 to 10 and a power of ten."""
    for power in range(scale(size - tolerance), scale(size + tolerance) + 1):
        unit = Fraction(10) ** power
        low, high = max((size - tolerance) / unit, Fraction(1)), (size + tolerance) / unit
        mantissa = within(low, min(high, Fraction(10)), below_ten=high >= 10)
        sign = MINUS if power < 0 else "[+]?"
        yield f"(?:{mantissa}){POWER}{sign}0*{abs(power)}"


def within(low: Fraction, high: Fraction, *, below_ten: bool = False) -> str:
    """The pattern of all decimals from `low` to `high`, which are positive; the ends are rounded outwards to `KEPT`
    digits. `below_ten`: and less than ten."""
    if low == high and low.denominator == 1:
        return rf"0*{low}(?:{POINT}0*)?"
    places = max(0, KEPT - 1 - scale(low))
    unit = 10**places
    low, high = Fraction(floor(low * unit), unit), Fraction(ceil(high * unit), unit)
    found = []
    for width in range(len(str(floor(low))) if low >= 1 else 0, (len(str(floor(high))) if high >= 1 else 0) + 1):
        top = Fraction(10) ** width
        if below_ten and top > 10:
            break
        first, last = max(low, top / 10 if width else Fraction(0)), min(high, top - Fraction(1, unit))
        if first <= last:
            digits = [str(int(end * unit)).rjust(width + places, "0") for end in (first, last)]
            found.append(interval(digits[0], digits[1], width, open_above=high >= top))
    return f"0*(?:{'|'.join(found)})" if len(found) > 1 else f"0*{found[0]}"


def interval(low: str, high: str, width: int, *, open_above: bool = False) -> str:
    """The pattern of decimals of `width` digits before the point from `low` to `high`, both as digits of one number
    without its point; `open_above`: beyond `high` too, as far as the next power of ten."""

    def rest(place: int, from_low: bool, to_high: bool) -> str:
        if place < width:
            return digit(place, from_low, to_high)
        if not from_low and not to_high:
            return r"\d*" if place > width else rf"(?:{POINT}\d*)?"
        ends = not from_low or not low[place:].strip("0")
        if place == len(high):
            text = "0*" if to_high and not open_above else r"\d*"
        else:
            text = digit(place, from_low, to_high)
        if place == width:
            return f"(?:{POINT}(?:{text})?)?" if ends else f"{POINT}{text}"
        return f"(?:{text})?" if ends and place < len(high) else text

    def digit(place: int, from_low: bool, to_high: bool) -> str:
        first, last = (int(low[place]) if from_low else 0), (int(high[place]) if to_high else 9)
        inner = range(first + from_low, last + 1 - to_high)
        groups = [(range(first, first + 1), True, to_high and first == last)] if from_low else []
        groups += [(inner, False, False)] if inner else []
        groups += [(range(last, last + 1), False, True)] if to_high and not (from_low and first == last) else []
        pieces = [one_of(digits) + rest(place + 1, *tight) for digits, *tight in groups]
        return pieces[0] if len(pieces) == 1 else f"(?:{'|'.join(pieces)})"

    return rest(0, True, True)


def one_of(digits: range) -> str:
    """The pattern of one of these digits."""
    first, last = digits[0], digits[-1]
    return str(first) if first == last else r"\d" if len(digits) == 10 else f"[{first}-{last}]"


def spellings(number: TypedNumber) -> list[str]:
    """The right roundings of a number to three significant digits or more, and its fraction in lowest terms, each with
    a point and with a comma, with a hyphen and with a minus; of a whole number itself and with a zero behind it."""
    size = abs(number.decimal)
    if number.whole:
        found = [str(size), f"{size}.0"]
    else:
        found = list(
            dict.fromkeys(text for figures in range(FEWEST, MOST_FIGURES + 1) for text in written(size, figures))
        )
        if (fraction := fraction_of(number)) is not None:
            found.append(f"{abs(fraction.numerator)}/{fraction.denominator}")
    found += [text.replace(".", ",") for text in found if "." in text]
    return found if number.decimal >= 0 else [sign + text for sign in "-−" for text in found]


def written(size: Fraction, figures: int) -> Iterator[str]:
    """A positive number rounded to so many significant digits, where the halfway case may go either way; with its last
    zeros and without them."""
    unit = Fraction(10) ** (scale(size) - figures + 1)
    low = floor(size / unit)
    part = size / unit - low
    for count in [low] * (part <= Fraction(1, 2)) + [low + 1] * (part >= Fraction(1, 2)):
        text = decimal_text(count * unit)
        yield text
        if "." not in text and "e" not in text:
            yield f"{text}.0"  # what programs write
        places = figures - 1 - scale(count * unit)
        if scale(count * unit) in PLAIN and places > 0:
            whole, _, behind = text.partition(".")
            yield f"{whole}.{behind.ljust(places, '0')}"
