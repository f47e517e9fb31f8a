"""The words that both notations share, and the letters of a text: which glyphs stand for which matrix."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from keygen.differentials.expression import Expression, Symbol
from keygen.differentials.reading.meaning import Length, Letter, Named, Node
from keygen.errors import KeygenError

Key = tuple[str, ...]
Names = tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A word of a formula.

    kind  number, letter, unit, d, call, total, raised, over (a fraction with its two sides), root (a group below it),
          open, close, norm, norm end, or a sign: + - / . *
    """

    kind: str
    value: Any = None


@dataclass(frozen=True)
class Scope:
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
