"""Files of words as people save them: UTF-8, with a byte order mark or without. Anything else is told at its line."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from keygen.errors import KeygenError, line_where

MARK = b"\xef\xbb\xbf"


def text_of(path: Path, what: str) -> str:
    """The words of a file of a course, `what` it is for the error.

    Raises KeygenError for what is no file (a folder, a pipe), cannot be read, or is not UTF-8.
    """
    require_file(path, what)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KeygenError(
            f"{what} cannot be read", file=path, found=error.strerror or str(error), repair="see that you may read it"
        ) from error  # fmt: skip
    return decoded(path, data, what)


def require_file(path: Path, what: str) -> None:
    """Raise KeygenError for a folder, a pipe or a device where a file should be: reading it could last for ever."""
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "no file of words"
        raise KeygenError(
            f"{what} is {kind}", file=path, expected="a file", repair="put a file in its place, or remove it"
        )


def decoded(path: Path, data: bytes, what: str, repair: str = "save it as UTF-8") -> str:
    """The words that the bytes of a file are. Raises KeygenError for bytes that are none, at their line."""
    try:
        bad, text = data.find(b"\0"), data.decode("utf-8-sig")
        found = "a zero byte"
    except UnicodeDecodeError as error:
        bad, text = error.start + data.startswith(MARK) * len(MARK), ""
        found = "UTF-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else f"the byte 0x{data[bad]:02X}"
    if bad < 0:
        return text
    before = data[:bad].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    raise KeygenError(
        f"{what} is not UTF-8", file=path, line=before.count(b"\n") + 1, found=found,
        expected="text in UTF-8, with a byte order mark or without", repair=repair,
    )  # fmt: skip


def toml_of(file: Path, text: str, what: str) -> dict[str, Any]:
    """The tables of a file's text. Raises KeygenError for what is not TOML, at the line the parser stopped at."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise broken_toml(file, text, what, str(error)) from error
    except ValueError as error:  # a number with more digits than Python turns into one
        raise KeygenError(
            f"{what} has a number that is too long", **line_where(file, r"\d{4300}"), repair="shorten it"
        ) from error
    except RecursionError as error:
        raise KeygenError(
            f"{what} has lists that are nested too deeply", **line_where(file, r"(?:\[\s*){9}|(?:\{.*){9}")
        ) from error


def broken_toml(file: Path, text: str, what: str, message: str) -> KeygenError:
    """A file that is not TOML, at the line the parser stopped at."""
    place = re.search(r"at line (\d+)", message)
    lines = text.splitlines()
    line = int(place[1]) if place else len(lines) if "end of document" in message else None
    source = lines[line - 1] if line and line <= len(lines) else None
    fault = re.sub(r"\s*\(at .*\)", "", message)
    repair = toml_repair(source or "")
    return KeygenError(f"{what} is not valid TOML: {fault}", file=file, line=line, source=source, repair=repair)


ASSIGNED = re.compile(r"\s*(?P<key>[\w.-]+)\s*=\s*(?P<value>[^#]*[^#\s])")
DAY = re.compile(r"\d{1,4}-\d{1,2}-\d{1,4}(?!\S)")


def toml_repair(source: str) -> str | None:
    """What to write in the place of a line that a person takes for TOML."""
    found = ASSIGNED.match(source)
    value = found["value"] if found else ""
    if found is None or value[0] in "\"'[{":
        return None
    if value.lower() in ("true", "false"):
        return f"write it small: {found['key']} = {value.lower()}"
    if DAY.fullmatch(value):
        return "there is no such day, or it is written otherwise: year, month, day, as in 2026-09-07"
    words = value.strip("“”„«»‘’")
    return f'put words in straight quotes: {found["key"]} = "{words}"' if re.match(r"\d*\s*[^\W\d_]", words) else None
