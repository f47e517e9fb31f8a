"""A pool for Moodle: the file of its questions, and the map beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from keygen import __version__
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, asked_items, solved
from keygen.course.secret import name_of_key
from keygen.document.template import words
from keygen.errors import KeygenError
from keygen.export.answer_map import MAP_SCHEMA, ExportMap, MapBox, MapExercise, MapVariant
from keygen.export.making import asked_of, boxless, question_of
from keygen.export.moodle import MoodleQuestion, category, quiz
from keygen.export.pool import LeftOut, PoolReport, PoolRequest, made, require_all, together, words_of
from keygen.export.question import NeutralQuestion
from keygen.system.files import write_whole


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


def to_moodle(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write a pool into a folder. Raises KeygenError as `made` does, where nothing is left to export, and, if that was
    asked for, where anything is left out: then nothing is written."""
    done = made(request, variant_of, advance, note)
    first = request.orders[0]
    left = together(one for variant in done for one in variant.left)
    if request.strict:
        require_all(first, "Moodle", left)
    if not any(variant.questions for variant in done):
        raise KeygenError(
            f"Moodle carries nothing of the sheet {first.sheet.name!r}", found="; ".join(map(str, left)),
            repair="give it on paper, or as pages: keygen export --to html",
        )  # fmt: skip
    stem = f"{first.sheet.name}{first.sheet.mark(first.language.code)}.moodle"
    paths = out / f"{stem}.xml", out / f"{stem}.map.json"
    write_whole(paths[0], quiz(laid_out(first.sheet.name, done)))
    write_whole(paths[1], map_of(first, done).encoded())
    return PoolReport(paths, left, first.key)


def laid_out(sheet: str, done: Sequence[PoolVariant]) -> Iterator[str]:
    """The questions exercise by exercise, each exercise's in a category of its own."""
    for number in sorted({one.number for variant in done for one in variant.questions}):
        questions = [one for variant in done for one in variant.questions if one.number == number]
        yield category(sheet, questions[0].title)
        yield from (one.written for one in questions)


def map_of(first: SheetRequest, done: Sequence[PoolVariant]) -> ExportMap:
    """The map of what was written."""
    variants = [MapVariant(one.seed, one.code, [each.record for each in one.questions]) for one in done]
    sheet, language, key = first.sheet.name, first.language.code, name_of_key(first.key)
    return ExportMap(MAP_SCHEMA, __version__, sheet, language, "moodle", key, variants)


def variant_of(order: SheetRequest) -> PoolVariant:
    """The questions of one seed."""
    say, pages = words_of(order), words("words", order.language)
    questions: list[PoolQuestion] = []
    left: list[LeftOut] = []
    for item in asked_items(order):
        found = solved(order, item)
        answers = found.answers()
        asked = asked_of(answers, found, item)
        without = tuple((f"{part}.{name}", kind) for part, name, kind in boxless(asked))
        whole = len(without) == sum(map(len, asked.values()))
        otherwise: tuple[str, ...] = ()
        if not whole:
            question = question_of(found, answers, order, item, say)
            writer = MoodleQuestion(question, say, pages)
            questions.append(PoolQuestion(item.number, writer.title, writer.xml(), record_of(question, item)))
            otherwise = tuple(writer.otherwise)
        if without or whole or otherwise:
            left.append(LeftOut(item.number, item.entry.id, without, whole, otherwise))
    assert order.seed is not None
    return PoolVariant(order.seed, order.code, tuple(questions), tuple(left))


def record_of(question: NeutralQuestion, item: SheetItem) -> MapExercise:
    """What the map says of a question."""
    boxes = [
        MapBox(place, column, box.cell, box.weight) for place, (column, box) in enumerate(question.places, start=1)
    ]
    parts = {part: dict(named) for part, named in question.answers.items()}
    return MapExercise(item.entry.id, item.number, dict(question.given), parts, boxes)
