"""A pool for Moodle: the file of its questions, and the map beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from keygen import __version__
from keygen.builds.request import SheetRequest
from keygen.course.secret import name_of_key
from keygen.export.answer_map import MAP_SCHEMA, ExportMap, MapBox, MapChoice, MapExercise, MapVariant
from keygen.export.carried import CarriedVariant, WrittenQuestion, by_exercise, carried
from keygen.export.moodle import MoodleQuestion, category, quiz
from keygen.export.pool import PoolReport, PoolRequest
from keygen.export.question import Box, ChoiceBox, NeutralQuestion
from keygen.system.files import write_whole


def to_moodle(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write a pool into a folder. Raises KeygenError as `carried` does: then nothing is written."""
    done, left = carried(request, written, "Moodle", advance, note)
    first = request.orders[0]
    stem = f"{first.sheet.name}{first.sheet.mark(first.language.code)}.moodle"
    paths = out / f"{stem}.xml", out / f"{stem}.map.json"
    write_whole(paths[0], quiz(laid_out(first.sheet.name, done)))
    write_whole(paths[1], map_of(first, done).encoded())
    return PoolReport(paths, left, first.key)


def written(question: NeutralQuestion, say: Mapping[str, str], words: Mapping[str, str]) -> WrittenQuestion:
    """A question as an element, with what the map says of it."""
    writer = MoodleQuestion(question, say, words)
    xml = writer.xml()
    return WrittenQuestion(writer.title, (xml, record_of(question, writer.shown)), tuple(writer.otherwise))


def laid_out(sheet: str, done: Sequence[CarriedVariant]) -> Iterator[str]:
    """The questions exercise by exercise, each exercise's in a category of its own."""
    for questions in by_exercise(done):
        yield category(sheet, questions[0].title)
        yield from (xml for xml, _ in (one.made for one in questions))


def map_of(first: SheetRequest, done: Sequence[CarriedVariant]) -> ExportMap:
    """The map of what was written."""
    variants = [
        MapVariant(one.seed, one.code, [record for _, record in (q.made for q in one.questions)]) for one in done
    ]
    sheet, language, key = first.sheet.name, first.language.code, name_of_key(first.key)
    return ExportMap(MAP_SCHEMA, __version__, sheet, language, "moodle", key, variants)


Shown = Callable[[ChoiceBox], Sequence[str]]
"""A choice -> what the target shows of its options."""


def record_of(question: NeutralQuestion, shown: Shown = lambda box: box.options) -> MapExercise:
    """What the map says of a question."""
    boxes = [
        MapBox(place, column, box.cell, box.weight, choices_of(box, shown))
        for place, (column, box) in enumerate(question.places, start=1)
    ]
    parts = {part: dict(named) for part, named in question.answers.items()}
    return MapExercise(question.problem.id, question.problem.number, dict(question.given), parts, boxes)


def choices_of(box: Box, shown: Shown) -> tuple[MapChoice, ...]:
    """The options of a choice; none of any other box."""
    return tuple(map(MapChoice, map(str, shown(box)), box.exact)) if isinstance(box, ChoiceBox) else ()
