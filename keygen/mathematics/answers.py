"""Answers: what a grader compares. Named sources in `answers` become typed values, exact where a short form exists."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache, lru_cache, partial
from typing import Any

import numpy as np
from msgspec import Struct

from keygen.engine.polynomial import Polynomial
from keygen.engine.real import Number, Real, in_decimals
from keygen.engine.surd import Surd
from keygen.engine.trace import Trace
from keygen.errors import KeygenError, nearest
from keygen.mathematics.formula import SharedFormulaPrinter, expression_text
from keygen.mathematics.formula import formula as formula_text
from keygen.mathematics.number_cache import numerals
from keygen.mathematics.number_format import Policy
from keygen.mathematics.simplified import expanded
from keygen.mathematics.terms import Chain, Name, Term, written_with

SHORT = 48  # characters of an exact form that a person would still write
COMMON = ("type", "exact", "float", "decimal", "page")
"""The keys of an answer's object that do not depend on its type."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as CLI.md types it; nested lists for vectors and matrices.

    exact    texts; None where there is no short exact form
    float    the nearest doubles; None where that would be 0 or infinite though the number is neither
    decimal  17 significant digits of what `float` has no double for, None elsewhere
    page     the figures that a page shows; None until a page's policy is known
    value    the numbers themselves
    says     what a page shows of it, for one that comes ready
    beside   what its type has besides: the `options` of a choice, the `condition` of a witness
    """

    type: str
    exact: Any
    float: Any
    decimal: Any = None
    page: Any = None
    value: Any = field(default=None, compare=False, repr=False)
    says: Any = field(default=None, compare=False, repr=False)
    beside: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self, policy: Policy) -> dict[str, Any]:
        """The object that `keygen answers --json` prints."""
        page = {} if self.value is None else {"page": figures(self.value, policy)}
        decimal = {} if self.decimal is None else {"decimal": self.decimal}
        return {"type": self.type, "exact": self.exact, "float": self.float, **decimal, **page, **self.beside}


def of_json(said: Mapping[str, Any]) -> Answer:
    """The answer that such an object says; what it has besides the common keys belongs to its type."""
    common = {key: said[key] for key in COMMON if key in said}
    return Answer(**common, beside={key: value for key, value in said.items() if key not in COMMON})


def as_json(answers: Mapping[str, Answer], policy: Policy) -> dict[str, Any]:
    """Answers, or given data, as `keygen-answers/1` has them."""
    return {name: answer.as_json(policy) for name, answer in answers.items()}


def figures(value: Any, policy: Policy) -> Any:
    """The figures that a page shows of a number, or nested lists of them, with a decimal point."""
    if isinstance(value, np.ndarray | list):
        return [figures(item, policy) for item in value]
    return numerals(policy).of(value).digits.plain


class FormulaSource(Struct, frozen=True):
    """A source: the variable written out in its inputs (and in whatever `keep` names), matrix by matrix."""

    name: str
    type: str = "formula"
    keep: tuple[str, ...] = ()
    spelled: tuple[tuple[str, str], ...] = ()


def formula(name: str, *keep: str, **spelled: str) -> FormulaSource:
    """The matrix formula of a variable, in the inputs of the computation and the names in `keep`.

    `spelled` keeps names too, and says how another program computes them: `n="y.shape[0]"`.
    """
    return FormulaSource(name, "formula", (*keep, *spelled), tuple(spelled.items()))


def expression(name: str, *keep: str) -> FormulaSource:
    """The scalar expression of a variable, in the inputs of the computation and the names in `keep`."""
    return FormulaSource(name, "expression", keep)


class StatedSource(Struct, frozen=True):
    """A source: a value that the exercise states (a boolean, a choice, a count)."""

    value: Any


def same_as(value: Any) -> StatedSource:
    """An answer that is a number, a boolean or one of the exercise's choices, given as it is."""
    return StatedSource(value)


class ShapesSource(Struct, frozen=True):
    """A source: the sizes of every vector and matrix that goes into the computation."""


def shapes() -> ShapesSource:
    """The sizes of the inputs that are not numbers, for a program that tries the formulas of the answers."""
    return ShapesSource()


class ShapeSource(Struct, frozen=True):
    """A source: the lengths of an array, each a whole number, a letter, or the name of a variable that is one."""

    lengths: tuple[int | str | Name, ...]


class SpelledSource(Struct, frozen=True):
    """A source: a term in its own letters; with a `value` it is a number of which the term is the exact form."""

    term: Term
    value: Number | None = None


def spelled(term: Term, value: Number | None = None) -> SpelledSource:
    """The expression that a term says, or the number `value` with the term as its exact form."""
    return SpelledSource(term, value)


class MatricesSource(Struct, frozen=True):
    """A source: several matrices in their order."""

    names: tuple[str, ...]


def matrices(*names: str) -> MatricesSource:
    """The list of these matrices, which need not have one shape."""
    return MatricesSource(names)


class ConcludedSource(Struct, frozen=True):
    """A source with the lines by which a page shows it, or what makes them, the same whenever it is asked."""

    source: Any
    lines: tuple[Any, ...] | Callable[[], tuple[Any, ...]]

    @property
    def says(self) -> tuple[Any, ...]:
        """The lines, each cut to its beginning and its end."""
        lines = self.lines() if callable(self.lines) else self.lines
        return tuple(line.result if isinstance(line, Chain) else line for line in lines)


def concluded(source: Any, *lines: Any) -> ConcludedSource:
    """An answer that the page's table of answers shows by these lines, each cut to its beginning and its end (or by
    results of matrix problems); without any it is not in the table. In their place may stand a function that makes the
    lines, which is called once, as soon as a page shows them: not every target has one. Raises KeygenError for a
    function among lines."""
    if not any(map(callable, lines)):
        return ConcludedSource(source, lines)
    if len(lines) > 1:
        raise KeygenError(
            "a function among the lines of an answer", expected="lines, or one function that makes them all",
            repair="concluded(source, function), the function returning a list of lines",
        )  # fmt: skip
    return ConcludedSource(source, cache(partial(lines_made, lines[0])))


def lines_made(function: Callable[[], Chain | Iterable[Any]]) -> tuple[Any, ...]:
    """The lines that a function makes, or the one line."""
    made = function()
    return (made,) if isinstance(made, Chain) else tuple(made)


def without_lines(source: Any) -> Any:
    """A source itself, where it comes with the lines by which a page shows it."""
    while isinstance(source, ConcludedSource):
        source = source.source
    return source


ExactForm = Callable[[str, tuple[int, ...]], "str | None"]


def answer(source: Any, trace: Trace, values: Mapping[str, Any], exact_form: ExactForm | None = None) -> Answer:
    """The answer behind a source: a variable's name, a list of names, a `formula`, a value `same_as`, or an answer."""
    match source:
        case Answer():
            return source
        case ConcludedSource(source=inner):
            return answer(inner, trace, values, exact_form)
        case FormulaSource():
            return Answer(source.type, trace.memo(source, lambda: written_out(source, trace)), None)
        case StatedSource():
            return stated(source.value)
        case SpelledSource(term=term, value=None):
            return Answer("expression", expression_text(term), None)
        case SpelledSource(term=term, value=value):
            return replace(numbers(value, lambda place: None), exact=formula_text(term))
        case ShapesSource():
            return Answer("shapes", {v.name: list(v.shape) for v in trace.inputs if v.shape}, None)
        case ShapeSource(lengths=lengths):
            return Answer("shape", [length_of(length, values) for length in lengths], None)
        case MatricesSource(names=names):
            each = [answer(name, trace, values, exact_form) for name in names]
            decimals = [one.decimal for one in each]
            return Answer(
                "matrices", [one.exact for one in each], [one.float for one in each],
                decimals if any(decimals) else None, value=[one.value for one in each],
            )  # fmt: skip
        case str():
            known(source, values)
            return numbers(values[source], lambda place: exact_form(source, place) if exact_form else None)
        case list() | tuple():
            return assembled(source, values, exact_form)
    raise KeygenError(
        f"{source!r} is not a source of an answer", expected="a variable's name, a list of names, formula(...)"
    )


def length_of(length: int | str | Name, values: Mapping[str, Any]) -> int | str:
    """A length of a shape. Raises KeygenError for a variable that is no whole number above 0."""
    if not isinstance(length, Name):
        return length
    known(length.name, values)
    value = values[length.name]
    number = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
    if not isinstance(number, Fraction) or number.denominator != 1 or number < 1:
        raise KeygenError("an axis has no such length", expected="a whole number", found=f"{length.name} = {number}")
    return int(number)


def known(name: str, values: Mapping[str, Any]) -> None:
    """Raise for an answer whose variable the computation lacks."""
    if name not in values:
        raise KeygenError(
            f"an answer names {name!r}, which the computation does not have", repair=nearest(name, values)
        )


def written_out(source: FormulaSource, trace: Trace) -> str:
    """The variable in terms of the trace's inputs."""
    known(source.name, trace.shapes)
    of = trace.memo((FormulasOfTrace, source.keep, source.spelled), lambda: FormulasOfTrace(source, trace))
    return of.text(source.name)


class FormulasOfTrace:
    """The variables of a trace in terms of its inputs and of what a source keeps; they have many parts in common."""

    def __init__(self, source: FormulaSource, trace: Trace) -> None:
        self.trace, self.inline = trace, inputs_of(source, trace)
        self.parts: dict[str, Term] = {}
        self.printer = SharedFormulaPrinter(dict(source.spelled))

    def text(self, name: str) -> str:
        """One of them as a formula for other programs."""
        return self.printer.write(written_with(self.parts, self.trace, name, self.inline)).text


def inputs_of(source: FormulaSource, trace: Trace) -> Callable[[str], bool]:
    """Which variables are written out in a formula: all but the inputs of the computation and those it keeps."""
    return (set(trace.shapes) - {variable.name for variable in trace.inputs} - set(source.keep)).__contains__


def stated(value: Any) -> Answer:
    """A value that is said rather than computed."""
    if isinstance(value, bool):
        return Answer("boolean", value, None)
    if isinstance(value, str):
        return Answer("choice", value, None)
    if isinstance(value, list | tuple) and not all(isinstance(item, int | float | Fraction) for item in value):
        return Answer("choice", list(value), None)
    array = np.array(value, dtype=object) if isinstance(value, list | tuple) else value
    return numbers(array, lambda place: None)


def numbers(value: Any, exact_form: Callable[[tuple[int, ...]], str | None]) -> Answer:
    """A number, a vector or a matrix; a polynomial is an expression."""
    if isinstance(value, Polynomial):
        return Answer("expression", polynomial_text(value), None)
    if isinstance(value, np.ndarray):
        texts = [exact_text(entry) or exact_form(place) for place, entry in np.ndenumerate(value)]
        kind = "vector" if value.ndim == 1 else "matrix"
        return Answer(kind, nested(texts, value.shape), *doubles(value), value=value)
    return Answer("number", exact_text(value) or exact_form(()), *doubles(value), value=value)


@lru_cache(maxsize=2048)
def polynomial_text(value: Polynomial) -> str:
    """A polynomial as text; the same ones come back in every variant."""
    return formula_text(expanded(value))


def doubles(value: Any) -> tuple[Any, Any]:
    """The nearest doubles of a number or an array, and the digits of what has none (None if all have one)."""
    if not isinstance(value, np.ndarray):
        nearest = float(value)
        return (nearest, None) if has_double(value, nearest) else (None, digits_of(value))
    pairs = [doubles(entry) for entry in value.flat]
    decimals = [decimal for _, decimal in pairs]
    whole = None if not any(decimals) else arranged(decimals, value.shape)
    return arranged([nearest for nearest, _ in pairs], value.shape), whole


def has_double(value: Any, nearest: float) -> bool:
    """Whether the nearest double says something of a number."""
    return nearest == 0 == value or (nearest != 0 and math.isfinite(nearest))


def digits_of(value: Any) -> str:
    """17 significant digits of a number that is no double."""
    return in_decimals(value).decimal()  # type: ignore[union-attr]  # it is not 0


def assembled(names: Any, values: Mapping[str, Any], exact_form: ExactForm | None) -> Answer:
    """A vector or a matrix made of number-shaped variables."""
    array: Any = np.array(names, dtype=object)
    found = np.empty(array.shape, dtype=object)
    for place, entry in np.ndenumerate(array):
        name = str(entry)
        known(name, values)
        found[place] = values[name].item() if isinstance(values[name], np.ndarray) else values[name]
    return numbers(found, lambda place: exact_form(str(array[place]), ()) if exact_form else None)


def exact_text(value: Any) -> str | None:
    """A rational number, or a rational multiple of one square root, as text."""
    if isinstance(value, Real):
        value = value.short_rational
    if isinstance(value, Fraction | Surd):
        return str(value)
    return str(int(value)) if isinstance(value, int) else None


def nested(texts: Sequence[str | None], shape: tuple[int, ...]) -> Any:
    """Texts as nested lists, the last axis first; None as a whole where one entry has no short exact form."""
    return None if None in texts else arranged(texts, shape)


def arranged(items: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """Items in the shape of an array, as nested lists."""
    if len(shape) == 1:
        return list(items)
    inside = math.prod(shape[1:])
    return [arranged(items[k * inside : (k + 1) * inside], shape[1:]) for k in range(shape[0])]
