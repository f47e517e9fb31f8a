"""The texts of derivations read back: a terminal's, and the TeX of a page.

A finished text is read by a grammar that shares nothing with the printers (`reading`), evaluated under its own brackets
and compared. What a page prints is spoken in Python and evaluated before the page gets it; its TeX is read back where a
deep check asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise, zip_longest

import numpy as np

from keygen.errors import KeygenError
from keygen.matrix.derive import Derivation
from keygen.matrix.evaluate import Array, MatrixPoint, evaluate
from keygen.matrix.expression import Differential, Expression, MatrixTrace, Product, SampleSum, Symbol, Transpose
from keygen.matrix.marks import COMMA
from keygen.matrix.printing import EvaluationPoint, free_indices, places, plain_text, require_spoken
from keygen.matrix.reading import plain, tex
from keygen.matrix.reading.grammar import Item, LetterScope, Names, read_side
from keygen.matrix.reading.meaning import MatrixMisreadError, is_nothing, same
from keygen.matrix.reading.tex import groups
from keygen.matrix.shapes import SCALAR, Dimensions, Shape, sized
from keygen.matrix.verify import close, moving_in, points_of_both_signs

Words = Callable[[str, LetterScope, Dimensions], Iterator[Item]]

NOTATIONS: Mapping[str, Words] = {
    "plain": lambda text, scope, dims: plain.PlainTokens(text, scope, dims).items(),
    "tex": lambda text, scope, dims: tex.TexTokens(text, scope, dims).items(),
}


KNOWN = 8192
READ: set[tuple[str, str, Expression, LetterScope, frozenset[Symbol]]] = set()
"""What was read as what it was written from: the forms of formulas come back from variant to variant."""


@dataclass(frozen=True)
class Readback:
    """Reads sides of lines at some points.

    names  what letters such as the f of df stand for
    alone  no other letter may stand in the text
    """

    notation: str
    points: Sequence[MatrixPoint]
    names: Names = ()
    alone: bool = False

    @cached_property
    def scopes(self) -> tuple[LetterScope, ...]:
        """The letters that may stand in a text, at each point."""
        if self.alone:
            return (LetterScope(frozenset(), frozenset(), self.names),) * len(self.points)
        return tuple(LetterScope(frozenset(at.values), frozenset(at.sizes), self.names) for at in self.points)

    def require(self, text: str, e: Expression) -> None:
        """Raise KeygenError unless a side has the value of the expression that it was written from.

        What was read once is not read again: the same text of the same expression, between the same letters.
        """
        known = (self.notation, text, e, self.scopes[0], frozenset(self.points[0].direction))
        if known in READ:
            return
        for point, scope in zip(self.points, self.scopes, strict=True):
            at = point
            for index in sorted(free_indices(e)):
                at = at.at_member(index, 0)
            expected = evaluate(e, at)
            found = self.value(text, at, expected.shape, scope)
            if not close(found, expected):
                raise misread(text, f"{e} = {expected.tolist()}", f"{found.tolist()} at a random point")
        if len(READ) >= KNOWN:
            READ.clear()
        READ.add(known)

    def value(self, text: str, at: MatrixPoint, shape: tuple[int, ...], scope: LetterScope) -> Array:
        """The value of a text, of a shape known. Raises KeygenError where it has none, or two."""
        dims = Dimensions()
        try:
            node = read_side(tuple(NOTATIONS[self.notation](text, scope, dims)), scope)
            if is_nothing(node):
                return np.zeros(shape)
            rows, columns = shape
            same(dims, node.shape(dims, at), (rows, columns))
            with np.errstate(all="ignore"):
                return np.asarray(node.value(dims, at))
        except (MatrixMisreadError, np.linalg.LinAlgError) as error:
            raise misread(text, "one meaning", str(error)) from error

    def numbers(self, text: str) -> list[float]:
        """The values of a text that is a number, at the points."""
        pairs = zip(self.points, self.scopes, strict=True)
        return [float(self.value(text, at, (1, 1), scope)[0, 0]) for at, scope in pairs]


def misread(text: str, expected: str, found: str) -> KeygenError:
    """The error for a text that says something else than what it was written from."""
    return KeygenError(
        f"a formula is read back as something else than it was written from: {text}",
        expected=expected,
        found=found,
        repair="this is a defect of keygen; please report it with the formula",
    )


MARGIN = "   | "  # before the laws
SEED = 2  # other points than those at which the lines were checked when they were made


def derivation_text(derivation: Derivation, names: Mapping[str, str] | None = None) -> str:
    """df line by line, then the gradient or the Jacobian. `names`: what to call the laws (their ids, if not given).

    Raises KeygenError if a line of the text, read again, says something else than what it was written from.
    """
    spoken = names or {}
    rows = [
        ("df" if place == 0 else "", plain_text(line.after), "; ".join(spoken.get(law, law) for law in line.laws))
        for place, line in enumerate(derivation.lines)
    ]
    width = max((len(text) for _, text, _ in rows), default=0)
    body = [f"{left:>3} = {text:<{width}}{MARGIN}{laws}" for left, text, laws in rows]
    if derivation.gradient is not None:
        body.append(f" ∇f = {plain_text(derivation.gradient)}")
    if derivation.jacobian is not None:
        body.append(f"  J = {plain_text(derivation.jacobian)}")
    text = "\n".join([f"  f = {plain_text(derivation.f)}", *body])
    require_text(text, derivation)
    return text


def require_text(text: str, derivation: Derivation) -> None:
    """Raise KeygenError unless f, every line of df, the gradient and the Jacobian are what they are said to be."""
    f, wrt = derivation.f, derivation.wrt
    at = Readback("plain", points_of_both_signs([f], [wrt], seed=SEED))
    said = {"f": f, "df": Differential(f), "": Differential(f), "∇f": derivation.gradient, "J": derivation.jacobian}
    heads = ["f", *("" if place else "df" for place in range(len(derivation.lines)))]
    heads += [head for head in ("∇f", "J") if said[head] is not None]
    for head, row in zip_longest(heads, text.splitlines(), fillvalue=""):
        left, _, right = row.partition(" = ")
        meant = said.get(left.strip())
        if left.strip() != head or meant is None:
            raise misread(row, head, left.strip())
        side = right.partition(MARGIN)[0].strip()
        at.require(side, meant)
        if head in ("∇f", "J"):
            require_slope(side, derivation, at)


def require_slope(side: str, derivation: Derivation, at: Readback) -> None:
    """Raise KeygenError unless a gradient or a Jacobian, as it was read, gives df along the direction of each point."""
    f, wrt = derivation.f, derivation.wrt
    slope = derivation.gradient or derivation.jacobian
    for point, scope in zip(at.points, at.scopes, strict=True):
        expected, direction = evaluate(Differential(f), point), point.direction[wrt]
        found = at.value(side, point, evaluate(slope, point).shape, scope) if slope else expected
        along = np.array([[np.sum(found * direction)]]) if derivation.gradient is not None else found @ direction
        if not close(along, expected):
            raise misread(side, f"df = {expected.tolist()}", f"{along.tolist()} along the same direction")


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
    "second_differential": re.compile(r"\\mathrm\{d\}\^\{2\}(?P<f>.+)"),
    "optimum": re.compile(r"\\hat\{(?P<wrt>.+)\}"),
    "step": re.compile(r"(?P<wrt>.+)"),
}


@lru_cache(maxsize=KEPT)
def somewhere(about: Sides, moving: tuple[Symbol, ...]) -> tuple[MatrixPoint, ...]:
    """Points at which some formulas have values, of different sizes: at n = 2 alone n/2 would be 2/n."""
    return points_of_both_signs([sampled(e) for e in about], moving, seed=SEED)


@lru_cache(maxsize=KEPT)
def spoken_at(about: Sides, moving: tuple[Symbol, ...]) -> tuple[EvaluationPoint, ...]:
    """The points of the lines, with what Python calls the letters there."""
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


def agree(text: str, one: Expression, other: Expression, at: Sequence[MatrixPoint]) -> None:
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
    f = MatrixTrace(Product((Transpose(slope), wrt)))
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
    for said, symbol in zip(text.split(COMMA), symbols, strict=True):
        letter, _, space = said.partition(r" \in \mathbb{R}")
        at.require(letter, symbol)
        if symbol.shape != SCALAR or space:
            require_lengths(space[2:-1], symbol.shape, at)


MODEL = re.compile(r"(.+) \\sim \\mathcal\{N\}\\[bB]igg?l\((.+),\\ (.+)\\[bB]igg?r\)")


@lru_cache(maxsize=KEPT)
def require_model(text: str, sides: Sides) -> None:
    """Raise KeygenError unless x_i ~ N(m, S) says what its three sides were written from."""
    found = MODEL.fullmatch(text)
    if found is None:
        raise misread(text, "a distribution", "another formula")
    for side, e in zip(found.groups(), sides, strict=True):
        require(side, e)
