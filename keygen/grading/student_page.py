"""A page for one student, in the language of the sheet: the verdicts, and of each exercise the first wrong step, with
the key's line, the student's value, and what follows rightly from it. It holds nothing of another's variant, and every
line of it is read back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
from keygen.engine.replay import Replay
from keygen.engine.trace import is_link
from keygen.errors import KeygenError
from keygen.export.signs import letters_of
from keygen.grading.graded_exercise import GradedExercise
from keygen.grading.replays import NO_VALUE, Workings
from keygen.grading.summary import rounded
from keygen.grading.summary_page import grading_words, scrolled, title_of
from keygen.grading.told_verdicts import told_verdict
from keygen.grading.traced_steps import TracedStep
from keygen.grading.typed_text import unquoted
from keygen.grading.verdicts import AnswerVerdict
from keygen.mathematics.answers import Answer, ConcludedSource, FormulaSource
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Chain, Literal, Name, Term, chain, leaves_of
from keygen.variants.conclusions import lines
from keygen.variants.solved import Solved
from keygen.writers.html import HtmlWriter
from keygen.writers.html_page import framed

TEMPLATE, FORMULA = "first_step.tex", "first_formula.tex"
THIRD = 5e-3
"""Half a unit of the third digit, of the smallest number of its digits."""
MOST = 4
"""Lines of one kind that a page shows."""
WORKED = 2
"""Links of a line that works nothing out: an entry of what stands above it, say."""


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What is said of a first wrong step: as HTML, as nodes, and what writes their mathematics."""

    html: str
    blocks: Blocks
    typesetter: Typesetter


@dataclass(frozen=True, slots=True)
class AnswerLabel:
    """What an answer is called on its student's page: the number of its exercise, the letter of its part on the page,
    "" where it has none; its sign there as HTML and as TeX, "" where it has none; its name in tables, where the rest
    does not tell it."""

    number: str
    letter: str
    html: str = ""
    tex: str = ""
    name: str = ""

    @property
    def place(self) -> str:
        """Where its exercise asks for it: 4d"""
        return f"{self.number}{self.letter}"


def labels_of(exercise: GradedExercise, order: SheetRequest) -> Iterator[tuple[str, AnswerLabel]]:
    """The column and the label of each answer."""
    solved = exercise.solved
    typesetter = Typesetter(policy_of(order.sheet, order.language), solved.signs, None, order.language)
    writer = HtmlWriter(typesetter)
    signs = {one.column: sign_of(one.source, solved) for one in exercise.columns}
    written = {column: typesetter.typeset(sign) for column, sign in signs.items() if sign is not None}
    often = Counter((column.rpartition(".")[0], tex) for column, tex in written.items())
    for column, sign in signs.items():
        number, part, name = column.split(".", 2)
        letter = order.language.letters[ascii_lowercase.index(part)] if exercise.lettered else ""
        if sign is None:
            yield column, AnswerLabel(number, letter, name=name)
        else:
            alone = often[f"{number}.{part}", written[column]] == 1
            html = writer.formula(InlineFormula((sign,)))
            yield column, AnswerLabel(number, letter, html, f"${written[column]}$", "" if alone else name)


def sign_of(source: Any, solved: Solved) -> Term | None:
    """The sign that a page has for the answer behind a source; None where it has none."""
    match source:
        case ConcludedSource(says=(Chain(links=(Name() as sign, *_)),)):
            return sign
        case ConcludedSource(source=inner):
            return sign_of(inner, solved)
        case FormulaSource(name=name) if not is_link(name):
            return solved.name(name)
        case Answer(says=Chain(links=(Name() as sign, *_))):
            return sign
    return letters_of(source, solved).get(())


def student_page(
    order: SheetRequest, whose: str, verdicts: Iterable[AnswerVerdict], points: tuple[Fraction, Fraction],
    steps: Mapping[int, FirstStep], labels: Mapping[str, AnswerLabel],
) -> str:  # fmt: skip
    """The whole file for one student: points had and possible, a row an answer under its label, and of each
    exercise by its number its first wrong step."""
    say = grading_words(order)
    title = headed(title_of(order), say["checked"])
    had, possible = (decimal(rounded(one), order.language.separator) for one in points)
    told = " · ".join((whose, f"{say['had']} {had} {say['of']} {possible}"))
    main = [f"<header>\n<h1>{escape(title)}</h1>\n<p>{escape(told)}</p>\n</header>"]
    for number, step in steps.items():
        main.append(f"<section>\n<h2>{escape(say['exercise'])} {number}</h2>\n{step.html}\n</section>")
    main.append(
        f"<section>\n<h2>{escape(say['answers'])}</h2>\n"
        f'<div class="answered">{scrolled(table_rows(verdicts, say, order, labels))}</div>\n</section>'
    )
    return framed(title, order.language.code, order.course.asset("style.css").decode(), "\n".join(main) + "\n")


def table_rows(
    verdicts: Iterable[AnswerVerdict], say: Mapping[str, str], order: SheetRequest, labels: Mapping[str, AnswerLabel]
) -> Iterator[Sequence[str]]:
    """A row an answer: which it is, what was typed, the verdict with a note, the credit."""
    yield [f'<th scope="col">{escape(say[name])}</th>' for name in ("answer", "typed", "verdict", "share")]
    for one in verdicts:
        credit = decimal(rounded(one.credit), order.language.separator)
        label = labels[one.column]
        named = f"<code>{escape(label.name)}</code>" if label.name else ""
        told = told_verdict(one, order, say)
        note = f"<br><small>{escape(told.note)}</small>" if told.note else ""
        yield (
            f'<th scope="row">{" ".join(filter(None, (escape(label.place), label.html, named)))}</th>',
            f'<td class="typed"><code>{escape(unquoted(one.typed))}</code></td>',
            f"<td>{escape(told.word)}{note}</td>", f"<td>{credit}</td>",
        )  # fmt: skip


def first_step(
    exercise: GradedExercise, steps: Sequence[TracedStep], verdicts: Iterable[AnswerVerdict], order: SheetRequest,
    labels: Mapping[str, AnswerLabel],
) -> FirstStep | None:  # fmt: skip
    """What is said of the first wrong step of an exercise; None where there is none, where its lines cannot be proven,
    or the language has no words for it."""
    first = next((step for step in steps if step.verdict.first), None)
    try:
        if first is not None and exercise.workings is not None and order.language.has(TEMPLATE):
            return told_step(exercise.workings, first, steps[steps.index(first) + 1 :], order, labels)
        formula = next((one for one in verdicts if one.first), None)
        return None if formula is None or first is not None else told_formula(exercise, formula, order, labels)
    except (KeygenError, *NO_VALUE):
        return None


def told_formula(
    exercise: GradedExercise, first: AnswerVerdict, order: SheetRequest, labels: Mapping[str, AnswerLabel]
) -> FirstStep | None:
    """What was typed for a formula, and the lines by which a page shows the right one. Raises KeygenError for a line
    that is not proven."""
    solved = exercise.solved
    asked = next(one for one in exercise.columns if one.column == first.column)
    plain = asked.plain_source
    source = plain if isinstance(plain, FormulaSource) else asked.source  # on one line, as it was asked for
    shown = [*lines(source, solved.trace, solved.chain)]
    if not shown or not order.language.has(FORMULA):
        return None
    context = {"typed": Foreign(unquoted(first.typed)), "lines": shown}
    return told(FORMULA, labels[first.column], context, solved, order)


def told_step(
    workings: Workings, first: TracedStep, later: Sequence[TracedStep], order: SheetRequest,
    labels: Mapping[str, AnswerLabel],
) -> FirstStep | None:  # fmt: skip
    """The lines and the words between them. Raises KeygenError for a line that is not proven."""
    solved, say = workings.solved, grading_words(order)
    ways = first.verdict.slips
    carried = at_most(MOST, (group for step in later for group in carried_lines(workings, first, step)))
    if any(np.shape(value) != workings.trace.shapes[name] for name, value in first.typed.items()):
        return None  # a part of a variable has no line of its own
    wrong = [
        {"typed": typed_line(name, value, workings), "key": solved.chain(name)}
        for name, value in differing(first, workings)
    ]
    context = {
        "wrong": wrong[:MOST],
        "what": say[ways[0][0]] if len(ways) == 1 and len(ways[0]) == 1 else None,
        "carried": carried,
        "onward": [] if carried else onward(workings, first, later),
    }
    return told(TEMPLATE, labels[first.verdict.column], context, solved, order)


def told(
    template: str, label: AnswerLabel, context: Mapping[str, Any], solved: Solved, order: SheetRequest
) -> FirstStep:
    """The words of a template about an answer. Raises KeygenError for a line that is not proven."""
    language = order.language
    policy = policy_of(order.sheet, language)
    typesetter = Typesetter(policy, solved.signs, Proofs(solved.values, policy, solved.calls), language)
    objects: list[Any] = []
    path = template_file(language, language.code, template)
    named = Foreign(label.name) if label.name else None
    about = {"part": label.letter, "named": named, **context}
    whole = {"_printer": typesetter, "_objects": objects, **speech(language), **about}
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


def at_most(most: int, groups: Iterable[Sequence[Chain]]) -> list[Chain]:
    """The lines of some groups, none of which is cut apart: the first one, and others as long as no line is more than
    so many; a line once."""
    found: list[Chain] = []
    for group in groups:
        new = [line for line in group if line not in found]
        if found and len(found) + len(new) > most:
            break
        found += new
    return found


def carried_lines(workings: Workings, first: TracedStep, step: TracedStep) -> Iterator[Sequence[Chain]]:
    """The lines of an answer that follows rightly from the first wrong one, and from no other."""
    if step.given:
        replay, alone = workings.exact(step.given), workings.exact(dict(first.typed))
        for name in step.typed:
            if name in alone.moved and close(replay[name], as_float(alone[name])):
                yield replayed_lines(workings, replay, name, step.given)


def replayed_lines(workings: Workings, replay: Replay, name: str, known: Collection[str]) -> list[Chain]:
    """The line of a variable with the values of a replay, which its letters bring with them; before it those of letters
    that have other values there than the key has, and whose values are not `known` to the reader."""
    line = chain(workings.trace, replay, name)
    letters = sorted({leaf.name for link in line.links for leaf in leaves_of(link) if isinstance(leaf, Name)})
    between = (one for one in letters if one in replay.moved and one != name and one not in known and not is_link(one))
    apart = (one for one in between if not np.array_equal(as_float(replay[one]), workings.floats[one]))
    before = (line for one in apart for line in replayed_lines(workings, replay, one, known))
    worked = [line for line in before if len(line.links) > WORKED]
    return [*worked, replace(line, at={letter: replay[letter] for letter in letters})]


def onward(workings: Workings, first: TracedStep, later: Sequence[TracedStep]) -> Sequence[Chain]:
    """The lines to the next answer as it comes out of the first wrong one; none where nothing that was answered rests
    on it."""
    replay = workings.exact(dict(first.typed))
    names = (name for step in later for name in step.typed if name in replay.moved and name not in first.typed)
    name = next(names, None)
    return () if name is None else replayed_lines(workings, replay, name, first.typed)
