"""The store of finished work: whole pieces or none, no more than it may hold."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scratch_course import ROSTER, Course, built, keygen

from keygen.cli import main
from keygen.system.store import CACHES, Store, digest

KEY = digest("a piece")


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may grow beyond `size` bytes: a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def files(store: Store) -> list[Path]:
    return sorted(path for path in store.folder.rglob("*") if path.is_file())


def test_a_piece_is_found_under_its_key(store: Store) -> None:
    assert store.get(KEY) is None
    store.put(KEY, b"work")
    assert store.get(KEY) == b"work"
    assert store.get(digest("another")) is None


def test_the_file_of_a_piece_begins_with_it_and_is_not_given_out_when_damaged(store: Store) -> None:
    assert store.file(KEY) is None
    store.put(KEY, b"a format")
    path = store.file(KEY)
    assert path is not None
    assert path.read_bytes().startswith(b"a format")
    path.write_bytes(b"another" + path.read_bytes()[7:])
    assert store.file(KEY) is None


@pytest.mark.parametrize("cache", CACHES)
def test_every_cache_is_a_store_that_may_vanish_or_be_a_file(cache: Callable[[Path], Store], tmp_path: Path) -> None:
    kept = cache(tmp_path)
    assert kept.write(KEY, ["work"])
    assert kept.read(KEY, list[str]) == ["work"]
    shutil.rmtree(kept.folder)
    assert (kept.get(KEY), kept.file(KEY)) == (None, None)
    kept.folder.write_text("a file where the folder should be")
    assert not kept.write(KEY, ["work"])
    assert kept.get(KEY) is None
    kept.tidy()
    kept.forget(KEY)


@given(st.lists(st.text()), st.lists(st.text()))
def test_a_digest_tells_its_parts_apart(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


@pytest.mark.parametrize("damage", [b"", b"short", None], ids=["emptied", "cut", "one byte changed"])
def test_a_damaged_piece_is_not_found_and_may_be_put_again(store: Store, damage: bytes | None) -> None:
    store.put(KEY, b"work" * 100)
    (file,) = files(store)
    data = file.read_bytes()
    file.write_bytes(data[:-1] + b"?" if damage is None else damage)
    assert store.get(KEY) is None
    store.put(KEY, b"work")
    assert store.get(KEY) == b"work"


def test_the_pieces_asked_for_longest_ago_go_first(store: Store) -> None:
    for number in range(10):
        store.put(digest(f"{number}"), bytes(1000))
        for file in files(store):
            os.utime(file, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns - 10**9))
    assert store.get(digest("0")) is not None
    replace(store, most=3500).tidy()
    assert [number for number in range(10) if store.get(digest(f"{number}")) is not None] == [0, 8, 9]


def test_a_full_disk_keeps_no_piece_and_no_half_of_one(store: Store) -> None:
    with largest_file(1000):
        store.put(KEY, bytes(5000))
    assert store.get(KEY) is None
    assert files(store) == []


def test_clean_removes_the_store_and_leaves_the_pages(course: Course) -> None:
    built("mine")
    assert course.file("build", ".cache").is_dir()
    result = keygen_clean()
    assert "MB removed" in result
    assert [path.name for path in course.build.iterdir()] == ["mine.pdf"]
    assert keygen_clean() == "0.0 MB removed\n"


def keygen_clean() -> str:
    result = CliRunner().invoke(main, ["clean"], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stderr


def test_a_damaged_store_is_no_condition_of_a_build(course: Course) -> None:
    first = built(*ROSTER)
    made = {path.name: path.read_bytes() for path in (course.build / "mine").iterdir()}
    for file in files(Store(course.file("build", ".cache"))):
        file.write_bytes(file.read_bytes()[:50])
    for file in (course.build / "mine").iterdir():
        file.unlink()
    assert keygen(*ROSTER).stdout == first.stdout
    assert {path.name: path.read_bytes() for path in (course.build / "mine").iterdir()} == made
