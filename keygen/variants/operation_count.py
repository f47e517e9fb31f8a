"""How many operations a person carries out in a computation: a rule a kind of work, in one pass over all numbers.

What has a 0 in it is not worked out, nor is a product with 1 or -1. The entries of all values stand in one row; which
of them a step takes follows from the structure, so it is found once, and the steps that are counted entry by entry are
counted together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
from msgspec import Struct

from keygen.engine.primitives import PRIMITIVES, Effort
from keygen.engine.real import Real
from keygen.engine.trace import Step, Trace

Rule = Callable[..., int]
Places = Any  # an array of places in the row, in the shape of a value


def worked(trace: Trace) -> list[Step]:
    """The steps that are worked out."""
    return [step for step in trace.steps if PRIMITIVES[step.primitive].effort is not Effort.NOTHING]


def operations(trace: Trace, values: Mapping[str, Any], *, by_one: bool = False) -> int:
    """The operations with these values, products with 1 and -1 among them where they count (`by_one`)."""
    plan = trace.memo("operations", lambda: made_plan(trace))
    numbers = [x for name in plan.sources for x in entries(values[name])]
    sizes = np.array([2 if type(x) is Real and not x.ball.contains_integer() else size(x) for x in numbers], dtype=int)
    row, there, heavy = np.array(numbers, dtype=object), sizes > 0, sizes > (0 if by_one else 1)
    return sum([rule(*[Factor(row, there, heavy, places) for places in inputs]) for rule, inputs in plan.counts])


def size(x: Any) -> int:
    """0 for 0, 1 for 1 and -1, 2 for any other number."""
    if type(x) is Fraction:
        top, bottom = x.as_integer_ratio()
        return 2 if bottom > 1 else min(abs(top), 2)
    return 0 if not x else 1 if x == 1 or x == -1 else 2


def entries(value: Any) -> list[Any]:
    """The numbers of a value in a row."""
    return value.ravel().tolist() if isinstance(value, np.ndarray) else [value]


class Plan(Struct, frozen=True):
    """The names whose entries stand in the row, and what is counted: by which rule, at which places of the row."""

    sources: tuple[str, ...]
    counts: tuple[tuple[Rule, list[Places]], ...]


def made_plan(trace: Trace) -> Plan:
    """The plan of a structure."""
    places: dict[str, Places] = {}
    end = 0
    for name in dict.fromkeys(name for step in worked(trace) for name in step.inputs):
        start, end = end, end + prod(trace.shapes[name])
        places[name] = np.arange(start, end).reshape(trace.shapes[name])
    apart: list[tuple[Rule, list[Places]]] = []
    joined: dict[tuple[Rule, int], list[list[Places]]] = {}
    for step in worked(trace):
        for rule, inputs in efforts(step, [places[name] for name in step.inputs]):
            if rule in JOINED:
                joined.setdefault((rule, inputs[0].shape[1]), []).append(inputs)
            else:
                apart.append((rule, inputs))
    together = [(rule, [np.concatenate(c) for c in zip(*rows, strict=True)]) for (rule, _), rows in joined.items()]
    return Plan(tuple(places), (*together, *apart))


def efforts(step: Step, inputs: list[Places]) -> Iterator[tuple[Rule, list[Places]]]:
    """The rules by which a step is counted, and at which places; a rule of `JOINED` takes cells by terms."""
    match PRIMITIVES[step.primitive].effort:
        case Effort.ROWS_BY_COLUMNS:
            terms = [inputs[0][:, None, :], inputs[1].T[None, :, :]]  # cell, cell, term
            cells = [array.reshape(-1, array.shape[-1]) for array in np.broadcast_arrays(*terms)]
            yield products, [array.reshape(-1, 1) for array in cells]
            yield sums_of_terms, cells
        case Effort.TOTAL:
            yield sums_of_terms, [inputs[0].reshape(1, -1)] * 2
        case Effort.MULTIPLE:
            if step.param not in (0, 1, -1):
                yield powers, [inputs[0].reshape(-1, 1)]
        case effort:
            rule = RULES[effort]
            cells = [array.reshape(-1, 1) for array in np.broadcast_arrays(*inputs)]
            yield rule, cells if rule in JOINED else inputs


class Factor(Struct, frozen=True):
    """A value as some places of the row: its numbers, where they are `there`: not 0, and where they are `heavy`:
    neither 0 nor 1 nor -1.
    """

    row: Any
    row_there: Any
    row_heavy: Any
    places: Places

    @property
    def number(self) -> Any:
        """The numbers themselves."""
        return self.row[self.places]

    @property
    def there(self) -> Any:
        """Where they are not 0."""
        return self.row_there[self.places]

    @property
    def heavy(self) -> Any:
        """Where they are neither 0 nor 1 nor -1."""
        return self.row_heavy[self.places]


def count(condition: Any) -> int:
    """How often it holds."""
    return int(np.count_nonzero(condition))


def products(a: Factor, b: Factor) -> int:
    """Products of numbers that are neither 0 nor 1 nor -1."""
    return count(a.heavy & b.heavy)


def sums(a: Factor, b: Factor) -> int:
    """Sums and differences of numbers that are not 0."""
    return count(a.there & b.there)


def quotients(a: Factor, b: Factor) -> int:
    """Quotients of a number that is not 0 by one that is not 1 or -1."""
    return count(a.there & b.heavy)


def powers(a: Factor) -> int:
    """Powers of numbers that are neither 0 nor 1 nor -1."""
    return count(a.heavy)


def sums_of_terms(a: Factor, b: Factor) -> int:
    """In each cell the sum of its products that are not 0."""
    return int(np.maximum(np.count_nonzero(a.there & b.there, axis=1) - 1, 0).sum())


def shares(a: Factor) -> int:
    """Exponentials, the sum of each row of them, and the quotient of each by it."""
    return 3 * int(a.places.size) - int(a.places.size) // int(a.places.shape[-1])


def losses(y: Factor, p: Factor) -> int:
    """A logarithm and a product for each of the two terms that is not 0."""
    return 2 * (count(y.there) + count(y.number != 1))


def bent(x: Factor, parameter: Factor) -> int:
    """The values where x is negative; elsewhere it is x itself."""
    return count(x.number < 0)


def values(x: Factor) -> int:
    """A function's value for each number."""
    return int(x.places.size)


RULES: Mapping[Effort, Rule] = {
    Effort.VALUE: values,
    Effort.SUM: sums,
    Effort.PRODUCT: products,
    Effort.QUOTIENT: quotients,
    Effort.POWER: powers,
    Effort.SHARES: shares,
    Effort.LOSSES: losses,
    Effort.VALUE_ON_THE_LEFT: bent,
}
"""The operations of a step whose entries are worked out apart."""

JOINED = frozenset({products, sums, quotients, powers, values, sums_of_terms})
"""The rules whose steps are counted together."""
