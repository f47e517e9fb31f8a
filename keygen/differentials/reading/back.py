"""The check that a finished text says what it was written from: read, evaluated under its own brackets, compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from keygen.differentials.dims import Dims
from keygen.differentials.evaluate import Array, Point, evaluate
from keygen.differentials.expression import Expression, Symbol
from keygen.differentials.reading import plain, tex
from keygen.differentials.reading.grammar import read
from keygen.differentials.reading.items import Item, Names, Scope
from keygen.differentials.reading.meaning import MisreadError, is_nothing, same
from keygen.differentials.spoken import free_indices
from keygen.differentials.verify import close
from keygen.errors import KeygenError

Words = Callable[[str, Scope, Dims], Iterator[Item]]

NOTATIONS: Mapping[str, Words] = {
    "plain": lambda text, scope, dims: plain.Words(text, scope, dims).items(),
    "tex": lambda text, scope, dims: tex.Words(text, scope, dims).items(),
}


KEPT = 8192
READ: set[tuple[str, str, Expression, Scope, frozenset[Symbol]]] = set()
"""What was read as what it was written from: the forms of formulas come back from variant to variant."""


@dataclass(frozen=True)
class Readback:
    """Reads sides of lines at some points.

    names  what letters such as the f of df stand for
    alone  no other letter may stand in the text
    """

    notation: str
    points: Sequence[Point]
    names: Names = ()
    alone: bool = False

    @cached_property
    def scopes(self) -> tuple[Scope, ...]:
        """The letters that may stand in a text, at each point."""
        if self.alone:
            return (Scope(frozenset(), frozenset(), self.names),) * len(self.points)
        return tuple(Scope(frozenset(at.values), frozenset(at.sizes), self.names) for at in self.points)

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
        if len(READ) >= KEPT:
            READ.clear()
        READ.add(known)

    def value(self, text: str, at: Point, shape: tuple[int, ...], scope: Scope) -> Array:
        """The value of a text, of a shape known. Raises KeygenError where it has none, or two."""
        dims = Dims()
        try:
            node = read(tuple(NOTATIONS[self.notation](text, scope, dims)), scope)
            if is_nothing(node):
                return np.zeros(shape)
            rows, columns = shape
            same(dims, node.shape(dims, at), (rows, columns))
            with np.errstate(all="ignore"):
                return np.asarray(node.value(dims, at))
        except (MisreadError, np.linalg.LinAlgError) as error:
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
