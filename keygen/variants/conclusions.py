"""What a page says of the answers: each as a line, quantity = value, with the proof that any line has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from keygen.engine.trace import Trace
from keygen.mathematics.answers import Answer, ConcludedSource, FormulaSource, MatricesSource, inputs_of, known
from keygen.mathematics.terms import Chain, Name, written

Conclusions = Mapping[str, Mapping[str, tuple[Any, ...]]]
"""By part and answer: lines, and results of matrix problems; nothing of an answer that has no line."""


def conclusions(sources: Mapping[str, Mapping[str, Any]], trace: Trace, chain: Callable[[str], Chain]) -> Conclusions:
    """The lines of the answers of each part, by name; `chain` gives the line of a variable."""
    return {
        part: {name: tuple(lines(source, trace, chain)) for name, source in named.items()}
        for part, named in sources.items()
    }


def lines(source: Any, trace: Trace, chain: Callable[[str], Chain]) -> Iterator[Any]:
    """What a page says of the answer behind a source: of a list of variables, a line for each."""
    match source:
        case ConcludedSource(says=says):
            yield from says
        case Answer(says=says) if says is not None:
            yield says
        case str():
            known(source, trace.shapes)
            yield chain(source).result
        case MatricesSource(names=names):
            yield from (chain(name).result for name in names)
        case list() | tuple():
            yield from (chain(str(name)).result for name in np.array(source, dtype=object).flat)
        case FormulaSource(name=name):
            yield Chain((Name(name, trace.shapes[name]), written(trace, name, inputs_of(source, trace))))
