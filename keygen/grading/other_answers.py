"""Answers that are neither numbers nor formulas: truth values, choices, lists, sets, tables, edges, witnesses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from keygen.certify.condition import satisfied
from keygen.errors import KeygenError
from keygen.grading.arrays import enclosed, split
from keygen.grading.numbers import read_number
from keygen.grading.typed_text import UnreadableError, plain, unnamed
from keygen.mathematics.answers import Answer

Judge = Callable[[str, Answer, Mapping[str, Any]], bool]
TRUE = frozenset({"true", "yes", "y", "1", "+", "t", "да", "д", "верно", "истина"})
FALSE = frozenset({"false", "no", "n", "0", "-", "f", "нет", "н", "неверно", "ложь"})
NO_LINE = frozenset({"none", "null", "nothing", "impossible", "no", "нет", "не существует", "невозможно", "-", "{}"})
BETWEEN = re.compile(r"\s*(?:[x×хX,;*·]|by|на)\s*|\s+")
ASSIGNED = re.compile(r"\s*([^\W\d]\w*)\s*[=:]\s*")
MOST = 2000
"""Characters of a witness or a table that is read."""


def right(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """Whether a cell says an answer; `given` has the exact data of the exercise. Raises UnreadableError for what
    cannot be read."""
    return JUDGES[answer.type](cell.strip(), answer, given)


def folded(text: str) -> str:
    """Words as they are compared."""
    return " ".join(plain(text).casefold().strip(".! '").split())


def truth(text: str) -> bool:
    """Whether something is so."""
    said = folded(text) or plain(text)
    if said in TRUE | FALSE:
        return said in TRUE
    raise UnreadableError(f"{text[:40]!r} is neither yes nor no")


def boolean(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """yes, no"""
    return truth(cell) is answer.exact


def choice(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """One of the options, or the list of words that is right."""
    if isinstance(answer.exact, list):
        return [folded(str(one)) for one in answer.exact] == [folded(str(one)) for one in listed(cell)]
    if "options" not in answer.beside:
        return folded(cell) == folded(str(answer.exact))
    options = {folded(str(option)): option for option in answer.beside["options"]}
    if folded(cell) not in options:
        raise UnreadableError(f"{cell[:40]!r} is none of the options")
    return bool(options[folded(cell)] == answer.exact)


def listed(cell: str) -> list[Any]:
    """The items of a list, in JSON or between commas."""
    found = in_json(cell)
    if isinstance(found, list):
        return found
    text = unnamed(plain(cell))
    while (inside := enclosed(text)) is not None:
        text = inside.strip()
    for separator in (";", ",", " "):
        if len(items := split(text, separator)) > 1:
            return items
    return [text] if text else []


def in_json(cell: str) -> Any:
    """What a cell says in JSON; None where it is none, or too long."""
    if len(cell) > MOST or cell[:1] not in "[{":
        return None
    try:
        return json.loads(cell)
    except (ValueError, RecursionError):
        return None


def item(value: Any) -> Any:
    """An item of a list as it is compared: a number exactly, a truth value, a word."""
    if isinstance(value, bool) or value is None:
        return value
    text = str(value)
    try:
        return read_number(plain(text)).value
    except UnreadableError:
        return folded(text)


def alike(one: Any, other: Any) -> bool:
    """Whether two items say one thing; a truth value may be a word."""
    if isinstance(one, bool) or isinstance(other, bool):
        return truth(str(one)) is truth(str(other))
    return bool(item(one) == item(other))


def sequence(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """Items in their order."""
    items = listed(cell)
    return len(items) == len(answer.exact) and all(map(alike, items, answer.exact))


def set_answer(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """Items in any order."""
    items, rest = listed(cell), list(answer.exact)
    for one in items:
        found = next((other for other in rest if alike(one, other)), None)
        if found is None:
            return False
        rest.remove(found)
    return not rest


def shape(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """(64, 36), 64 x 36"""
    return lengths(cell) == [str(length) for length in answer.exact]


def lengths(cell: str) -> list[str]:
    """The lengths of the axes of one array."""
    text = unnamed(plain(cell)).strip("()[]{} ,")
    found = [one for one in BETWEEN.split(text) if one]
    if not found or not all(one.isalnum() for one in found):
        raise UnreadableError(f"{cell[:40]!r} is no shape")
    return found


def shapes(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """X: 64 x 36; W: 36 x 300"""
    found = in_json(cell)
    if isinstance(found, dict):
        if not all(isinstance(each, list) for each in found.values()):
            raise no_shapes()
        said = {name: [str(one) for one in each] for name, each in found.items()}
    else:
        pieces = split(plain(cell).strip("{} "), ";\n") if ";" in cell or "\n" in cell else by_name(plain(cell))
        marks = [ASSIGNED.match(piece) for piece in pieces]
        if None in marks or not marks:
            raise no_shapes()
        said = {mark[1]: lengths(piece[mark.end() :]) for mark, piece in zip(marks, pieces, strict=True) if mark}
    return said == {name: [str(length) for length in each] for name, each in answer.exact.items()}


def no_shapes() -> UnreadableError:
    """What is said of a text that gives no shapes by name."""
    return UnreadableError("shapes are written X: 2 x 3; W: 3 x 4")


def by_name(text: str) -> list[str]:
    """A text cut where a name with its = or : begins."""
    text = text.strip("{} ")
    starts = [found.start() for found in re.finditer(r"[^\W\d]\w*\s*[=:]", text)]
    return [text[a:b].strip(" ,") for a, b in zip(starts, [*starts, len(text)][1:], strict=True)]


def table(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """Rows of cells, without the head or under it."""
    found = in_json(cell)
    rows = found.get("rows") if isinstance(found, dict) else found
    if rows is None:
        rows = [listed(line) for line in re.split(r"[;\n]", plain(cell)) if line.strip()]
    if rows and all(map(alike_or_not, rows[0], answer.exact["head"])) and len(rows) > len(answer.exact["rows"]):
        rows = rows[1:]
    return same_rows(rows, answer.exact["rows"])


def alike_or_not(one: Any, other: Any) -> bool:
    """Whether two items say one thing, where they may be of different kinds."""
    try:
        return alike(one, other)
    except UnreadableError:
        return False


def same_rows(rows: Any, wanted: list[list[Any]]) -> bool:
    """Whether rows of items are these."""
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise UnreadableError("a table is rows of cells")
    return len(rows) == len(wanted) and all(
        len(row) == len(other) and all(map(alike_or_not, row, other)) for row, other in zip(rows, wanted, strict=True)
    )


def edges(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """Edges in any order: [["x1", "h1", "2"], ...], or x1 -> h1: 2; ..."""
    found = in_json(cell)
    if found is None:
        pieces = [piece for piece in re.split(r"[;\n]", plain(cell)) if piece.strip()]
        found = [[one for one in re.split(r"\s*(?:->|→|:|,|=|\s)\s*", piece.strip("()[] ")) if one] for piece in pieces]
    if not isinstance(found, list) or not all(isinstance(row, list) and len(row) == 3 for row in found):
        raise UnreadableError("edges are written x1 -> h1: 2; x2 -> h1: -1")
    return same_rows(sorted(found, key=ends), sorted(answer.exact, key=ends))


def ends(edge: list[Any]) -> tuple[str, str]:
    """From where to where an edge goes."""
    return str(edge[0]), str(edge[1])


def witness(cell: str, answer: Answer, given: Mapping[str, Any]) -> bool:
    """Numbers that fulfil the condition: {"w": ["1", "1"], "b": "-3/2"}, or w1 = 1, b = -3/2; none where there is
    none."""
    if answer.exact is None:
        return folded(cell) in NO_LINE
    if folded(cell) in NO_LINE:
        return False
    found = in_json(cell)
    if found is None:
        pieces = by_name(plain(cell))
        marks = [ASSIGNED.match(piece) for piece in pieces]
        found = {mark[1]: nested(piece[mark.end() :]) for mark, piece in zip(marks, pieces, strict=True) if mark}
    if not isinstance(found, dict) or set(found) != set(answer.exact):
        raise UnreadableError("numbers are wanted for " + ", ".join(answer.exact))
    try:
        exact = {name: exactly(one, answer.exact[name]) for name, one in found.items()}
        return satisfied(answer.beside["condition"], {**given, **exact})
    except KeygenError as error:
        raise UnreadableError("the numbers have other shapes than the network") from error


def nested(text: str) -> Any:
    """Numbers in brackets as nested lists."""
    inside = enclosed(text.strip())
    if inside is None:
        return text.strip()
    items = split(inside, ";") if ";" in inside else split(inside, ",")
    return [nested(one if one[:1] in "([{" or ";" not in inside else f"[{one}]") for one in items]


def exactly(value: Any, like: Any) -> Any:
    """Numbers that were typed, as exact texts in the nesting of the answer's own. Raises UnreadableError for others."""
    if isinstance(value, list) != isinstance(like, list):
        raise UnreadableError("the numbers have other shapes than the network")
    if isinstance(value, list):
        if len(value) != len(like):
            raise UnreadableError("the numbers have other shapes than the network")
        return [exactly(one, other) for one, other in zip(value, like, strict=True)]
    number = read_number(plain(str(value)).replace(",", ".")).value
    if not isinstance(number, Fraction):
        raise UnreadableError("a number that is no fraction")
    return str(number)


JUDGES: Mapping[str, Judge] = {
    "boolean": boolean, "choice": choice, "sequence": sequence, "set": set_answer, "shape": shape, "shapes": shapes,
    "table": table, "edges": edges, "witness": witness, "matrices": sequence,
}  # fmt: skip
