"""Answers for people and for scripts: the key without its pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from keygen import __version__
from keygen.builds.draws import known_draws
from keygen.builds.key_csv import best
from keygen.builds.manifest import ManifestExercise, load_manifest
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, asked_items, policy_of, sheet_items
from keygen.builds.sheet import solved as solved_for
from keygen.builds.value_text import flat
from keygen.certify.stage import certify
from keygen.course.contents import contents
from keygen.course.course import Course
from keygen.course.exercise import Exercise
from keygen.course.roster import Student, load_roster
from keygen.course.roster_columns import BY_HEADER, RosterColumns
from keygen.course.secret import PUBLIC, name_of_key
from keygen.course.seeding import NumberStreams
from keygen.course.sheet import Sheet
from keygen.document.answers import require_asked
from keygen.document.outline import parts_in
from keygen.errors import KeygenError
from keygen.mathematics.answers import ExactForm, as_json
from keygen.system.text import decoded
from keygen.variants.solved import Solved


def item_of(course: Course, target: str, place: int) -> tuple[Sheet, SheetItem]:
    """An exercise of a target; an exercise asked for by name is a sheet in a language that it is written in."""
    sheet = course.target(target)
    item = list(sheet_items(sheet))[place]
    if sheet.file is None:
        languages = (*course.written_in(course.exercise(item.entry.id)), sheet.language)
        sheet = msgspec.structs.replace(sheet, language=languages[0])
    return sheet, item


@dataclass(frozen=True, slots=True)
class AnswersRequest:
    """Whose answers: the published variant's, a seed's, or a student's: by a roster and the course's secret (or the
    `public` key), or as a manifest has them. What was built of the roster into the folder `out` knows who was drawn
    anew."""

    course: Course
    target: str
    seed: int | None = None
    student: str | None = None
    roster: Path | None = None
    manifest: Path | None = None
    public: bool = False
    columns: RosterColumns = BY_HEADER
    out: Path = Path("build")


@dataclass(frozen=True, slots=True)
class FoundAnswers:
    """The answers of one variant. `who` is a seed, a student's id, or None for the published numbers; `draw` counts
    from 1 how often a student has been drawn."""

    sheet: str
    language: str
    version: str
    who: int | str | None
    code: str
    key: str
    exercises: Sequence[ManifestExercise]
    draw: int = 1


def answered(request: AnswersRequest, *, exact: bool) -> FoundAnswers:
    """The answers that are asked for: solved and certified, or read from a manifest. `exact` works out closed forms.

    Raises KeygenError for an unknown target or student, and for a student's numbers without the course's secret.
    """
    if request.manifest is not None:
        return recorded(request.target, str(request.student), request.manifest)
    sheet = request.course.target(request.target)
    source = source_of(request, sheet)
    code, key = ("published", PUBLIC) if source is None else (source.code, source.key)
    exercises = list(solved(request.course, sheet, source, exact))
    who, draw = (None, 1) if source is None else (source.who, source.draw)
    return FoundAnswers(request.target, sheet.language, __version__, who, code, key, exercises, draw)


def source_of(request: AnswersRequest, sheet: Sheet) -> NumberStreams | None:
    """Where the numbers come from; None for the published ones."""
    if request.roster is not None:
        student = load_roster(request.roster, request.course.languages, request.columns).student(str(request.student))
        key = request.course.students_key(request.target, public=request.public)
        draws = known_draws(request.course, sheet, key, request.out / sheet.name).draws
        return NumberStreams(request.target, student.id, key, draws.get(student.id, 1))
    return (
        None
        if request.seed is None
        else NumberStreams(request.target, request.seed, request.course.seeds_key(request.target))
    )


def solved(course: Course, sheet: Sheet, source: NumberStreams | None, exact: bool) -> Iterator[ManifestExercise]:
    """Each exercise, solved and certified."""
    order = SheetRequest(course, sheet)
    if source is not None:
        seed, student = (
            (source.who, None) if isinstance(source.who, int) else (None, Student(source.who, "", {}, 0, source.draw))
        )
        order = SheetRequest(course, sheet, None, seed, student, source.key)
    for item in asked_items(order):
        found = solved_for(order, item)
        for told in parts_told(course, found.exercise):
            require_asked(found, told)
        certify(found, policy_of(sheet, order.language))
        answers = found.answers(exact_form(found, exact))
        parts = {part: as_json(named, policy_of(sheet, None)) for part, named in item.entry.asked(answers).items()}
        yield ManifestExercise(found.exercise.id, item.number, as_json(found.given(), policy_of(sheet, None)), parts)


def parts_told(course: Course, exercise: Exercise) -> Iterator[frozenset[str]]:
    """The parts in the words of an exercise, as far as a template names them; nothing of one without words."""
    for code in course.written_in(exercise)[:1]:
        path = exercise.template(code)
        if (parts := parts_in(decoded(path, contents(path), "the template"))) is not None:
            yield parts


def exact_form(found: Solved, wanted: bool) -> ExactForm | None:
    """What works out closed forms; sympy is slow to import, and only they need it."""
    if not wanted:
        return None
    from keygen.variants.closed_forms import closed_form

    return closed_form(found)


def recorded(target: str, student: str, path: Path) -> FoundAnswers:
    """A student's answers as a manifest has them. Raises KeygenError where it is another sheet's, or the student is
    not in it or had no sheet."""
    manifest = load_manifest(path)
    if manifest.sheet != target:
        raise KeygenError(
            f"the manifest is not of {target}", file=path, found=f"a run of {manifest.sheet}",
            repair=f"ask for {manifest.sheet}, or name the manifest of {target}",
        )  # fmt: skip
    entry = manifest.student(student, path)
    if entry.failure:
        raise KeygenError(f"{entry.label} had no sheet in this run", file=path, found=entry.failure)
    return FoundAnswers(
        target, manifest.lang, manifest.versions.get("keygen", ""), entry.id if entry.seed is None else entry.seed,
        entry.code, manifest.streams.key, entry.worked, manifest.draws.get(entry.id, 1),
    )  # fmt: skip


def json_of(found: FoundAnswers) -> str:
    """The object of CLI.md, `keygen-answers/1`. Where the numbers are drawn, `key` is the fingerprint of their key, or
    "public"; those of a student are his `draw`, 1 unless he was drawn anew."""
    head = {
        "schema": "keygen-answers/1",
        "version": found.version,
        "sheet": found.sheet,
        "lang": found.language,
        "seed": found.who if isinstance(found.who, int) else None,
        **({"student": found.who, "draw": found.draw} if isinstance(found.who, str) else {}),
        "variant": found.code,
        **({} if found.who is None else {"key": name_of_key(found.key)}),
    }
    return json.dumps({**head, "exercises": msgspec.to_builtins(found.exercises)}, ensure_ascii=False, indent=1)


def text_of(found: FoundAnswers) -> str:
    """A table for a person: of each exercise the given data, then part, name, value and the page's figures."""
    person = f"seed {found.who}" if isinstance(found.who, int) else f"student {found.who}"
    person += f", draw {found.draw}" if found.draw > 1 else ""
    lines = [f"{found.sheet} ({'published' if found.who is None else f'{person}, {found.code}'})"]
    for worked in found.exercises:
        lines += ["", f"{worked.number}. {worked.id}", *listed("given", worked.given)]
        lines += [line for part, answers in worked.parts.items() for line in listed(f"{part})", answers)]
    return "\n".join(lines)


def listed(label: str, answers: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each answer behind a label, the values one below the other."""
    width = max(map(len, answers), default=0)
    return [f"  {label} {name:<{width}}  {shown(answer)}" for name, answer in answers.items()]


def shown(answer: Mapping[str, Any]) -> str:
    """An answer's exact value, in full precision where there is no short exact form; behind it the figures of a page,
    where they are others."""
    value = best(answer["exact"], best(answer["float"], answer.get("decimal")))
    if value is None:
        return flat(value)
    text, page = flat(value), flat(answer.get("page", value))
    return text + beside(answer) + ("" if page == text else f"  (on the page: {page})")


def beside(answer: Mapping[str, Any]) -> str:
    """What an answer of its type has besides: a condition, options."""
    options = answer.get("options")
    condition = f", or any other with {answer['condition']}" if "condition" in answer else ""
    return condition if options is None else f" (of {', '.join(map(flat, options))})"
