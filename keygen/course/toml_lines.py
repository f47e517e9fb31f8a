"""On which line of a TOML file a key stands, nested as deep as may be: `("exercise", 1, "points")` is the third one's.

`tomllib` tells values and forgets their places. What is read here has gone through it: it is valid TOML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

KeyPath = tuple[str | int, ...]

BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'',
    re.DOTALL,
)
BARE = re.compile(r"[A-Za-z0-9_-]+")
PLAIN = re.compile(r"[^,\]}#\r\n]*")


class KeyLines:
    """A walk through the text of a file that collects the line of every key and of every item of a list."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.lines: dict[KeyPath, int] = {}
        self.lists: dict[KeyPath, int] = {}
        self.document()

    def document(self) -> None:
        """Tables under each other, each with its keys."""
        table: KeyPath = ()
        self.skip()
        while self.at < len(self.text):
            brackets = 2 if self.text.startswith("[[", self.at) else int(self.text[self.at] == "[")
            if brackets:
                here = self.at
                self.at += brackets
                table = self.table(self.keys(), many=brackets == 2, here=here)
                self.skip()
                self.at += brackets
            else:
                self.assignment(table)
            self.skip()

    def table(self, keys: tuple[str, ...], *, many: bool, here: int) -> KeyPath:
        """The path of a table by its header; `[[ ]]` begins the next of its kind."""
        path: KeyPath = ()
        for key in keys[:-1]:
            path = self.last((*path, key))
        path = (*path, keys[-1])
        if not many:
            path = self.last(path)
        else:
            self.lists[path] = self.lists.get(path, -1) + 1
            path = (*path, self.lists[path])
        self.note(path, here)
        return path

    def last(self, path: KeyPath) -> KeyPath:
        """The path itself; of a list of tables, that of its last."""
        return (*path, self.lists[path]) if path in self.lists else path

    def assignment(self, table: KeyPath) -> None:
        """One `key = value`."""
        here = self.at
        path = (*table, *self.keys())
        self.note(path, here)
        self.at += 1  # the sign
        self.skip()
        self.value(path)

    def keys(self) -> tuple[str, ...]:
        """A key and those behind its dots, up to what follows them."""
        found: list[str] = []
        while True:
            self.skip()
            if quoted := STRING.match(self.text, self.at):
                found.append(quoted[0][1:-1])
                self.at = quoted.end()
            elif bare := BARE.match(self.text, self.at):
                found.append(bare[0])
                self.at = bare.end()
            self.skip()
            if self.text[self.at : self.at + 1] != ".":
                return tuple(found)
            self.at += 1

    def value(self, path: KeyPath) -> None:
        """A value and all that is inside it."""
        opening = self.text[self.at]
        if opening in "[{":
            self.at += 1
            place = 0
            self.skip()
            while self.text[self.at] not in "]}":
                if opening == "[":
                    self.note((*path, place), self.at)
                    self.value((*path, place))
                else:
                    self.assignment(path)
                place += 1
                self.skip()
                if self.text[self.at] == ",":
                    self.at += 1
                    self.skip()
            self.at += 1
        elif quoted := STRING.match(self.text, self.at):
            self.at = quoted.end()
        else:
            self.at = PLAIN.match(self.text, self.at).end()  # type: ignore[union-attr]  # matches always

    def skip(self) -> None:
        """To what is no space, new line or comment."""
        self.at = BLANK.match(self.text, self.at).end()  # type: ignore[union-attr]  # matches always

    def note(self, path: KeyPath, at: int) -> None:
        """Where a path is seen first."""
        self.lines.setdefault(path, self.text.count("\n", 0, at) + 1)


@lru_cache(maxsize=8)
def key_lines(text: str) -> Mapping[KeyPath, int]:
    """The 1-based line of every key of a valid TOML text, and of every item of a list, by its path."""
    return KeyLines(text).lines


def where_key(file: Path, *path: str | int) -> dict[str, Any]:
    """File, number and text of the line of a key of a valid TOML file, or of what it stands in; the file alone where
    that stands nowhere. For `KeygenError(..., **where_key(file, "exercise", 0, "points"))`."""
    text = file.read_text(encoding="utf-8-sig", errors="replace")
    found = key_lines(text)
    for length in range(len(path), 0, -1):
        if (line := found.get(path[:length])) is not None:
            return {"file": file, "line": line, "source": text.split("\n")[line - 1].rstrip("\r")}
    return {"file": file}
