"""The nodes of a document: a closed list. Words are Unicode text, everything mathematical is the object itself.

A writer turns nodes into one medium and must know them all (`writers`). What a page claims is what stands in `says` and
`item`, so a document can be walked and asked (`walked`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from keygen.course.handout import WritingSpace
from keygen.matrix.marks import MatrixObject

if TYPE_CHECKING:
    from keygen.matrix.expression import Expression, Symbol

# --- inside a line


class Text(msgspec.Struct, frozen=True):
    """Words; a line feed is a space, a no-break space is one."""

    text: str


class Foreign(str):
    """Words that nobody has looked at, a name in a roster: printed whatever they hold, none of it done."""

    __slots__ = ()


class Emphasis(msgspec.Struct, frozen=True):
    """Words that are set off; `kind` is the command of the template."""

    words: Words
    kind: str = "emph"


class InlineFormula(msgspec.Struct, frozen=True):
    """Mathematics within a line: objects, and TeX that an author has typed between them (`Typed`)."""

    says: tuple[Any, ...]


class InlineNumber(msgspec.Struct, frozen=True):
    """A number among words, outside any formula: which step it is."""

    item: Any


class Reference(msgspec.Struct, frozen=True):
    """The number of a formula on a line of its own, where words speak of it: (2.1)"""

    number: str


class Typed(msgspec.Struct, frozen=True):
    """A piece of a formula that is TeX of the author's own. It claims nothing that anybody could check."""

    tex: str


class LawSentence(msgspec.Struct, frozen=True):
    """The sentence of a law, which a sheet says in full once: an exercise after that one says what the law is `named`,
    or nothing where its name stands beside the line."""

    law: str
    words: Words
    named: Words


# --- on lines of their own


class DisplayedFormula(msgspec.Struct, frozen=True):
    """Mathematics on lines of its own, and the mark that closes it (`punctuation` says which); with a number, if words
    refer to it."""

    says: tuple[Any, ...]
    mark: str = ""
    number: str = ""


class EquationMark(msgspec.Struct, frozen=True):
    """The number of the formula that follows; the reader of templates makes one node of both."""

    number: str


class Points(msgspec.Struct, frozen=True):
    """What the step that begins here is worth, at the margin: its weight within its part, and the share of the points
    that it has by that, where the sheet gives any."""

    weight: int = 1
    share: Fraction | None = None


class StepHeading(msgspec.Struct, frozen=True):
    """A heading that runs into the paragraph it opens."""

    words: Words


class Listing(msgspec.Struct, frozen=True):
    """Items under each other, counted or not; `kind` is the environment of the template."""

    kind: str
    items: tuple[Blocks, ...]

    @property
    def counted(self) -> bool:
        """Whether the items have numbers."""
        return self.kind != "itemize"


class Picture(msgspec.Struct, frozen=True):
    """A figure."""

    item: Any


class TableBlock(msgspec.Struct, frozen=True):
    """A table."""

    item: Any


class DerivationRow(msgspec.Struct, frozen=True):
    """One line of a derivation in TeX: what stands left of the column of relations, the rest, a remark in words.

    sides  what the sides that are printed were written from
    small  whether small terms are left out
    """

    left: str
    right: str
    remark: str
    sides: tuple[Expression, ...]
    small: bool = False


class Steps(MatrixObject, msgspec.Struct, frozen=True):
    """Lines under each other, and what it takes to read them back.

    about   what must have values at the points where they are read
    moving  the letters that vary
    named   the letter by which the first left side calls its function, and what that is; none: it is written out
    solved  the sides of the lines are equal only at the solution: of equations, and of what is said of the optimum
    """

    rows: tuple[DerivationRow, ...]
    about: tuple[Expression, ...]
    moving: tuple[Symbol, ...]
    named: tuple[tuple[str, Expression], ...] = ()
    solved: bool = False


class DerivationBlock(msgspec.Struct, frozen=True):
    """Lines of a matrix derivation with the names of their laws."""

    item: Any


class Code(msgspec.Struct, frozen=True):
    """A program; lines and spaces stand as they are."""

    text: str


class Where(msgspec.Struct, frozen=True):
    """A function with the spaces of its letters and what is assumed of them."""

    blocks: Blocks


class Conventions(msgspec.Struct, frozen=True):
    """What the answers of a whole sheet rest on, said once: a title and sentences."""

    title: Words
    items: tuple[Words, ...]


class AnswerRow(msgspec.Struct, frozen=True):
    """The answers of one part under the letter that its page prints, "" where there is one part alone."""

    letter: str
    answers: tuple[Words, ...]


class Answers(msgspec.Struct, frozen=True):
    """The final answers of an exercise, set off at its end."""

    rows: tuple[AnswerRow, ...]


class RawTeX(msgspec.Struct, frozen=True):
    """TeX that an author needs and no other medium has, with objects in it; other media show `instead`."""

    says: tuple[Any, ...]
    instead: Words


class Paragraph(msgspec.Struct, frozen=True):
    """A paragraph: what stands inside lines, and displays and the like between them."""

    parts: tuple[Part, ...]


Inline = Text | Foreign | Emphasis | InlineFormula | InlineNumber | LawSentence | Reference
Block = (
    DisplayedFormula | StepHeading | Listing | Picture | TableBlock | DerivationBlock | Code | Where | Conventions
    | RawTeX | Points | Answers | WritingSpace
)  # fmt: skip
BLOCKS = frozenset(get_args(Block))
Part = Inline | Block
Words = tuple[Inline, ...]
Blocks = tuple[Paragraph, ...]
Node = Part | Paragraph | Typed


# --- what a sheet is made of


class Columns:
    """What a roster says of one student, for templates: `student.group`, `student["year of birth"]`.

    It has no attributes of its own, so that a column may have any name: `items`, say.
    """

    __slots__ = ("__cells",)

    def __init__(self, cells: Mapping[str, Foreign]) -> None:
        self.__cells = dict(cells)

    def __getitem__(self, name: str) -> Foreign:
        return self.__cells[name]

    def __contains__(self, name: object) -> bool:
        return name in self.__cells

    def __iter__(self) -> Iterator[str]:
        return iter(self.__cells)


class Section(msgspec.Struct, frozen=True):
    """A piece of an exercise and where its words stand: template file and line."""

    blocks: Blocks = ()
    file: str = ""
    line: int = 0

    def __bool__(self) -> bool:
        return bool(self.blocks)


class Question(msgspec.Struct, frozen=True):
    """One part of an exercise: its key (a, b, c ...), the letter its page prints, statement and solution; its points
    and room to write in where the sheet gives any. `captions` say what stands before the boxes of its answers, by their
    names, where they are typed into boxes."""

    key: str
    letter: str
    statement: Section
    solution: Section
    points: Fraction | None = None
    room: WritingSpace | None = None
    captions: tuple[tuple[str, Words], ...] = ()

    def caption(self, answer: str) -> Words:
        """What stands before the boxes of an answer; nothing where the author has written none."""
        return next((words for name, words in self.captions if name == answer), ())


class Problem(msgspec.Struct, frozen=True):
    """An exercise in one language; `remark`, `answers` and, where a sheet asks for it, the `confirmation` close the
    solution, `conventions` are those that its answers rest on; the `guide` is for whoever marks it. Parts that are
    `unpaid` have no points, for the exercise has too few for all."""

    id: str
    number: int
    points: Fraction | None
    title: Words
    statement: Section
    parts: tuple[Question, ...]
    remark: Section
    conventions: tuple[str, ...] = ()
    answers: Answers | None = None
    guide: Blocks = ()
    confirmation: Blocks = ()
    room: WritingSpace | None = None
    unpaid: tuple[str, ...] = ()


def computations(parts: Sequence[Part]) -> Iterator[Part | tuple[DisplayedFormula, ...]]:
    """The parts of a paragraph; displays without a word between them, which are one computation, are one tuple."""
    run: list[DisplayedFormula] = []
    blank: list[Part] = []
    for part in parts:
        if isinstance(part, DisplayedFormula):
            run.append(part)
            blank = []
            if part.number:  # it stands beside the last row
                yield from together(run)
                run = []
        elif run and isinstance(part, Text) and not part.text.strip():
            blank.append(part)
        else:
            if run:
                yield from (*together(run), *blank)
                run, blank = [], []
            yield part
    yield from (*together(run), *blank)


def together(run: Sequence[DisplayedFormula]) -> tuple[DisplayedFormula | tuple[DisplayedFormula, ...], ...]:
    """A run of displays as one part of its paragraph, if there are any."""
    return (tuple(run),) if len(run) > 1 else tuple(run)


def walked(node: Any) -> Iterator[Any]:
    """A node, or a tuple of nodes, and every node inside, in the order of the page."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            waiting.extend(reversed(node))
        elif (held := holds(node.__class__)) is not None:
            yield node
            waiting.extend([getattr(node, name) for name in held])


PLAIN = ("str", "int", "Fraction | None")
"""What fields without nodes hold."""


@cache
def holds(kind: Any) -> tuple[str, ...] | None:
    """Where nodes of a type hold others, the last first; None for what is no node."""
    if issubclass(kind, Foreign):
        return ()
    if kind.__module__ != __name__ or issubclass(kind, Columns):
        return None
    return tuple(name for name in reversed(kind.__struct_fields__) if kind.__annotations__.get(name) not in PLAIN)
