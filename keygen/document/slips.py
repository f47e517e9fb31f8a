"""The slips that a key names: one or two of an exercise, each at the end of the part whose answer it changes first.

A slip is named where the line that it is made in stands on the page, the number that it leads to looks other than the
right one, and it can be said which path is left out, if one is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from keygen.calculus.claims import Claim, Given
from keygen.course.contents import contents
from keygen.course.languages import Language
from keygen.document.nodes import Blocks, DisplayedFormula, InlineFormula, Problem, walked
from keygen.document.template import placed, rendered, template_file, words
from keygen.document.typesetter import Beside, Listed, Typesetter
from keygen.document.words import nodes_of
from keygen.engine.mistaken import Mistaken
from keygen.engine.slip_words import line_of, tellable
from keygen.engine.trace import Trace
from keygen.errors import KeygenError, line_where
from keygen.mathematics.skeleton import Bounded
from keygen.mathematics.terms import Chain, Literal, Name, apply
from keygen.variants.slips import Slip, found, numeric
from keygen.variants.solved import Solved

MOST = 2  # in one exercise


def named(
    solved: Solved, problem: Problem, typesetter: Typesetter, *, whole: bool = True
) -> Iterator[tuple[str, Slip]]:
    """The slips that a key names, and in which part: those that the author chose, or the most typical ones. Of an
    exercise that is not `whole`, in the parts that are left.

    Raises KeygenError for a part without a solution.
    """
    if not numeric(solved):
        return
    mistakes = tellable(solved.trace)
    parts = {part.key for part in problem.parts if part.solution}
    if solved.exercise.slips is None:
        told = found(solved, in_lines(problem, solved.trace))
        for slip in typical(slip for slip in told if slip.part in parts and seen(slip, typesetter)):
            yield slip.part, slip
        return
    for chosen in solved.exercise.slips:
        if chosen.part not in parts and not whole:
            continue
        if chosen.part not in parts:
            raise KeygenError(
                f"no part {chosen.part!r} has a solution in which a slip could be named",
                **line_where(solved.exercise.file, r"^slips\b"), expected="one of " + ", ".join(sorted(parts)),
            )  # fmt: skip
        slips = found(solved, (one for one in mistakes if one.name == chosen.name))
        for slip in slips:
            if chosen.line in ("", slip.line) and chosen.part in dict(slip.answers) and seen(slip, typesetter):
                yield chosen.part, slip
                break


def typical(slips: Iterator[Slip]) -> Iterator[Slip]:
    """The first of them, no mistake twice and no number twice."""
    names: set[str] = set()
    variables: set[str] = set()
    for slip in slips:
        if slip.name not in names and slip.variable not in variables:
            names.add(slip.name)
            variables.add(slip.variable)
            yield slip
        if len(names) == MOST:
            return


def seen(slip: Slip, typesetter: Typesetter) -> bool:
    """Whether the words for a slip are found, and the wrong value looks other than the right one."""
    if not slip.told:
        return False
    right, wrong = (Literal(values[slip.variable]) for values in (slip.solved.values, slip.values))
    return typesetter.term(right) != typesetter.term(wrong)


def in_lines(problem: Problem, trace: Trace) -> Iterator[Mistaken]:
    """The mistakes that a sentence can tell, in lines that stand in the solutions."""
    lines = set(printed(problem))
    return (one for one in tellable(trace) if line_of(trace, one.at[0]) in lines)


def printed(problem: Problem) -> Iterator[str]:
    """The variables whose lines stand in the solutions."""
    for part in problem.parts:
        for node in walked(part.solution.blocks):
            if isinstance(node, InlineFormula | DisplayedFormula):
                for chain in chains(node.says):
                    if isinstance(chain.links[0], Name):
                        yield chain.links[0].name


def chains(says: Iterable[Any]) -> Iterator[Chain]:
    """The lines in a formula."""
    for item in says:
        match item:
            case Chain():
                yield item
            case Beside(items=items) | Listed(items=items):
                yield from chains(items)


def through(slip: Slip, typesetter: Typesetter) -> Listed | None:
    """What the sentence of a slip ends with; nothing where it ends without."""
    spoken = typesetter.spoken
    end = tuple(slip.solved.name(one) if isinstance(one, str) else number(slip, one) for one in slip.through)
    return Listed(end, spoken.conjunction) if end and spoken is not None else None


def number(slip: Slip, value: Fraction) -> Given | Claim:
    """A number of the trace as its line prints it: a factor is a fraction, 1/2."""
    if slip.name != "factor_left_out" or value.denominator == 1:
        return Given(value)
    top, bottom = (Literal(Fraction(part)) for part in value.as_integer_ratio())
    quotient = apply("div", top, bottom)
    return Claim(Chain((quotient, Literal(value), quotient)))


def wrongly(slip: Slip, says: Mapping[str, str]) -> str:
    """What is done wrongly, in the words of a language; one that has none for a function says it without."""
    return says.get(slip.sentence, says[slip.name])


TOLD: Bounded[Blocks] = Bounded(1024)
"""Sentences without a number of a variant: most are those of other structures of their exercise, too."""


def told_to_whoever_typed(slip: Slip, typesetter: Typesetter, language: Language) -> Blocks:
    """A slip in words for whoever has typed the number that it leads to: what is done wrongly, and in which line. The
    right number is not told."""
    path = template_file(language, language.code, "answer_slip.tex")
    what, end, place = wrongly(slip, words("slips", language)), through(slip, typesetter), slip.place
    line = None if slip.line == slip.variable else slip.solved.name(slip.line)
    shown = () if end is None else tuple(map(typesetter.typeset, end.items))  # the marks between them depend on it
    key = (path, contents(path), language, typesetter.policy, what, end, shown, place, line)
    if (known := TOLD.get(key)) is not None:
        return known
    objects: list[Any] = []
    context = {
        "_printer": typesetter, "_objects": objects, "what": what, "through": end, "place": place, "line": line,
    }  # fmt: skip
    text, _ = rendered(path, language, context)
    return TOLD.keep(key, nodes_of(text.strip("\n"), objects, placed, path, 1))
