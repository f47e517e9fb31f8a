"""Short exact forms of irrational answers, by sympy: sqrt(10)/10, 1/(exp(-1) + 1). Importing it imports sympy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from keygen.course.answers import SHORT, ExactForm
from keygen.course.solve import Solved
from keygen.engine import symbolic

OPERATIONS = 60  # of an unsimplified form; longer ones are not tried


class ClosedForms:
    """The sympy values of a numeric trace, made when first asked for."""

    def __init__(self, solved: Solved) -> None:
        self.solved = solved
        self.forms: dict[tuple[str, tuple[int, ...]], str | None] = {}

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Every variable's exact value as a sympy expression."""
        return symbolic.evaluate(self.solved.trace, self.solved.variant.data)

    def __call__(self, name: str, place: tuple[int, ...]) -> str | None:
        """The form of one entry of a variable, None where it is not short."""
        if set(self.solved.variant.data) != {variable.name for variable in self.solved.trace.inputs}:
            return None
        key = (name, place)
        if key not in self.forms:
            value = self.values[name]
            self.forms[key] = short(value[place] if isinstance(value, np.ndarray) else value)
        return self.forms[key]


def short(value: Any) -> str | None:
    """A sympy number as text if a person would still write it, checked against the value it came from."""
    value = sympy.sympify(value)
    if value.has(sympy.Float) or value.count_ops() > OPERATIONS:
        return None
    forms = [value, sympy.simplify(value)] if len(str(value)) > SHORT // 2 else [value]
    text = min((str(form) for form in forms), key=len)
    close = abs(float(sympy.sympify(text)) - float(value)) <= 1e-12 * max(1.0, abs(float(value)))
    return text if len(text) <= SHORT and close else None


def closed_form(solved: Solved) -> ExactForm:
    """The exact forms of one solved exercise."""
    return ClosedForms(solved)
