"""Manifests and answers of small classes, made without TeX."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import msgspec

from keygen.builds.key_csv import key_csv
from keygen.builds.manifest import SCHEMA, Manifest, ManifestEntry, Streams
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import policy_of, sheet_items, solved
from keygen.course.roster import Student
from keygen.course.secret import PUBLIC
from keygen.mathematics.answers import as_json, of_json
from tests.courses import SHIPPED

Table = list[dict[str, str]]


def manifest_of(folder: Path, sheet: str, students: dict[str, str]) -> Path:
    """The manifest of a run for some students, id and name, with the public key."""
    of = SHIPPED.sheet(sheet)
    entries = [entry(sheet, Student(id, name, {}, 0)) for id, name in students.items()]
    made = Manifest(SCHEMA, sheet, of.language, True, {"keygen": "0"}, {}, Streams(PUBLIC, PUBLIC), {}, entries)
    path = folder / "manifest.json"
    path.write_bytes(b"".join(made.encoded()))
    return path


def entry(sheet: str, student: Student) -> ManifestEntry:
    """One student of a manifest."""
    of = SHIPPED.sheet(sheet)
    order = SheetRequest(SHIPPED, of, None, None, student, PUBLIC)
    policy = policy_of(of, None)
    exercises = []
    for item in sheet_items(of):
        found = solved(order, item)
        parts = {p: as_json(named, policy) for p, named in item.entry.asked(found.answers()).items()}
        given = as_json(found.given(), policy)
        exercises.append({"id": found.exercise.id, "number": item.number, "given": given, "parts": parts})
    raw = msgspec.Raw(json.dumps(exercises, ensure_ascii=False).encode())
    return ManifestEntry(order.code, student.id, student.name, exercises=raw)


def key_of(manifest: Path) -> Table:
    """The rows of key.csv that belong to a manifest."""
    made = msgspec.json.decode(manifest.read_bytes(), type=Manifest)
    rows = []
    for one in made.students:
        answers = {
            str(worked.number): {
                part: {n: of_json(a) for n, a in named.items()} for part, named in worked.parts.items()
            }
            for worked in one.worked
        }
        rows.append((Student(one.id, one.name, {}, 0), one.code, answers))
    return list(csv.DictReader(io.StringIO(key_csv(rows).decode("utf-8-sig"))))


def written(path: Path, rows: Table, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """A CSV file of rows."""
    path.parent.mkdir(exist_ok=True)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path) -> Table:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
