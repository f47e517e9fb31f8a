"""The keys of a sheet, `exercises/<sheet>.toml`, as its file says them.

course = "Deep learning"          (a string, or one string a language)
title = { ru = "...", en = "..." }
date = 2026-03-02                 (a day, in the words of the language; or a string)
language = "ru"                   the sheet's own language, by default that of `templates/settings.toml`
appendix = ["differentials"]      sheets of rules that follow the problems
point = ","                       decimal separator; by default the language's
significant = 4                   digits of a number that is rounded
decimals = 5                      the longest decimal that is written as one, digits after the point
fractions = false                 a number that is no such decimal is rounded, not written as a fraction
confirm = true                    each key closes with a program in NumPy that confirms its answers
totals = true                     the points of each part stand beside it, however the sheet gives them
instructions = "No calculators."  words below the title of the problems (as the title: a string, or one a language)
fields = ["name", "group"]        lines to fill in: name, id, group, date, signature, or any words
cover = true                      title, fields, instructions and a table of points on a page of their own
footer = "Spring term"            words at the foot of every page
duplex = true                     in the printer's file every student begins on a front page
choose = { k = 2, of = [2, 3, 4] }  each student and seed gets two of these exercises (by number); a list of several
paper, size, space                as `handout` says

[[exercise]]
id = "backprop/computation_graph"
points = 3                        or { a = 1, b = 2.5 }, part by part
pin = { x = [1, "0.5"] }          data that every variant has, as the exercise's `given` names them
title = "The same with ReLU"      instead of the exercise's own title
parts = ["a", "c"]                these alone, lettered anew
seed = 7                          the published numbers here are those of this seed, which anybody can compute
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import ascii_lowercase
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from keygen.course.handout import USUAL, Paper, Size, SizeByColumn, WritingSpace, writing_space
from keygen.course.languages import Language
from keygen.course.points import Credit
from keygen.course.toml_lines import where_key

Words = str | dict[str, str]
Part = TypeVar("Part")


class SheetEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One exercise of a sheet."""

    id: str
    points: Credit | None = None
    pin: dict[str, Any] = {}
    space: str | dict[str, str] = ""
    title: Words = ""
    seed: Annotated[int, msgspec.Meta(ge=0)] | None = None
    parts: Annotated[list[str], msgspec.Meta(min_length=1)] | None = None

    def asked(self, of_parts: Mapping[str, Part]) -> dict[str, Part]:
        """What there is of each part, of those that the sheet keeps, under the letters that they have on it."""
        if self.parts is None:
            return dict(of_parts)
        letters = zip(ascii_lowercase, self.parts, strict=False)
        return {letter: of_parts[part] for letter, part in letters if part in of_parts}

    @property
    def room(self) -> WritingSpace | None:
        """Room to write in below the exercise."""
        return writing_space(self.space) if isinstance(self.space, str) and self.space else None

    @property
    def rooms(self) -> dict[str, WritingSpace]:
        """Room to write in below parts, by their letters."""
        return {part: writing_space(text) for part, text in self.space.items()} if isinstance(self.space, dict) else {}


class Choose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many of some exercises, by their numbers on the sheet, are asked of each student or seed."""

    k: Annotated[int, msgspec.Meta(ge=1)]
    of: list[int]


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sheet as its file says it; a language of "" is the default one."""

    title: Words
    exercise: list[SheetEntry]
    course: Words = ""
    date: Words = ""
    language: str = ""
    appendix: list[Literal["differentials"]] = []
    point: Literal[".", ","] | None = None
    engine: Literal["pdflatex", "xelatex", "lualatex", "tectonic"] = "pdflatex"
    significant: Annotated[int, msgspec.Meta(ge=2, le=12)] = 4
    decimals: Annotated[int, msgspec.Meta(ge=0, le=12)] = 5
    fractions: bool = True
    confirm: bool = False
    totals: bool = False
    instructions: Words = ""
    fields: list[Words] = []
    cover: bool = False
    footer: Words = ""
    paper: Paper = "a4"
    size: Size | SizeByColumn = USUAL
    duplex: bool = False
    choose: Choose | list[Choose] = []

    @property
    def choices(self) -> Sequence[Choose]:
        """The groups of exercises of which only some are asked."""
        return self.choose if isinstance(self.choose, list) else (self.choose,)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a sheet asks of an exercise's pages besides its points: a program that confirms the answers, the sum beside
    each part, room to write in below the exercise and below its parts, another title, some of its parts alone. `file`
    and `place`, from 0, are where it does.
    """

    confirm: bool = False
    totals: bool = False
    room: WritingSpace | None = None
    rooms: Mapping[str, WritingSpace] = field(default_factory=dict)
    title: Words = ""
    parts: tuple[str, ...] = ()
    file: Path | None = field(default=None, compare=False)
    place: int = 0

    def where(self, *key: str) -> dict[str, Any]:
        """File, line and the line itself of a key of the exercise; nothing where no sheet's file says it."""
        return {} if self.file is None else where_key(self.file, "exercise", self.place, *key)


NO_WISHES = Wishes()


def said(words: Words, language: Language) -> str:
    """A sheet's own words in a language; any other language where that one is missing."""
    return words if isinstance(words, str) else words.get(language.code) or next(iter(words.values()), "")
