"""Terms as Python, under the signs and brackets that they have on the page: what the read-back evaluates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

import numpy as np

from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.engine.terms import Apply, Name, Term
from keygen.errors import KeygenError
from keygen.notation.calls import called
from keygen.notation.formula import Formula
from keygen.notation.medium import Written
from keygen.notation.numbers import Digits, Policy, digits
from keygen.notation.numerals import honest
from keygen.notation.signs import Level


class Shown(NamedTuple):
    """A number as a page shows it beside the number it stands for: what the read-back compares."""

    digits: Digits
    value: Fraction | Real | Surd


def require_honest(shown: Shown) -> None:
    """Raise KeygenError for digits that are not the number's."""
    if not honest(*shown):
        raise KeygenError(
            "a printed number is not the number it stands for", expected=str(shown.value), found=str(shown.digits)
        )


class Python(Formula):
    """Python that evaluates to the term's value.

    Numbers become constants _k0, _k1 ... under the signs and brackets that their digits have on the page, so that the
    same formula is the same text in every variant, and is compiled once.
    """

    pattern: ClassVar[str] = "python"

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.constants: dict[str, Any] = {}
        self.shown: list[Shown] = []

    def name(self, term: Name) -> Written:
        """The variable, out of the way of what the page's Python calls by its name."""
        return Written(f"_{term.name}" if term.name in called() else term.name)

    def number(self, value: Fraction | Real | Surd) -> Written:
        """The number at full precision under the sign and the brackets that its digits have on the page. A float is a
        value at which a formula is tried: it stands on no page, and has no digits."""
        if isinstance(value, float):
            return under(Digits(value < 0, "", exact=False), self.constant(abs(value)))
        shown = digits(value, self.policy)
        self.shown.append(Shown(shown, value))
        return under(shown, self.constant(abs(value)))

    def array(self, value: np.ndarray) -> Written:
        """A constant; each element's digits are noted."""
        if value.dtype == object:
            self.shown += [Shown(digits(element, self.policy), element) for element in value.flat]
        return Written(self.constant(value))

    def constant(self, value: Any) -> str:
        """A name for a value."""
        name = f"_k{len(self.constants)}"
        self.constants[name] = value
        return name

    def literal(self, value: Any) -> Written:
        """One number keeps its shape as a constant where it stands in for a matrix."""
        if isinstance(value, np.ndarray) and value.size == 1:
            scalar = self.number(value.item())
            sign = "-" if scalar.level is Level.NEGATIVE else ""
            return scalar._replace(text=sign + self.constant(abs(value)))
        return super().literal(value)

    def param(self, term: Apply) -> Written:
        """Coefficients as constants."""
        if term.primitive == "scale" and isinstance(term.param, Fraction):
            c = term.param
            text = ("-" if c < 0 else "") + self.constant(abs(c))
            return Written(text, Level.NEGATIVE if c < 0 else Level.ATOM)
        return super().param(term)


class Flat(Python):
    """The same under the brackets of a terminal, where fractions stand on one line."""

    flat: ClassVar[bool] = True

    def number(self, value: Fraction | Real | Surd) -> Written:
        """A fraction of numbers is a quotient like any other."""
        written = super().number(value)
        if written.level is Level.FRACTION:
            top, bottom = abs(value), Fraction(1)
            if isinstance(top, Fraction):
                top, bottom = Fraction(top.numerator), Fraction(top.denominator)
            return Written(f"{self.constant(top)} / {self.constant(bottom)}", Level.QUOTIENT, number=True)
        return written


def under(shown: Digits, magnitude: str) -> Written:
    """A magnitude under the sign of its digits, as tightly bound as they are."""
    if shown.negative:
        return Written("-" + magnitude, Level.NEGATIVE, number=True)
    fraction, power = "/" in shown.text, bool(shown.exponent)
    if shown.root != 1 and not fraction:
        return Written(magnitude, Level.CALL if shown.text == "1" else Level.SCALED, number=True)
    return Written(magnitude, Level.FRACTION if fraction else Level.SCALED if power else Level.ATOM, number=True)


class Line(NamedTuple):
    """A link in Python's signs, with its constants and with the numbers whose digits a page shows."""

    text: str
    constants: Mapping[str, Any]
    shown: Sequence[Shown]

    def __str__(self) -> str:
        """The text with the constants' values in their places, for a person."""
        return re.sub(r"_k\d+", lambda name: str(self.constants[name[0]]), self.text)


def spoken(link: Term, policy: Policy, *, flat: bool = False) -> Line:
    """A link in Python's signs, under the brackets of a page or of a terminal (`flat`)."""
    medium = Flat(policy) if flat else Python(policy)
    return Line(medium.term(link).text, medium.constants, medium.shown)
