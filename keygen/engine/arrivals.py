"""Through which variables the contributions of a sum of gradients arrive, and which of them a slip leaves."""

from __future__ import annotations

from collections.abc import Iterator

from keygen.engine.mistaken import Mistaken
from keygen.engine.trace import Step, Trace, is_link

LEAVES_OUT = {"later_path_left_out": 0, "first_path_left_out": 1}
"""The slips that leave out a part of such a sum: which input of the addition."""


def counted(trace: Trace, made: Mistaken) -> tuple[str, ...]:
    """The variables through which arrives what a slip counts alone (`later_path_left_out`), or what it leaves out
    (`first_path_left_out`); none where a contribution arrives through no variable or through several, or where what is
    counted and what is left out arrive through the same."""
    (target,) = made.at
    gone = set(summands(trace, trace.defining[target].inputs[LEAVES_OUT[made.name]]))
    sides: tuple[list[str | None], list[str | None]] = ([], [])
    for one in summands(trace, whole_sum(trace, target)):
        sides[one in gone].append(through(trace, one))
    kept, left = sides
    if None in kept or None in left or set(kept) & set(left):
        return ()
    told = kept if made.name == "later_path_left_out" else left
    return tuple(dict.fromkeys(name for name in told if name is not None))


def whole_sum(trace: Trace, total: str) -> str:
    """The sum that a sum of gradients is a part of, as it stands in one line."""
    if is_link(total):
        for step in trace.steps:
            if adds_up(step) and total in step.inputs:
                return whole_sum(trace, step.target.name)
    return total


def summands(trace: Trace, name: str) -> Iterator[str]:
    """What is added up in a sum of gradients that stands in one line, in its order; any other variable is alone."""
    step = trace.defining.get(name)
    if step is None or not adds_up(step):
        yield name
        return
    for part in step.inputs:
        yield from summands(trace, part) if is_link(part) else (part,)


def adds_up(step: Step) -> bool:
    """Whether a step adds gradients that arrive along several paths."""
    return step.law == "fan_out" and step.primitive == "add"


def through(trace: Trace, contribution: str) -> str | None:
    """The one variable whose gradient a contribution was made of; None where there is none, or more than one."""
    by = trace.memo("through", lambda: {one.target: one.by for one in trace.adjoints if not is_link(one.by)})
    found, ahead = set(), [contribution]
    while ahead:
        name = ahead.pop()
        if name in by:
            found.add(by[name])
        elif is_link(name) and name in trace.defining:
            ahead += trace.defining[name].inputs
    return found.pop() if len(found) == 1 else None
