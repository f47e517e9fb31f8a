"""What marks the objects of matrix differentials, so that rooms above can tell them from others before any rule is
loaded: of most sheets none has some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class MatrixObject:
    """What a page shows of matrix differentials: an expression, a result, a derivation line by line."""

    __slots__ = ()


class MatrixSizes(MatrixObject):
    """Which spaces some matrices are from: formulas with a comma between them."""

    __slots__ = ()


COMMA = r",\penalty0\ "
"""The comma between those formulas, at which a line may break."""


class MatrixProblem:
    """A worked problem of matrix differentials."""

    __slots__ = ()


def worked_in(shown: Any) -> Iterator[Any]:
    """The worked problems (`exercises.Worked`) inside whatever an exercise's `show` prepared."""
    if isinstance(shown, MatrixProblem):
        yield shown
    elif isinstance(shown, Mapping | list | tuple):
        for value in shown.values() if isinstance(shown, Mapping) else shown:
            yield from worked_in(value)
