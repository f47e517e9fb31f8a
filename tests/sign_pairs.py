"""Every sign of the page with every other sign inside it: the terms on which brackets are decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from grammar import MEANINGS
from tex_reading import value_of

from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import RULES, as_float
from keygen.engine.primitives import PRIMITIVES, Param, Shape
from keygen.engine.real import in_decimals
from keygen.errors import KeygenError
from keygen.mathematics.latex import tex
from keygen.mathematics.names import name_tex
from keygen.mathematics.number_format import Policy
from keygen.mathematics.printer import row_of
from keygen.mathematics.python import PythonPrinter
from keygen.mathematics.readback import side_value
from keygen.mathematics.terms import Apply, Literal, Name, Term

EVERY_DIGIT = Policy(decimals=30, fraction=10**9, significant=17, root=10**6)

VALUES: dict[str, Any] = {
    "a": 0.75,
    "b": 1.5,
    "alpha": 0.3125,
    "W1_new": np.array([[1.25, 0.5], [-0.75, 2.0]]),
    "dL_dZ": np.array([[0.375, 1.75], [2.5, -0.25]]),
    "M_1": np.array([[0.5, 2.25], [1.5, 0.875]]),
    "N_1": np.array([[3.0, -1.25], [0.625, 0.25]]),
    "r_1": np.array([[0.125, 1.375]]),
    "c_1": np.array([[2.125], [0.5]]),
    "v": np.array([0.25, 1.125, 3.5]),
    "u": np.array([2.75, 0.375, -1.5]),
    "o": np.array([[1.625]]),
}
CALLS = {
    known: lambda x, call=call: call(as_float(x)) for known, call in (("f", MEANINGS["f", 0]), ("df", MEANINGS["f", 1]))
}
TEX_CALLS = {"f": MEANINGS["f", 0], "f'": MEANINGS["f", 1]}
TEX_NAMES = {name_tex(name, {}): value for name, value in VALUES.items()}


def name(known: str) -> Name:
    return Name(known, np.shape(VALUES[known]))


def made(primitive: str, *args: Term, param: Param = None) -> Apply | None:
    """A primitive on terms, with its shape; None where the shapes do not fit."""
    record, shapes = PRIMITIVES[primitive], [arg.shape for arg in args]
    shape = record.shape(*shapes, param) if record.parametric else record.shape(*shapes)
    return None if shape is None else Apply(primitive, args, param, shape)


PARAMS: dict[str, list[Param]] = {
    "constant": [Fraction(2), Fraction(-3), Fraction(1, 3)],
    "scale": [Fraction(2), Fraction(-2), Fraction(1, 3), Fraction(-1, 3), Fraction(1), Fraction(-1)],
    "power": [3, -1],
    "apply": [("f", 0), ("f", 1)],
    "pick": [(1,), (0, 1)],
    "place": [((1,), (3,)), ((0, 1), (2, 2))],
    "sum_to": [(), (1, 2), (2, 1)],
    "repeat_to": [(3,), (2, 2), (1, 2), (2, 1)],
}
OTHERS: list[Term] = [name("b"), name("N_1"), name("u")]
SILENT = frozenset({"identity", "copy"})  # the page writes no size of I, and no copy at all
LEAVES: list[Term] = [
    *map(name, VALUES),
    Literal(Fraction(3)),
    Literal(Fraction(-5, 4)),
    Literal(Fraction(2, 3)),
    Literal(Fraction(-2, 3)),
    Literal(in_decimals(Fraction("3.7e-7") / 3)),
    Literal(in_decimals(Fraction("-1.3") / 3)),
    Literal(np.array([[Fraction(3, 2), Fraction(-2)], [Fraction(1, 3), Fraction(3)]])),
    Literal(np.array([Fraction(1, 2), Fraction(2), Fraction(-1)])),
    Literal(np.array([[Fraction(-7, 4)]])),
]


@dataclass(frozen=True)
class Pair:
    """A term whose outer sign has another sign, or a leaf, as argument number `place`."""

    term: Apply
    place: int

    @property
    def row(self) -> str:
        return row_of(self.term)


def simple() -> Iterator[Term]:
    """Every sign on names alone."""
    for primitive in PRIMITIVES.keys() - SILENT:
        for args in product(map(name, VALUES), repeat=PRIMITIVES[primitive].arity):
            for param in PARAMS.get(primitive, [None]):
                term = made(primitive, *args, param=param)
                if term is not None:
                    yield term


def one_of_each(terms: Iterator[Term]) -> list[Term]:
    """The first term of each sign, parameter and shapes."""
    found: dict[Any, Term] = {}
    for term in terms:
        assert isinstance(term, Apply)
        found.setdefault((row_of(term), str(term.param), term.shape, tuple(arg.shape for arg in term.args)), term)
    return list(found.values())


def compounds() -> Iterator[Term]:
    """Signs of signs that begin with a minus or end in a number: what a first level alone does not show."""
    for one, two in ((name("a"), name("b")), (name("M_1"), name("N_1")), (name("u"), name("v"))):
        for primitive in ("add", "sub", "mul"):
            yield Apply(primitive, (Apply("neg", (one,), None, one.shape), two), None, one.shape)
    double = Apply("scale", (name("M_1"),), Fraction(2), (2, 2))
    yield Apply("matmul", (double, name("N_1")), None, (2, 2))
    yield Apply("sum_to", (Apply("add", (name("o"), name("a")), None, (1, 1)),), (), ())


@cache
def inner_terms() -> tuple[Term, ...]:
    """Leaves, one of each sign, and compounds."""
    return (*LEAVES, *one_of_each(filter(meaningful, simple())), *compounds())


def pairs() -> Iterator[Pair]:
    """Every sign, each of its arguments in turn a sign or a leaf."""
    for primitive in sorted(PRIMITIVES.keys() - SILENT):
        arity = PRIMITIVES[primitive].arity
        for place, inner in product(range(arity), inner_terms()):
            for others in product(OTHERS, repeat=arity - 1):
                args = [*others[:place], inner, *others[place:]]
                for param in PARAMS.get(primitive, [None]):
                    term = made(primitive, *args, param=param)
                    if term is not None and meaningful(term) and sized(term):
                        yield Pair(term, place)


def value(term: Term) -> Any:
    """The float64 value of a term by the engine's own rules."""
    match term:
        case Name():
            return VALUES[term.name]
        case Literal():
            return np.asarray(term.value, dtype=float) if term.shape else float(term.value)
        case Apply(primitive="apply"):
            return MEANINGS[term.param](value(term.args[0]))
        case Apply():
            param = float(term.param) if isinstance(term.param, Fraction) else term.param
            return RULES[term.primitive](FLOAT, *map(value, term.args), *(() if param is None else (param,)))
    raise TypeError(term)


def meaningful(term: Term) -> bool:
    """Whether the term and each part of it have a value, away from kinks, and lists do not stand among matrices."""
    dimensions = {len(shape) for shape in shapes_of(term)}
    if dimensions >= {1, 2}:
        return False
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(value(term), dtype=float)
    except (ValueError, ArithmeticError):
        return False
    except KeygenError:  # a maximum that is reached twice
        return False
    whole = bool(np.all(np.isfinite(found)) and np.max(np.abs(found)) < 1e6)
    return whole and (not isinstance(term, Apply) or all(map(meaningful, term.args)))


def sized(term: Apply) -> bool:
    """Whether the text says every length: what works row by row, a sum or a product over a repeated axis needs it."""
    inner = [row_of(arg) for arg in term.args if isinstance(arg, Apply)]
    repeated = any(row.startswith(("repeat", "number_in")) for row in inner)
    needing = {"sum_to", "row_sums", "column_sums", "pick", "softmax", "argmax", "sort", "sorted_by", "unsorted"}
    return not (repeated and row_of(term) in needing)


def shapes_of(term: Term) -> set[Shape]:
    """The shapes of the lists and matrices in a term."""
    inner = [shapes_of(arg) for arg in term.args] if isinstance(term, Apply) else []
    return {shape for shape in (term.shape,) if shape}.union(*inner)


def tex_text(term: Term, *, slashed: bool = False) -> str:
    return tex(EVERY_DIGIT, (), slashed=slashed).write(term).text


def read_in_tex(term: Apply, *, slashed: bool = False) -> Any:
    """What a strict reader makes of the term's TeX."""
    around = next((inner.param[1] for inner in placed(term)), None)
    return value_of(tex_text(term, slashed=slashed), TEX_NAMES, term.shape, TEX_CALLS, around)


def placed(term: Term) -> Iterator[Apply]:
    """The terms that put a number in a place of an array."""
    if isinstance(term, Apply):
        if term.primitive == "place":
            yield term
        for arg in term.args:
            yield from placed(arg)


def read_in_python(term: Term) -> Any:
    """What Python makes of the term's read-back."""
    printer = PythonPrinter(EVERY_DIGIT)
    text = printer.write(term).text
    scope = {**VALUES, **CALLS, **printer.constants}
    return side_value(text, scope)


def agrees(found: Any, term: Term) -> bool:
    """Whether a value is the term's, a 1 x 1 array being a number."""
    expected = np.asarray(value(term), dtype=float)
    found = np.asarray(found, dtype=float)
    if found.size == expected.size == 1:
        found, expected = found.reshape(()), expected.reshape(())
    return found.shape == expected.shape and bool(np.allclose(found, expected, rtol=1e-9, atol=1e-12))
