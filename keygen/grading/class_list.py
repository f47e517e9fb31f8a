"""Whose answers may come: the students of a run's manifest, or the variants of an export's map."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec

from keygen.builds.manifest import Manifest, ManifestEntry, ManifestExercise, load_manifest
from keygen.builds.manifest_index import PlacedEntry, read_index
from keygen.builds.request import SheetRequest
from keygen.course.course import Course
from keygen.course.roster import Student
from keygen.course.secret import name_of_key
from keygen.errors import KeygenError, nearest
from keygen.export.answer_map import MAP_SCHEMA, ExportMap
from keygen.system.limits import reason


@dataclass(frozen=True)
class GradedPerson:
    """One student, or one seed: who was given which exercises; `failure` where no sheet was made. `orders` has the
    numbers of those exercises that are of another variant."""

    id: str
    name: str
    code: str
    order: SheetRequest
    exercises: Callable[[], Sequence[ManifestExercise]] = field(repr=False)
    failure: str = ""
    orders: Mapping[int, SheetRequest] = field(default_factory=dict, repr=False)

    @property
    def student(self) -> Student:
        """The person as a row of a key."""
        return Student(self.id, self.name, {}, 0)


class SchemaAlone(msgspec.Struct, frozen=True):
    """What a file says that it is."""

    schema: str = ""


def class_list(course: Course, target: str, path: Path) -> dict[str, GradedPerson]:
    """The people of a manifest or a map, by their ids. Raises KeygenError for a file that is neither, or of another
    sheet."""
    index = read_index(path)
    if index is not None:
        return of_run(
            course, target, path, index.manifest, [(one.entry, partial(worked_of, one)) for one in index.students]
        )
    try:
        schema = msgspec.json.decode(path.read_bytes(), type=SchemaAlone).schema
    except OSError as error:
        raise KeygenError("the manifest cannot be read", file=path, found=reason(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        schema = ""  # what it is then is said by whoever reads it as a manifest
    if schema == MAP_SCHEMA:
        return of_map(course, target, path)
    manifest = load_manifest(path)
    return of_run(course, target, path, manifest, [(entry, partial(worked_of, entry)) for entry in manifest.students])


def of_run(
    course: Course, target: str, path: Path, manifest: Manifest,
    students: Iterable[tuple[ManifestEntry, Callable[[], Sequence[ManifestExercise]]]],
) -> dict[str, GradedPerson]:  # fmt: skip
    """The students of a run, with the draws that count, and what gives their exercises when it is asked for."""
    require_sheet(target, manifest.sheet, path, course)
    sheet = course.sheet(target)
    found = {}
    for entry, exercises in students:
        student = None if entry.seed is not None else Student(entry.id, "", {}, 0, manifest.draws.get(entry.id, 1))
        order = SheetRequest(course, sheet, manifest.lang, entry.seed, student, manifest.streams.key)
        person = entry.name_of_person
        found[person] = GradedPerson(person, entry.name, entry.code, order, exercises, entry.failure)
    return found


def worked_of(entry: ManifestEntry | PlacedEntry) -> Sequence[ManifestExercise]:
    """A student's exercises."""
    return entry.worked


def of_map(course: Course, target: str, path: Path) -> dict[str, GradedPerson]:
    """The variants of an export; the id is the seed."""
    exported = load_map(course, target, path)
    found = {}
    for variant in exported.variants:
        worked = [ManifestExercise(one.id, one.number, one.given, one.parts) for one in variant.exercises]
        order = order_of_map(course, exported, variant.seed)
        found[str(variant.seed)] = GradedPerson(str(variant.seed), "", variant.code, order, partial(tuple, worked))
    return found


def order_of_map(course: Course, exported: ExportMap, seed: int) -> SheetRequest:
    """The sheet with the numbers of one seed of an export."""
    sheet = course.sheet(exported.sheet)
    return SheetRequest(course, sheet, exported.lang, seed, None, course.seeds_key(exported.sheet))


def load_map(course: Course, target: str, path: Path) -> ExportMap:
    """The map of an export. Raises KeygenError for another file, for another sheet's and one of another key."""
    try:
        exported = msgspec.json.decode(path.read_bytes(), type=ExportMap)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise KeygenError(
            "this is not a map of keygen's", file=path, expected=f'JSON with "schema": "{MAP_SCHEMA}"',
            found=str(error), repair="take the .map.json that an export has written",
        ) from error  # fmt: skip
    except OSError as error:
        raise KeygenError("the map cannot be read", file=path, found=reason(error)) from error
    require_sheet(target, exported.sheet, path, course)
    key = course.seeds_key(target)
    if name_of_key(key) != exported.key:
        raise KeygenError(
            "the map is of another key: everybody's numbers are others here", file=path, expected=name_of_key(key),
            found=exported.key, repair="grade with the course's secret that the export was made with",
        )  # fmt: skip
    return exported


def require_sheet(target: str, found: str, path: Path, course: Course) -> None:
    """Raise KeygenError for a sheet that there is not, and for the file of another one."""
    if target not in course.sheets:
        raise KeygenError(f"unknown sheet {target!r}", repair=nearest(target, course.sheets))
    if found != target:
        raise KeygenError(
            f"the manifest is not of {target}", file=path, found=f"a run of {found}",
            repair=f"grade {found}, or name the manifest of {target}",
        )  # fmt: skip
