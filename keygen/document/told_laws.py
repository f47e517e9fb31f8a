"""Laws are told once in a sheet, though its exercises are written apart, and before it is known which come before them:
each sentence is marked in an exercise's TeX, and what a sheet has said already is left out when they are bound.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from keygen.document.tex_parts import TeX, TexProblem
from keygen.matrix.reading.tex import groups

MARKED = re.compile(r"\\kglaw(?=\{)")
GAP = re.compile(r"[ \n]?")


def marked(law: str, full: str, again: str) -> str:
    """The mark of a law's sentence, and of what is said of it where a sheet has said that before."""
    return rf"\kglaw{{{law}}}{{{full}}}{{{again}}}"


def told_once(problems: Sequence[TexProblem]) -> tuple[TexProblem, ...]:
    """The exercises of a sheet, in their order, with the sentence of each law where the first of them says it."""
    told: set[str] = set()

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


def without_marks(text: TeX, told: set[str]) -> TeX:
    """A text with the sentences of laws that were not told before, which are `told` then."""
    pieces: list[str] = []
    place = 0
    while found := MARKED.search(text, place):
        law, full, again = groups(text, found.end(), 3)
        said = again if law in told else full
        told.add(law)
        pieces += [text[place : found.start()], said]
        place = found.end() + len(law) + len(full) + len(again) + 6
        if not said:
            place = GAP.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing, too
    return TeX("".join((*pieces, text[place:])))
