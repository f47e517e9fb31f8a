"""A manifest read student by student: who was given a sheet is held, what they were given is read again when it is
asked for, so that a large class takes hardly more memory than a small one.

A run writes each student on lines of their own (`Manifest.encoded`), and JSON has no line's end within a string; so the
file is cut at lines, and what is cut off is a whole: the head and the tail with nobody between them are a manifest, and
each piece is an entry. A file that has been laid out otherwise is read at once (`load_manifest`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from keygen.builds.manifest import (
    Manifest,
    ManifestEntry,
    ManifestExercise,
    faults_of_entry,
    faults_of_run,
)
from keygen.errors import KeygenError
from keygen.system.limits import reason

STUDENTS = b' "students": ['
LAST, END = b"  }", b" ]"
"""The lines with which the list of students begins, each of them ends, and the list ends."""


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """One student of a manifest, `entry` without what they were given; that stands in so many bytes of the file."""

    entry: ManifestEntry
    file: Path
    start: int
    size: int

    @property
    def worked(self) -> Sequence[ManifestExercise]:
        """The exercises, read from the file. Raises KeygenError where it has changed since."""
        try:
            with self.file.open("rb") as file:
                file.seek(self.start)
                found = msgspec.json.decode(file.read(self.size), type=ManifestEntry)
            if (found.name_of_person, found.code) == (self.entry.name_of_person, self.entry.code):
                return found.worked
            changed = "another student"
        except OSError as error:
            changed = reason(error)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            changed = str(error)
        raise KeygenError(
            "the manifest has changed while it was read", file=self.file, found=changed,
            repair="give the same command again",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ManifestIndex:
    """A manifest without its students, and these by their places."""

    manifest: Manifest
    students: Sequence[PlacedEntry]


class OtherLayout(Exception):
    """A file that no run has laid out so."""


def read_index(path: Path) -> ManifestIndex | None:
    """The manifest in a file; None for one that is laid out otherwise, or is none, or is faulty, which `load_manifest`
    has words for."""
    try:
        with path.open("rb") as file:
            return indexed(file, path)
    except (OSError, OtherLayout, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def indexed(lines: Iterable[bytes], path: Path) -> ManifestIndex:
    """The manifest of some lines. Raises OtherLayout or msgspec.DecodeError."""
    numbered = placed(lines)
    head = b"".join(until(STUDENTS, numbered))
    language = msgspec.json.decode(head + b"]}", type=Manifest).lang
    found: list[PlacedEntry] = []
    groups: set[str] = set()
    tail = b""
    for start, line in numbered:
        if line.startswith(END):
            tail = b"".join((line, *(rest for _, rest in numbered)))
            break
        piece = b"".join((line, *until(LAST, numbered))).rstrip(b",\n")
        entry = msgspec.json.decode(piece, type=ManifestEntry)
        if next(faults_of_entry(entry, language), None) is not None:
            raise OtherLayout
        groups.add(entry.group)
        found.append(PlacedEntry(bare(entry), path, start, len(piece)))
    manifest = msgspec.json.decode(head + tail, type=Manifest)
    whole = msgspec.structs.replace(manifest, students=[one.entry for one in found])
    if manifest.students or next(faults_of_run(whole, groups), None) is not None:
        raise OtherLayout
    return ManifestIndex(manifest, tuple(found))


def placed(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The lines, each with the place of its first byte."""
    start = 0
    for line in lines:
        yield start, line
        start += len(line)


def until(last: bytes, lines: Iterator[tuple[int, bytes]]) -> Iterator[bytes]:
    """The lines to the first that is `last`, but for a comma. Raises OtherLayout where none is."""
    for _, line in lines:
        yield line
        if line.rstrip(b",\n") == last:
            return
    raise OtherLayout


def bare(entry: ManifestEntry) -> ManifestEntry:
    """Who an entry is of, without what they were given."""
    return ManifestEntry(entry.code, entry.id, entry.name, seed=entry.seed, failure=entry.failure)
