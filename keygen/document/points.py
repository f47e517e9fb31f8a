"""Points at the margin: where the steps of a solution begin, what each is worth, and an exercise's points shared.

A step is a formula on lines of its own, a table or a derivation, or a run of such that follow each other; a solution in
words alone is one step. Each has the weight 1 unless its template says `%% worth`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from keygen.course.points import Credit, shares
from keygen.document.nodes import (
    Blocks,
    DerivationBlock,
    DisplayedFormula,
    Listing,
    Paragraph,
    Part,
    Points,
    Problem,
    Question,
    Section,
    TableBlock,
    Text,
)
from keygen.errors import KeygenError

LINES = (DisplayedFormula, TableBlock, DerivationBlock)
"""What a student writes on lines of its own."""


class MarkedStep(Struct, frozen=True):
    """One step of a solution: its points, and the lines that it consists of."""

    points: Points
    lines: tuple[Part, ...]


def weighed(solution: Section) -> Section:
    """A solution in which every step begins with its weight."""
    if not solution:
        return solution
    blocks = Weigher().blocks(solution.blocks)
    if not list(marks(blocks)):
        first, *others = blocks
        blocks = (Paragraph((Points(), *first.parts)), *others)
    return replace(solution, blocks=blocks)


class Weigher:
    """On the way through a solution: whether the lines that come next belong to a step that has begun."""

    def __init__(self) -> None:
        self.begun = False

    def blocks(self, blocks: Blocks) -> Blocks:
        """Paragraphs with the weights of the steps that begin in them."""
        return tuple(Paragraph(tuple(self.parts(paragraph.parts))) for paragraph in blocks)

    def parts(self, parts: Sequence[Part]) -> Iterator[Part]:
        """The parts of a paragraph, a weight before each step."""
        for part in parts:
            match part:
                case Points():
                    self.begun = True
                case DisplayedFormula() | TableBlock() | DerivationBlock():
                    if not self.begun:
                        yield Points()
                    self.begun = True
                case Listing(kind, items):
                    self.begun = False
                    yield Listing(kind, tuple(self.blocks(item) for item in items))
                    self.begun = False
                    continue
                case Text(text) if not text.strip():
                    pass
                case _:
                    self.begun = False
            yield part


def marks(blocks: Blocks) -> Iterator[Points]:
    """The weights in some paragraphs, in their order."""
    for paragraph in blocks:
        for part in paragraph.parts:
            if isinstance(part, Points):
                yield part
            elif isinstance(part, Listing):
                for item in part.items:
                    yield from marks(item)


def marked(problem: Problem, credit: Credit | None, *, totals: bool = False) -> Problem:
    """An exercise whose solutions say at each step what it is worth; without points nothing is said. With
    `totals`, or where the sheet tells parts apart, the sum of a part stands beside its statement.

    Raises KeygenError where the sheet's points do not fit the parts, or a part that has points has no step of any
    weight.
    """
    parts = [replace(part, solution=weighed(part.solution)) for part in problem.parts]
    weights = {part.key: sum(mark.weight for mark in marks(part.solution.blocks)) for part in parts}
    shared = {} if credit is None else credit.shared(weights)
    apart = totals or (credit is not None and bool(credit.parts))
    given_out = tuple(distributed(part, shared.get(part.key), apart=apart) for part in parts)
    few = credit is not None and credit.total > 0 and not credit.parts
    unpaid = tuple(key for key, weight in weights.items() if few and weight and not shared[key])
    return replace(problem, parts=given_out, unpaid=unpaid)


def too_few(unpaid: Sequence[str]) -> str:
    """What is to be said of parts that are unpaid; "" where there are none."""
    whose = f"{'part' if len(unpaid) == 1 else 'parts'} {', '.join(unpaid)} {'gets' if len(unpaid) == 1 else 'get'}"
    return f"{whose} no points: the exercise has too few for all its steps" if unpaid else ""


def distributed(part: Question, points: Fraction | None, *, apart: bool) -> Question:
    """A part with its points at its steps; where parts are told `apart`, with their sum at the statement."""
    weights = [mark.weight for mark in marks(part.solution.blocks)]
    if points and weights and not any(weights):
        raise KeygenError(
            f"part {part.key!r} has points, but no step that is worth any", file=part.solution.file,
            line=part.solution.line, repair="leave out `%% worth 0` at one of its steps",
        )  # fmt: skip
    found = iter([None] * len(weights) if points is None else shares(points, weights))
    solution = replace(part.solution, blocks=given(part.solution.blocks, found))
    statement = part.statement
    if apart and points and statement:
        first, *others = statement.blocks
        statement = replace(statement, blocks=(Paragraph((Points(0, points), *first.parts)), *others))
    return replace(part, statement=statement, solution=solution, points=points)


def given(blocks: Blocks, found: Iterator[Fraction | None]) -> Blocks:
    """Paragraphs whose steps have their shares, in their order; what has none is not marked."""

    def parts(paragraph: Paragraph) -> Iterator[Part]:
        for part in paragraph.parts:
            if isinstance(part, Points):
                if share := next(found):
                    yield replace(part, share=share)
            elif isinstance(part, Listing):
                yield replace(part, items=tuple(given(item, found) for item in part.items))
            else:
                yield part

    return tuple(Paragraph(tuple(parts(paragraph))) for paragraph in blocks)


def steps_of(blocks: Blocks) -> Iterator[MarkedStep]:
    """The steps of a solution that have points at the margin, each with its lines."""
    points: Points | None = None
    lines: list[Part] = []
    for part in flat(blocks):
        if isinstance(part, Points):
            if points is not None:
                yield MarkedStep(points, tuple(lines))
            points, lines = part, []
        elif isinstance(part, LINES):
            lines.append(part)
    if points is not None:
        yield MarkedStep(points, tuple(lines))


def flat(blocks: Blocks) -> Iterator[Part]:
    """The parts of some paragraphs, those in lists one by one."""
    for paragraph in blocks:
        for part in paragraph.parts:
            if isinstance(part, Listing):
                for item in part.items:
                    yield from flat(item)
            else:
                yield part
