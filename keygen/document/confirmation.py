"""The program that closes a key where its sheet says `confirm = true`: NumPy that comes to the answers by itself."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

from keygen.course.languages import Language
from keygen.document.nodes import Blocks, Code, Paragraph, Problem, StepHeading, Text
from keygen.document.template import words
from keygen.mathematics.number_format import Policy
from keygen.mathematics.program import definitions, folded
from keygen.variants.confirmation import Confirmation, confirmation
from keygen.variants.formula_confirmation import formula_confirmation
from keygen.variants.solved import Solved


def confirmation_of(
    problem: Problem, solved: Solved, policy: Policy, language: Language, parts: Collection[str] = ()
) -> Blocks:
    """Heading and program, with comments in the language of the page; nothing where no answer is a number of
    the trace or a matrix formula. With `parts`, of these alone."""
    found = confirmation(solved, policy, parts) or formula_confirmation(solved, parts)
    if found is None:
        return ()
    say = words("words", language)
    heading = (
        StepHeading((Text(say["confirmation"]),)),
        Text(f" {say['confirmed']}"),
        Code(text_of(found, problem, say["given"])),
    )
    return (Paragraph(heading),)


def text_of(found: Confirmation, problem: Problem, given: str) -> str:
    """The program, each part under its letter."""
    letters = {part.key: part.letter for part in problem.parts} if len(problem.parts) > 1 else {}
    body = [*found.data, *chain.from_iterable((*part.computed, *part.held) for part in found.parts)]

    def lines() -> Iterator[str]:
        yield from ("import numpy as np", *found.needs, "")
        if helpers := definitions(body):
            yield from (*helpers, "")
        if found.data:
            yield from (f"# {given}", *found.data)
        for part in found.parts:
            if part.part in letters:
                yield f"# {letters[part.part]})"
            yield from (*part.computed, *part.held)

    return "\n".join(chain.from_iterable(map(folded, lines())))
