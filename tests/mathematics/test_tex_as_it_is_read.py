"""The TeX of random computations and of the exercises' own pages, read by a strict reader who knows only TeX.

The read-back of the house evaluates Python that comes from the same table; this reader shares nothing with it, so a
sign whose TeX says another thing than its Python is found here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from grammar import EVERYTHING, MEANINGS, PROFILES, Computation, computations
from hypothesis import assume, given, settings
from tex_reading import floats, read_value, value_of

from keygen.certify.lines import lines
from keygen.checking.tex_tokens import MisreadError, UnreadError
from keygen.engine.backprop import backprop
from keygen.engine.domains import EXACT
from keygen.engine.evaluate import as_float, evaluate
from keygen.engine.polynomial import Polynomial
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.real import in_decimals
from keygen.mathematics.latex import LatexPrinter
from keygen.mathematics.names import name_tex
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import verify
from keygen.mathematics.terms import Apply, Chain, Marked, Name, Term, chain, leaves_of
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from keygen.variants.trial import named_functions
from tests.courses import SHIPPED

REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None)
EVERY_DIGIT = Policy(decimals=40, fraction=10**12, significant=17, root=10**9)
AMONG = frozenset(PRIMITIVES) - {"identity"}  # the page writes no size of I
SIZES = [pytest.param(sizes, id=name) for name, sizes in [*PROFILES.items(), ("everything", EVERYTHING)]]
SIGNS = {"x0": "x", "v0": "a", "v1": r"\hat{y}", "v2": "z"}  # for numbers, lists and columns: one index suffices


def exactly(function: Any) -> Any:
    """A function of floats on exact numbers and arrays of them."""
    return lambda x: np.frompyfunc(lambda entry: in_decimals(Fraction(float(function(float(entry))))), 1, 1)(x)


def on_floats(function: Any) -> Any:
    """A function of exact numbers on float64 arrays."""
    return lambda x: np.asarray(function(np.asarray(x, dtype=float)), dtype=float)


EXACT_MEANINGS = {name: exactly(function) for name, function in MEANINGS.items()}
CALLS = {"d" * order + name: function for (name, order), function in EXACT_MEANINGS.items()}
TEX_CALLS = {name + "'" * order: function for (name, order), function in MEANINGS.items()}


def signs(trace_shapes: Mapping[str, Any]) -> dict[str, str]:
    """Short names for what has at most one index, so that letters come to stand beside letters."""
    return {
        name: sign
        for name, sign in SIGNS.items()
        if name in trace_shapes and sum(size > 1 for size in trace_shapes[name]) <= 1
    }


@pytest.mark.parametrize("sizes", SIZES)
def test_every_line_of_a_random_trace_says_in_tex_what_it_says_in_numbers(sizes: Any) -> None:
    @settings(REPRODUCIBLE, max_examples=40)
    @given(computations(sizes, among=AMONG))
    def says(computation: Computation) -> None:
        t = computation.record()
        by = computation.reached()
        if by:
            backprop(t, "L", by)
        trace = t.trace()
        placed = {step.param[1] for step in trace.steps if step.primitive == "place"}
        assume(len(placed) <= 1)  # e_i says no shape, so the reader is told the one
        given = {name: np.frompyfunc(Fraction, 1, 1)(value) for name, value in computation.values.items()}
        values = evaluate(trace, given, EXACT, EXACT_MEANINGS)
        short = signs(trace.shapes)
        tex = LatexPrinter(EVERY_DIGIT, short)
        names = {name_tex(name, short): as_float(values[name]) for name in trace.named}
        for name in trace.named:
            line = chain(trace, values, name)
            verify(line, values, EVERY_DIGIT, CALLS)
            for link in line.links:
                text = tex.write(link).text
                if r"\mathbf{1}" in text:
                    continue  # ones do not say how many they are
                read = value_of(text, names, trace.shapes[name], TEX_CALLS, next(iter(placed), None))
                np.testing.assert_allclose(read, as_float(values[name]), rtol=1e-9, atol=1e-9, err_msg=text)

    says()


def primitives_of(term: Term) -> Iterator[str]:
    match term:
        case Apply():
            yield term.primitive
            for arg in term.args:
                yield from primitives_of(arg)
        case Marked():
            yield from primitives_of(term.body)


def readable(line: Chain, values: Mapping[str, Any], functions: Mapping[str, Any]) -> bool:
    """Whether the reader knows every sign of a line: those of traces, without general entries and units."""
    known = PRIMITIVES.keys() - {"identity", "place"} - (set() if functions else {"apply"})
    leaves = [leaf for link in line.links for leaf in leaves_of(link) if isinstance(leaf, Name)]
    return (
        not line.relations
        and all(known.issuperset(primitives_of(link)) for link in line.links)
        and all(leaf.name in values and not leaf.index for leaf in leaves)
    )


def names_in(line: Chain, solved: Solved) -> set[str]:
    """The variables that a line speaks of, those of its polynomials too."""
    found = set()
    for leaf in (leaf for link in line.links for leaf in leaves_of(link)):
        if isinstance(leaf, Name):
            found.add(leaf.name)
        elif isinstance(leaf.value, Polynomial):
            found.update(variable.name for variable in solved.trace.inputs)
    return found


def numbers_of(solved: Solved, line: Chain) -> dict[str, Any]:
    """A float64 value for each name: polynomials at a point of their own."""
    point = random.Random(solved.exercise.id)
    inputs = {variable.name: point.uniform(0.5, 2) for variable in solved.trace.inputs}
    known = {**solved.values, **line.at}
    found = {}
    for name, value in known.items():
        if isinstance(value, Polynomial):
            found[name] = value.at(inputs)
        else:
            found[name] = value.real if isinstance(value, complex) else as_float(value)
    return found


ENTRIES = [(entry.id, sheet) for sheet in SHIPPED.sheets for entry in SHIPPED.sheet(sheet).exercise]


@pytest.mark.parametrize(("exercise", "sheet"), ENTRIES)
def test_every_line_of_an_exercise_says_in_tex_what_it_says_in_numbers(exercise: str, sheet: str) -> None:
    for seed in (None, 1):
        solved = solve(SHIPPED.exercise(exercise), sheet, seed)
        tex = LatexPrinter(EVERY_DIGIT, solved.signs)
        functions = {
            name_tex(name, solved.signs) + "'" * order: on_floats(solved.calls["d" * order + name])
            for name, order in named_functions(solved.trace)
        }
        for line in lines(solved):
            values = numbers_of(solved, line)
            if not readable(line, values, functions):
                continue
            names = {name_tex(name, solved.signs): values[name] for name in names_in(line, solved)}
            read = [read_value(tex.write(link).text, names, functions) for link in line.links]
            sides = [np.asarray(floats(value.array)) for value in read]
            for text, side in zip(map(tex.write, line.links), sides, strict=True):
                assert side.size == sides[0].size, text.text
                np.testing.assert_allclose(side.ravel(), sides[0].ravel(), rtol=1e-8, atol=1e-9, err_msg=text.text)


AMBIGUOUS = [
    "a + -b",
    "a - -b",
    "--a",
    "2 3",
    r"2\,3",
    r"2\,\frac{1}{2}",
    "a(a + b)",
    r"a \odot ab",
    "a^{2}^{2}",
    r"W_1_{1}",
    r"W_1^{2} \odot",
    r"\sum_{i} a",
    r"\frac{a}",
    "a)",
    r"\unknown{a}",
]


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_the_reader_refuses_what_can_be_read_in_two_ways_or_in_none(text: str) -> None:
    names = {"a": 2.0, "b": 3.0, "W_1": np.array([[1.0, 2.0], [3.0, 4.0]])}
    with pytest.raises((MisreadError, UnreadError)):
        read_value(text, names)


MEANT: list[tuple[str, Any]] = [
    ("-a^{2} + b", -1.0),
    (r"\ln a\,b", np.log(6)),
    (r"(\ln a)\,b", 3 * np.log(2)),
    (r"\frac{a}{b}\,ab", 4.0),
    (r"e^{-a/b}", np.exp(-2 / 3)),
    ("-2e^{a}", -2 * np.exp(2)),
    (r"2 \cdot \frac{1}{2} - 0{,}25", 0.75),
    (r"1.5 \cdot 10^{-2}", 0.015),
    (r"W_1^{2}", [[7, 10], [15, 22]]),
    (r"W_1^{\odot 2}", [[1, 4], [9, 16]]),
    (r"W_1\,W_1^\top", [[5, 11], [11, 25]]),
    (r"W_1 \odot W_1^\top", [[1, 6], [6, 16]]),
    (r"\sum_{i,j} (W_1)_{ij}\,(W_1^\top)_{ij}", 29.0),
    (r"\mathbf{1}^\top\,W_1", [[4, 6]]),
    (r"W_1\,\mathbf{1}", [[3], [7]]),
    (r"(W_1)_{1,2}", 2.0),
    (r"\max\left(0,\ a - b\right)", 0.0),
    (r"\begin{pmatrix} 1 & -a \\ b & \frac{1}{2} \end{pmatrix}", [[1, -2], [3, 0.5]]),
]


@pytest.mark.parametrize(("text", "meant"), MEANT)
def test_the_reader_reads_as_a_person_does(text: str, meant: Any) -> None:
    names = {"a": 2.0, "b": 3.0, "W_1": np.array([[1.0, 2.0], [3.0, 4.0]])}
    np.testing.assert_allclose(floats(read_value(text, names).array), meant)


def test_a_list_that_is_written_out_once_is_read_as_a_row() -> None:
    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(value_of("x + x", {"x": x}, (1, 2)), [[2, 4]])
    with pytest.raises(MisreadError, match="in the place of"):
        value_of("x + x", {"x": x}, (2, 1))
