"""Many variants of many exercises, checked on all cores: the same findings whatever the number of processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from keygen.builds import executors
from keygen.builds.answer_key import item_of
from keygen.builds.class_work import ClassTable
from keygen.builds.request import SheetRequest
from keygen.certify.certificate import Counts
from keygen.checking.classes import ClassRequest, class_chunks, class_tables
from keygen.checking.remarks import Remark, of_pinned, of_published, of_twins
from keygen.checking.structure import structural
from keygen.checking.tex_warnings import Flaw, flaws
from keygen.checking.verify import Failure, Verdict, failure_of, verdict
from keygen.course.course import Course

CHUNK = 25  # seeds that one process takes at a time


@dataclass(frozen=True, slots=True)
class Request:
    """What to check: sheets and exercises of a course by name (none: every sheet), and how many seeds of each exercise.

    `language` None is every language that there is; `tex` is how many variants of each are also set in TeX; `jobs` how
    many processes work. `deep` reads finished pages and asks the oracle, and does not stop at what is false. Of a
    class, every student's variant is drawn and measured too.
    """

    course: Course
    targets: tuple[str, ...] = ()
    seeds: int = 200
    language: str | None = None
    tex: int = 0
    jobs: int = 1
    deep: bool = False
    of_class: ClassRequest | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some variants of one exercise: `place` counts the exercises of the target from 0, None is the published one."""

    course: Course
    target: str
    place: int
    seeds: tuple[int | None, ...]
    language: str | None
    tex: int
    deep: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found about one exercise. `verdicts` are the published variant's and the seeds', in their order."""

    target: str
    id: str
    verdicts: tuple[Verdict, ...] = ()
    flaws: tuple[Flaw, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def counts(self) -> Counts:
        """What was checked in all."""
        return sum((v.counts for v in self.verdicts), Counts())

    @property
    def failure(self) -> Failure | None:
        """The first thing that is wrong."""
        return next((v.failure for v in self.verdicts if v.failure is not None), None)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that is wrong."""
        return tuple(failure for v in self.verdicts for failure in v.failures)

    @property
    def false(self) -> int:
        """How much of what was to be said is not true."""
        return sum(failure.kind == "false" for failure in self.failures)

    @property
    def done(self) -> tuple[Verdict, ...]:
        """The variants whose check came to its end."""
        return tuple(v for v in self.verdicts if v.done)

    @property
    def seeded(self) -> tuple[Verdict, ...]:
        """The variants that were drawn and are right."""
        return tuple(v for v in self.verdicts if v.seed is not None and v.failure is None)

    @property
    def rejected(self) -> Counter[str]:
        """Draws that were drawn again, by the condition that they failed."""
        return sum((Counter(v.rejected) for v in self.seeded), Counter[str]())

    @property
    def draws(self) -> float:
        """Draws for each variant, the accepted one included."""
        return 1 + self.rejected.total() / len(self.seeded) if self.seeded else 1.0

    @property
    def duplicates(self) -> int:
        """Variants whose data an earlier seed had already."""
        return len(self.seeded) - len({v.key for v in self.seeded})

    def measures(self, name: str) -> tuple[int, int]:
        """The least and the most of a measure among the seeds."""
        found = [v.measure.by_name()[name] for v in self.seeded if v.measure is not None]
        return min(found, default=0), max(found, default=0)

    def ranges(self) -> Mapping[str, Range]:
        """What values each answer takes among the seeds."""
        found: dict[str, Range] = {}
        for v in self.seeded:
            for name, value in v.answers.items():
                found.setdefault(name, Range()).take(value)
        return found


class Ends(NamedTuple):
    """The smallest number and the largest."""

    min: float
    max: float


@dataclass(slots=True)
class Range:
    """The values of one answer: its smallest and largest number, or how often each text was the answer."""

    numbers: Ends | None = None
    texts: Counter[str] = field(default_factory=Counter)

    def take(self, value: tuple[float, float] | str) -> None:
        """One more variant's value."""
        if isinstance(value, str):
            self.texts[value] += 1
        else:
            low, high = self.numbers or value
            self.numbers = Ends(min(low, value[0]), max(high, value[1]))


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, in the order of the request. A failure ends the search, unless it is deep: nothing after it
    is checked."""

    request: Request
    exercises: tuple[Examined, ...]
    twins: tuple[Remark, ...] = ()
    classes: tuple[ClassTable, ...] = ()

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is not false and likely a slip, each once."""
        return tuple(one for one in self.noticed if not one.meant)

    @property
    def meant(self) -> tuple[Remark, ...]:
        """What would likely be a slip, and is meant so, each once."""
        return tuple(one for one in self.noticed if one.meant)

    @property
    def noticed(self) -> tuple[Remark, ...]:
        """Both."""
        return tuple(dict.fromkeys((*self.twins, *(one for exercise in self.exercises for one in exercise.remarks))))

    @property
    def counts(self) -> Counts:
        """What was checked in all."""
        return sum((exercise.counts for exercise in self.exercises), Counts())

    @property
    def failure(self) -> Failure | None:
        """The first thing that is wrong."""
        return next(iter(self.failures), None)

    @property
    def false(self) -> int:
        """How much of what was to be said is not true."""
        return sum(exercise.false for exercise in self.exercises)

    @property
    def not_checked(self) -> int:
        """How many variants could not be solved or written, so that nobody knows what is true of them."""
        return sum(not v.done for exercise in self.exercises for v in exercise.verdicts)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Everything that is wrong; of a class, each student who has no sheet."""
        false = [failure for exercise in self.exercises for failure in exercise.failures]
        lacking = (student.failure for table in self.classes for student in table.students)
        none = (failure_of(error, error.exercise or "", None) for error in lacking if error is not None)
        return (*false, *none)

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """What TeX had to say of the pages."""
        return tuple(flaw for exercise in self.exercises for flaw in exercise.flaws)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.failure is None and not self.flaws


def survey(
    request: Request,
    advance: Callable[[int], None] = lambda variants: None,
    note: Callable[[str], None] = lambda text: None,
) -> Findings:
    """Check what is asked for; `advance` hears of every chunk's number of variants as it is done (and of 0 when time
    has passed), `note` of a worker that has died.

    The first failure, in the order of exercises and seeds, ends the search, unless it is deep. Raises KeygenError for
    an unknown target, for a sheet or an exercise that cannot be read, and when the check is interrupted.
    """
    asked = list(chunks(request))
    found: list[Examined] = []

    def progress() -> str:
        return f"{sum(len(piece.verdicts) for piece in found)} of {total(request)} variants are checked"

    with executors.interruptible("check", progress), closing(examined(asked, request.jobs, advance, note)) as pieces:
        for piece in pieces:
            found.append(piece)
            if piece.failure is not None and not request.deep:
                break
    by_exercise: dict[tuple[str, int], list[Examined]] = {}
    for chunk, piece in zip(asked, found, strict=False):
        by_exercise.setdefault((chunk.target, chunk.place), []).append(piece)
    twins = (one for target in targets(request) for one in of_twins(request.course.target(target)))
    findings = Findings(request, tuple(joined(pieces) for pieces in by_exercise.values()), tuple(twins))
    if request.of_class is None or (findings.failure is not None and not request.deep):
        return findings
    with executors.interruptible("check", progress):
        classes = tuple(class_tables(request.of_class, request.jobs, advance, note))
    return replace(findings, classes=classes)


def joined(pieces: Sequence[Examined]) -> Examined:
    """The findings about one exercise, from those of its chunks."""
    first = pieces[0]
    verdicts = tuple(v for piece in pieces for v in piece.verdicts)
    flaws_of_all = tuple(flaw for piece in pieces for flaw in piece.flaws)
    return Examined(first.target, first.id, verdicts, flaws_of_all, first.remarks)


def chunks(request: Request) -> Iterator[Chunk]:
    """The work in pieces whose size does not depend on who does them."""
    variants: list[int | None] = [None, *range(request.seeds)]
    for target in targets(request):
        for place, _ in enumerate(request.course.target(target).exercise):
            for start in range(0, len(variants), CHUNK):
                seeds = tuple(variants[start : start + CHUNK])
                tex = max(0, min(request.tex - start, CHUNK))
                yield Chunk(request.course, target, place, seeds, request.language, tex, request.deep)


def targets(request: Request) -> list[str]:
    """The sheets and exercises to check, each once."""
    return list(dict.fromkeys(request.targets or request.course.sheets))


def total(request: Request) -> int:
    """How many variants there are to check."""
    students = () if request.of_class is None else class_chunks(request.of_class)
    return sum(len(chunk.seeds) for chunk in chunks(request)) + sum(len(chunk.students) for chunk in students)


def examined(
    asked: Sequence[Chunk], jobs: int, advance: Callable[[int], None], note: Callable[[str], None]
) -> Generator[Examined, None, None]:
    """The findings about each chunk, in the order of the chunks."""
    yield from executors.in_turn(examine, asked, lambda chunk: len(chunk.seeds), jobs, advance, note)


def template_failures(course: Course, id: str, language: str | None) -> tuple[Failure, ...]:
    """What is wrong with the templates of an exercise, whatever its numbers."""
    found = structural(course, course.exercise(id), language)
    return tuple(failure_of(finding.error(id), id, None) for finding in found)


def examine(chunk: Chunk) -> Examined:
    """The findings about one chunk, up to its first failure; before its first variant its templates are looked at."""
    sheet, item = item_of(chunk.course, chunk.target, chunk.place)
    published = chunk.seeds[0] is None
    if published and (wrong := template_failures(chunk.course, item.entry.id, chunk.language)):
        return Examined(chunk.target, item.entry.id, (Verdict(None, wrong),))
    orders = [SheetRequest(chunk.course, sheet, chunk.language, seed) for seed in chunk.seeds]
    verdicts: list[Verdict] = []
    for order in orders:
        verdicts.append(verdict(order, item, deeply=chunk.deep))
        if verdicts[-1].failure is not None and not chunk.deep:
            return Examined(chunk.target, item.entry.id, tuple(verdicts))
    set_in_tex = (flaws(order, item) for order in orders[: chunk.tex])
    seen = (
        (
            *verdicts[0].remarks,
            *of_published(chunk.course.exercise(item.entry.id), item.entry.pin),
            *of_pinned(sheet, item.number, chunk.course.exercise(item.entry.id)),
        )
        if published and verdicts[0].failure is None
        else ()
    )
    return Examined(chunk.target, item.entry.id, tuple(verdicts), tuple(chain.from_iterable(set_in_tex)), seen)
