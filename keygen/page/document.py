"""Documents: problems bound to a language, frozen. What a template renders and a sheet lays out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


class TeX(str):
    """Text that is TeX already; any other string is words and will be escaped."""

    __slots__ = ()


class Columns:
    """What a roster says of one student, for templates: `student.group`, `student["year of birth"]`.

    It has no attributes of its own, so that a column may have any name: `items`, say.
    """

    __slots__ = ("__cells",)

    def __init__(self, cells: Mapping[str, TeX]) -> None:
        self.__cells = dict(cells)

    def __getitem__(self, name: str) -> TeX:
        return self.__cells[name]

    def __contains__(self, name: object) -> bool:
        return name in self.__cells

    def __iter__(self) -> Iterator[str]:
        return iter(self.__cells)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an exercise: its key (a, b, c ...), the letter its page prints, statement and solution in TeX."""

    key: str
    letter: TeX
    statement: TeX
    solution: TeX


@dataclass(frozen=True, slots=True)
class Problem:
    """An exercise in one language."""

    id: str
    number: int
    points: int | None
    title: TeX
    statement: TeX
    parts: tuple[Part, ...]
    remark: TeX  # closes the solution; "" where there is none


@dataclass(frozen=True, slots=True)
class Document:
    """A sheet in one language: what both the problems' file and the solutions' file are made from."""

    title: str
    course: str
    date: str
    language: str
    variant: str  # the code printed on every page, "" for the published numbers
    problems: tuple[Problem, ...]
    appendix: tuple[str, ...] = ()  # the sheets of rules that follow the problems
    student: Columns | None = None  # whose it is: id, name and what else the roster says

    @property
    def points(self) -> int:
        """The sum of the points."""
        return sum(problem.points or 0 for problem in self.problems)
