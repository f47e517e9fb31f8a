"""One student's exercise made ready for grading: its answers, its trace, what its page quotes and pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from string import ascii_lowercase
from typing import Any

from keygen.builds.manifest import ManifestExercise
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, policy_of
from keygen.builds.sheet import solved as solved_for
from keygen.calculus.claims import Claim
from keygen.document.composition import composed
from keygen.document.nodes import Blocks, DisplayedFormula, InlineFormula, Problem, walked
from keygen.document.typesetter import Beside, Listed
from keygen.engine.trace import Trace
from keygen.errors import KeygenError
from keygen.export.making import STATED
from keygen.grading.asked_columns import NUMERIC, AskedColumn, entries_of
from keygen.grading.comparing import Precision
from keygen.grading.follow_through import Quoted
from keygen.grading.replays import Workings
from keygen.mathematics.answers import Answer, as_json, of_json
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Chain, Literal, Name
from keygen.variants.recorded import recorded
from keygen.variants.slips import numeric
from keygen.variants.solved import Solved

Asked = Mapping[str, Mapping[str, Answer]]
"""Answers by part and name, the parts called as the exercise calls them."""
SAME = ("type", "exact", "float", "page")


@dataclass(frozen=True)
class GradedExercise:
    """What is needed to grade one student's exercise.

    solved    the exercise with this student's numbers
    workings  its trace, where that is numbers
    quoted    what the statement of each part quotes, by the exercise's own letters
    points    of each part, by the sheet's letters; of a sheet without points the whole exercise is worth 1
    lettered  whether its page gives parts letters: not of one part alone
    said      the answers of each part that belong to its statement: shapes and traits of letters
    """

    number: int
    columns: Sequence[AskedColumn]
    solved: Solved
    workings: Workings | None
    quoted: Quoted
    points: Mapping[str, Fraction]
    given: Mapping[str, Any]
    said: Mapping[str, Mapping[str, Answer]]
    trace: Trace
    precision: Precision
    lettered: bool = True


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page tells of an exercise's structure: the names that statements quote by part, "" for all parts, and the
    points by part."""

    quoted: Mapping[str, frozenset[str]]
    points: Mapping[str, Fraction | None]


class UnprintedPage(Proofs):
    """For a page that nobody sees: its lines were read back when it was built, and are not read back again."""

    def require(self, chain: Chain) -> None:
        """Nothing is printed."""


def prepared(order: SheetRequest, item: SheetItem, worked: ManifestExercise, digits: int) -> GradedExercise:
    """An exercise of one student as a manifest has it. Raises KeygenError where the course gives other numbers now."""
    found, own = as_recorded(order, item, worked)
    facts = facts_of(found, order, item)
    letters = dict(zip(ascii_lowercase, item.entry.parts, strict=False)) if item.entry.parts else {}
    columns = [
        AskedColumn(
            f"{worked.number}.{letter}.{name}", origin, name, replace(own[origin][name], exact=said.exact),
            Fraction(0 if name in STATED and is_problem(answers) else 1), found.sources[origin][name],
            entries_of(found.sources[origin][name], found.trace) if said.type in NUMERIC else {},
        )
        for letter, answers in worked.parts.items()
        for origin in (letters.get(letter, letter),)
        for name, said in ((name, of_json(one)) for name, one in answers.items())
    ]  # fmt: skip
    return GradedExercise(
        worked.number, columns, found, Workings(found) if numeric(found) else None,
        {part: facts.quoted.get(part, frozenset()) | facts.quoted.get("", frozenset()) for part in own},
        dict(points_of(worked, letters, facts)),
        {name: one["exact"] for name, one in worked.given.items() if one["type"] in NUMERIC and one["exact"]}, own,
        found.trace, Precision(digits, order.sheet.significant), len(facts.points) > 1,
    )  # fmt: skip


def is_problem(answers: Mapping[str, Any]) -> bool:
    """Whether the answers of a part have a problem by differentials among them, which its statement states."""
    return "wrt" in answers and "shapes" in answers


def points_of(worked: ManifestExercise, letters: Mapping[str, str], facts: PageFacts) -> Iterator[tuple[str, Fraction]]:
    """The points of each part that is asked: the page's, or an equal share of 1."""
    paid = any(points is not None for points in facts.points.values())
    for letter in worked.parts:
        points = facts.points.get(letters.get(letter, letter))
        yield letter, (points or Fraction(0)) if paid else Fraction(1, len(worked.parts))


def as_recorded(order: SheetRequest, item: SheetItem, worked: ManifestExercise) -> tuple[Solved, Asked]:
    """The exercise with the numbers of the manifest and its answers: made of its data, else drawn again. Raises
    KeygenError where neither gives its answers."""
    exercise = order.course.exercise(item.entry.id)
    if exercise.id == worked.id:
        found = recorded(exercise, order.who, worked.given)
        if found is not None and gives(answers := found.answers(), order, item, worked):
            return found, answers
        drawn = solved_for(order, item)
        if gives(answers := drawn.answers(), order, item, worked):
            return drawn, answers
    raise KeygenError(
        f"exercise {worked.number} is not the one that was handed out", exercise=worked.id, who=order.who,
        expected="the data and answers of the manifest", found="others: the course has changed since",
        repair="grade with the course, and the version of keygen, that the manifest was made with",
    )  # fmt: skip


def gives(answers: Asked, order: SheetRequest, item: SheetItem, worked: ManifestExercise) -> bool:
    """Whether these answers are those of the manifest; closed forms are not worked out for that."""
    policy = policy_of(order.sheet, None)
    own = {part: as_json(named, policy) for part, named in item.entry.asked(answers).items()}
    if own.keys() != worked.parts.keys():
        return False
    return all(
        own[part].keys() == named.keys() and all(map(alike, own[part].values(), named.values()))
        for part, named in worked.parts.items()
    )


def alike(own: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether an answer is the one that was recorded."""
    return all(own.get(key) == said.get(key) for key in SAME if key != "exact" or own[key] is not None)


def facts_of(found: Solved, order: SheetRequest, item: SheetItem) -> PageFacts:
    """What the page of an exercise quotes and pays; found once for a structure, whatever its numbers."""

    def make() -> PageFacts:
        policy = policy_of(order.sheet, order.language)
        proofs = UnprintedPage(found.values, policy, found.calls, quick=found.quick)
        wishes = order.sheet.wishes(item.number)
        problem, _ = composed(
            found, item.number, item.entry.points, order.language, policy, proofs=proofs, wishes=wishes, bare=True
        )
        return PageFacts(quoted_in(problem, found.trace), {part.key: part.points for part in problem.parts})

    return found.trace.memo(("page facts", order.sheet.name, item.number, order.language.code), make)


def quoted_in(problem: Problem, trace: Trace) -> dict[str, frozenset[str]]:
    """The computed variables whose values stand in statements, by part; "" of the statement of all."""
    sections = {"": problem.statement, **{part.key: part.statement for part in problem.parts}}
    return {
        key: frozenset(name for name in names_in(section.blocks) if name in trace.defining)
        for key, section in sections.items()
    }


def names_in(blocks: Blocks) -> Iterator[str]:
    """The variables that formulas give a value."""
    for node in walked(blocks):
        if isinstance(node, InlineFormula | DisplayedFormula):
            yield from valued(node.says)


def valued(says: Sequence[Any]) -> Iterator[str]:
    """The variables that some lines give a value: X = ... = value."""
    for item in says:
        match item:
            case Claim(chain=chain):
                yield from valued((chain,))
            case Chain(links=(Name(name), *_, Literal())):
                yield name
            case Beside(items=items) | Listed(items=items):
                yield from valued(items)
