"""Short exact forms of irrational answers, by sympy: sqrt(10)/10, 1/(exp(-1) + 1). Importing it imports sympy."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import sympy

from keygen.engine import symbolic
from keygen.mathematics.answers import SHORT, ExactForm
from keygen.variants.solved import Solved

OPERATIONS = 24  # of an unsimplified form; longer ones are given up
SIMPLIFIED = 80  # characters of the longest form worth simplifying
GROWTH = (sympy.exp, sympy.tanh)  # one inside another is left as it stands: sympy may never end over such a tower


class ClosedForms:
    """The sympy values of a numeric trace, made when first asked for, given up where they grow beyond a short form."""

    def __init__(self, solved: Solved) -> None:
        self.trace, self.data = solved.trace, solved.variant.data
        self.numeric = set(self.data) == {variable.name for variable in self.trace.inputs}
        self.values: dict[str, Any] = {}

    def __call__(self, name: str, place: tuple[int, ...]) -> str | None:
        """The form of one entry of a variable, None where it is not short."""
        value = self.value(name) if self.numeric else None
        return None if value is None else short(value[place] if isinstance(value, np.ndarray) else value)

    def value(self, name: str) -> Any:
        """A variable's exact value, None as soon as one of its entries or of those it is made from is long."""
        if name not in self.values:
            self.values[name] = self.bounded(name)
        return self.values[name]

    def bounded(self, name: str) -> Any:
        """One step of the trace on sympy numbers."""
        step = self.trace.defining.get(name)
        if step is None:
            return symbolic.sympify(self.data[name])
        inputs = [self.value(source) for source in step.inputs]
        if any(value is None for value in inputs):
            return None
        value = symbolic.RULES[step.primitive](*inputs, *(() if step.param is None else (step.param,)))
        longest = max(sympy.sympify(entry).count_ops() for entry in np.asarray(value, dtype=object).flat)
        return value if longest <= OPERATIONS else None


@cache
def short(value: Any) -> str | None:
    """A sympy number as text if a person would still write it, checked against the value it came from."""
    value = sympy.sympify(value)
    if value.has(sympy.Float, sympy.Piecewise):
        return None
    length = len(str(value))
    if length > SIMPLIFIED:
        return None
    worthwhile = length > SHORT // 2 and not tower(value)
    forms = [value, sympy.simplify(value)] if worthwhile else [value]
    text = min((str(form) for form in forms), key=len)
    close = abs(float(sympy.sympify(text)) - float(value)) <= 1e-12 * max(1.0, abs(float(value)))
    return text if len(text) <= SHORT and close else None


def tower(value: Any) -> bool:
    """Whether an exponential stands in the argument of another."""
    return any(argument.has(*GROWTH) for outer in value.atoms(*GROWTH) for argument in outer.args)


def closed_form(solved: Solved) -> ExactForm:
    """The exact forms of one solved exercise."""
    return ClosedForms(solved)
