"""A course as data: unpacked where the work is done, as it was packed, whatever has become of the folder meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from keygen.course.parcel import Parcel, unpacked
from keygen.course.places import files_in, roots

PARCEL = Parcel({"exercises/mine.toml": b'title = "mine"\n', "templates/sheet.tex": b"a sheet\n"})


def laid() -> dict[str, bytes]:
    """The files of the course at hand."""
    root = next(roots())
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
    with unpacked(PARCEL):
        assert laid() == PARCEL.files
        harm(next(roots()))
    with unpacked(PARCEL):
        assert laid() == PARCEL.files


def test_a_course_is_unpacked_where_there_is_no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("KEYGEN_CACHE", str(tmp_path / "file"))
    with unpacked(Parcel({"exercises/other.toml": b""})):
        assert laid() == {"exercises/other.toml": b""}
