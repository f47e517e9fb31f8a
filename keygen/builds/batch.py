"""A batch: the work that travels to another process or machine, and what comes back.

A batch holds all that the work needs, so that the same batch gives the same bytes everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from keygen.builds.fingerprints import Fingerprint
from keygen.builds.run import Run, Who
from keygen.certify.certificate import Certificate
from keygen.course.band import Measure
from keygen.course.course import Course
from keygen.document.kinds import PageKind
from keygen.system.store import digest

if TYPE_CHECKING:
    from keygen.course.bundle import Bundle


@dataclass(frozen=True, slots=True)
class Batch:
    """Whose sheets to make, in which form, and of what.

    `course` is a parcel where its files are not at hand. `store` is where work is kept, the whole of it under the key
    `place`; None to keep none. Where nobody is to vouch for it, there is no `basis`. A sheet that is `alone` has files
    of its own, each out of a run of TeX of its own; those of a run share one.
    """

    course: Course | Bundle
    sheet: str
    language: str
    kinds: tuple[PageKind, ...]
    key: str
    people: tuple[Who, ...]
    form: str = "pdf"
    alone: bool = False
    basis: Fingerprint | None = None
    place: str = ""
    store: Path | None = None


class ExerciseWork(msgspec.Struct, frozen=True):
    """How much work an exercise of one person is: its measures, the draws that were refused before it, equal `key`s for
    equal data."""

    measure: Measure
    rejected: int
    key: str


class Person(msgspec.Struct, frozen=True):
    """What came of one person: the code, the exercises as JSON, their certificates and how much work they are, pages of
    each kind; or why there is nothing."""

    code: str
    exercises: bytes = b""
    certificates: list[Certificate] = []
    pages: list[int] = []
    notes: list[str] = []
    failure: str = ""
    works: list[ExerciseWork] = []


class BatchResult(msgspec.Struct, frozen=True):
    """What came of a batch: its people in order; the files of all that did not fail, first everybody's problems, then
    everybody's solutions and so on; and a file of each kind with the pages of them all.

    Of a sheet that is alone: its files, what TeX had to say of each, and the files `beside` them that they read.
    `remarks` are on the sheet, whoever gets it.
    """

    people: list[Person]
    files: list[bytes] = []
    printed: list[bytes] = []
    flaws: list[list[str]] = []
    beside: dict[str, bytes] = {}
    remarks: list[str] = []


def batch_of(
    run: Run, people: tuple[Who, ...], basis: Fingerprint | None = None, inputs: str = "", store: Path | None = None,
    bundle: Bundle | None = None,
) -> Batch:  # fmt: skip
    """Some of the people of a run as work; what comes of it is kept under the digest of all that it depends on."""
    whose = run.sheet.name, run.language, run.kinds, run.key, people, run.form, run.alone
    return Batch(bundle or run.course, *whose, basis, digest("batch", inputs, repr(whose)), store)
