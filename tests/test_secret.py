"""The course's secret: where it comes from, and what is derived from it."""

from __future__ import annotations

import hashlib
import hmac
import re
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from keygen.cli import main
from keygen.course.secret import course_secret, fingerprint, name_of_key, required_secret, sheet_key, weaknesses
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


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_an_empty_variable_is_refused_whether_there_is_a_file_or_not(
    course: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("KEYGEN_SECRET", text)
    for _ in range(2):
        with pytest.raises(KeygenError) as caught:
            course_secret()
        assert str(caught.value).splitlines() == [
            "the course secret is empty: KEYGEN_SECRET is set and says nothing",
            "  expected: one long line that nobody guesses",
            "  mend:     give KEYGEN_SECRET the secret, or unset it",
        ]
        (course / ".keygen-secret").write_text("file")


def test_an_empty_file_is_refused(course: Path) -> None:
    (course / ".keygen-secret").write_text(" \n")
    with pytest.raises(KeygenError) as caught:
        course_secret()
    assert str(caught.value).splitlines() == [
        "the course secret is empty",
        "  at:       .keygen-secret",
        "  expected: one long line that nobody guesses",
        "  mend:     remove it, and make one by `keygen secret`",
    ]


def test_a_secret_that_cannot_be_read_is_refused(course: Path) -> None:
    (course / ".keygen-secret").mkdir()
    with pytest.raises(KeygenError) as caught:
        course_secret()
    assert str(caught.value).splitlines() == [
        "the course secret is a folder",
        "  at:       .keygen-secret",
        "  expected: a file",
        "  mend:     put a file in its place, or remove it",
    ]


def test_a_link_that_leads_nowhere_is_refused(course: Path) -> None:
    (course / ".keygen-secret").symlink_to("gone")
    with pytest.raises(KeygenError) as caught:
        course_secret()
    assert str(caught.value).splitlines()[0] == "the course secret cannot be read"
    assert "  found:    a link to gone" in str(caught.value)


def test_a_secret_that_students_need_and_is_not_there_is_told_with_both_ways_out() -> None:
    with pytest.raises(KeygenError) as caught:
        required_secret()
    assert "keygen secret" in str(caught.value)
    assert "--public" in str(caught.value)


def test_a_short_secret_and_one_that_others_can_read_are_weak(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(weaknesses()) == []
    file = course / ".keygen-secret"
    file.write_text("x" * 15)
    file.chmod(0o640)
    short, readable = weaknesses()
    assert "only 15 characters" in short
    assert "chmod 600 .keygen-secret" in readable
    file.write_text("x" * 16)
    file.chmod(0o600)
    assert list(weaknesses()) == []
    file.chmod(0o604)
    monkeypatch.setenv("KEYGEN_SECRET", "y" * 16)
    assert list(weaknesses()) == []


def test_a_secret_is_made_once_for_its_owner_alone(course: Path) -> None:
    file = course / ".keygen-secret"
    made = CliRunner().invoke(main, ["secret"])
    assert (made.exit_code, made.stdout) == (0, ".keygen-secret\n")
    assert re.fullmatch(r"[0-9a-f]{64}\n", file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().strip() not in made.output
    before = file.read_bytes()
    again = CliRunner().invoke(main, ["secret"])
    assert again.exit_code == 1
    assert "there is a course secret already" in again.stderr
    assert file.read_bytes() == before
    assert list(weaknesses()) == []


def test_a_new_secret_is_written_over_no_link(course: Path) -> None:
    (course / ".keygen-secret").symlink_to("elsewhere")
    assert CliRunner().invoke(main, ["secret"]).exit_code == 1
    assert not (course / "elsewhere").exists()


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


def test_scripts_are_told_a_fingerprint_or_public() -> None:
    assert name_of_key("public") == "public"
    assert name_of_key(sheet_key("a", "sheet4")) == fingerprint(sheet_key("a", "sheet4"))
