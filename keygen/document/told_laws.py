"""Laws are told once in a sheet, though its exercises are written apart, and before it is known which come before them:
each sentence is marked in an exercise's TeX, and what a sheet has said already is left out when they are bound. A
section names one of them at most: a chain of "we use ..." tells nobody anything. The words for that say nothing of
"again": in its exercise such a law stands for the first time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec.structs import replace

from keygen.document.tex_parts import TeX, TexProblem
from keygen.mathematics.braces import groups

MARKED = re.compile(r"\\kglaw(?=\{)")
GAP = re.compile(r"[ \n]?")
Said = TypeVar("Said")


@dataclass
class ToldLaws:
    """The laws that a sheet has told so far, and whether the section that is written has named one of them."""

    laws: set[str] = field(default_factory=set)
    named: bool = False

    def said(self, law: str, full: Said, name: Said, nothing: Said) -> Said:
        """What a section says of a law: its sentence where it is the first of the sheet, and of those that were told
        before the first alone is named."""
        if law not in self.laws:
            self.laws.add(law)
            return full
        if self.named or name == nothing:
            return nothing
        self.named = True
        return name


def marked(law: str, full: str, name: str) -> str:
    """The mark of a law's sentence, and of what is said of it where an exercise before has said that."""
    return rf"\kglaw{{{law}}}{{{full}}}{{{name}}}"


def told_once(problems: Sequence[TexProblem]) -> tuple[TexProblem, ...]:
    """The exercises of a sheet, in their order, with the sentence of each law where the first of them says it."""
    told = ToldLaws()

    def once(text: TeX) -> TeX:
        return without_marks(text, told)

    return tuple(
        replace(
            problem,
            statement=once(problem.statement),
            parts=tuple(
                replace(part, statement=once(part.statement), solution=once(part.solution)) for part in problem.parts
            ),
            remark=once(problem.remark),
        )
        for problem in problems
    )


def without_marks(text: TeX, told: ToldLaws) -> TeX:
    """A section with the sentences of laws that were not told before, which are `told` then."""
    told.named = False
    pieces: list[str] = []
    place = 0
    while found := MARKED.search(text, place):
        law, full, name = groups(text, found.end(), 3)
        said = told.said(law, full, name, "")
        pieces += [text[place : found.start()], said]
        place = found.end() + len(law) + len(full) + len(name) + 6
        if not said:
            place = GAP.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
    return TeX("".join((*pieces, text[place:]))) if pieces else text
