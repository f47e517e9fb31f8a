"""The manifest of a run: what was made, of what, and for whom, so that it can be made again and found again.

    {"schema": "keygen-manifest/3", "sheet": "sheet4", "lang": "ru", "solutions": true,
     "versions": {"keygen": "0.1.0", "python": "3.11", "tex": "pdfTeX ...", ...},
     "course": {"exercises/sheet4.toml": "<SHA-256>", ...},
     "streams": {"key": "<the sheet's key>", "fingerprint": "..."},
     "shared": {"all.pdf": "<SHA-256>", "key.csv": ..., "key-page.csv": ...},
     "students": [{"id": "17", "name": "...", "columns": {...}, "code": "K7QM-2FXA",
                   "files": {"17.pdf": {"pages": 3, "sha256": "..."}, ...},
                   "exercises": [{"id": ..., "number": 1, "given": {...}, "parts": {"a": {...}}}],
                   "certificates": [{"counts": {"equalities": 31, ...}, "bits": 128,
                                     "ways": {"gradients": ["the complex step in float64"], ...}}]}],
     "draws": {"17": 2}}

Whoever holds it holds every answer, and the key of this sheet's streams (not the course's secret, nor the key of any
other sheet). The certificates stand in the order of the exercises. A run of seeds has `seed` in the place of `id`,
`name` and `columns`. Files of a group have its folder in their names, "B-21/17.pdf". A student whose sheet could not
be made has `failure` in the place of `files` and `exercises`. `draws` has everybody who was drawn anew, be it before
this run, with the draw that counts; of everybody else it is the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from keygen.builds.draws import Draw
from keygen.builds.fingerprints import Fingerprint
from keygen.builds.key_csv import best
from keygen.builds.value_text import flat
from keygen.certify.certificate import Certificate
from keygen.course.code import read_code
from keygen.course.filenames import KEY, file_name, in_folder, key_page_file, manifest_file, student_files
from keygen.course.ids import conflict, normal_id
from keygen.course.names import fault_of
from keygen.course.roster import Student
from keygen.course.secret import PUBLIC
from keygen.course.seeding import NumberStreams
from keygen.errors import KeygenError, nearest
from keygen.system.limits import reason

Schema = Literal["keygen-manifest/1", "keygen-manifest/2", "keygen-manifest/3"]
SCHEMA: Schema = "keygen-manifest/3"
"""What is written; every one is read. The second has a certificate of each exercise, the third says which draw of a
student counts."""
Sha256 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Code = Annotated[str, msgspec.Meta(pattern=r"\A[0-9A-Z]{4}-[0-9A-Z]{4}\Z")]
Key = Annotated[str, msgspec.Meta(pattern=rf"\A([0-9a-f]{{64}}|{PUBLIC})\Z")]
Natural = Annotated[int, msgspec.Meta(ge=0)]
Leaf = str | int | float | bool | None
Value = Leaf | list[Leaf | list[Leaf | list[Leaf | list[Leaf]]]]

Answers = dict[str, Any]
"""Answers by name, as `keygen-answers/1` has them."""


class ManifestExercise(msgspec.Struct, frozen=True):
    """One exercise of one person: its data and the answers of each part."""

    id: str
    number: int
    given: Answers
    parts: dict[str, Answers]


class StatedValue(msgspec.Struct, frozen=True):
    """What every answer has, and every value that is given; a kind of answer may have more."""

    type: str
    exact: Value | dict[str, Value]
    float: Value
    decimal: Value = None
    page: Value = None


class CheckedExercise(msgspec.Struct, frozen=True):
    """`ManifestExercise` with its answers looked into: what the file of a stranger must be before anything of it is
    used."""

    id: str
    number: Natural
    given: dict[str, StatedValue]
    parts: dict[str, dict[str, StatedValue]]


class ManifestFile(msgspec.Struct, frozen=True):
    """A finished file of one student."""

    pages: Natural
    sha256: Sha256


class ManifestEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One student, or one seed."""

    code: Code
    id: str = ""
    name: str = ""
    columns: dict[str, str] = {}
    seed: Natural | None = None
    files: dict[str, ManifestFile] = {}
    exercises: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET  # as JSON: of 1,000 students, 10 MB instead of 200
    certificates: list[Certificate] = []  # of the exercises, in their order; none in the first schema
    failure: str = ""

    @property
    def person(self) -> Student | int:
        """Whom it was made for."""
        return Student(self.id, self.name, self.columns, 0) if self.seed is None else self.seed

    @property
    def name_of_person(self) -> str:
        """The student's id, or the seed."""
        return self.id if self.seed is None else str(self.seed)

    @property
    def group(self) -> str:
        """The folder of the student's group, by the names of the files; "" for none."""
        return next(iter(self.files), "").rpartition("/")[0]

    @property
    def worked(self) -> list[ManifestExercise]:
        """The exercises."""
        return msgspec.json.decode(self.exercises, type=list[ManifestExercise]) if self.exercises else []

    @property
    def label(self) -> str:
        """The person in words."""
        return f"student {self.id}" if self.seed is None else f"seed {self.seed}"


class Streams(msgspec.Struct, frozen=True):
    """Where the numbers came from."""

    key: Key
    fingerprint: str


class Manifest(msgspec.Struct, frozen=True):
    """A whole run."""

    schema: Schema
    sheet: str
    lang: str
    solutions: bool
    versions: dict[str, str]
    course: dict[str, Sha256]
    streams: Streams
    shared: dict[str, Sha256]
    students: list[ManifestEntry]
    draws: dict[str, Draw] = {}

    def encoded(self) -> Iterator[bytes]:
        """As JSON, the same for the same run; student by student, for each has pages of it."""
        before, after = indented(msgspec.structs.replace(self, students=[])).split(b'"students": []')
        yield before + b'"students": ['
        for place, entry in enumerate(self.students):
            yield (b"," if place else b"") + b"\n  " + indented(entry).replace(b"\n", b"\n  ")
        yield b"\n ]" + after + b"\n"

    def find(self, code: str) -> ManifestEntry:
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

    def student(self, name: str, file: Path) -> ManifestEntry:
        """The student with this id, or the seed. Raises KeygenError with the file and the nearest ones there are."""
        known = {entry.name_of_person: entry for entry in self.students}
        asked = normal_id(name)
        if asked not in known:
            raise KeygenError(f"the manifest has no student {name!r}", file=file, repair=nearest(asked, known))
        return known[asked]

    @property
    def files(self) -> dict[str, str]:
        """The SHA-256 of every file that it lists, by its name."""
        return {**self.shared, **{name: file.sha256 for entry in self.students for name, file in entry.files.items()}}

    def unlike(self, other: Manifest) -> list[str]:
        """The names of the files that the other has not, or has with other bytes."""
        before, after = self.files, other.files
        return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))

    @property
    def basis(self) -> Fingerprint:
        """What it was made of."""
        return Fingerprint(self.versions, self.course)


def indented(part: Manifest | ManifestEntry) -> bytes:
    """A part of it as JSON on lines of their own."""
    return msgspec.json.format(msgspec.json.encode(part), indent=1)


def load_manifest(path: Path) -> Manifest:
    """The manifest in a file, all of it looked through. Raises KeygenError for a file that is none, with what does not
    fit; for one that no run can have written, with what is wrong."""
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
        fault = next(faults(manifest), None)
    except OSError as error:
        raise KeygenError(
            "the manifest cannot be read", file=path, found=reason(error),
            repair="a run with --roster writes manifest.json beside its PDFs",
        ) from error  # fmt: skip
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        found = "lists within lists, without end" if isinstance(error, RecursionError) else str(error)
        raise KeygenError(
            "this is not a manifest of keygen's", file=path, expected=f'JSON with "schema": "{SCHEMA}"',
            found=found, repair="take the manifest.json that a run with --roster has written",
        ) from error  # fmt: skip
    if fault is not None:
        raise KeygenError(
            "no run of keygen has written this manifest", file=path, found=fault,
            repair="take the manifest.json that a run with --roster has written",
        )  # fmt: skip
    return manifest


def faults(manifest: Manifest) -> Iterator[str]:
    """What is wrong with a manifest though each of its values is of the right type: names that are no names, people who
    are not told apart, files that are not theirs. Raises msgspec.DecodeError for exercises that are none."""
    yield from faults_of_run(manifest, {entry.group for entry in manifest.students})
    for entry in manifest.students:
        yield from faults_of_entry(entry, manifest.lang)


def faults_of_run(manifest: Manifest, groups: Iterable[str]) -> Iterator[str]:
    """What is wrong with a run whose students are in some groups, what they were given left aside."""
    if (fault := fault_of(manifest.sheet)) is not None:
        yield f"the sheet's name {manifest.sheet!r} has {fault}"
    if fault_of(manifest.lang) is not None:
        yield f"the language {manifest.lang!r}"
    if not manifest.students:
        yield "no students"
    marks = "", f".{manifest.lang}"
    shared = {KEY, *map(key_page_file, marks), *map(manifest_file, marks)}
    shared |= {in_folder(group, name) for group in groups for mark in marks for name in student_files("all", mark)}
    yield from (f"the group {group!r}" for group in groups if group and file_name(group) != group)
    yield from (f"the file {name!r} of all" for name in manifest.shared if name not in shared)
    yield from (f"the file {name!r} of the course" for name in manifest.course if not inside(name))
    yield from faults_of_ids(manifest.students, manifest.lang)


def faults_of_entry(entry: ManifestEntry, language: str) -> Iterator[str]:
    """What is wrong with what a student was given. Raises msgspec.DecodeError for exercises that are none."""
    own = {
        in_folder(entry.group, name) for mark in ("", f".{language}") for name in student_files(stem_of(entry), mark)
    }
    yield from (f"the file {name!r} of {entry.label}" for name in entry.files if name not in own)
    for worked in msgspec.json.decode(entry.exercises or b"[]", type=list[CheckedExercise]):
        fault = next(filter(None, map(fault_of, worked.id.split("/"))), None)
        if fault is not None:
            yield f"the exercise {worked.id!r} of {entry.label}: its name has {fault}"


def faults_of_ids(entries: Sequence[ManifestEntry], language: str) -> Iterator[str]:
    """What a roster would be refused for."""
    if len({entry.seed is None for entry in entries}) > 1:
        yield "students among seeds"
    names = [entry.name_of_person for entry in entries]
    for name in names:
        try:
            if normal_id(name) != name:
                yield f"the id {name!r} is not as a run writes it"
        except KeygenError as error:
            yield f"{error.what}: {name!r}"
    clash = conflict(names, [f"as number {place}" for place in range(1, len(names) + 1)], (language,))
    if clash is not None:
        yield f"{clash[1].what}: {clash[1].found}"


def stem_of(entry: ManifestEntry) -> str:
    """What the names of a person's files begin with."""
    return file_name(entry.id) if entry.seed is None else f"seed{entry.seed}"


def inside(name: str) -> bool:
    """Whether the name of a course's file leads out of no folder."""
    return "\\" not in name and "\0" not in name and not {"", ".", ".."} & set(name.split("/"))


def told_of_code(manifest: Manifest, code: str) -> str:
    """Whose page has a code, in words: that of an entry, or of a draw that another has replaced, whose numbers no
    manifest keeps. Raises KeygenError as `find` does."""
    wanted = read_code(code)
    for id, last in manifest.draws.items():
        codes = [NumberStreams(manifest.sheet, id, manifest.streams.key, draw).code for draw in range(1, last + 1)]
        if wanted in codes[:-1]:
            name = next((entry.name for entry in manifest.students if entry.id == id), "")
            of = f"draw {codes.index(wanted) + 1}, replaced"
            head = ", ".join(filter(None, (manifest.sheet, f"student {id}", of, name)))
            return f"{wanted}  {head}\n  draw {last} counts, with the code {codes[-1]}"
    return as_text(manifest.find(code), manifest)


def as_text(entry: ManifestEntry, manifest: Manifest) -> str:
    """What a person wants to know who holds a page with a code."""
    draw = f"draw {manifest.draws[entry.id]}" if entry.id in manifest.draws else ""
    lines = [f"{entry.code}  " + ", ".join(filter(None, (manifest.sheet, entry.label, draw, entry.name)))]
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
    return flat(best(answer["exact"], best(answer["float"], answer.get("decimal"))))
