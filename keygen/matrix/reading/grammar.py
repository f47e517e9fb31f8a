r"""The grammar of matrix notation, as a strict person reads it.

    sum      ::=  ["-"] term (("+" | "-") term)*
    term     ::=  factor+ ["*" factor] ["/" factor]         the elementwise product is written ∘ or \odot
    factor   ::=  primary [^T | ^-1 | ^-T | ^p]
    primary  ::=  number | letter | I | 1 | "(" sum ")" | f "(" sum ")" | ||sum||^2 | d primary | total term

The sum over a sample reaches to the end of its term. Two numbers side by side, an exponent on an exponent or on dX, a
matrix before an elementwise product, anything behind a quotient could be read in two ways and raise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from keygen.errors import KeygenError
from keygen.matrix.expression import Expression, Symbol
from keygen.matrix.reading.meaning import (
    Added,
    Called,
    Divided,
    Entrywise,
    Length,
    Letter,
    MatrixMisreadError,
    Moved,
    Multiplied,
    Named,
    Node,
    Raised,
    Rational,
    Totalled,
)

Key = tuple[str, ...]
Names = tuple[tuple[str, Expression], ...]


class Item(Struct, frozen=True):
    """A word of a formula.

    kind  number, letter, unit, d, call, total, raised, over (a fraction with its two sides), root (a group below it),
          open, close, norm, norm end, or a sign: + - / . *
    """

    kind: str
    value: Any = None


@dataclass(frozen=True)
class LetterScope:
    """What letters may stand in a text: matrices, lengths, and names such as the f of df."""

    symbols: frozenset[Symbol]
    lengths: frozenset[str]
    names: Names

    def nodes(self) -> Iterable[tuple[str, str, Node]]:
        """Each as its name, its index and its meaning."""
        yield from ((s.name, s.index or "", Letter(s)) for s in sorted(self.symbols, key=str))
        yield from ((name, "", Length(name)) for name in sorted(self.lengths))
        yield from ((name, "", Named(e)) for name, e in self.names)


def keyed(pairs: Iterable[tuple[Key, Node]]) -> dict[Key, Node]:
    """A table of letters by their look. Raises KeygenError if two look the same."""
    table: dict[Key, Node] = {}
    for key, node in pairs:
        if key in table:
            raise KeygenError(f"two letters would look the same: {' '.join(filter(None, key))}", repair="rename one")
        table[key] = node
    return table


END = Item("end")
ENDS = ("end", "+", "-", "close", "norm end")


def read_side(items: Sequence[Item], scope: LetterScope) -> Node:
    """The meaning of a whole side. Raises MisreadError where it has none, or two."""
    reader = MatrixReader(items, scope)
    node = reader.sum()
    if reader.next != END:
        raise MatrixMisreadError(f"something stands behind the end: {reader.next.kind}")
    return node


class MatrixReader:
    """Goes through the words of one side."""

    def __init__(self, items: Sequence[Item], scope: LetterScope) -> None:
        self.items, self.place, self.scope = items, 0, scope

    @property
    def next(self) -> Item:
        """The word that comes."""
        return self.items[self.place] if self.place < len(self.items) else END

    def take(self, *kinds: str) -> Item:
        """The word that comes, of one of these kinds."""
        item = self.next
        if item.kind not in kinds:
            raise MatrixMisreadError(f"{' or '.join(kinds)} is missing before {item.kind}")
        self.place += 1
        return item

    def sum(self) -> Node:
        """Terms with their signs."""
        sign = -1 if self.next.kind == "-" and self.take("-") else 1
        terms = [(sign, self.term())]
        while self.next.kind in ("+", "-"):
            sign = -1 if self.take("+", "-").kind == "-" else 1
            terms.append((sign, self.term()))
        return Added(tuple(terms)) if len(terms) > 1 or terms[0][0] < 0 else terms[0][1]

    def term(self) -> Node:
        """Factors side by side, with at most one elementwise product, over at most one factor."""
        factors = [self.factor()]
        while self.next.kind not in (*ENDS, "/", "*"):
            dotted = self.next.kind == "." and self.take(".")
            before, place = factors[-1], self.items[self.place]
            factors.append(self.factor())
            if not dotted and is_rational(before) and starts_with_digit(place):
                raise MatrixMisreadError("two numbers side by side")
        node: Node = factors[0] if len(factors) == 1 else Multiplied(tuple(factors))
        if self.next.kind == "*":
            self.take("*")
            paired = Entrywise(factors[-1], self.factor())
            node = Multiplied((*factors[:-1], paired), numbers_first=True) if factors[:-1] else paired
        if self.next.kind == "/":
            self.take("/")
            node = Divided(node, self.factor())
        if self.next.kind not in ENDS:
            raise MatrixMisreadError(f"{self.next.kind} behind a quotient or an elementwise product")
        return node

    def factor(self) -> Node:
        """Something with at most one exponent."""
        norm, differential = self.next.kind == "norm", self.next.kind == "d"
        node = self.primary()
        if self.next.kind != "raised":
            if norm:
                raise MatrixMisreadError("a norm that is not squared")
            return node
        exponent = self.take("raised").value
        if self.next.kind == "raised":
            raise MatrixMisreadError("an exponent on an exponent")
        if differential:
            raise MatrixMisreadError("an exponent on a differential")
        if norm and exponent != "2":
            raise MatrixMisreadError("a norm that is not squared")
        return node if norm else Raised(node, exponent)

    def primary(self) -> Node:
        """Something without an exponent."""
        item = self.take("number", "letter", "unit", "open", "call", "norm", "d", "total", "over", "root")
        match item.kind:
            case "number":
                return Rational(item.value)
            case "letter" | "unit":
                node: Node = item.value
                return node
            case "open":
                return self.closed("close")
            case "norm":
                return Called("norm squared", self.closed("norm end"))
            case "call":
                return self.call(item.value)
            case "d":
                return self.moved()
            case "over":
                above, below = (read_side(side, self.scope) for side in item.value)
                return Divided(above, below)
            case "root":
                return Called("root", read_side(item.value, self.scope))
        index, size = item.value
        sample = tuple(symbol for symbol in self.scope.symbols if symbol.index is not None)
        return Totalled(index, size, self.term(), sample)

    def closed(self, by: str) -> Node:
        """What stands up to a bracket."""
        node = self.sum()
        self.take(by)
        return node

    def call(self, name: str) -> Node:
        """A function of what stands in its brackets; ln det(U)."""
        if name == "ln" and self.next == Item("call", "det"):
            self.take("call")
            name, inside = "ln", Called("det", self.bracket())
            return Called(name, inside)
        return Called(name, self.bracket())

    def bracket(self) -> Node:
        """What stands in brackets."""
        self.take("open")
        return self.closed("close")

    def moved(self) -> Node:
        """The differential of a letter, of a function's value, of what stands in brackets; d^2 f by its name alone."""
        if self.next == Item("raised", "2"):
            self.take("raised")
            node = self.take("letter").value
            if isinstance(node, Named):
                return node
            raise MatrixMisreadError("a second differential without a name")
        if self.next.kind not in ("letter", "open", "call", "root"):
            raise MatrixMisreadError("the differential of nothing")
        return Moved(self.primary())


def is_rational(node: Node) -> bool:
    """Whether digits alone were written."""
    match node:
        case Rational():
            return True
        case Divided(above, below):
            return is_rational(above) and is_rational(below)
        case Raised(base, exponent):
            return is_rational(base) and exponent not in ("T", "-T")
    return False


def starts_with_digit(item: Item) -> bool:
    """Whether the look of a word begins with a digit, or is a fraction of digits."""
    if item.kind == "over":
        return all(starts_with_digit(side[0]) for side in item.value if side)
    return item.kind == "number"
