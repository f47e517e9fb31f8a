"""A formula as it was typed: its syntax tree, and errors that mark the place in it."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from keygen.errors import KeygenError

INDENT = " " * 12
"""Where KeygenError puts the text of a row, so that the carets stand under the formula."""

REPAIRS = {"'": "write X.T for the transpose", "^": "write ** for a power"}
OTHERWISE = "write A @ X for a product of matrices, 2*x for one with a number"


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a formula, on one line."""

    text: str

    def tree(self) -> ast.expr:
        """The syntax tree, by Python's parser. Raises KeygenError where it does not parse."""
        try:
            return ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            start = max(0, min((error.offset or 1) - 1, len(self.text)))
            what = error.msg.partition(". ")[0]  # Python goes on to guess at a comma where a product lacks its sign
            otherwise = OTHERWISE if what.startswith("invalid syntax") else None
            repair = next((repair for sign, repair in REPAIRS.items() if sign in self.text), otherwise)
            raise self.marked(start, start + 1, f"a formula that cannot be read: {what}", repair=repair) from error

    def of(self, node: ast.expr) -> str:
        """The text of a node."""
        return ast.get_source_segment(self.text, node) or self.text

    def fault(self, node: ast.expr, what: str, **rest: str | None) -> KeygenError:
        """An error that marks the text of a node."""
        line = self.text.encode()  # the tree counts bytes
        start = len(line[: node.col_offset].decode())
        return self.marked(start, start + len(self.of(node)), what, **rest)

    def marked(self, start: int, end: int, what: str, **rest: str | None) -> KeygenError:
        """An error with carets under a stretch of the formula."""
        carets = " " * start + "^" * max(1, end - start)
        return KeygenError(what, source=f"{self.text}\n{INDENT}{carets}", **rest)  # type: ignore[arg-type]  # its words only
