"""A formula as it was typed: its syntax tree, and errors that mark the place in it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from fractions import Fraction

from keygen.errors import KeygenError
from keygen.rational import DIGITS, rational

REPAIRS = {"'": "write X.T for the transpose", "^": "write ** for a power"}
OTHERWISE = "write A @ X for a product of matrices, 2*x for one with a number"

LENGTH, DEPTH, NAME, EXPONENT = 2000, 100, 30, 1000
"""What a formula may be: characters, signs within each other, characters of a name, the largest exponent. Beyond, a
derivation would take minutes, and nobody could read it."""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a formula, on one line."""

    text: str

    def tree(self) -> ast.expr:
        """The syntax tree, by Python's parser. Raises KeygenError where it does not parse."""
        if len(self.text) > LENGTH:
            raise KeygenError(
                "a formula that is too long", expected=f"at most {LENGTH} characters",
                found=f"{len(self.text)} of them", repair="differentiate its terms one by one",
            )  # fmt: skip
        if digits := re.search(rf"\d{{{DIGITS + 1},}}", self.text):
            raise self.marked(*digits.span(), f"a number of more than {DIGITS} digits")
        try:
            tree = ast.parse(self.text, mode="eval").body
        except (RecursionError, MemoryError) as error:
            raise self.nested() from error
        except ValueError as error:  # a zero byte, half a character
            raise KeygenError("a formula that cannot be read: it holds characters that are none") from error
        except SyntaxError as error:
            start = max(0, min((error.offset or 1) - 1, len(self.text)))
            what = error.msg.partition(". ")[0]  # Python goes on to guess at a comma where a product lacks its sign
            otherwise = OTHERWISE if what.startswith("invalid syntax") else None
            repair = next((repair for sign, repair in REPAIRS.items() if sign in self.text), otherwise)
            raise self.marked(start, start + 1, f"a formula that cannot be read: {what}", repair=repair) from error
        self.limit(tree)
        return tree

    def limit(self, tree: ast.expr) -> None:
        """Raise KeygenError for a tree of more levels than the rules go down, and for a name nobody could read."""
        level: list[ast.AST] = [tree]
        for _ in range(DEPTH):
            level = [child for node in level for child in ast.iter_child_nodes(node)]
            for node in level:
                if isinstance(node, ast.Name) and len(node.id) > NAME:
                    raise self.fault(node, f"a name of more than {NAME} characters", repair="take a shorter one")
            if not level:
                return
        raise self.nested()

    def nested(self) -> KeygenError:
        """The error for too many levels."""
        return KeygenError(
            "a formula that is nested too deeply, or a sum of too many terms", source=self.text[:80],
            expected=f"at most {DEPTH} signs within each other", repair="differentiate its parts one by one",
        )  # fmt: skip

    def value(self, node: ast.expr) -> Fraction:
        """The number that a literal is: digits, a sign, a quotient. Raises KeygenError for one that is none."""
        match node:
            case ast.Constant():
                try:
                    return rational(self.of(node) if isinstance(node.value, float) else str(node.value))
                except ValueError as error:
                    raise self.fault(node, f"a number that cannot be taken: {error}") from error
            case ast.UnaryOp(ast.USub(), operand):
                return -self.value(operand)
            case ast.BinOp(left, _, right):
                above, below = self.value(left), self.value(right)
                if not below:
                    raise self.fault(node, "a division by zero")
                return above / below
        raise TypeError(f"no number is written as {type(node).__name__}")

    def exponent(self, node: ast.expr) -> None:
        """Raise KeygenError for an exponent to which no power could be checked."""
        exact = self.value(node)
        if max(abs(exact.numerator), exact.denominator) > EXPONENT:
            raise self.fault(node, "an exponent that is too large", expected=f"at most {EXPONENT}")

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
        return KeygenError(what, source=f"{self.text}\n{carets}", **rest)  # type: ignore[arg-type]  # its words only
