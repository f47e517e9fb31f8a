"""Answers for people and for scripts: the key without its pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from keygen import __version__
from keygen.build import Spot, policy_of, spots
from keygen.build import solved as solved_for
from keygen.certify.stage import certify
from keygen.course.answers import ExactForm, as_json
from keygen.course.course import Course
from keygen.course.roster import Student, load_roster
from keygen.course.secret import PUBLIC, name_of_key
from keygen.course.sheet import Sheet
from keygen.course.solved import Solved
from keygen.course.source import Source
from keygen.errors import KeygenError
from keygen.notation.numbers import Policy
from keygen.order import Order
from keygen.runs.manifest import Worked, load_manifest


def spot_of(course: Course, target: str, place: int) -> tuple[Sheet, Spot]:
    """An exercise of a target; an exercise asked for by name is a sheet in a language that it is written in."""
    sheet = course.target(target)
    spot = list(spots(sheet))[place]
    if sheet.file is None:
        languages = (*course.written_in(course.exercise(spot.entry.id)), sheet.language)
        sheet = msgspec.structs.replace(sheet, language=languages[0])
    return sheet, spot


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose answers: the published variant's, a seed's, or a student's: by a roster and the course's secret (or the
    `public` key), or as a manifest has them."""

    course: Course
    target: str
    seed: int | None = None
    student: str | None = None
    roster: Path | None = None
    manifest: Path | None = None
    public: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The answers of one variant. `who` is a seed, a student's id, or None for the published numbers."""

    sheet: str
    language: str
    version: str
    who: int | str | None
    code: str
    key: str
    exercises: Sequence[Worked]


def answered(asked: Asked, *, exact: bool) -> Found:
    """The answers that are asked for: solved and certified, or read from a manifest. `exact` works out closed forms.

    Raises KeygenError for an unknown target or student, and for a student's numbers without the course's secret.
    """
    if asked.manifest is not None:
        return recorded(asked.target, str(asked.student), asked.manifest)
    sheet = asked.course.target(asked.target)
    source = source_of(asked)
    code, key = ("published", PUBLIC) if source is None else (source.code, source.key)
    exercises = list(solved(asked.course, sheet, source, exact))
    who = None if source is None else source.who
    return Found(asked.target, sheet.language, __version__, who, code, key, exercises)


def source_of(asked: Asked) -> Source | None:
    """Where the numbers come from; None for the published ones."""
    if asked.roster is not None:
        student = load_roster(asked.roster, asked.course.languages).student(str(asked.student))
        return Source(asked.target, student.id, asked.course.students_key(asked.target, public=asked.public))
    return None if asked.seed is None else Source(asked.target, asked.seed, asked.course.seeds_key(asked.target))


def solved(course: Course, sheet: Sheet, source: Source | None, exact: bool) -> Iterator[Worked]:
    """Each exercise, solved and certified."""
    order = Order(course, sheet)
    if source is not None:
        seed, student = (source.who, None) if isinstance(source.who, int) else (None, Student(source.who, "", {}, 0))
        order = Order(course, sheet, None, seed, student, source.key)
    for spot in spots(sheet):
        found = solved_for(order, spot)
        certify(found, policy_of(sheet, order.language))
        answers = found.answers(exact_form(found, exact))
        parts = {part: as_json(named, policy(sheet)) for part, named in answers.items()}
        yield Worked(found.exercise.id, spot.number, as_json(found.given(), policy(sheet)), parts)


def exact_form(found: Solved, wanted: bool) -> ExactForm | None:
    """What works out closed forms; sympy is slow to import, and only they need it."""
    if not wanted:
        return None
    from keygen.course.closed_forms import closed_form

    return closed_form(found)


def recorded(target: str, student: str, path: Path) -> Found:
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
    return Found(
        target, manifest.lang, manifest.versions.get("keygen", ""), entry.id if entry.seed is None else entry.seed,
        entry.code, manifest.streams.key, entry.worked,
    )  # fmt: skip


def policy(sheet: Sheet) -> Policy:
    """How answers show the figures of a sheet's pages: with a point, whatever the language."""
    return Policy(".", decimals=sheet.decimals, significant=sheet.significant)


def json_of(found: Found) -> str:
    """The object of CLI.md, `keygen-answers/1`. Where the numbers are drawn, `key` is the fingerprint of their key, or
    "public"."""
    head = {
        "schema": "keygen-answers/1",
        "version": found.version,
        "sheet": found.sheet,
        "lang": found.language,
        "seed": found.who if isinstance(found.who, int) else None,
        **({"student": found.who} if isinstance(found.who, str) else {}),
        "variant": found.code,
        **({} if found.who is None else {"key": name_of_key(found.key)}),
    }
    return json.dumps({**head, "exercises": msgspec.to_builtins(found.exercises)}, ensure_ascii=False, indent=1)


def text_of(found: Found) -> str:
    """A table for a person: exercise, part, name, value."""
    person = f"seed {found.who}" if isinstance(found.who, int) else f"student {found.who}"
    lines = [f"{found.sheet} ({'published' if found.who is None else f'{person}, {found.code}'})"]
    for worked in found.exercises:
        lines += ["", f"{worked.number}. {worked.id}"]
        for part, answers in worked.parts.items():
            width = max(map(len, answers), default=0)
            lines += [f"  {part}) {name:<{width}}  {shown(answer)}" for name, answer in answers.items()]
    return "\n".join(lines)


def shown(answer: Mapping[str, Any]) -> str:
    """An answer's exact value; the figures of a page with `~` before them where there is no short exact form."""
    if answer["exact"] is not None:
        return flat(answer["exact"])
    return flat(answer.get("page", answer["float"]), "~")


def flat(value: Any, before: str = "") -> str:
    """Nested lists on one line, something before each item."""
    if isinstance(value, list):
        return "[" + ", ".join(flat(item, before) for item in value) + "]"
    return f"{before}{value}"
