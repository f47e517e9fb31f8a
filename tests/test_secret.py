"""The course's secret: where it comes from, and what is derived from it."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import pytest

from keygen.course.secret import course_secret, fingerprint, sheet_key
from keygen.errors import KeygenError


@pytest.fixture(autouse=True)
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and an environment that says nothing."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KEYGEN_SECRET", raising=False)
    return tmp_path


def test_without_a_secret_there_is_none() -> None:
    assert course_secret() is None


@pytest.mark.parametrize("text", ["осень\n", "\ufeffосень\r\n", "  осень"])
def test_the_file_gives_the_secret_without_the_space_around_it(course: Path, text: str) -> None:
    (course / ".keygen-secret").write_text(text, encoding="utf-8")
    assert course_secret() == "осень"


def test_the_environment_comes_before_the_file(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (course / ".keygen-secret").write_text("file")
    monkeypatch.setenv("KEYGEN_SECRET", " variable ")
    assert course_secret() == "variable"


def test_an_empty_variable_counts_as_none(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (course / ".keygen-secret").write_text("file")
    monkeypatch.setenv("KEYGEN_SECRET", " ")
    assert course_secret() == "file"


def test_an_empty_file_is_refused(course: Path) -> None:
    (course / ".keygen-secret").write_text(" \n")
    with pytest.raises(KeygenError) as caught:
        course_secret()
    assert str(caught.value).splitlines() == [
        "the course secret is empty",
        "  at:       .keygen-secret",
        "  expected: one long line that nobody guesses",
        '  mend:     fill it by python -c "import secrets; print(secrets.token_hex(32))", or remove it',
    ]


def test_a_secret_that_cannot_be_read_is_refused(course: Path) -> None:
    (course / ".keygen-secret").mkdir()
    with pytest.raises(KeygenError) as caught:
        course_secret()
    assert str(caught.value).splitlines() == [
        "the course secret cannot be read",
        "  at:       .keygen-secret",
        "  expected: one line of text in UTF-8",
        "  found:    Is a directory",
        "  mend:     let keygen read the file, or set KEYGEN_SECRET",
    ]


def test_a_secret_that_is_no_text_is_refused(course: Path) -> None:
    (course / ".keygen-secret").write_bytes(b"\xff\xfe")
    with pytest.raises(KeygenError, match="cannot be read"):
        course_secret()


def test_the_key_is_the_standard_hmac_of_the_sheet_under_the_secret() -> None:
    assert sheet_key("осень", "sheet4") == hmac.new("осень".encode(), b"sheet4", hashlib.sha256).hexdigest()
    assert sheet_key("осень", "sheet4") == "0490378e2bc2dde1583f2a3f06092a40fc7c5415a306da303728225f3b011be7"


def test_every_sheet_and_every_secret_has_its_own_key() -> None:
    keys = {sheet_key(secret, sheet) for secret in ("a", "b", None) for sheet in ("sheet4", "sheet8")}
    assert len(keys) == 5  # without a secret, all sheets have the public one


def test_without_a_secret_the_key_says_that_it_is_public() -> None:
    assert sheet_key(None, "sheet4") == "public"


def test_a_fingerprint_tells_keys_apart_and_is_no_part_of_them() -> None:
    keys = [sheet_key(secret, "sheet4") for secret in ("a", "b", None)]
    marks = [fingerprint(key) for key in keys]
    assert len(set(marks)) == 3
    for key, mark in zip(keys, marks, strict=True):
        assert len(mark) == 16
        assert mark not in key
        assert not hashlib.sha256(key.encode()).hexdigest().startswith(mark)
