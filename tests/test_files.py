"""Files appear whole or not at all; the cache has its place."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

import pytest

from keygen.errors import KeygenError
from keygen.system.files import cache_folder, writable, write_whole
from tests.courses import keygen


def test_a_file_is_written_with_the_folders_on_its_way(tmp_path: Path) -> None:
    write_whole(tmp_path / "build" / "deep" / "sheet.pdf", b"whole")
    assert (tmp_path / "build" / "deep" / "sheet.pdf").read_bytes() == b"whole"


def test_a_written_file_can_be_read_as_the_user_has_chosen(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_whole(tmp_path / "sheet.pdf", b"")
    assert (tmp_path / "sheet.pdf").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_write_that_fails_leaves_the_last_good_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sheet.pdf"
    write_whole(path, b"good")

    def full(beside: Path, data: bytes) -> None:
        beside.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(KeygenError) as caught:
        write_whole(path, b"never whole")
    assert str(caught.value) == (
        f"sheet.pdf cannot be written\n  at:       {path}\n  found:    No space left on device\n"
        "  mend:     choose a folder that you may write to, or free some space there"
    )
    assert path.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "build").touch()
    with pytest.raises(KeygenError) as caught:
        write_whole(tmp_path / "build" / "sheet.pdf", b"")
    assert str(caught.value) == (
        f"sheet.pdf cannot be written\n  at:       {tmp_path}/build/sheet.pdf\n  found:    File exists\n"
        "  mend:     choose a folder that you may write to, or free some space there"
    )


def test_a_pipe_is_written_to_and_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    end = os.open(pipe, os.O_RDWR)
    write_whole(pipe, b"a report")
    assert os.read(end, 100) == b"a report"
    os.close(end)
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_the_name_of_an_open_file_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    with (tmp_path / "out").open("wb") as file:
        name = Path(f"/proc/self/fd/{file.fileno()}")
        write_whole(name, b"a report")
        assert os.readlink(name) == str(tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == b"a report"


@pytest.mark.parametrize(
    "words",
    [
        ("build", "sheet4", "--out", "file"),
        ("build", "sheet4", "--out", "file/deep/folder"),
        ("build", "sheet4", "--out", "broken"),
        ("build", "sheet4", "--out", ""),
        ("preview", "sheet4", "--out", "file"),
        ("export", "sheet4", "--to", "html", "--out", "file"),
        ("derive", "x", "--wrt", "x", "--out", "file"),
        ("check", "--junit", "file/report.xml"),
        ("check", "--junit", "folder"),
        ("check", "--junit", ""),
    ],
    ids=" ".join,
)
def test_a_place_where_nothing_can_be_written_is_told_before_any_work(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("keygen.course.course.course_here", None)
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken").symlink_to("nowhere")
    result = keygen(*words)
    assert result.exit_code == 2
    assert "Invalid value for '--" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken", "file", "folder"]


def test_a_file_in_the_usual_place_of_builds_disturbs_no_command_that_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "build").touch()
    assert keygen("answers", "rnn/parameter_count").exit_code == 0
    assert keygen("build", "sheet4", "--format", "tex").exit_code == 1


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine of its own: nothing is set, home and the temporary folder are empty."""
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    for name in ("KEYGEN_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path


def test_the_cache_is_where_the_user_wants_it(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_folder() == places / "home" / ".cache" / "keygen"
    monkeypatch.setenv("XDG_CACHE_HOME", str(places / "xdg"))
    assert cache_folder() == places / "xdg" / "keygen"
    monkeypatch.setenv("KEYGEN_CACHE", str(places / "own"))
    assert cache_folder() == places / "own"
    assert cache_folder().is_dir()


def test_without_a_home_the_cache_is_among_temporary_files(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (places / "file").touch()
    monkeypatch.setenv("HOME", str(places / "file"))
    folder = cache_folder()
    assert folder.parent == places / "tmp"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_temporary_cache_laid_there_by_somebody_else_is_not_used(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (places / "file").touch()
    monkeypatch.setenv("HOME", str(places / "file"))
    folder = cache_folder()
    folder.rmdir()
    folder.symlink_to(places / "home")
    assert cache_folder() == places / "file" / ".cache" / "keygen"
    assert not writable(cache_folder())


def test_a_cache_asked_for_by_name_is_used_as_far_as_it_can_be(places: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (places / "file").touch()
    monkeypatch.setenv("KEYGEN_CACHE", str(places / "file"))
    assert cache_folder() == places / "file"
    assert not writable(cache_folder())
