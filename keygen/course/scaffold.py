"""The first files of a course: a folder to begin with, an exercise to begin with, a copy of what keygen brings.

What they are made of is in `keygen/scaffold/`: `course/<language>/`, what every course has in `common/` (names there
have no dot in front), and `exercise/`, the exercise that is both the first of a course and what a new one begins as;
its comments in another language are in `spoken/<language>/`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import Any

from keygen import __version__
from keygen.course.languages import default, languages
from keygen.course.names import named
from keygen.course.search_path import Place, SearchPath, files_in, packaged, shipped
from keygen.course.secret import FILE, fresh
from keygen.errors import EXERCISES, KeygenError, nearest
from keygen.system.laying import lay

PROJECT = "keygen-sheets"
FIRST = "mine/first"
INSTALLED = "@KEYGEN@"
"""Stands in the workflow for what pip installs keygen from."""


def scaffold() -> Path:
    """The folder that this is made of."""
    return packaged("scaffold")


def known_languages() -> list[str]:
    """The languages that a new course may speak, that of keygen's own sheets first."""
    first = default(SearchPath((Place(shipped()),)))
    return sorted((path.name for path in (scaffold() / "course").iterdir()), key=lambda code: (code != first, code))


def new_course(folder: Path, language: str) -> list[Path]:
    """Lay a course that builds at once into a folder, with a secret of its own; the files.

    Raises KeygenError for a folder that has a course, where one of its files is there already, and where nothing can be
    written.
    """
    if holds_course(folder):
        raise KeygenError(
            "there is a course in this folder already", file=folder, expected="a folder without one",
            repair="for an exercise of this course: keygen new TOPIC/NAME; for another course take another folder",
        )  # fmt: skip
    files = dict(texts(scaffold() / "course" / language, folder))
    for path, data in texts(scaffold() / "common", folder):
        dotted = PurePosixPath(f".{path.relative_to(folder).as_posix()}")
        files[folder / dotted] = data.replace(INSTALLED.encode(), json.dumps(installed_from()).encode())
    files |= begun(exercise_in(folder, FIRST), language)
    files[folder / FILE] = fresh().encode()
    return lay(files, private={folder / FILE}, taken="take a new folder, or a name for one")


def course_around(folder: Path) -> Path | None:
    """The nearest folder above one that is a course too."""
    return next((one for one in folder.resolve().parents if holds_course(one)), None)


def holds_course(folder: Path) -> bool:
    """Whether a folder has a sheet where keygen looks for sheets."""
    return any((folder / "exercises").glob("*.toml"))


def new_exercise(home: Path, path: SearchPath, id: str, like: str | None) -> list[Path]:
    """Lay an exercise that builds at once into the course of the folder `home`, in the course's languages; or a copy
    of another exercise under this id. Raises KeygenError for what is no name, and for an id that an exercise has."""
    if len(named("an exercise", id, 2)) != 2:
        raise KeygenError(f"{id!r} cannot be the name of an exercise", expected="topic/name", repair=offer(id, path))
    place = exercise_in(home, id)
    if id in path.exercises():
        own = (place / "exercise.py").exists()
        raise KeygenError(
            f"there is an exercise {id!r} already", file=path.exercise_folder(id), expected="a new topic/name",
            repair="take another name" if own else f"take another name; to change a copy of it: keygen eject {id}",
        )  # fmt: skip
    if like is not None:
        return lay(copied(path, like, place))
    spoken = languages(path)
    wanted = {"exercise.py", *(f"{language}.tex" for language in spoken)}
    return lay({file: data for file, data in begun(place, spoken[0]).items() if file.name in wanted})


def offer(name: str, path: SearchPath) -> str:
    """An id for whoever gave a name without a topic: in the topic that a course begins with, and not yet there."""
    topic, first = FIRST.split("/")
    free = (one for one in chain([name, first, "second", "third"], map("number{}".format, count(4))) if one != topic)
    return next(id for one in free if (id := f"{topic}/{one}") not in path.exercises())


def begun(place: Path, language: str) -> dict[Path, bytes]:
    """The exercise to begin with as it would lie in `place`, with its comments in the language, if they are."""
    return dict(texts(scaffold() / "exercise", place)) | dict(texts(scaffold() / "spoken" / language, place))


def ejected(home: Path, path: SearchPath, what: str) -> list[Path]:
    """Copy what keygen brings, or an installed package, into the course of the folder `home`: a file of `templates/`, a
    sheet's file, or an exercise with its words. Raises KeygenError for what is none of these, and for what the course
    has already."""
    brought = SearchPath(tuple(place for place in path.places if place.folder.resolve() != home.resolve()))
    if what in brought.exercises():
        return lay(copied(brought, what, exercise_in(home, what)), taken="edit it: it is yours")
    files = dict(ejectable(brought))
    if what not in files and (own := own_file(home, what)) is not None:
        raise KeygenError(
            f"{what} is this course's own, and not brought by keygen", file=own,
            repair="edit it: it is yours" + (f"; for a copy: keygen new TOPIC/NAME --like {what}" * own.is_dir()),
        )  # fmt: skip
    if what not in files:
        raise KeygenError(
            f"keygen brings no {what!r}", expected="a file of templates/, a sheet with .toml, or the id of an exercise",
            repair=nearest(what, [*files, *brought.exercises()], f"exercises: {EXERCISES}"),
        )  # fmt: skip
    place, source = files[what]
    return lay({home / place: source.read_bytes()}, taken="edit it: it is yours")


def own_file(home: Path, what: str) -> Path | None:
    """What the course of the folder `home` has under this name that may be ejected; None for what is no name."""
    if not what or {"", ".", ".."} & set(what.split("/")):
        return None
    places = home / "templates" / what, home / "exercises" / what
    return next((one for one in places if one.is_file() or (one / "exercise.py").is_file()), None)


def ejectable(brought: SearchPath) -> Iterator[tuple[str, tuple[str, Path]]]:
    """The files that can be copied by their names, each with its place in a course and where it is now: the nearest."""
    for folder in reversed(brought.folders):
        for file in files_in(folder / "templates"):
            name = file.relative_to(folder / "templates").as_posix()
            yield name, (f"templates/{name}", file)
        for file in (folder / "exercises").glob("*.toml"):
            yield file.name, (f"exercises/{file.name}", file)


def copied(path: SearchPath, id: str, place: Path) -> dict[Path, bytes]:
    """The files of an exercise, its words in nearer folders among them, as they would lie in `place`."""
    path.exercise_folder(id)  # raises for an unknown one, with the nearest
    return {file: data for folder in reversed(path.word_folders(id)) for file, data in texts(folder, place)}


def exercise_in(home: Path, id: str) -> Path:
    """Where an exercise lies in a course."""
    return home.joinpath("exercises", *id.split("/"))


def texts(source: Path, place: Path) -> Iterator[tuple[Path, bytes]]:
    """The files under a folder, as they would lie under another."""
    return ((place / file.relative_to(source), file.read_bytes()) for file in files_in(source))


def installed_from() -> str:
    """What pip would install this very keygen from: the commit or the address that it was installed from; a wheel of
    this name beside the course; else the release."""
    try:
        told = distribution(PROJECT).read_text("direct_url.json")
        found: dict[str, Any] = json.loads(told) if told else {}
    except (PackageNotFoundError, ValueError):
        found = {}
    url = str(found.get("url", ""))
    match found:
        case {"vcs_info": {"vcs": vcs, "commit_id": commit}} if not url.startswith("file:"):
            return f"{vcs}+{url}@{commit}"
        case {"archive_info": _} if url.startswith("file:") and url.endswith(".whl"):
            return f"./{url.rpartition('/')[2]}"
        case {"archive_info": _} if url.startswith("https:"):
            return url
    return f"{PROJECT}=={__version__}"
