"""Matrix formulas of a page: every printed side is spoken in Python and evaluated before the page gets it; the finished
TeX is read back by a grammar that shares nothing with the printer, where a deep check asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

from keygen.differentials.evaluate import Point, evaluate
from keygen.differentials.expression import Differential, Expression, Product, SampleSum, Symbol, Trace, Transpose
from keygen.differentials.points import moving_in, points_of_both_signs
from keygen.differentials.reading.back import Readback, misread
from keygen.differentials.reading.items import Names
from keygen.differentials.reading.tex import groups
from keygen.differentials.shapes import Shape, sized
from keygen.differentials.spoken import Place, free_indices, places, require_spoken
from keygen.differentials.verify import close

SEED = 2  # other points than those at which the lines were made and certified
KEPT = 1024  # forms come back from variant to variant

Sides = tuple[Expression, ...]

RELATION = re.compile(r"(?<![<>])=|\\approx|\\leftarrow")
BRACE = re.compile(r"\\underbrace\{(.*)\}_\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
GRADIENT = re.compile(r"\\nabla_\{\\!(?P<wrt>.+?)\} (?P<f>[A-Za-z]|\\[A-Za-z]+)")
LEFT: Mapping[str, re.Pattern[str]] = {
    "function": re.compile(r"(?P<f>.+?)\((?P<wrt>.+)\)"),
    "differential": re.compile(r"\\mathrm\{d\}(?P<f>.+)"),
    "gradient": re.compile(r"\\nabla_\{\\!(?P<wrt>.+)\} (?P<f>.+)"),
    "jacobian": re.compile(r"J_\{(?P<f>.+)\}"),
    "hessian": re.compile(r"\\nabla\^\{2\} (?P<f>.+)"),
    "optimum": re.compile(r"\\hat\{(?P<wrt>.+)\}"),
    "step": re.compile(r"(?P<wrt>.+)"),
}


@lru_cache(maxsize=KEPT)
def somewhere(about: Sides, moving: tuple[Symbol, ...]) -> tuple[Point, ...]:
    """Points at which some formulas have values, of different sizes: at n = 2 alone n/2 would be 2/n."""
    return points_of_both_signs([sampled(e) for e in about], moving, seed=SEED)


@lru_cache(maxsize=KEPT)
def spoken_at(about: Sides, moving: tuple[Symbol, ...]) -> tuple[Place, ...]:
    """The same points with what Python calls the letters there."""
    return places(somewhere(about, moving))


def sampled(e: Expression) -> Expression:
    """The formula itself, or the sum of what is said of one member of a sample."""
    free = sorted(free_indices(e))
    return SampleSum(e, free[0], 2) if free else e


@lru_cache(maxsize=KEPT)
def require_said(sides: Sides, about: Sides, moving: tuple[Symbol, ...]) -> None:
    """Raise KeygenError unless sides, under the brackets that a page puts, have the values of what they are written
    from."""
    at = spoken_at(about, moving)
    for e in sides:
        require_spoken(e, at)


@lru_cache(maxsize=KEPT)
def require_chain(sides: Sides, about: Sides, moving: tuple[Symbol, ...]) -> None:
    """Raise KeygenError unless sides that are said to be equal are so."""
    at = somewhere(about, moving)
    for one, other in pairwise(sides):
        agree(f"{one} = {other}", one, other, at)


@lru_cache(maxsize=KEPT)
def require(text: str, e: Expression, moving: tuple[Symbol, ...] | None = None) -> None:
    """Raise KeygenError unless a formula says what it was written from. `moving`: else what stands in a d."""
    Readback("tex", somewhere((e,), moving_in([e]) if moving is None else moving)).require(text, e)


def split(text: str) -> Iterator[str]:
    """The sides of a line, apart at the relations outside braces and brackets."""
    depth, start = 0, 0
    for place, character in enumerate(text):
        depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(character, 0)
        found = None if depth else RELATION.match(text, place)
        if found:
            yield text[start:place]
            start = found.end()
    yield text[start:]


@lru_cache(maxsize=KEPT)
def require_rows(
    text: str, rows: tuple[Sides, ...], about: Sides, moving: tuple[Symbol, ...], named: Names, solved: bool
) -> None:
    """Raise KeygenError unless every printed side of a derivation says what it was written from.

    text    rows of \\kgrow{left}{= right}{remark}
    rows    what the printed sides of each row were written from
    about   what must have values at the points
    named   the letter by which the first left side calls its function, and what that is; none: it is written out
    solved  the sides of the rows are equal only at the solution
    """
    at = Readback("tex", somewhere(about, moving))
    printed = [groups(text, place.end(), 3) for place in re.finditer(r"\\kgrow(?=\{)", text)]
    if len(printed) != len(rows):
        raise misread(text, f"{len(rows)} lines", f"{len(printed)} lines")
    before: Expression | None = None
    for (left, right, _), sides in zip(printed, rows, strict=True):
        shown = [side for side in (left, *split(right.removeprefix("{}"))) if side]
        if len(shown) != len(sides):
            raise misread(left + right, " = ".join(map(str, sides)), f"{len(shown)} sides")
        for side, e in zip(shown, sides, strict=True):
            (Readback("tex", at.points, named, alone=True) if named and side is left else at).require(side, e)
        related = sides if before is None else (before, *sides)
        if not solved and r"\approx" not in right:
            for one, other in pairwise(related):
                agree(right, one, other, at.points)
        before = sides[-1]


def agree(text: str, one: Expression, other: Expression, at: Sequence[Point]) -> None:
    """Raise KeygenError unless two sides that are said to be equal are so."""
    for point in at:
        if not close(evaluate(one, point), evaluate(other, point)):
            raise misread(text, str(one), str(other))


@lru_cache(maxsize=KEPT)
def require_result(text: str, kind: str, name: str, value: Expression, variables: tuple[Symbol, ...]) -> None:
    """Raise KeygenError unless f(X) = ..., the gradient and so on say what they were written from."""
    left, link = groups(text, len(r"\kgchain"), 2)
    relation, right = groups(link, len(r"\kglink"), 2)
    if relation != (r"\leftarrow" if kind == "step" else "="):
        raise misread(text, "an equality", relation)
    at = Readback("tex", somewhere((value,), moving_in([value])))
    if found := BRACE.fullmatch(right):
        right = found[1]
        require_lengths(found[2], value.shape, at)
    at.require(right, value)
    found = LEFT[kind].fullmatch(left)
    if found is None:
        raise misread(left, kind, "another left side")
    slots = found.groupdict()
    if "f" in slots:
        Readback("tex", at.points, ((name, value),), alone=True).require(slots["f"], value)
    if "wrt" in slots:
        places = Readback("tex", somewhere(variables, ()))
        for letter, symbol in zip(slots["wrt"].split(", "), variables, strict=kind == "function"):
            places.require(letter, symbol)


def require_lengths(text: str, shape: Shape, at: Readback) -> None:
    """Raise KeygenError unless m \\times n is a shape."""
    for point, *found in zip(at.points, *map(at.numbers, text.split(r" \times ")), strict=True):
        expected = [sized(dim, point.sizes) for dim in shape]
        if found not in (expected, expected[:1] if shape[1] == 1 else expected):
            raise misread(text, str(expected), str(found))


@lru_cache(maxsize=KEPT)
def require_reading(text: str, name: str, wrt: Symbol) -> None:
    """Raise KeygenError unless df = tr((grad f)' dX), as it stands there, is true of a linear f."""
    slope = Symbol("slope", wrt.rows, wrt.columns)
    f = Trace(Product((Transpose(slope), wrt)))
    found = GRADIENT.search(text)
    if found is None:
        raise misread(text, "a gradient", "none")
    places = somewhere((f,), (wrt,))
    Readback("tex", places).require(found["wrt"], wrt)
    Readback("tex", places, ((name, f),), alone=True).require(found["f"], f)
    left, right = split(text[1:-1].replace(found[0], r"\kgmat{\mathrm{slope}}"))
    Readback("tex", places, ((name, f),), alone=True).require(left.strip(), Differential(f))
    Readback("tex", places).require(right.strip(), Differential(f))


@lru_cache(maxsize=KEPT)
def require_sizes(text: str, symbols: tuple[Symbol, ...]) -> None:
    """Raise KeygenError unless X in R^(m x n) is said of every letter, and is so."""
    at = Readback("tex", somewhere(symbols, ()))
    for said, symbol in zip(text.split(r",\ "), symbols, strict=True):
        letter, _, space = said.partition(r" \in \mathbb{R}^")
        at.require(letter, symbol)
        require_lengths(space[1:-1], symbol.shape, at)
