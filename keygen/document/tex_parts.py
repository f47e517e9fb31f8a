"""Documents in TeX: problems bound to a language, frozen. What a sheet lays out."""

from __future__ import annotations

from msgspec import Struct

from keygen.course.handout import USUAL, Paper
from keygen.course.languages import Language
from keygen.document.nodes import Columns, Foreign


class TeX(str):
    """Text that is TeX already; any other string is words and will be escaped."""

    __slots__ = ()


NOTHING = TeX("")


class TexPart(Struct, frozen=True):
    """One part of an exercise: its key (a, b, c ...), the letter its page prints, statement and solution in TeX; room
    to write in."""

    key: str
    letter: TeX
    statement: TeX
    solution: TeX
    room: TeX = NOTHING  # to write in


class TexProblem(Struct, frozen=True):
    """An exercise in one language. What has a default is "" where there is no such thing."""

    id: str
    number: int
    points: str  # in words; "" where the sheet gives none
    title: TeX
    plain_title: str
    statement: TeX
    parts: tuple[TexPart, ...]
    remark: TeX  # closes the solution; "" where there is none
    answers: TeX = NOTHING  # stand at its end
    guide: TeX = NOTHING  # for whoever marks it
    conventions: tuple[str, ...] = ()  # that its answers rest on, by name
    confirmation: TeX = NOTHING  # a program behind the answers
    room: TeX = NOTHING  # to write in
    unpaid: tuple[str, ...] = ()  # parts without points, for there are too few


EMPTY = Foreign("")


class FieldLine(Struct, frozen=True):
    """A line to fill in, or what the roster has for it already."""

    name: str
    filled: Foreign = EMPTY


class Handout(Struct, frozen=True):
    """What a sheet's problems say as a thing of paper: paragraphs of instructions, lines to fill in, whether all this
    has a page of its own; words at the foot of every page of any kind; paper, and the size of letters in points."""

    instructions: tuple[str, ...] = ()
    fields: tuple[FieldLine, ...] = ()
    cover: bool = False
    footer: str = ""
    paper: Paper = "a4"
    size: int = USUAL


class Document(Struct, frozen=True):
    """A sheet in one language: what both the problems' file and the solutions' file are made from."""

    title: str
    course: str
    date: str
    language: Language
    variant: str  # the code printed on every page, "" for the published numbers
    problems: tuple[TexProblem, ...]
    appendix: tuple[str, ...] = ()  # the sheets of rules that follow the problems
    conventions: TeX = NOTHING  # the box of what the answers rest on
    student: Columns | None = None  # whose it is: id, name and what else the roster says
    points: str = ""  # the sum of the points
    handout: Handout = Handout()
