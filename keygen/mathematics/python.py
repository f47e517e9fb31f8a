"""Terms as Python, under the signs and brackets that they have on the page: what the read-back evaluates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

import numpy as np

from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.mathematics.eval_scope import called
from keygen.mathematics.formula import FormulaPrinter
from keygen.mathematics.number_cache import digits_match
from keygen.mathematics.number_format import Digits, Policy, digits
from keygen.mathematics.operators import Precedence
from keygen.mathematics.printer import Fragment
from keygen.mathematics.terms import Apply, Name, Term


class ShownNumber(NamedTuple):
    """A number as a page shows it beside the number it stands for: what the read-back compares."""

    digits: Digits
    value: Fraction | Real | Surd


def require_true_digits(shown: ShownNumber) -> None:
    """Raise KeygenError for digits that are not the number's."""
    if not digits_match(*shown):
        raise KeygenError(
            "a printed number is not the number it stands for", expected=str(shown.value), found=str(shown.digits)
        )


class PythonPrinter(FormulaPrinter):
    """Python that evaluates to the term's value.

    Numbers become constants _k0, _k1 ... under the signs and brackets that their digits have on the page, so that the
    same formula is the same text in every variant, and is compiled once.
    """

    pattern: ClassVar[str] = "python"

    def __init__(self, policy: Policy) -> None:
        super().__init__(policy)
        self.constants: dict[str, Any] = {}
        self.shown: list[ShownNumber] = []

    def name(self, term: Name) -> Fragment:
        """The variable, out of the way of what the page's Python calls by its name."""
        return Fragment(f"_{term.name}" if term.name in called() else term.name)

    def number(self, value: Fraction | Real | Surd) -> Fragment:
        """The number at full precision under the sign and the brackets that its digits have on the page. A float is a
        value at which a formula is tried: it stands on no page, and has no digits."""
        if isinstance(value, float):
            return under(Digits(value < 0, "", exact=False), self.constant(abs(value)))
        shown = digits(value, self.policy)
        self.shown.append(ShownNumber(shown, value))
        return under(shown, self.constant(abs(value)))

    def array(self, value: np.ndarray) -> Fragment:
        """A constant; each element's digits are noted."""
        if value.dtype == object:
            self.shown += [ShownNumber(digits(element, self.policy), element) for element in value.flat]
        return Fragment(self.constant(value))

    def constant(self, value: Any) -> str:
        """A name for a value."""
        name = f"_k{len(self.constants)}"
        self.constants[name] = value
        return name

    def literal(self, value: Any) -> Fragment:
        """One number keeps its shape as a constant where it stands in for a matrix."""
        if isinstance(value, np.ndarray) and value.size == 1:
            scalar = self.number(value.item())
            sign = "-" if scalar.level is Precedence.NEGATIVE else ""
            return scalar._replace(text=sign + self.constant(abs(value)))
        return super().literal(value)

    def param(self, term: Apply) -> Fragment:
        """Coefficients as constants."""
        if term.primitive == "scale" and isinstance(term.param, Fraction):
            c = term.param
            text = ("-" if c < 0 else "") + self.constant(abs(c))
            return Fragment(text, Precedence.NEGATIVE if c < 0 else Precedence.ATOM)
        return super().param(term)


class LinearPythonPrinter(PythonPrinter):
    """Python under the brackets of a terminal, where fractions stand on one line."""

    flat: ClassVar[bool] = True

    def number(self, value: Fraction | Real | Surd) -> Fragment:
        """A fraction of numbers is a quotient like any other."""
        written = super().number(value)
        if written.level is Precedence.FRACTION:
            top, bottom = abs(value), Fraction(1)
            if isinstance(top, Fraction):
                top, bottom = Fraction(top.numerator), Fraction(top.denominator)
            return Fragment(f"{self.constant(top)} / {self.constant(bottom)}", Precedence.QUOTIENT, number=True)
        return written


def under(shown: Digits, magnitude: str) -> Fragment:
    """A magnitude under the sign of its digits, as tightly bound as they are."""
    if shown.negative:
        return Fragment("-" + magnitude, Precedence.NEGATIVE, number=True)
    fraction, power = "/" in shown.text, bool(shown.exponent)
    if shown.lone_power:
        return Fragment(magnitude, Precedence.RAISED, number=True)
    if shown.root != 1 and not fraction:
        return Fragment(magnitude, Precedence.CALL if shown.text == "1" else Precedence.SCALED, number=True)
    return Fragment(
        magnitude, Precedence.FRACTION if fraction else Precedence.SCALED if power else Precedence.ATOM, number=True
    )


class PythonLine(NamedTuple):
    """A link in Python's signs, with its constants and with the numbers whose digits a page shows."""

    text: str
    constants: Mapping[str, Any]
    shown: Sequence[ShownNumber]

    def __str__(self) -> str:
        """The text with the constants' values in their places, for a person."""
        return re.sub(r"_k\d+", lambda name: str(self.constants[name[0]]), self.text)


def to_python(link: Term, policy: Policy, *, flat: bool = False) -> PythonLine:
    """A link in Python's signs, under the brackets of a page or of a terminal (`flat`)."""
    printer = LinearPythonPrinter(policy) if flat else PythonPrinter(policy)
    return PythonLine(printer.term(link).text, printer.constants, printer.shown)
