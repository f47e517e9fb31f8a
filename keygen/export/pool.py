"""A pool: the exercises of a sheet with the numbers of many seeds, written for one target, and the map beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from keygen import __version__
from keygen.builds import executors
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, asked_items, solved
from keygen.course.course import Course
from keygen.course.languages import Language
from keygen.course.secret import name_of_key
from keygen.course.sheet import Sheet
from keygen.document.template import words
from keygen.errors import KeygenError
from keygen.export.answer_map import MAP_SCHEMA, ExportMap, MapBox, MapExercise, MapVariant
from keygen.export.making import asked_of, boxless, question_of
from keygen.export.moodle import MoodleQuestion, category, quiz
from keygen.export.question import NeutralQuestion
from keygen.system.files import write_whole

WORDS = "export"
NAMED = 6
"""Answers that a note names."""


@dataclass(frozen=True, slots=True)
class PoolRequest:
    """What to export: a sheet of a course, a target, which seeds, in a language (None: the sheet's own). What the
    target cannot carry is an error if it is `strict`."""

    course: Course = field(repr=False)
    sheet: str
    target: str
    seeds: tuple[int, ...]
    lang: str | None = None
    strict: bool = False
    jobs: int = 0

    @property
    def orders(self) -> Sequence[SheetRequest]:
        """An order for each seed."""
        sheet = self.course.sheet(self.sheet)
        key = self.course.seeds_key(sheet.name)
        return [SheetRequest(self.course, sheet, self.lang, seed, key=key) for seed in self.seeds]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the target does not carry of an exercise: answers, part.name and type, be they all of it or not, and figures
    that are told in words."""

    number: int
    id: str
    answers: tuple[tuple[str, str], ...]
    whole: bool
    figures: tuple[str, ...] = ()

    def __str__(self) -> str:
        more = f" and {len(self.answers) - NAMED} more" if self.answers[NAMED:] else ""
        names = ", ".join(name for name, _ in self.answers[:NAMED])
        types = ", ".join(sorted({kind for _, kind in self.answers}))
        said = []
        if self.whole:
            said.append("left out, for boxes take numbers and choices, and it has neither")
        elif self.answers:
            said.append("without boxes, which take numbers and choices alone")
        if self.answers:
            said[-1] += f": {names}{more} ({types})"
        if self.figures:
            said.append(f"figures that are too large, so told in words: {len(self.figures)}")
        return f"{self.number} {self.id}: {'; '.join(said)}"


def together(left: Iterable[LeftOut]) -> tuple[LeftOut, ...]:
    """What is left out of each exercise in any variant."""
    by_exercise: dict[int, list[LeftOut]] = {}
    for one in left:
        by_exercise.setdefault(one.number, []).append(one)
    return tuple(
        LeftOut(
            number, each[0].id, tuple(dict.fromkeys(answer for one in each for answer in one.answers)),
            all(one.whole for one in each), tuple(dict.fromkeys(figure for one in each for figure in one.figures)),
        )
        for number, each in sorted(by_exercise.items())
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """One question written: of which exercise, under which title, and its part of the map."""

    number: int
    title: str
    written: str
    record: MapExercise


@dataclass(frozen=True, slots=True)
class PoolVariant:
    """The questions of one seed, and what is left out."""

    seed: int
    code: str
    questions: tuple[PoolQuestion, ...]
    left: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class PoolReport:
    """The files written, what is left out of them, the key of the numbers."""

    paths: tuple[Path, ...]
    left: tuple[LeftOut, ...]
    key: str


def exported(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write a pool into a folder; `advance` hears of each seed that is done. Raises KeygenError where an exercise has
    no variant for a seed, where nothing is left to export, and, if that was asked for, where anything is left out: then
    nothing is written."""
    orders = request.orders
    sheet, language = orders[0].sheet, orders[0].language
    done: list[PoolVariant] = []
    jobs = request.jobs if len(orders) > 1 else 1
    pieces = executors.in_turn(variant_of, orders, lambda order: 1, jobs, advance, note)
    with executors.interruptible("export", lambda: f"{len(done)} of {len(orders)} seeds are done"), closing(pieces):
        done.extend(pieces)
    left = together(one for variant in done for one in variant.left)
    if request.strict and left:
        raise KeygenError(
            f"{TITLES[request.target]} does not carry all of the sheet {sheet.name!r}", found="; ".join(map(str, left)),
            repair="export without --strict, and ask for these answers on paper",
        )  # fmt: skip
    if not any(variant.questions for variant in done):
        raise KeygenError(
            f"{TITLES[request.target]} carries nothing of the sheet {sheet.name!r}", found="; ".join(map(str, left)),
            repair="give it on paper, or as a page: keygen build --format html",
        )  # fmt: skip
    stem = f"{sheet.name}{sheet.mark(language.code)}.{request.target}"
    paths = out / f"{stem}.xml", out / f"{stem}.map.json"
    write_whole(paths[0], quiz(laid_out(sheet, done)))
    write_whole(paths[1], map_of(request, sheet, language, orders[0].key, done).encoded())
    return PoolReport(paths, left, orders[0].key)


TITLES = {"moodle": "Moodle"}
"""What people call a target."""


def laid_out(sheet: Sheet, done: Sequence[PoolVariant]) -> Iterator[str]:
    """The questions exercise by exercise, each exercise's in a category of its own."""
    for number in sorted({one.number for variant in done for one in variant.questions}):
        questions = [one for variant in done for one in variant.questions if one.number == number]
        yield category(sheet.name, questions[0].title)
        yield from (one.written for one in questions)


def map_of(request: PoolRequest, sheet: Sheet, language: Language, key: str, done: Sequence[PoolVariant]) -> ExportMap:
    """The map of what was written."""
    variants = [MapVariant(one.seed, one.code, [each.record for each in one.questions]) for one in done]
    return ExportMap(MAP_SCHEMA, __version__, sheet.name, language.code, request.target, name_of_key(key), variants)


def variant_of(order: SheetRequest) -> PoolVariant:
    """The questions of one seed."""
    say, pages = words_of(order), words("words", order.language)
    questions: list[PoolQuestion] = []
    left: list[LeftOut] = []
    for item in asked_items(order):
        found = solved(order, item)
        asked = asked_of(found, item)
        answers = tuple((f"{part}.{name}", kind) for part, name, kind in boxless(asked))
        whole = len(answers) == sum(map(len, asked.values()))
        figures: tuple[str, ...] = ()
        if not whole:
            question = question_of(found, asked, order, item, say)
            writer = MoodleQuestion(question, say, pages)
            questions.append(PoolQuestion(item.number, writer.title, writer.xml(), record_of(question, item)))
            figures = tuple(writer.large)
        if answers or whole or figures:
            left.append(LeftOut(item.number, item.entry.id, answers, whole, figures))
    assert order.seed is not None
    return PoolVariant(order.seed, order.code, tuple(questions), tuple(left))


def words_of(order: SheetRequest) -> Mapping[str, str]:
    """The words of an export; where its language has none, those of the first of the course that has."""
    own, course = order.language, order.course
    has = (one for one in (own, *map(course.language, course.languages)) if one.has(f"{WORDS}.tex"))
    return words(WORDS, next(has, own))


def record_of(question: NeutralQuestion, item: SheetItem) -> MapExercise:
    """What the map says of a question."""
    boxes = [
        MapBox(place, column, box.cell, box.weight) for place, (column, box) in enumerate(question.places, start=1)
    ]
    parts = {part: dict(named) for part, named in question.answers.items()}
    return MapExercise(item.entry.id, item.number, dict(question.given), parts, boxes)
