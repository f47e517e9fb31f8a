"""What a folder has of runs before: a run goes on with its own kind, takes away what it makes no more, and touches
nothing else."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from hashlib import file_digest
from pathlib import Path

from keygen.builds.draws import draws_by_codes
from keygen.builds.manifest import Manifest, load_manifest
from keygen.builds.run import Run, Swept, few, name_of
from keygen.course.filenames import KEY, manifest_file, same_file
from keygen.course.roster import Student
from keygen.course.secret import fingerprint
from keygen.errors import KeygenError

ELSEWHERE = "choose another folder by --out, or clear this one yourself"
DAMAGED = (
    f"put back a copy of it, or remove it: who was drawn anew is then read off {KEY}; or choose another folder by --out"
)
MANY = 3
"""Students fewer than which may leave a class unasked, be they most of it."""


def former(run: Run, folder: Path, *, again: bool = False) -> Manifest | None:
    """The manifest that the run's own is to replace, None where there is none; nor is a damaged one where this very run
    is made `again`.

    Raises KeygenError, before anything is written, where a manifest of the folder, be it in another language, is of
    another sheet, of another key, of a later draw of somebody, or of nobody that a whole run makes anything for; and
    where a class would lose the pages of most of its students, unless the run is to do so.
    """
    sheet = run.sheet
    found: dict[str, Manifest] = {}
    for mark in dict.fromkeys(map(sheet.mark, run.course.languages)):
        path = folder / manifest_file(mark)
        own = mark == sheet.mark(run.language)
        if path.exists() and not (again and own and damaged(path)):
            found[mark] = continued(run, path, own=own)
    if not found and (later := unknown_draws(run, folder)):
        raise stranger(
            folder / KEY, f"a run that knows draw {later[0][1]} of student {later[0][0]}, by the codes of {KEY}",
            "one from before that student was drawn anew",
        )  # fmt: skip
    mine = sheet.mark(run.language)
    if run.whole and not run.removing:
        for mark in [mine] if mine in found else found:
            what = "pages" if mark == mine else "rows of the key"
            require_most(run, found[mark], folder / manifest_file(mark), what)
    return found.get(mine)


def unknown_draws(run: Run, folder: Path) -> list[tuple[str, int]]:
    """Students of a run of whom the key in a folder has a later draw."""
    asked = {person.id for person in run.people if isinstance(person, Student)}
    by_key = (draws_by_codes(folder / KEY, run.sheet.name, run.key) if asked else None) or {}
    return [(id, draw) for id, draw in by_key.items() if draw > run.draws.get(id, 1) and (run.whole or id in asked)]


def require_most(run: Run, before: Manifest, path: Path, what: str) -> None:
    """Raise KeygenError where a run makes nothing for most of the students that the run before has made something for,
    so that it is lost: a roster of a few, say of a make-up exam, is not the class from which the others have left."""
    stay = {name_of(person) for person in run.people}
    students = [entry.id for entry in before.students if entry.seed is None and not entry.failure]
    gone = [id for id in students if id not in stay]
    if len(gone) >= MANY and 2 * len(gone) > len(students):
        raise KeygenError(
            f"of {len(students)} students {len(gone)} would lose their {what}: this run is without them", file=path,
            expected="most of the students of the build before", found=f"not on it: {few(gone)}",
            repair="for a make-up exam copy the sheet under another name (`keygen help roster`); for the same numbers "
            "elsewhere say --out; if the others have left, --remove beside the --roster",
        )  # fmt: skip


def damaged(path: Path) -> bool:
    """Whether a file cannot be read as a manifest."""
    try:
        load_manifest(path)
    except KeygenError:
        return True
    return False


def continued(run: Run, path: Path, *, own: bool) -> Manifest:
    """The manifest in a file. Raises KeygenError unless the run may go on with it; its `own` has its language, too."""
    try:
        manifest = load_manifest(path)
    except KeygenError as error:
        raise replace(error, repair=DAMAGED) from error
    if manifest.sheet != run.sheet.name:
        raise stranger(path, f"a run of {run.sheet.name}", f"a run of {manifest.sheet}")
    if own and manifest.lang != run.language:
        raise stranger(path, f"a run in the language {run.language}", f"a run in {manifest.lang}")
    mark = fingerprint(run.key)
    if manifest.streams.fingerprint != mark:
        raise stranger(
            path, f"a run by this course's key (fingerprint {mark})",
            f"one by another key (fingerprint {manifest.streams.fingerprint}): everybody's numbers are others",
        )  # fmt: skip
    asked = {name_of(person) for person in run.people}
    later = [id for id, draw in manifest.draws.items() if draw > run.draws.get(id, 1) and (run.whole or id in asked)]
    if later:
        raise stranger(
            path, f"a run that knows draw {manifest.draws[later[0]]} of student {later[0]}",
            "one from before that student was drawn anew",
        )  # fmt: skip
    people = {entry.name_of_person for entry in manifest.students}
    if run.whole and people and people.isdisjoint(asked):
        raise stranger(path, "a run for some of the same people", f"one for {len(people)} others")
    return manifest


def stranger(path: Path, expected: str, found: str) -> KeygenError:
    """A complaint of a folder that belongs to another run."""
    return KeygenError(
        "the folder has the files of another run, and nothing is written over them", file=path, expected=expected,
        found=found, repair=ELSEWHERE,
    )  # fmt: skip


def swept(before: Manifest, made: Collection[str], folder: Path) -> Swept:
    """Remove what the run before has made and this one does not, if it is still as it was made."""
    now = {same_file(name): folder / name for name in made}
    removed: list[str] = []
    kept: list[str] = []
    for name, digest in before.files.items():
        path = folder / name
        if name in made or not owned(folder, path) or not path.is_file():
            continue
        if (twin := now.get(same_file(name))) is not None and twin.exists() and path.samefile(twin):
            continue  # capitals do not count in this folder
        (removed if taken_away(path, digest) else kept).append(name)
    for group in {path.parent for path in map(folder.joinpath, removed)} - {folder}:
        with suppress(OSError):  # there is something else in it
            group.rmdir()
    return Swept(tuple(removed), tuple(kept))


def owned(folder: Path, path: Path) -> bool:
    """Whether a file of a manifest stands in the folder of its run, or in a group's folder there."""
    place = path.parent.resolve()
    return place == folder.resolve() or (place.parent == folder.resolve() and not path.parent.is_symlink())


def taken_away(path: Path, digest: str) -> bool:
    """Remove a file that has this SHA-256; whether it had, and could be removed."""
    try:
        with path.open("rb") as file:
            as_made = not path.is_symlink() and file_digest(file, "sha256").hexdigest() == digest
        if as_made:
            path.unlink()
    except OSError:
        return False
    return as_made
