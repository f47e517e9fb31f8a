"""Dimensions that are known to be equal before it is known what they are."""

from __future__ import annotations

from dataclasses import dataclass, field

from keygen.differentials.shapes import Dim, Shape


class Clash(ValueError):
    """Two dimensions that would have to be equal and are not."""


@dataclass
class Dims:
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
            raise Clash

    def shape(self, shape: Shape) -> Shape:
        """A shape, as far as it is known."""
        return (self.find(shape[0]), self.find(shape[1]))


def is_open(dim: Dim) -> bool:
    """Whether a dimension is not known yet."""
    return isinstance(dim, int) and dim < 0
