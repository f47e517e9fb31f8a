"""The graders' table as a person reads it: the page's figures, decimal separator and letters of parts."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from string import ascii_lowercase
from typing import Any

from keygen.builds.key_csv import Column, Row, best, spreadsheet
from keygen.course.languages import Language
from keygen.mathematics.answers import Answer
from keygen.mathematics.number_format import Policy, digits
from keygen.mathematics.text_boxes import grid, raised

RATIONAL = re.compile(r"-?\d+(/[1-9]\d*)?")


def key_page(rows: Iterable[Row], language: Language, policy: Policy) -> bytes:
    """The file of `key_csv` with the same rows and columns, for whoever marks by hand.

    `policy` is that of the page in this language. The parts in the header have the language's letters. A number has
    the page's figures; matrices have a line for each row; of a witness there is a right one, and on the line below the
    condition that all right ones fulfil. An expression has no bracket that it can do without, and the page's signs.
    Formulas of matrices, words, true and false stand as in key.csv.
    """

    def head(column: Column) -> str:
        number, part, name = column
        return f"{number}.{printed_letter(part, language.letters)}.{name}"

    return spreadsheet(rows, head, PageCells(policy).written)


def printed_letter(part: str, letters: str) -> str:
    """The letter that a page prints for a part, which JSON and key.csv call a, b, c ..."""
    place = ascii_lowercase.find(part) if len(part) == 1 else -1
    return letters[place] if 0 <= place < len(letters) else part


@dataclass(frozen=True, slots=True)
class PageCells:
    """Cells in the figures of a page; `policy` has its decimal separator."""

    policy: Policy

    @property
    def separator(self) -> str:
        """What stands between numbers."""
        return "; " if self.policy.point == "," else ", "

    def written(self, answer: Answer) -> str:
        """One answer as the text of a cell, which may have several lines."""
        if answer.page is not None:
            return laid_out(answer.type, self.each(answer.page, self.figures), self.listed)
        if answer.type == "expression" and isinstance(answer.exact, str):
            return bare(answer.exact)
        said = self.each(best(answer.exact, best(answer.float, answer.decimal)), self.item)
        condition = answer.beside.get("condition")
        return laid_out(answer.type, said, self.listed) + (f"\n{condition}" if condition else "")

    def each(self, value: Any, how: Callable[[Any], str]) -> Any:
        """Every single value of an answer in words, in the lists and tables where it stands."""
        if isinstance(value, list):
            return [self.each(item, how) for item in value]
        if isinstance(value, dict):
            return {name: self.each(item, how) for name, item in value.items()}
        return how(value)

    def figures(self, plain: str) -> str:
        """`Digits.plain` as a page has it: 3,857·10⁻²², 3√10/4"""
        text = re.sub(r"e(-?\d+)", r"·10**\1", plain).replace("sqrt(", "√(")
        text = re.sub(r"\*\*(-?\d+)", lambda power: raised(power[1]), text)
        text = re.sub(r"√\((\d+)\)", r"√\1", text.replace("*√", "√").replace("*", "·"))
        return text.replace(".", self.policy.point)

    def item(self, value: Any) -> str:
        """A value for which an answer has no figures of the page: a number gets its own, anything else is as it is."""
        if value is None:
            return "—"
        if isinstance(value, bool):
            return str(value).lower()
        text = str(value)
        if RATIONAL.fullmatch(text):
            return self.figures(digits(Fraction(text), self.policy).plain)
        return text.replace(".", self.policy.point) if isinstance(value, float) else text

    def listed(self, items: Sequence[str]) -> str:
        """Several on one line."""
        return self.separator.join(items)


def bare(expression: str) -> str:
    """An expression of Python without the brackets that it can do without, and with signs of a page: -w · x², 1 / 2; as
    it is where Python does not read it."""
    try:
        text = ast.unparse(ast.parse(expression, mode="eval"))
    except SyntaxError:
        return expression
    text = re.sub(r" \*\* (\d+)(?![\d.])", lambda power: raised(power[1]), text)
    return text.replace(" ** ", "^").replace(" * ", " · ")


def laid_out(kind: str, said: Any, listed: Callable[[Sequence[str]], str]) -> str:
    """An answer of a type whose single values are written."""
    match kind, said:
        case "edges", list():
            return "\n".join(f"{start} → {end}: {weight}" for start, end, weight in said)
        case "shape", list():
            return " × ".join(said) or "1"
        case "set", list():
            return f"{{{listed(said)}}}"
        case "table", {"head": head, "rows": rows}:
            return "\n".join(" | ".join(row) for row in (head, *rows))
        case "matrices", list():
            return "\n\n".join(laid_out("matrix", one, listed) for one in said)
        case "shapes", Mapping():
            return "\n".join(f"{name}: {laid_out('shape', shape, listed)}" for name, shape in said.items())
        case _, Mapping():
            return "\n".join(equation(name, laid_out("", one, listed)) for name, one in said.items())
        case _, [list(), *_]:
            return "\n".join(grid(said).lines)
        case _, list():
            return f"({listed(said)})"
    return str(said)


def equation(name: str, text: str) -> str:
    """A name and what it is; what takes several lines begins below it."""
    return f"{name} =\n{text}" if "\n" in text else f"{name} = {text}"
