"""A course as data: unpacked where the work is done, as it was packed, whatever has become of the folder meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from keygen.course.bundle import Bundle, opened, packed
from keygen.course.course import Course, course_at
from keygen.course.search_path import Place, files_in, joined, shipped
from tests.courses import SHIPPED

PARCEL = Bundle(({"exercises/mine.toml": b'title = "mine"\n', "templates/sheet.tex": b"a sheet\n"},))


def laid(course: Course) -> dict[str, bytes]:
    """The files of the nearest folder of a course."""
    root = course.path.folders[0]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files_in(root)}


@pytest.mark.parametrize(
    "harm",
    [
        shutil.rmtree,
        lambda root: (root / "templates" / "sheet.tex").write_text("another"),
        lambda root: (root / "templates" / "style.sty").write_text("a stranger's"),
        lambda root: (root / "exercises" / "mine.toml").unlink(),
    ],
    ids=["vanished", "damaged", "a file more", "a file less"],
)
def test_an_unpacked_course_is_the_one_that_was_packed(harm: Callable[[Path], object]) -> None:
    with opened(PARCEL) as course:
        assert laid(course) == PARCEL.folders[0]
        harm(course.path.folders[0])
    with opened(PARCEL) as course:
        assert laid(course) == PARCEL.folders[0]


def test_a_course_is_unpacked_where_there_is_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KEYGEN_CACHE", str(tmp_path / "file"))
    with opened(Bundle(({"exercises/other.toml": b""},))) as course:
        assert laid(course) == {"exercises/other.toml": b""}


def test_a_parcel_has_the_folders_of_packages_in_their_order_and_nothing_that_keygen_ships(tmp_path: Path) -> None:
    for name in ("home", "first", "second"):
        (tmp_path / name / "templates").mkdir(parents=True)
        (tmp_path / name / "templates" / "name.tex").write_text(name)
    places = (Place(tmp_path / name, name) for name in ("first", "second"))
    bundle = packed(Course(joined(tmp_path / "home", *places)))
    with opened(bundle) as course:
        folders = course.path.folders
        assert [(one / "templates" / "name.tex").read_text() for one in folders[:-1]] == ["home", "first", "second"]
        assert folders[-1] == shipped()
    assert packed(SHIPPED) == Bundle(())


def test_a_course_that_is_at_hand_is_worked_with_as_it_is(tmp_path: Path) -> None:
    course = course_at(tmp_path)
    with opened(course) as found:
        assert found is course
