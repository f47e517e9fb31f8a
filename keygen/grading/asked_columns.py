"""The answers that a sheet asks for, each with the variables of the trace that stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from keygen.engine.trace import Trace
from keygen.mathematics.answers import Answer, ConcludedSource, MatricesSource

Place = tuple[int, ...]
Entry = tuple[str, Place]
"""A variable, and a place in it."""
NUMERIC = ("number", "vector", "matrix", "matrices")


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """One answer.

    column   as key.csv names it: 4.a.H
    part     as the exercise calls it, whatever letter the sheet has
    points   what it is worth; 1 where the sheet gives none
    source   what the exercise answers with
    entries  for each place the variable and the place in it that it states; nothing where it states none of the trace
    """

    column: str
    part: str
    name: str
    answer: Answer
    points: Fraction
    source: Any
    entries: Mapping[Place, Entry]

    @property
    def plain_source(self) -> Any:
        """The source without the lines by which a page shows it."""
        return self.source.source if isinstance(self.source, ConcludedSource) else self.source

    @property
    def variables(self) -> frozenset[str]:
        """The variables that it states."""
        return frozenset(variable for variable, _ in self.entries.values())

    @property
    def numbers(self) -> dict[Place, Any]:
        """The right numbers by their places, those of several matrices behind the matrix's own."""
        return numbers_of(self.answer.value)


def numbers_of(value: Any) -> dict[Place, Any]:
    """The numbers of an answer by their places."""
    if isinstance(value, list):
        return {(k, *place): number for k, one in enumerate(value) for place, number in numbers_of(one).items()}
    return dict(np.ndenumerate(value)) if isinstance(value, np.ndarray) else {(): value}


def entries_of(source: Any, trace: Trace) -> dict[Place, Entry]:
    """The variables behind a source of an answer, by the places of the answer."""
    match source:
        case ConcludedSource(source=inner):
            return entries_of(inner, trace)
        case MatricesSource(names=names):
            return {(k, *place): entry for k, name in enumerate(names) for place, entry in whole(name, trace).items()}
        case str():
            return whole(source, trace)
        case list() | tuple():
            named = np.array(source, dtype=object)
            return {place: whole(str(name), trace).popitem()[1] for place, name in np.ndenumerate(named)}
    return {}


def whole(name: str, trace: Trace) -> dict[Place, Entry]:
    """All entries of a variable."""
    return {place: (name, place) for place in np.ndindex(trace.shapes[name])}
