"""A run that a manifest tells of, to be made again to the same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from keygen.builds import fingerprints
from keygen.builds.manifest import SCHEMA, Manifest, ManifestEntry, load_manifest
from keygen.builds.run import Run, with_draws
from keygen.course.course import Course
from keygen.course.filenames import file_name
from keygen.course.roster import Student
from keygen.course.secret import fingerprint
from keygen.document.kinds import wanted
from keygen.errors import KeygenError


def of_manifest(course: Course, path: Path, student: str | None) -> tuple[Run, Manifest]:
    """The run that a manifest tells of, or one student of it.

    Raises KeygenError, before anything is made, where it would not come out the same: another version of keygen, of a
    library or of TeX, a course whose files have changed, or a manifest that no run has written.
    """
    manifest = load_manifest(path)
    same_key(manifest, path)
    same_schema(manifest, path)
    sheet = course.sheet(manifest.sheet)
    different = list(manifest.basis.differences(fingerprints.basis(sheet, course.path)))
    if different:
        raise KeygenError(
            "this run would not come out as it was", file=path,
            expected="the versions and the course files of the manifest",
            found="; ".join(different[:6]) + (f"; and {len(different) - 6} more" if len(different) > 6 else ""),
            repair="install those versions and take the course from that time, or build the roster anew",
        )  # fmt: skip
    people = with_draws((entry.person for entry in manifest.students), manifest.draws)
    kinds, groups = wanted(solutions=manifest.solutions), groups_of(manifest)
    run = Run(course, sheet, manifest.lang, kinds, manifest.streams.key, people, groups=groups, draws=manifest.draws)
    if student is None:
        return run, manifest
    one = with_draws([manifest.student(student, path).person], manifest.draws)
    return replace(run, people=one, whole=False), manifest


def groups_of(manifest: Manifest, people: Iterable[Student] = ()) -> dict[str, str]:
    """The folder of each student's group, by the id. Whose sheet could not be made then has no files to tell it by: for
    them, and for these `people` of a roster, the column tells it that tells it of all others."""
    groups = {entry.id: entry.group for entry in manifest.students if entry.group}
    lacking: list[ManifestEntry | Student] = [*(entry for entry in manifest.students if not entry.files), *people]
    if groups and lacking:
        known = [entry for entry in manifest.students if entry.files]
        for column in lacking[0].columns:
            if all(file_name(entry.columns.get(column, "")) == entry.group for entry in known):
                return groups | {entry.id: file_name(entry.columns.get(column, "")) for entry in lacking}
    return groups


def same_schema(manifest: Manifest, path: Path) -> None:
    """Raise where a manifest is a former version's: what that has made, this one cannot be held to."""
    if manifest.schema != SCHEMA:
        version = manifest.versions.get("keygen", "that wrote it")
        raise KeygenError(
            "this run would not come out as it was", file=path, expected=SCHEMA, found=manifest.schema,
            repair=f"install version {version} of keygen, or build the roster anew",
        )  # fmt: skip


def same_key(manifest: Manifest, path: Path) -> None:
    """Raise where a manifest's key is not the one of its fingerprint."""
    if (mark := fingerprint(manifest.streams.key)) != manifest.streams.fingerprint:
        raise KeygenError(
            "the manifest's key is not the one that its numbers came from", file=path,
            expected=f"a key with the fingerprint {manifest.streams.fingerprint}", found=f"one with {mark}",
            repair="take the manifest as its run has written it",
        )  # fmt: skip
