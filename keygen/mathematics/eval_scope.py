"""What the Python of a page may call: the engine's rules on the numbers of a kind, and no more."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cache, lru_cache
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from keygen.engine.domains import COMPLEX, EXACT, FLOAT, STEP, Domain
from keygen.engine.evaluate import RULES
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.surd import Surd
from keygen.mathematics.comparison import equal_values, real
from keygen.mathematics.operators import OPERATORS

DOMAINS = {domain.name: domain for domain in (EXACT, FLOAT)}


def either(domain: Domain, name: str) -> Callable[[Any], Any]:
    """A function on numbers of a kind, or on the complex ones of a chain that differentiates."""
    plain, stepped = domain.functions[name], COMPLEX.functions[name]
    return lambda x: stepped(x) if isinstance(x, complex) else plain(x)


def ruled(domain: Domain, name: str) -> Callable[..., Any]:
    """A rule of the engine on numbers of a kind, unless one of its arguments is complex."""
    rule = RULES[name]
    return lambda *args: rule(COMPLEX if any(isinstance(arg, complex) for arg in args) else domain, *args)


def called_by_name(primitive: str) -> bool:
    """Whether the Python of a page is a call of the primitive by its own name."""
    return OPERATORS[primitive].python.startswith(f"{primitive}(")


def limit(letter: str, toward: str, body: Callable[[float], Any]) -> float:
    """The value of `body` as far on the way as float64 goes without overflow."""
    for power in reversed(range(64)):
        x = {"+oo": 2.0**power, "-oo": -(2.0**power), "0+": 2.0**-power}[toward]
        with suppress(OverflowError, ZeroDivisionError):
            return float(body(x).real)
    return math.nan


@cache
def functions(domain: str) -> dict[str, Any]:
    """What may be called, by name, on numbers of a kind."""
    on = DOMAINS[domain]
    return {
        **{name: ruled(on, name) for name in PRIMITIVES if called_by_name(name)},
        **{name: either(on, name) for name in on.functions},
        "maximum": on.max,
        "sum_to": lambda x, shape: np.sum(x) if shape == () else RULES["sum_to"](on, x, shape),
        "repeat_to": np.broadcast_to,
        "place": lambda x, param: RULES["place"](on, np.asarray(x).item(), param),  # a 1 x 1 array is a number
        "row_products": lambda x, d: sum(np.outer(row, other) for row, other in zip(x, d, strict=True)),
        "Q": Fraction,
        "S": (lambda factor, radicand: float(Surd(factor, radicand))) if on is FLOAT else Surd,
        "slope_of": lambda x: x.imag / STEP,
        "limit": limit,
        "alike": lambda left, right: equal_values(real(left), real(right)),
        "positive": lambda x: x.real > 0,
        "expectation": np.mean,  # random letters are arrays of outcomes, all of one probability
        "variance": np.var,
        "factorial": lambda n: math.gamma(n.real + 1),
        "__builtins__": {},
    }


@cache
def called() -> frozenset[str]:
    """The names of all that may be called."""
    return frozenset(functions(EXACT.name)) - {"__builtins__"}


ATTRIBUTES = frozenset({"T", "real"})  # what a line asks of a value, unless it means a variable of that name


class Compiled(NamedTuple):
    """A line in Python's signs, ready to run, and the names that it asks values for (and attributes)."""

    code: CodeType
    names: tuple[str, ...]
    nested: bool


@lru_cache(maxsize=8192)
def compiled(text: str) -> Compiled:
    """A line compiled, once: the same formulas come back in every variant."""
    code = compile(text, "<page>", "eval")
    names = dict.fromkeys(names_in(code))
    nested = any(isinstance(part, CodeType) for part in code.co_consts)
    return Compiled(code, tuple(name for name in names if name not in called()), nested)


def names_in(code: CodeType) -> Iterator[str]:
    """The names that a line calls for, those inside its `lambda`s too."""
    yield from code.co_names
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield from names_in(part)


def evaluate_line(line: Compiled, values: dict[str, Any], domain: str) -> Any:
    """The value of a line on numbers of a kind. What is inside a `lambda` sees global names alone."""
    if line.nested:
        return eval(line.code, {**functions(domain), **values})
    return eval(line.code, functions(domain), values)
