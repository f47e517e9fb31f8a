"""The answers of a variant confirmed by a program: what each part computes, and what its key says comes out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import numpy as np

from keygen.engine.trace import Trace
from keygen.mathematics.answers import ConcludedSource, MatricesSource, figures
from keygen.mathematics.number_format import Policy, digits
from keygen.mathematics.program import computation_lines, data_lines, identifier, in_numpy
from keygen.variants.slips import numeric, variables_of
from keygen.variants.solved import Solved

ROUNDING = "1e-9"
"""How far a program's floating point may lead from a number whose digits are all on the page."""
SMALL = 1e-4
"""Below it the absolute tolerance that NumPy adds would hide a wrong figure."""


class ConfirmedPart(NamedTuple):
    """The lines of one part: what it computes that no part before it has, and what its answers are held to."""

    part: str
    computed: tuple[str, ...]
    held: tuple[str, ...]


class Confirmation(NamedTuple):
    """The given numbers, and part by part what is computed from them; before all that, what the program needs."""

    data: tuple[str, ...]
    parts: tuple[ConfirmedPart, ...]
    needs: tuple[str, ...] = ()


def confirmation(solved: Solved, policy: Policy, kept: Collection[str] = ()) -> Confirmation | None:
    """A program for the answers that are numbers of the trace, held to the figures of a page; None where there are
    none. Words, counts, formulas and witnesses are no such numbers. Of some parts alone, where they are `kept`."""
    if not numeric(solved):
        return None
    trace, done, said = solved.trace, set[str](), set[Any]()
    parts = []
    for part, sources in solved.sources.items():
        if kept and part not in kept:
            continue
        wanted: list[str | tuple[Any, ...]] = []
        for source in sources.values():
            wanted += [one for one in stated(source) if one not in said and not only_given(one, trace)]
            said.update(wanted)
        names = [name for one in wanted for name in variables_of(one)]
        needed = trace.needs(names)
        lines = tuple(line for name, line in computation_lines(trace, needed) if name not in done)
        done |= needed
        if wanted:
            parts.append(ConfirmedPart(part, lines, tuple(held(one, solved, policy) for one in wanted)))
    return Confirmation(tuple(data_lines(trace, solved.values, done)), tuple(parts)) if parts else None


def only_given(wanted: str | tuple[Any, ...], trace: Trace) -> bool:
    """Whether an answer is a number that no step has computed: a program would hold it to itself."""
    steps = [trace.defining.get(name) for name in variables_of(wanted)]
    return all(step is None or step.primitive == "constant" for step in steps)


def stated(source: Any) -> Iterator[Any]:
    """The variables, and the arrays of variables, that a source states."""
    match source:
        case str():
            yield source
        case ConcludedSource(source=inner):
            yield from stated(inner)
        case MatricesSource(names=names):
            yield from names
        case list() | tuple():
            yield tuple(tuple(row) if isinstance(row, list | tuple) else row for row in source)


def held(wanted: Any, solved: Solved, policy: Policy) -> str:
    """The line that stops the program where an answer is another."""
    values = values_of(wanted, solved)
    shown = texts(figures(values, policy))
    sizes = [abs(float(value)) for value in np.asarray(values, dtype=object).flat]
    absolute = ", atol=0" if 0 < min(sizes) < SMALL else ""
    exact = all(digits(value, policy).exact for value in np.asarray(values, dtype=object).flat)
    rounding = ROUNDING if exact else f"{5 * 10.0**-policy.significant:.0e}".replace("e-0", "e-")
    return f"assert np.allclose({spelled(wanted)}, {in_numpy(shown)}, rtol={rounding}{absolute})"


def values_of(wanted: Any, solved: Solved) -> Any:
    """The numbers that an answer says, as nested lists where it has several."""
    if isinstance(wanted, str):
        return solved.values[wanted]
    values = [values_of(one, solved) for one in wanted]
    return [one.item() if isinstance(one, np.ndarray) and one.size == 1 else one for one in values]


def spelled(wanted: Any) -> str:
    """What an answer is in the program: a variable, or a list of them."""
    return identifier(wanted) if isinstance(wanted, str) else f"[{', '.join(map(spelled, wanted))}]"


def texts(shown: Any) -> str:
    """Figures as nested lists of a program."""
    return f"[{', '.join(map(texts, shown))}]" if isinstance(shown, list) else str(shown)
