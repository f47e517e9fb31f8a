"""The marking guide of an exercise: its answers, its steps with their points, the common slips with their values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from keygen.document.nodes import DisplayedFormula, Part, Points, Problem
from keygen.document.points import steps_of
from keygen.document.slips import in_lines, seen, through, wrongly
from keygen.document.typesetter import Typesetter
from keygen.variants.slips import Slip, found, numeric
from keygen.variants.solved import Solved

OF_ONE_KIND, IN_ALL = 2, 16
"""Slips that a guide names, of one kind and in one exercise."""


class GuidePart(Struct, frozen=True):
    """One part for whoever marks it: its letter ("" where there is one alone), its points, and its steps, each with its
    points and its lines."""

    letter: str
    points: str
    steps: tuple[tuple[Part, ...], ...]


class GuideSlip(Struct, frozen=True):
    """A slip: the letter of the part that it changes, what is done wrongly, with what its sentence ends, at which place
    of which line, and what comes of it."""

    letter: str
    what: str
    through: Any
    place: Any
    line: Any
    name: Any
    wrong: Any


def guide_of(
    made: Problem, solved: Solved, typesetter: Typesetter, counted: Callable[[Fraction | None], str],
    says: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """What the template of the guide speaks of; `counted` puts points into words, `says` has the sentences of slips."""
    alone = len(made.parts) == 1
    letters = {part.key: "" if alone else part.letter for part in made.parts}
    parts = [
        GuidePart(letters[part.key], counted(part.points), steps)
        for part in made.parts
        if (steps := tuple(lines(step.points, step.lines) for step in steps_of(part.solution.blocks) if step.lines))
    ]
    order = list(letters)
    slips = sorted(common(made, solved, typesetter) if says else (), key=lambda slip: order.index(slip.part))
    return {
        "answers": made.answers,
        "parts": parts,
        "slips": [told(slip, letters[slip.part], says, typesetter) for slip in slips],
    }


def lines(points: Points, formulas: tuple[Part, ...]) -> tuple[Part, ...]:
    """A step without the words around it: its points, and its lines without their marks."""
    bare = (replace(part, mark="") if isinstance(part, DisplayedFormula) else part for part in formulas)
    return (points, *bare)


def common(made: Problem, solved: Solved, typesetter: Typesetter) -> Iterator[Slip]:
    """The slips that a guide names: those in lines of the page whose numbers look other than the right ones, the most
    typical first."""
    if not numeric(solved):
        return
    parts = {part.key for part in made.parts}
    kinds: Counter[str] = Counter()
    told: set[tuple[str, str]] = set()
    for slip in found(solved, in_lines(made, solved.trace)):
        fits = slip.part in parts and kinds[slip.name] < OF_ONE_KIND
        sign = typesetter.term(solved.name(slip.variable))
        if fits and (slip.name, sign) not in told and seen(slip, typesetter):
            kinds[slip.name] += 1
            told.add((slip.name, sign))
            yield slip
        if kinds.total() == IN_ALL:
            return


def told(slip: Slip, letter: str, says: Mapping[str, str], typesetter: Typesetter) -> GuideSlip:
    """A slip as the template says it."""
    name = slip.solved.name
    line = None if slip.line == slip.variable else name(slip.line)
    return GuideSlip(
        letter, wrongly(slip, says), through(slip, typesetter), slip.place, line, name(slip.variable), slip.claim
    )
