r"""The mathematics of a finished page: what stands in its formulas, chains, tables and figures, as TeX will read it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from keygen.document.decimals import unpadded
from keygen.document.tex_parts import TexProblem
from keygen.document.typesetter import EMPTY

MATH = re.compile(r"\\\((.*?)\\\)|\\\[(.*?)\\\]|(?<!\\)\$(.*?)(?<!\\)\$", re.DOTALL)
MACRO = re.compile(r"\\(kgchain|kgtable|kgderivation)(?![A-Za-z])|\\begin\{(kgfigure|verbatim)\}")
LINK = re.compile(r"\\kglink(?![A-Za-z])")
WRAPPING = re.compile(r"\\kgbeside|\\kgitem")
PLACE = re.compile(r"%@ \S+ (.+):(\d+)\n")
ARGUMENTS = {"kgchain": 2, "kgtable": 2, "kgderivation": 1}


@dataclass(frozen=True, slots=True)
class PageFormula:
    """One formula: a chain (its links, with what stands between them), a table, a figure (the labels), a matrix
    derivation, or a formula alone; `text` is all of it, `part` where it stands, `file` and `line` the section of
    the template that printed it."""

    kind: str
    text: str
    part: str
    links: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    file: str = ""
    line: int = 0


def pieces(problem: TexProblem) -> Iterator[PageFormula]:
    """Every piece of mathematics of one exercise, as it goes to TeX."""
    yield from pieces_in(problem.title, "title")
    yield from pieces_in(problem.statement, "statement")
    for part in problem.parts:
        yield from pieces_in(part.statement, part.key)
        yield from pieces_in(part.solution, part.key)
    yield from pieces_in(problem.remark, "remark")
    yield from pieces_in(problem.answers, "answers", problem.statement)


def pieces_in(text: str, part: str, near: str = "") -> Iterator[PageFormula]:
    """The pieces of a section, with its place in the template; that of `near` for what no template has."""
    place = PLACE.match(text) or PLACE.match(near)
    for found in mathematics(text, part):
        yield replace(found, file=place[1], line=int(place[2])) if place else found


def mathematics(text: str, part: str) -> Iterator[PageFormula]:
    """The pieces of a text: first what stands in macros of its own, then the formulas that are left."""
    left: list[str] = []
    at = 0
    while macro := MACRO.search(text, at):
        left.append(text[at : macro.start()])
        if name := macro[1]:
            arguments, at = braced(text, macro.end(), ARGUMENTS[name])
            yield piece(name, text[macro.start() : at], arguments, part)
            if name == "kgchain":
                left.append(READ)
        else:
            end = text.index(rf"\end{{{macro[2]}}}", macro.end())
            if macro[2] == "kgfigure":
                labels = tuple(found[3] for found in MATH.finditer(text, macro.end(), end) if found[3] is not None)
                yield PageFormula("figure", text[macro.start() : end].strip(), part, labels)
            at = end + len(rf"\end{{{macro[2]}}}")
    left.append(text[at:])
    for found in MATH.finditer("".join(left)):
        formula = WRAPPING.sub("", found[1] or found[2] or found[3] or "")
        for single in re.split(r"\\allowbreak\\ ", formula):
            bare = single.replace(READ, "").strip(" {},.;\n%")
            if bare and READ not in single:
                yield PageFormula("formula", unwrapped(single), part)


READ = "\x00"  # in the place of a chain that was taken out


def unwrapped(formula: str) -> str:
    """A formula without the braces around it and the mark that closes it."""
    text = formula.strip()
    while text.endswith((",", ".", ";", "{,}")) or (text.startswith("{") and braced(text, 0, 1)[1] == len(text)):
        if text.startswith("{") and braced(text, 0, 1)[1] == len(text):
            text = text[1:-1].strip()
        else:
            text = text.removesuffix("{,}").rstrip(",.; ")
    return text


def bare(text: str) -> str:
    """A formula as it is cut out of a sentence."""
    return text if text.startswith(r"\kg") else unwrapped(text)


def piece(name: str, text: str, arguments: list[str], part: str) -> PageFormula:
    """A macro with its arguments."""
    if name == "kgtable":
        return PageFormula("table", text, part, (arguments[1],))
    if name == "kgderivation":
        return PageFormula("derivation", text, part)
    links, relations = [arguments[0]], []
    for link in LINK.finditer(arguments[1]):
        (relation, body), _ = braced(arguments[1], link.end(), 2)
        links.append(body)
        relations.append(relation)
    return PageFormula("chain", text, part, tuple(links), tuple(relations))


def braced(text: str, at: int, count: int) -> tuple[list[str], int]:
    """So many arguments in braces that begin at a place, and the place behind them."""
    found = []
    for _ in range(count):
        start = at = text.index("{", at) + 1
        depth = 1
        while depth:
            character = text[at]
            if character == "\\":
                at += 1
            else:
                depth += {"{": 1, "}": -1}.get(character, 0)
            at += 1
        found.append(text[start : at - 1])
    return found, at


def cells(body: str) -> list[list[str]]:
    """The cells of a table, row by row, without the room that is left free in them."""
    body = unpadded(body).replace(EMPTY, "")
    return [[cell.strip() for cell in row.replace(r"\hline", "").split("&")] for row in body.split(r" \\ ")]


def related(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sides of a line that is written on end, as in a label, and the relations between them."""
    sides, relations, depth, start = [], [], 0, 0
    for found in re.finditer(r"[{}()\[\]]|(?<= )(?:=|<|>|\\approx|\\le|\\ge)(?= )", text):
        if found[0] in "{([":
            depth += 1
        elif found[0] in "})]":
            depth -= 1
        elif not depth:
            sides.append(text[start : found.start()].strip())
            relations.append(found[0])
            start = found.end()
    return (*sides, text[start:].strip()), tuple(relations)
