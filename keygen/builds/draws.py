"""Which draw a student's numbers are: the first, until somebody has the student drawn anew. The manifests beside a
run's files remember it, of those who have left the roster too."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from keygen.builds.key_csv import as_meant
from keygen.builds.run import Run
from keygen.course.course import Course
from keygen.course.filenames import KEY, manifest_file
from keygen.course.secret import fingerprint as mark_of
from keygen.course.seeding import NumberStreams
from keygen.course.sheet import Sheet
from keygen.errors import KeygenError

Draw = Annotated[int, msgspec.Meta(ge=2, le=10_000)]
"""A draw that is not the first; nobody is drawn anew so often as the greatest of them."""


SEARCHED = 100
"""Draws of a student that are looked through for one with a code."""
UNREADABLE = "put back a copy of it; only if nobody was ever drawn anew, remove it; or choose another folder by --out"


class KeyOfRun(msgspec.Struct, frozen=True):
    """Of a manifest: by which key its numbers were drawn."""

    fingerprint: str


class DrawsOfRun(msgspec.Struct, frozen=True):
    """Of a manifest: whose draw is which, on what sheet and by which key."""

    sheet: str
    streams: KeyOfRun
    draws: dict[str, Draw] = {}


class KnownDraws(NamedTuple):
    """The last draw of each student who was drawn anew, by the id; and what there is to say of how that is known."""

    draws: Mapping[str, int]
    told: tuple[str, ...] = ()


def known_draws(course: Course, sheet: Sheet, key: str, folder: Path) -> KnownDraws:
    """The draws that runs of this sheet by this key have written down in a folder, in whichever language. Where no
    manifest of them can be read, the codes of its key.csv tell them.

    Another run's manifest says nothing here; that a run may not go on with it is told by `former.former`. Raises
    KeygenError for a manifest that cannot be read, where no key.csv tells what it knew.
    """
    found: dict[str, int] = {}
    files = [folder / manifest_file(mark) for mark in dict.fromkeys(map(sheet.mark, course.languages))]
    told = {file: draws_in(file) for file in files if file.exists()}
    run = sheet.name, mark_of(key)
    for one in told.values():
        for id, draw in one.draws.items() if one and (one.sheet, one.streams.fingerprint) == run else ():
            found[id] = max(draw, found.get(id, 1))
    damaged = next((file for file, one in told.items() if one is None), None)
    if damaged is None and told:
        return KnownDraws(dict(sorted(found.items())))
    by_key = draws_by_codes(folder / KEY, sheet.name, key)
    if damaged is not None and by_key is None:
        raise KeygenError(
            "this is not a manifest of keygen's, and it alone would know who was drawn anew", file=damaged,
            expected="the manifest.json that a run has written", repair=UNREADABLE,
        )  # fmt: skip
    for id, draw in (by_key or {}).items():
        found[id] = max(draw, found.get(id, 1))
    draws = dict(sorted(found.items()))
    if not draws:
        return KnownDraws(draws)
    why = "the manifest cannot be read" if damaged else "there is no manifest"
    said = ", ".join(f"{id} (draw {draw})" for id, draw in draws.items())
    return KnownDraws(draws, (f"{why}: who was drawn anew is read off {KEY}, which has nobody who has left: {said}",))


def draws_by_codes(file: Path, sheet: str, key: str) -> dict[str, int] | None:
    """Who was drawn anew, by the codes of a key: a code belongs to one draw of one student. None where it has no code
    of this run."""
    found: dict[str, int] = {}
    for id, code in codes_in(file).items():
        draws = (draw for draw in range(1, SEARCHED + 1) if NumberStreams(sheet, id, key, draw).code == code)
        if (draw := next(draws, None)) is not None:
            found[id] = draw
    return {id: draw for id, draw in found.items() if draw > 1} if found else None


def codes_in(file: Path) -> dict[str, str]:
    """The code of each student in a key; nothing of a file that is none."""
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8-sig"), newline="")))
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}
    return {as_meant(row["id"]): row["code"] for row in rows if row.get("id") and row.get("code")}


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
