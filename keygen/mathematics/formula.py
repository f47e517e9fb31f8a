"""Formulas for other programs: sympy reads them where all names are numbers, NumPy where they are matrices."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.mathematics.operators import Precedence
from keygen.mathematics.printer import Fragment, Printer
from keygen.mathematics.skeleton import FORMULAS, ByIdentity
from keygen.mathematics.terms import Apply, Name, Term


class FormulaPrinter(Printer):
    """A formula for other programs: sympy reads it where all names are numbers, NumPy where they are matrices."""

    pattern: ClassVar[str] = "formula"

    def name(self, term: Name) -> Fragment:
        """The variable's own name, or how the other program spells it."""
        return Fragment(self.signs.get(term.name, term.name))

    def number(self, value: Fraction | Real | Surd) -> Fragment:
        """1/2 in brackets, 3, -0.25 as it is; sqrt(10)/10 in brackets."""
        if isinstance(value, Surd):
            return Fragment(f"({value})", number=True)
        if isinstance(value, Real):
            raise KeygenError("a number without an exact form cannot stand in a formula", found=repr(value))
        exact = Fraction(value)
        magnitude = str(abs(exact)) if exact.denominator == 1 else f"({abs(exact)})"
        text = ("-" if exact < 0 else "") + magnitude
        return Fragment(text, Precedence.NEGATIVE if exact < 0 else Precedence.ATOM, number=True)

    def array(self, value: np.ndarray) -> Fragment:
        """Not part of a formula."""
        raise KeygenError("an array of numbers cannot stand in a formula", found=str(value))

    def place(self, term: Apply) -> Fragment:
        """The place of an entry, counted from 0."""
        return Fragment(str(term.param))

    def param(self, term: Apply) -> Fragment:
        """Coefficients exactly; f, df for a named function and its derivative; shapes as tuples."""
        if term.primitive == "apply" and isinstance(term.param, tuple):
            name, order = term.param
            return Fragment("d" * (order if isinstance(order, int) else 0) + str(name))
        if term.primitive == "limit" and isinstance(term.param, tuple):
            letter, toward = term.param
            return Fragment(f"{letter!r}, {toward!r}, lambda {letter}")
        if term.primitive == "scale" and isinstance(term.param, Fraction):
            return self.number(term.param)
        return Fragment(str(term.param))


class SharedFormulaPrinter(FormulaPrinter):
    """Formulas that have parts in common: a term that stands in several places is written once."""

    def __init__(self, signs: Mapping[str, str]) -> None:
        super().__init__(signs=signs)
        self.written = ByIdentity(super().apply, FORMULAS)

    def apply(self, term: Apply) -> Fragment:
        """The term as it was written before, or is now."""
        return self.written(term)


class SympyPrinter(FormulaPrinter):
    """A scalar formula for sympy, which takes no product with a comparison."""

    def apply(self, term: Apply) -> Fragment:
        """max(0, x) by its name."""
        if term.primitive == "relu":
            return Fragment(f"Max(0, {self.term(term.args[0]).text})")
        return super().apply(term)


class NumpyPrinter(FormulaPrinter):
    """A formula with arrays of numbers, for NumPy alone."""

    def apply(self, term: Apply) -> Fragment:
        """A condition is the number 1 or 0."""
        written = super().apply(term)
        return written._replace(text=f"(1.0 * {written.text})") if term.primitive == "step" else written

    def literal(self, value: Any) -> Fragment:
        """An array of one number is an array too."""
        return self.array(value) if isinstance(value, np.ndarray) else super().literal(value)

    def array(self, value: np.ndarray) -> Fragment:
        """array([[1, -2], [(1/3), 4]]). Raises KeygenError for a number without an exact form."""
        return Fragment(f"array({self.nested(value)})")

    def nested(self, value: np.ndarray) -> str:
        """The numbers of an array, row by row in brackets."""
        inside = [self.nested(part) if part.ndim else self.literal(part.item()).text for part in map(np.asarray, value)]
        return f"[{', '.join(inside)}]"


def numpy_text(term: Term, spelled: Mapping[str, str] | None = None) -> str:
    """A term in NumPy's style, arrays of numbers included; it calls NumPy's functions by their bare names
    (`array`, `ones`, `sum`, `amax`, `exp`, `log`, `sqrt`, `tanh`).

    Raises KeygenError for a number without an exact form.
    """
    return NumpyPrinter(signs=spelled or {}).write(term).text


def expression_text(term: Term) -> str:
    """A scalar term as sympy parses it."""
    return SympyPrinter().write(term).text


def formula(term: Term, spelled: Mapping[str, str] | None = None) -> str:
    """A term as a formula for other programs; `spelled` gives names a form of their own."""
    return FormulaPrinter(signs=spelled or {}).write(term).text
