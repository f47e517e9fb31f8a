"""Shapes of matrices: a row and a column dimension, each a number or a letter, and dimensions still to be found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Dim = int | str
Shape = tuple[Dim, Dim]
Sizes = Mapping[str, int]

SCALAR: Shape = (1, 1)
LARGEST = 100
"""The largest size that is a number: every line is checked on matrices of that size."""


def written(shape: Shape) -> str:
    """A shape for a message, e.g. "n x 1"."""
    return f"{shape[0]} x {shape[1]}"


def sized(dim: Dim, sizes: Sizes) -> int:
    """A dimension as a number. Raises KeyError for a letter without a size."""
    return dim if isinstance(dim, int) else sizes[dim]


class DimensionClash(ValueError):
    """Two dimensions that would have to be equal and are not."""


@dataclass
class Dimensions:
    """Dimensions, some still open, and which of them are equal: a union-find.

    An open dimension is a negative number; letters and positive numbers are equal only to themselves.
    """

    parent: dict[int, Dim] = field(default_factory=dict)

    def fresh(self) -> Dim:
        """A new open dimension."""
        name = -1 - len(self.parent)
        self.parent[name] = name
        return name

    def find(self, dim: Dim) -> Dim:
        """What a dimension is known to be."""
        while isinstance(dim, int) and dim < 0 and self.parent[dim] != dim:
            dim = self.parent[dim]
        return dim

    def same(self, a: Dim, b: Dim) -> None:
        """Make two dimensions equal. Raises Clash if they are known to differ."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return
        if isinstance(b, int) and b < 0 and not (isinstance(a, int) and a < b):  # the first one met is kept
            self.parent[b] = a
        elif isinstance(a, int) and a < 0:
            self.parent[a] = b
        else:
            raise DimensionClash

    def shape(self, shape: Shape) -> Shape:
        """A shape, as far as it is known."""
        return (self.find(shape[0]), self.find(shape[1]))


def is_open(dim: Dim) -> bool:
    """Whether a dimension is not known yet."""
    return isinstance(dim, int) and dim < 0
