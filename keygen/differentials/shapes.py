"""Shapes of matrices: a row and a column dimension, each a number or a letter."""

from __future__ import annotations

from collections.abc import Mapping

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
