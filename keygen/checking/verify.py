"""One variant checked by ways of its own: its gradients, its pages, every line, its answers, its conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, policy_of
from keygen.builds.sheet import solved as solved_for
from keygen.builds.value_text import flat
from keygen.certify.answers import certify_answers
from keygen.certify.certificate import Certificate, Counts
from keygen.certify.stage import COMPLEX_STEP, Rigour, Way, certified
from keygen.checking.arithmetic import PRECISIONS
from keygen.checking.captions import uncaptioned
from keygen.checking.matrix_slopes import certify_matrix_slopes
from keygen.checking.remarks import Remark
from keygen.checking.slopes import certify_slopes
from keygen.checking.wholeness import require_answers, require_parts, unshown
from keygen.course.band import Measure
from keygen.course.languages import Language
from keygen.course.sheet import Sheet
from keygen.document.composition import composed
from keygen.document.points import too_few
from keygen.document.tex_parts import TexProblem
from keygen.errors import FalseClaim, KeygenError
from keygen.mathematics.answers import Answer
from keygen.mathematics.latex import tex
from keygen.mathematics.line_digits import sharpened
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.matrix.marks import worked_in
from keygen.variants.conditions import first_violation
from keygen.variants.solved import Solved
from keygen.variants.workload import measure
from keygen.writers.latex import written

if TYPE_CHECKING:
    from keygen.checking.deep import DeepFindings


Kind = Literal["false", "not checked"]


@dataclass(frozen=True, slots=True)
class Failure:
    """What is wrong with a variant, as plain words that travel between processes: something is
    false, or it could not be solved or written, so that nobody knows."""

    what: str
    exercise: str
    seed: int | None
    file: str | None = None
    line: int | None = None
    source: str | None = None
    expected: str | None = None
    found: str | None = None
    message: str = ""
    kind: Kind = "false"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One variant, checked. The digits of its `counts` are printed numbers that `keygen check --deep` has compared with
    the oracle's. `seconds` as (solving, checking); `key` is equal for equal data; `answers` by part.name.

    Of an answer that is a number, a vector or a matrix there are its smallest and its largest entry; of any other, its
    text. The first thing that is wrong ends a check; `deep` goes on and has them all in `failures`.
    """

    seed: int | None
    failures: tuple[Failure, ...] = ()
    counts: Counts = field(default_factory=Counts)
    rejected: Mapping[str, int] = field(default_factory=dict)
    key: str = ""
    measure: Measure | None = None
    answers: Mapping[str, tuple[float, float] | str] = field(default_factory=dict)
    seconds: tuple[float, float] = (0.0, 0.0)
    deep: DeepFindings | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def failure(self) -> Failure | None:
        """The first thing that is wrong."""
        return self.failures[0] if self.failures else None

    @property
    def done(self) -> bool:
        """Whether the check came to its end, or to something false."""
        return not any(failure.kind == "not checked" for failure in self.failures)


def verdict(order: SheetRequest, item: SheetItem, *, deeply: bool = False) -> Verdict:
    """Solve and check one exercise of an order, in the language asked for or in all it has; `deeply` reads its finished
    pages as well, and compares their numbers with the oracle's."""
    seed = order.seed
    start = perf_counter()
    try:
        found = solved_for(order, item)
        solving = perf_counter() - start
        pages, certificate = checked(found, order, item)
        counts = replace(certificate.counts, digits=0)
        ranges = dict(extremes(item.entry.asked(found.answers())))
        seen = None
        if deeply:
            from keygen.checking.deep import deep  # mpmath is slow to import

            seen = deep(found, pages.problems, pages.proofs.kept.values(), pages.proofs.formulas)
            counts = replace(counts, digits=seen.digits)
    except KeygenError as error:
        return Verdict(seed, (failure_of(error, item.entry.id, seed),))
    failures = () if seen is None else tuple(failure_of(error, item.entry.id, seed) for error in seen.false)
    seen = None if seen is None else replace(seen, false=())
    seconds = (solving, perf_counter() - start - solving)
    return Verdict(
        seed, failures, counts, dict(found.rejected), found.variant.key, measure(found), ranges, seconds, seen,
        pages.remarks,
    )  # fmt: skip


class RenderedPages(NamedTuple):
    """What was rendered: the exercise in each language with how it writes numbers, the lines read back, and what a
    reader may miss."""

    problems: Mapping[Language, tuple[TexProblem, Policy]]
    proofs: Proofs
    remarks: tuple[Remark, ...] = ()


def checked(solved: Solved, order: SheetRequest, item: SheetItem) -> tuple[RenderedPages, Certificate]:
    """Everything about one variant of a sheet's exercise. Raises KeygenError at the first thing that is wrong."""

    def pages(proofs: Proofs) -> RenderedPages:
        problems, remarks = {}, list[Remark]()
        for wanted in languages(solved, order):
            policy = policy_of(order.sheet, wanted)
            made, typesetter = composed(
                solved, 1, item.entry.points, wanted, policy, proofs=proofs, wishes=order.sheet.wishes(item.number)
            )
            whole = item.entry.parts is None  # what some parts alone rest on is seen to when they are composed
            require_parts(made)
            if whole:
                require_answers(solved)
            if whole and solved.variant.who is None:
                remarks += (*unshown(made, solved, typesetter), *uncaptioned(made, solved, typesetter))
            if made.unpaid and solved.variant.who is None:
                remarks.append(remark_on(order.sheet, item, too_few(made.unpaid)))
            problems[wanted] = written(made, typesetter), policy
        return RenderedPages(problems, proofs, tuple(dict.fromkeys(remarks)))

    if solved.variant.who is not None and (reason := first_violation(solved)) is not None:
        raise FalseClaim(f"the variant does not meet a condition: {reason}", file=solved.exercise.file)
    solved.exercise.require_repeatable(solved.trace, solved.choices, always=True)
    own = order.course.language(order.sheet.language)
    return certified(solved, policy_of(order.sheet, own), CHECK, pages)


def remark_on(sheet: Sheet, item: SheetItem, text: str) -> Remark:
    """A remark at the points of a sheet's exercise."""
    where = sheet.place(item.number, "points")
    return Remark(text, item.entry.id, str(where["file"]) if "file" in where else None, where.get("line"))


def certify_writing(solved: Solved, proofs: Proofs) -> None:
    """Write every line once more, number by number, and not through a stencil of lines that are alike."""
    printer = tex(proofs.policy, tuple(solved.signs.items()))
    for link in (link for chain in proofs.kept.values() for link in sharpened(chain, proofs.policy).links):
        alone, written = printer.term(link), printer.write(link)
        if (alone.text, alone.exact) != (written.text, written.exact):
            raise FalseClaim(
                "a line is not written as it would be alone", expected=alone.text, found=written.text,
                repair="this is a defect of keygen; please report it with the seed",
            )  # fmt: skip


def certify_matrix_problems(solved: Solved) -> int:
    """How many gradients, Jacobians and differentials of matrix problems have the slope that is measured."""
    return sum(map(certify_matrix_slopes, worked_in(solved.shown)))


CENTRAL = f"central differences in {PRECISIONS[0]} digits"
CHECK = Rigour(
    gradients=(COMPLEX_STEP, Way(CENTRAL, certify_slopes)),
    problems=(Way(CENTRAL, certify_matrix_problems),),
    answers=(Way("the computation in float64, and the answer's own text", certify_answers),),
    reading="exactly",
    everything=True,
    written=certify_writing,
)
"""All that a page could show, by every way that there is."""


def languages(solved: Solved, order: SheetRequest) -> tuple[Language, ...]:
    """The language asked for; without one, the sheet's own and every other that the exercise is written in."""
    if order.lang is not None:
        return (order.language,)
    course, written = order.course, order.course.written_in(solved.exercise)
    return tuple(course.language(one) for one in course.languages if one == order.sheet.language or one in written)


def extremes(
    parts: Mapping[str, Mapping[str, Answer]],
) -> Iterator[tuple[str, tuple[float, float] | str]]:
    """Every answer by part.name: its smallest and largest entry, or its text."""
    for part, answers in parts.items():
        for name, answer in answers.items():
            yield f"{part}.{name}", extreme(answer)


def extreme(answer: Answer) -> tuple[float, float] | str:
    """The smallest and the largest number of an answer; the text of one that is no number."""
    if answer.type not in ("number", "vector", "matrix", "matrices"):
        return flat(answer.exact)
    entries = [float(x) for x in flattened(answer.float)]
    return (min(entries), max(entries))


def flattened(numbers: Any) -> Iterator[Any]:
    """The numbers in nested lists."""
    if isinstance(numbers, list):
        for item in numbers:
            yield from flattened(item)
    else:
        yield numbers


def failure_of(error: KeygenError, exercise: str, seed: int | None) -> Failure:
    """An error as plain words."""
    kind: Kind = "false" if isinstance(error, FalseClaim) else "not checked"
    error = error.within(exercise=exercise, who=seed)
    file = None if error.file is None else str(error.file)
    return Failure(
        error.what, exercise, seed, file, error.line, error.source, error.expected, error.found, str(error), kind
    )  # fmt: skip
