"""Which letters a page's TeX uses, and which it introduces: a letter that stands alone among words, the left side of an
equality, the space that a letter is from, a figure and a table say what their letters are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

GREEK = re.compile(
    r"alpha|beta|gamma|delta|varepsilon|epsilon|zeta|eta|theta|kappa|lambda|mu|nu|xi|pi|rho|sigma|tau|varphi|phi|chi|psi"
    r"|ell|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Phi|Psi|Omega"
)
COMMON = {"d", "T", "e", "i", "j", r"\pi"}
"""The differential, the sign of transposition (which comes as \\top), Euler's number, indices of sums, pi."""

NO_LETTERS = re.compile(
    r"\\(?:operatorname|mathrm|text|mathcal|mathbb|begin|end|color|mbox)\*?\{[^{}]*\}|\d(?:mm|pt|em)"
)
INDEXED_SUM = re.compile(r"\\sum_\{[^{}]*\}")
LETTER = re.compile(r"\\([A-Za-z]+)|([A-Za-z])")
NESTED = r"(?:[^{}]|\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\})*"
LEFT_SIDE = re.compile(rf"\\kgchain\{{({NESTED})\}}")
NO_DEFINITION = re.compile(r"\\partial|\\lim|\\nabla")
MARKS = re.compile(r"[_^](?:\{[^{}]*\}|.)")
FORMULA = re.compile(
    r"\\\((?P<inline>.*?)\\\)|\\\[(?P<display>.*?)\\\]|\$(?P<figure>.*?)\$"
    r"|\\kgderivation\{%\n(?P<rows>.*?\n)(?=[^\\]|\\kglaw)|\\kgtable\{[^{}]*\}\{(?P<table>[^\n]*)\}\n",
    re.S,
)
SECTION = re.compile(r"(?m)^\([a-z]\)$|^-- solution --$|^-- remark --$")


def letters(tex: str) -> set[str]:
    """The letters of a formula, without accents, indices among them; functions with a name of several letters are
    none."""
    tex = INDEXED_SUM.sub(" ", NO_LETTERS.sub(" ", tex))
    found = (m[2] or (f"\\{m[1]}" if m[1] and GREEK.fullmatch(m[1]) else "") for m in LETTER.finditer(tex))
    return {letter for letter in found if letter}


class Formula(NamedTuple):
    """A formula, the letters that it uses and those that it introduces."""

    tex: str
    used: set[str]
    introduced: set[str]


def formulas(tex: str) -> Iterator[Formula]:
    """The formulas of a section in their order."""
    for found in FORMULA.finditer(tex):
        kind, body = str(found.lastgroup), found[str(found.lastgroup)]
        if kind == "rows":  # a row's last argument is the name of a law, in words
            body = " ".join(row.rsplit("}{", 1)[0] for row in body.replace("}}\n", "}\n").splitlines())
        used = letters(body)
        yield Formula(body, used, used if kind in ("figure", "table") else introduced(body, kind))


def introduced(body: str, kind: str) -> set[str]:
    """The letters that a formula among words, or on a line of its own, introduces."""
    if r"\in" in body:
        return letters(body)
    sides = [side for side in LEFT_SIDE.findall(body) if not NO_DEFINITION.search(side)]
    found = set().union(*map(letters, sides)) if sides else set()
    if kind == "inline" and "=" not in body and not re.search(r"[+*/]|\d", bare := MARKS.sub("", body)):
        pieces = [letters(piece) for piece in bare.split(",")]
        if all(len(piece) == 1 for piece in pieces):
            found |= letters(body)
    return found


def unexplained(page: str, known: set[str]) -> dict[str, str]:
    """The letters of a page that are used in a section before the section or one above it introduces them, each with
    the formula. `known` are those of conventions."""
    known = known | COMMON
    found: dict[str, str] = {}
    for section in SECTION.split(page):
        here = list(formulas(section))
        new = set().union(*(formula.introduced for formula in here)) if here else set()
        for formula in here:
            for letter in formula.used - known - new:
                found.setdefault(letter, formula.tex.strip())
        known = known | new | set(found)
    return found
