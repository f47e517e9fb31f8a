"""Which draw a student's numbers are: the first, until somebody has the student drawn anew. The manifests beside a
run's files remember it, of those who have left the roster too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import msgspec

from keygen.builds.run import Run
from keygen.course.course import Course
from keygen.course.filenames import manifest_file
from keygen.course.secret import fingerprint
from keygen.course.sheet import Sheet

Draw = Annotated[int, msgspec.Meta(ge=2, le=10_000)]
"""A draw that is not the first; nobody is drawn anew so often as the greatest of them."""


class KeyOfRun(msgspec.Struct, frozen=True):
    """Of a manifest: by which key its numbers were drawn."""

    fingerprint: str


class DrawsOfRun(msgspec.Struct, frozen=True):
    """Of a manifest: whose draw is which, on what sheet and by which key."""

    sheet: str
    streams: KeyOfRun
    draws: dict[str, Draw] = {}


def known_draws(course: Course, sheet: Sheet, key: str, folder: Path) -> dict[str, int]:
    """The draws that runs of this sheet by this key have written down in a folder, in whichever language: the last of
    each student who was drawn anew, by the id.

    What is no manifest, or another run's, says nothing here; that a run may not go on with it is told by
    `former.former`.
    """
    found: dict[str, int] = {}
    for mark in dict.fromkeys(map(sheet.mark, course.languages)):
        told = draws_in(folder / manifest_file(mark))
        if told is not None and (told.sheet, told.streams.fingerprint) == (sheet.name, fingerprint(key)):
            for id, draw in told.draws.items():
                found[id] = max(draw, found.get(id, 1))
    return dict(sorted(found.items()))


def draws_in(file: Path) -> DrawsOfRun | None:
    """What a manifest says of draws; None for a file that is none. The rest of it is not looked into."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=DrawsOfRun)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def other_languages(run: Run, folder: Path) -> Iterator[str]:
    """The languages besides a run's own in which a folder has its sheets."""
    for language in run.course.languages:
        if language != run.language and draws_in(folder / manifest_file(run.sheet.mark(language))) is not None:
            yield language
