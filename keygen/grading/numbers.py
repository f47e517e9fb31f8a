"""Numbers as students type them, read exactly, with the digits that they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from keygen.engine.bounds import bounded, power_has_room
from keygen.engine.domains import EXACT
from keygen.engine.primitives import Reading, nobody
from keygen.engine.real import Real, Undecided
from keygen.engine.surd import Surd
from keygen.grading.grammar import FUNCTIONS as CALLED
from keygen.grading.grammar import Formula, FormulaReader, LetterNode, Operation, TypedNumeral
from keygen.grading.typed_text import UnreadableError

GROUPED = re.compile(r"[-+]? ?\d{1,3}( \d{3})+(\.\d+)?")
LARGEST = 1000
"""Of an exponent that is worked out."""
ONE = Fraction(1)
FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    **{name: function for name, function in EXACT.functions.items() if name in CALLED},
    "abs": abs,
}
ZERO_TOO = Reading("whether it takes 0, of what takes no negative number", {"ln": False, "sqrt": True}, needs=nobody)


@dataclass(frozen=True, slots=True)
class ReadNumber:
    """A number that somebody typed.

    value        exactly what is written: Fraction, Surd or Real
    half         half a unit of the last digit, 0 of what is no decimal: 1/3, sqrt(2)/2
    significant  digits that count; None of what is no decimal
    """

    value: Any
    half: Fraction = Fraction(0)
    significant: int | None = None

    def __float__(self) -> float:
        return float(self.value)

    def half_of(self, digits: int) -> Fraction:
        """Half a unit of the last of so many digits, where zeros at the end were cut off, 0.07 in the place of 0.0700;
        as it is typed where it has as many digits, and 0 for 0."""
        if self.significant is None or self.significant >= digits:
            return self.half
        return self.half / 10 ** (digits - self.significant) if self.value else Fraction(0)


def read_number(text: str) -> ReadNumber:
    """A number in one reading of its text, in which a decimal has a point. Raises UnreadableError for what is none."""
    try:
        return valued(FormulaReader(text).formula())
    except ZeroDivisionError as error:
        raise UnreadableError(f"{text[:40]}: a division by zero") from error
    except (ArithmeticError, ValueError) as error:
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError(f"{text[:40]}: {error}") from error


def valued(formula: Formula) -> ReadNumber:
    """The number that a formula without letters says."""
    match formula:
        case TypedNumeral(value):
            return ReadNumber(value, formula.unit / 2, formula.significant)
        case LetterNode("e"):
            return ReadNumber(FUNCTIONS["exp"](ONE))
        case Operation("neg", (inside,)):
            found = valued(inside)
            return ReadNumber(-found.value, found.half, found.significant)
        case Operation("*" | "·", (mantissa, Operation("^", (TypedNumeral(base), exponent)))) if base == 10:
            return powered(valued(mantissa), valued(Operation("^", (TypedNumeral(base, "10"), exponent))).value)
        case Operation("^", (base, exponent)):
            return power(base, exponent)
        case Operation("+" | "-" | "*" | "/" | "·", (left, right)):
            return combined(formula.sign, left, right)
        case Operation(name, (inside,)) if name in FUNCTIONS:
            found = valued(inside)
            if name in ZERO_TOO and not positive(found.value, zero=ZERO_TOO[name]):
                raise UnreadableError(f"{name} of a number that has none")
            return rounded_as(FUNCTIONS[name](found.value), inside)
        case LetterNode(name):
            raise UnreadableError(f"the letter {name} in the place of a number")
        case Operation(sign):
            raise UnreadableError(f"{sign} in a number")


def powered(mantissa: ReadNumber, power: Any) -> ReadNumber:
    """A number times a power of ten."""
    return ReadNumber(mantissa.value * power, mantissa.half * power, mantissa.significant)


def power(base: Formula, exponent: Formula) -> ReadNumber:
    """A whole power of anything, the root for 1/2, a power of e."""
    raised = valued(exponent).value
    if isinstance(base, LetterNode) and base.name == "e":
        return rounded_as(FUNCTIONS["exp"](raised), exponent)
    below = valued(base).value
    if isinstance(raised, Fraction) and raised.denominator == 2 and positive(below, zero=True):
        below, raised = FUNCTIONS["sqrt"](below), Fraction(raised.numerator)
    if not isinstance(raised, Fraction) or raised.denominator != 1:
        raise UnreadableError("a power that is neither whole nor a root")
    if abs(raised) > LARGEST:
        raise UnreadableError(f"the exponent {raised}")
    if isinstance(below, Fraction):
        power_has_room(below, int(raised))
    found = below ** abs(int(raised))
    return rounded_as(found if raised >= 0 else 1 / found, base)


def combined(sign: str, left: Formula, right: Formula) -> ReadNumber:
    """Two numbers under a sign."""
    a, b = valued(left).value, valued(right).value
    match sign:
        case "+":
            found = a + b
        case "-":
            found = a - b
        case "/":
            found = a / b
        case _:
            found = a * b
    return rounded_as(found, left, right)


def rounded_as(value: Any, *parts: Formula) -> ReadNumber:
    """A result as exact as what it is made of: decimals in it are taken to be rounded."""
    digits = [numeral.significant for part in parts for numeral in numerals(part) if numeral.decimal]
    bounded([value])
    if not digits:
        return ReadNumber(value)
    fewest = max(1, min(digits))
    return ReadNumber(value, abs(Fraction(float(value))) / (2 * Fraction(10) ** (fewest - 1)), fewest)


def numerals(formula: Formula) -> list[TypedNumeral]:
    """The numbers in a formula."""
    match formula:
        case TypedNumeral():
            return [formula]
        case Operation(inputs=inputs):
            return [one for part in inputs for one in numerals(part)]
    return []


def positive(value: Any, *, zero: bool) -> bool:
    """Whether a number is above 0, or 0 if that will do."""
    if not isinstance(value, Fraction | Surd | Real):
        return False
    try:
        return bool(value > 0) or (zero and bool(value == 0))
    except Undecided:
        return False
