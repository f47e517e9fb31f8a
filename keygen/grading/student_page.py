"""A page for one student, in the language of the sheet: the verdicts, and of each exercise the first wrong step, with
the key's line, the student's value, and what follows rightly from it. It holds nothing of another's variant, and every
line of it is read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from html import escape
from string import ascii_lowercase
from typing import Any

import numpy as np

from keygen.builds.request import SheetRequest
from keygen.builds.sheet import policy_of
from keygen.course.points import decimal
from keygen.document.nodes import Blocks, Foreign, InlineFormula
from keygen.document.punctuation import punctuated
from keygen.document.template import placed, rendered, speech, template_file
from keygen.document.titles import headed
from keygen.document.typesetter import Typesetter
from keygen.document.words import nodes_of
from keygen.engine.evaluate import as_float
from keygen.errors import KeygenError
from keygen.export.making import letters_of
from keygen.grading.graded_exercise import GradedExercise
from keygen.grading.replays import NO_VALUE, Workings
from keygen.grading.summary import rounded
from keygen.grading.summary_page import grading_words, scrolled, title_of
from keygen.grading.told_verdicts import told_verdict
from keygen.grading.traced_steps import TracedStep
from keygen.grading.typed_text import unquoted
from keygen.grading.verdicts import AnswerVerdict
from keygen.mathematics.answers import FormulaSource
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Chain, Literal, Name, chain, leaves_of
from keygen.variants.conclusions import lines
from keygen.variants.solved import Solved
from keygen.writers.html import HtmlWriter
from keygen.writers.html_page import framed

TEMPLATE, FORMULA = "first_step.tex", "first_formula.tex"
THIRD = 5e-3
"""Half a unit of the third digit, of the smallest number of its digits."""
MOST = 4
"""Lines of one kind that a page shows."""


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What is said of a first wrong step: as HTML, as nodes, and what writes their mathematics."""

    html: str
    blocks: Blocks
    typesetter: Typesetter


@dataclass(frozen=True, slots=True)
class AnswerSign:
    """What an answer is called in its exercise, as HTML and as TeX."""

    html: str
    tex: str


def signs_of(exercise: GradedExercise, order: SheetRequest) -> Iterator[tuple[str, AnswerSign]]:
    """The column and the sign of each answer that has one of its own."""
    solved = exercise.solved
    typesetter = Typesetter(policy_of(order.sheet, order.language), solved.signs, None, order.language)
    writer = HtmlWriter(typesetter)
    for column in exercise.columns:
        letter = letters_of(column.source, solved).get(())
        if letter is not None:
            html = writer.formula(InlineFormula((letter,)))
            yield column.column, AnswerSign(html, f"${typesetter.typeset(letter)}$")


def student_page(
    order: SheetRequest, whose: str, verdicts: Iterable[AnswerVerdict], points: tuple[Fraction, Fraction],
    steps: Mapping[int, FirstStep], signs: Mapping[str, AnswerSign],
) -> str:  # fmt: skip
    """The whole file for one student: points had and possible, a row an answer with its sign where it has one, and of
    each exercise by its number its first wrong step."""
    say = grading_words(order)
    title = headed(title_of(order), say["checked"])
    had, possible = (decimal(rounded(one), order.language.separator) for one in points)
    told = " · ".join((whose, f"{say['had']} {had} {say['of']} {possible}"))
    main = [f"<header>\n<h1>{escape(title)}</h1>\n<p>{escape(told)}</p>\n</header>"]
    for number, step in steps.items():
        main.append(f"<section>\n<h2>{escape(say['exercise'])} {number}</h2>\n{step.html}\n</section>")
    main.append(
        f"<section>\n<h2>{escape(say['answers'])}</h2>\n"
        f'<div class="answered">{scrolled(table_rows(verdicts, say, order, signs))}</div>\n</section>'
    )
    return framed(title, order.language.code, order.course.asset("style.css").decode(), "\n".join(main) + "\n")


def table_rows(
    verdicts: Iterable[AnswerVerdict], say: Mapping[str, str], order: SheetRequest, signs: Mapping[str, AnswerSign]
) -> Iterator[Sequence[str]]:
    """A row an answer: which it is, what was typed, the verdict with a note, the credit."""
    yield [f'<th scope="col">{escape(say[name])}</th>' for name in ("answer", "typed", "verdict", "share")]
    for one in verdicts:
        credit = decimal(rounded(one.credit), order.language.separator)
        sign = f"{signs[one.column].html} " if one.column in signs else ""
        told = told_verdict(one, order, say)
        note = f"<br><small>{escape(told.note)}</small>" if told.note else ""
        yield (
            f'<th scope="row">{sign}<code>{escape(one.column)}</code></th>',
            f'<td class="typed"><code>{escape(unquoted(one.typed))}</code></td>',
            f"<td>{escape(told.word)}{note}</td>", f"<td>{credit}</td>",
        )  # fmt: skip


def first_step(
    exercise: GradedExercise, steps: Sequence[TracedStep], verdicts: Iterable[AnswerVerdict], order: SheetRequest
) -> FirstStep | None:
    """What is said of the first wrong step of an exercise; None where there is none, where its lines cannot be proven,
    or the language has no words for it."""
    first = next((step for step in steps if step.verdict.first), None)
    try:
        if first is not None and exercise.workings is not None and order.language.has(TEMPLATE):
            return told_step(exercise.workings, first, steps[steps.index(first) + 1 :], order)
        formula = next((one for one in verdicts if one.first), None)
        return None if formula is None or first is not None else told_formula(exercise, formula, order)
    except (KeygenError, *NO_VALUE):
        return None


def told_formula(exercise: GradedExercise, first: AnswerVerdict, order: SheetRequest) -> FirstStep | None:
    """What was typed for a formula, and the lines by which a page shows the right one. Raises KeygenError for a line
    that is not proven."""
    solved = exercise.solved
    asked = next(one for one in exercise.columns if one.column == first.column)
    plain = asked.plain_source
    source = plain if isinstance(plain, FormulaSource) else asked.source  # on one line, as it was asked for
    shown = [*lines(source, solved.trace, solved.chain)]
    if not shown or not order.language.has(FORMULA):
        return None
    return told(FORMULA, first, {"typed": Foreign(unquoted(first.typed)), "lines": shown}, solved, order)


def told_step(
    workings: Workings, first: TracedStep, later: Sequence[TracedStep], order: SheetRequest
) -> FirstStep | None:
    """The lines and the words between them. Raises KeygenError for a line that is not proven."""
    solved, say = workings.solved, grading_words(order)
    ways = first.verdict.slips
    carried = [line for step in later for line in carried_lines(workings, first, step)]
    if any(np.shape(value) != workings.trace.shapes[name] for name, value in first.typed.items()):
        return None  # a part of a variable has no line of its own
    wrong = [
        {"typed": typed_line(name, value, workings), "key": solved.chain(name)}
        for name, value in differing(first, workings)
    ]
    context = {
        "wrong": wrong[:MOST],
        "what": say[ways[0][0]] if len(ways) == 1 and len(ways[0]) == 1 else None,
        "carried": carried[:MOST],
        "onward": None if carried else onward(workings, first, later),
    }
    return told(TEMPLATE, first.verdict, context, solved, order)


def told(
    template: str, first: AnswerVerdict, context: Mapping[str, Any], solved: Solved, order: SheetRequest
) -> FirstStep:
    """The words of a template about an answer, with its part. Raises KeygenError for a line that is not proven."""
    language = order.language
    policy = policy_of(order.sheet, language)
    typesetter = Typesetter(policy, solved.signs, Proofs(solved.values, policy, solved.calls), language)
    objects: list[Any] = []
    path = template_file(language, language.code, template)
    part = language.letters[ascii_lowercase.index(first.column.split(".")[1])]
    whole = {"_printer": typesetter, "_objects": objects, **speech(language), "part": part, **context}
    text, _ = rendered(path, language, whole)
    blocks = punctuated(nodes_of(text.strip("\n"), objects, placed, path, 1), language)
    return FirstStep(HtmlWriter(typesetter).blocks(blocks), blocks, typesetter)


def differing(step: TracedStep, workings: Workings) -> Iterator[tuple[str, Any]]:
    """The variables of an answer that are not the key's, with what was typed, in the order of the trace."""
    names = [name for name in workings.trace.shapes if name in step.typed]
    apart = [name for name in names if not close(step.typed[name], workings.floats[name])]
    yield from ((name, step.typed[name]) for name in apart or names)


def close(typed: Any, right: Any) -> bool:
    """Whether an exact value is another to three digits, in all of its entries."""
    return bool(np.allclose(as_float(typed), right, rtol=THIRD, atol=0))


def typed_line(name: str, value: Any, workings: Workings) -> Chain:
    """H = what was typed"""
    return Chain((Name(name, workings.trace.shapes[name]), Literal(value)), at={name: value})


def carried_lines(workings: Workings, first: TracedStep, step: TracedStep) -> Iterator[Chain]:
    """The lines of an answer that follows rightly from the first wrong one, and from no other."""
    if step.given:
        replay, alone = workings.exact(step.given), workings.exact(dict(first.typed))
        for name in step.typed:
            if name in alone.moved and close(replay[name], as_float(alone[name])):
                yield replayed_line(workings, replay, name)


def replayed_line(workings: Workings, replay: Mapping[str, Any], name: str) -> Chain:
    """The line of a variable with the values of a replay, which its letters bring with them."""
    line = chain(workings.trace, replay, name)
    letters = {leaf.name for link in line.links for leaf in leaves_of(link) if isinstance(leaf, Name)}
    return replace(line, at={letter: replay[letter] for letter in sorted(letters)})


def onward(workings: Workings, first: TracedStep, later: Sequence[TracedStep]) -> Chain | None:
    """The line of the next answer as it comes out of the first wrong one; None where nothing that was answered rests on
    it."""
    replay = workings.exact(dict(first.typed))
    names = (name for step in later for name in step.typed if name in replay.moved and name not in first.typed)
    name = next(names, None)
    return None if name is None else replayed_line(workings, replay, name)
