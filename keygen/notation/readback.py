"""Read-back: every printed line is printed again in Python's signs through the same table, evaluated and compared.

Two things can be wrong with a line: its structure (a lost bracket, a flipped sign) and its digits. The structure is
evaluated at full precision, under the brackets that the page decided on; each number's digits are compared with the
number they stand for. Together they leave no way for a false line to pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from types import CodeType
from typing import Any, ClassVar

import numpy as np

from keygen.engine.evaluate import RULES, as_float
from keygen.engine.kinds import EXACT
from keygen.engine.polynomial import Polynomial
from keygen.engine.terms import Apply, Chain
from keygen.errors import KeygenError
from keygen.notation.formula import Formula
from keygen.notation.medium import Written
from keygen.notation.numbers import Digits, Policy, digits
from keygen.notation.signs import Level

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Shown:
    """A number as a page shows it beside the number it stands for: what the read-back compares."""

    digits: Digits
    value: Fraction | float


class Python(Formula):
    """Python that evaluates to the term's value: what the read-back runs. Arrays become constants k0, k1 ..."""

    pattern: ClassVar[str] = "python"

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.constants: dict[str, Any] = {}
        self.shown: list[Shown] = []

    def number(self, value: Fraction | float) -> Written:
        """The number at full precision under the sign and the brackets that its digits have on the page."""
        shown = digits(value, self.policy)
        self.shown.append(Shown(shown, value))
        magnitude = (
            f"Q({abs(value).numerator}, {abs(value).denominator})" if isinstance(value, Fraction) else repr(abs(value))
        )
        text = ("-" if shown.negative else "") + magnitude
        if shown.negative:
            return Written(text, Level.NEGATIVE, number=True)
        fraction, power = "/" in shown.text, bool(shown.exponent)
        return Written(text, Level.FRACTION if fraction else Level.SCALED if power else Level.ATOM, number=True)

    def array(self, value: np.ndarray) -> Written:
        """A constant; each element's digits are noted."""
        self.shown += [Shown(digits(element, self.policy), element) for element in value.flat]
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return Written(name)

    def literal(self, value: Any) -> Written:
        """One number keeps its shape as a constant where it stands in for a matrix."""
        if isinstance(value, np.ndarray) and value.size == 1:
            scalar = self.number(value.item())
            name = f"k{len(self.constants)}"
            self.constants[name] = abs(value)
            return replace(scalar, text=("-" if scalar.level is Level.NEGATIVE else "") + name)
        return super().literal(value)

    def param(self, term: Apply) -> Written:
        """Coefficients as Fractions."""
        if term.primitive == "scale" and isinstance(term.param, Fraction):
            c = term.param
            text = f"{'-' if c < 0 else ''}Q({abs(c).numerator}, {c.denominator})"
            return Written(text, Level.NEGATIVE if c < 0 else Level.ATOM)
        return super().param(term)


def functions() -> dict[str, Any]:
    """What the Python of a page may call: the engine's numeric rules on exact numbers."""
    calls = {name: rule for name, rule in RULES.items() if name in ("softmax", "logloss", "where_max")}
    return {
        **EXACT.functions,
        **{name: (lambda *args, rule=rule: rule(EXACT, *args)) for name, rule in calls.items()},
        "maximum": EXACT.max,
        "sum_to": lambda x, shape: np.sum(x) if shape == () else RULES["sum_to"](EXACT, x, shape),
        "repeat_to": np.broadcast_to,
        "row_products": lambda x, d: sum(np.outer(row, other) for row, other in zip(x, d, strict=True)),
        "Q": Fraction,
        "abs": abs,
    }


CALLS = functions()


@cache
def code(text: str) -> CodeType:
    """Compiled once: the same formulas come back in every variant."""
    return compile(text, "<page>", "eval")


def evaluated(text: str, values: Mapping[str, Any]) -> Any:
    """The value of a line in Python's signs."""
    return eval(code(text), {"__builtins__": {}, **CALLS, **values})


def same(left: Any, right: Any) -> bool:
    """Equal: exactly for polynomials, to nine digits for numbers and arrays (a 1 x 1 array is a number)."""
    if isinstance(left, Polynomial) or isinstance(right, Polynomial):
        return not (left - right).terms if isinstance(left, Polynomial) else not (right - left).terms
    a, b = np.asarray(as_float(left), dtype=float), np.asarray(as_float(right), dtype=float)
    if a.size == 1 and b.size == 1:
        a, b = a.reshape(()), b.reshape(())
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=TOLERANCE, atol=TOLERANCE))


def honest(shown: Shown) -> bool:
    """Whether the digits on the page are those of the number: all of them, or rounded to the last one shown."""
    if shown.digits.exact:
        return shown.digits.value() == shown.value
    unit = Fraction(10) ** (shown.digits.exponent - len(shown.digits.text.partition(".")[2]))
    if "." not in shown.digits.text:
        unit = Fraction(10) ** (len(shown.digits.text) - len(shown.digits.text.rstrip("0")) + shown.digits.exponent)
    return abs(shown.digits.value() - Fraction(shown.value)) <= unit * Fraction(51, 100)


def verify(chain: Chain, values: Mapping[str, Any], policy: Policy, calls: Mapping[str, Any] | None = None) -> int:
    """Evaluate every link of a chain as the page shows it and compare neighbours; the number of equalities checked.

    `values` holds every name in the chain, `calls` the functions that are only named (f, df). Raises KeygenError with
    both sides for a line that is false, and for digits that are not the number's.
    """
    before: Any = None
    text_before = ""
    for place, link in enumerate(chain.links):
        medium = Python(policy)
        text = medium.write(link).text
        value = evaluated(text, {**values, **(calls or {}), **medium.constants})
        if place and not same(before, value):
            raise KeygenError(
                "a printed line is false: its two sides differ",
                expected=f"{text_before} = {before}",
                found=f"{text} = {value}",
                repair="this is a defect of keygen or of the exercise's computation; please report it with the seed",
            )
        for shown in medium.shown:
            if not honest(shown):
                raise KeygenError(
                    "a printed number is not the number it stands for",
                    expected=str(shown.value),
                    found=str(shown.digits),
                )
        before, text_before = value, text
    return len(chain.links) - 1
