"""The manifest of a run: what was made, of what, and for whom, so that it can be made again and found again.

    {"schema": "keygen-manifest/1", "sheet": "sheet4", "lang": "ru", "solutions": true,
     "versions": {"keygen": "0.1.0", "python": "3.11", "tex": "pdfTeX ...", ...},
     "course": {"exercises/sheet4.toml": "<SHA-256>", ...},
     "streams": {"key": "<the sheet's key>", "fingerprint": "..."},
     "shared": {"all.pdf": "<SHA-256>", "key.csv": ...},
     "students": [{"id": "17", "name": "...", "columns": {...}, "code": "K7QM-2FXA",
                   "files": {"17.pdf": {"pages": 3, "sha256": "..."}, ...},
                   "exercises": [{"id": ..., "number": 1, "given": {...}, "parts": {"a": {...}}}]}]}

Whoever holds it holds every answer, and the key of this sheet's streams (not the course's secret, nor the key of any
other sheet). A run of seeds has `seed` in the place of `id`, `name` and `columns`. A student whose sheet could not be
made has `failure` in the place of `files` and `exercises`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from keygen.course.code import read_code
from keygen.course.keyfile import best
from keygen.course.roster import Student
from keygen.errors import KeygenError, nearest
from keygen.inputs import Basis

SCHEMA: Literal["keygen-manifest/1"] = "keygen-manifest/1"


Answers = dict[str, Any]
"""Answers by name, as `keygen-answers/1` has them."""


class Worked(msgspec.Struct, frozen=True):
    """One exercise of one person: its data and the answers of each part."""

    id: str
    number: int
    given: Answers
    parts: dict[str, Answers]


class File(msgspec.Struct, frozen=True):
    """A finished file of one student."""

    pages: int
    sha256: str


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One student, or one seed."""

    code: str
    id: str = ""
    name: str = ""
    columns: dict[str, str] = {}
    seed: int | None = None
    files: dict[str, File] = {}
    exercises: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET  # as JSON: of 1,000 students, 10 MB instead of 200
    failure: str = ""

    @property
    def person(self) -> Student | int:
        """Whom it was made for."""
        return Student(self.id, self.name, self.columns, 0) if self.seed is None else self.seed

    @property
    def worked(self) -> list[Worked]:
        """The exercises."""
        return msgspec.json.decode(self.exercises, type=list[Worked]) if self.exercises else []

    @property
    def label(self) -> str:
        """The person in words."""
        return f"student {self.id}" if self.seed is None else f"seed {self.seed}"


class Streams(msgspec.Struct, frozen=True):
    """Where the numbers came from."""

    key: str
    fingerprint: str


class Manifest(msgspec.Struct, frozen=True):
    """A whole run."""

    schema: Literal["keygen-manifest/1"]
    sheet: str
    lang: str
    solutions: bool
    versions: dict[str, str]
    course: dict[str, str]
    streams: Streams
    shared: dict[str, str]
    students: list[Entry]

    def encoded(self) -> Iterator[bytes]:
        """As JSON, the same for the same run; student by student, for each has pages of it."""
        shell = indented(msgspec.structs.replace(self, students=[]))
        yield shell.removesuffix(b"[]\n}") + b"["
        for place, entry in enumerate(self.students):
            yield (b"," if place else b"") + b"\n  " + indented(entry).replace(b"\n", b"\n  ")
        yield b"\n ]\n}\n"

    def find(self, code: str) -> Entry:
        """The student of a code. Raises KeygenError for what is no code and for one of another run."""
        wanted = read_code(code)
        for entry in self.students:
            if entry.code == wanted:
                return entry
        raise KeygenError(
            f"no variant of this manifest has the code {wanted}",
            found=f"{len(self.students)} variants of {self.sheet}",
            repair=nearest(wanted, [entry.code for entry in self.students][:1000]) + " (or take another manifest)",
        )

    @property
    def basis(self) -> Basis:
        """What it was made of."""
        return Basis(self.versions, self.course)


def indented(part: Manifest | Entry) -> bytes:
    """A part of it as JSON on lines of their own."""
    return msgspec.json.format(msgspec.json.encode(part), indent=1)


def load_manifest(path: Path) -> Manifest:
    """The manifest in a file. Raises KeygenError for a file that is none, with what does not fit."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Manifest)
    except OSError as error:
        raise KeygenError(
            "the manifest cannot be read", file=path, found=error.strerror or str(error),
            repair="a run with --roster writes manifest.json beside its PDFs",
        ) from error  # fmt: skip
    except msgspec.DecodeError as error:
        raise KeygenError(
            "this is not a manifest of keygen's", file=path, expected=f'JSON with "schema": "{SCHEMA}"',
            found=str(error), repair="take the manifest.json that a run with --roster has written",
        ) from error  # fmt: skip


def as_text(entry: Entry, manifest: Manifest) -> str:
    """What a person wants to know who holds a page with a code."""
    lines = [f"{entry.code}  {manifest.sheet}, {entry.label}" + (f", {entry.name}" if entry.name else "")]
    lines += [f"  {name}: {value}" for name, value in entry.columns.items()]
    lines += [f"  {name}, pages: {file.pages}" for name, file in entry.files.items()]
    lines += [f"  failed: {entry.failure}"] if entry.failure else []
    for worked in entry.worked:
        lines += ["", f"{worked.number}. {worked.id}"]
        lines += [f"  {name} = {value(answer)}" for name, answer in worked.given.items()]
        for part, answers in worked.parts.items():
            lines += [f"  {part}) {name} = {value(answer)}" for name, answer in answers.items()]
    return "\n".join(lines)


def value(answer: Mapping[str, Any]) -> str:
    """The exact value where there is one, else the digits."""
    return flat(best(answer["exact"], answer["float"]))


def flat(value: Any) -> str:
    """Nested lists on one line, without quotes."""
    return "[" + ", ".join(map(flat, value)) + "]" if isinstance(value, list) else str(value)
