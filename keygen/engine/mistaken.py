"""Where in a trace which known slip could be made, and the steps that stand there then."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from keygen.engine.primitives import Param
from keygen.engine.simplify import folded
from keygen.engine.slips import MISTAKES, PULLBACK_MISTAKES, TYPICAL, Known, Misreading, Spot
from keygen.engine.tape import Ref, Tape
from keygen.engine.trace import Step, Trace, Variable
from keygen.errors import KeygenError


@dataclass(frozen=True)
class Mistaken:
    """A mistake made in a trace.

    at       the targets of the steps that are wrong, in the order of the trace
    steps    what stands there, by target, with the links that it takes
    misread  the variable that should have been read, and the one that was; () where the steps themselves are wrong
    """

    name: str
    at: tuple[str, ...]
    steps: Mapping[str, Step] = field(compare=False)
    misread: tuple[str, ...] = ()


def mistaken(trace: Trace) -> tuple[Mistaken, ...]:
    """Every known mistake that could be made in a trace: at one place, and where it has several, at all of them at
    once; the most typical first. It depends on the structure alone, and is found once."""
    return trace.memo("mistaken", lambda: tuple(sorted(everywhere(one_by_one(trace), trace), key=rank)))


def rank(made: Mistaken) -> int:
    """How far down a mistake stands among the typical ones."""
    return TYPICAL.index(made.name)


def everywhere(made: Iterable[Mistaken], trace: Trace) -> Iterator[Mistaken]:
    """Each mistake, and each that is made at several steps of one law without misreading at all of them at once."""
    habits: dict[tuple[str, str], list[Mistaken]] = {}
    for one in made:
        yield one
        if not one.misread:
            habits.setdefault((one.name, trace.defining[one.at[0]].law), []).append(one)
    for (name, _), all_of_it in habits.items():
        at = tuple(dict.fromkeys(target for one in all_of_it for target in one.at))
        if 1 < len(at) == len(all_of_it):
            yield Mistaken(name, at, {target: step for one in all_of_it for target, step in one.steps.items()})


def one_by_one(trace: Trace) -> Iterator[Mistaken]:
    """Each known mistake at each place, in the order of the trace."""
    for step in trace.steps:
        own = MISTAKES[step.primitive]
        asked = PULLBACK_MISTAKES.get(step.law, ())
        for mistake in (*own, *(one for one in asked if one.at == step.primitive)):
            found = made_at(Spot(trace, step), mistake)
            if found is not None:
                yield found


def made_at(spot: Spot, mistake: Known) -> Mistaken | None:
    """A mistake at a place, if it can be made there."""
    if isinstance(mistake, Misreading):
        misread = mistake.reads(spot)
        if misread is None:
            return None
        right, wrong, readers = misread
        steps = {
            step.target.name: step._replace(inputs=tuple(wrong if name == right else name for name in step.inputs))
            for step in readers
        }
        return Mistaken(mistake.name, tuple(steps), steps, (right, wrong))
    if not mistake.where(spot):
        return None
    rewritten = written_instead(spot, mistake.instead)
    return None if rewritten is None else Mistaken(mistake.name, (spot.step.target.name,), rewritten)


def written_instead(spot: Spot, instead: Callable[..., Ref]) -> dict[str, Step] | None:
    """The steps that stand in the place of one, by target; None where there are none of its sizes."""
    step, shapes = spot.step, spot.trace.shapes
    inputs = {f"x{number}": name for number, name in enumerate(step.inputs)}
    tape = Tape((Variable(letter, shapes[name]) for letter, name in inputs.items()), folded)
    param: tuple[Param, ...] = () if step.param is None else (step.param,)
    try:
        made = instead(*(Ref(tape, letter) for letter in inputs), *param)
    except KeygenError:  # the shapes do not fit
        return None
    if made.shape != step.target.shape:
        return None
    target = step.target.name
    if made.name in inputs:
        return {target: Step(step.target, "copy", (inputs[made.name],), None, step.law)}
    names = {**inputs, **{one.target.name: f"_{target}{one.target.name}" for one in tape.steps}, made.name: target}
    return {
        names[one.target.name]: Step(
            Variable(names[one.target.name], one.target.shape), one.primitive,
            tuple(names[name] for name in one.inputs), one.param, step.law,
        )
        for one in tape.steps
    }  # fmt: skip
