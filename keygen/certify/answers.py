"""The answers of one variant against its trace, computed once more in float64 and read back from their own text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from keygen.certify.condition import satisfied
from keygen.certify.matrices import numeric, same_in_numpy, spelled
from keygen.course.draw import stream
from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import as_float, evaluate
from keygen.engine.polynomial import Polynomial
from keygen.engine.real import Real
from keygen.errors import FalseClaim, KeygenError
from keygen.mathematics.answers import (
    Answer,
    ConcludedSource,
    FormulaSource,
    MatricesSource,
    ShapeSource,
    SpelledSource,
)
from keygen.mathematics.eval_scope import functions
from keygen.mathematics.terms import Name
from keygen.matrix.exercises import Worked
from keygen.matrix.expression import Expression
from keygen.matrix.marks import worked_in
from keygen.matrix.printing import NUMPY
from keygen.tolerances import FLOAT_TEXT
from keygen.variants.solved import Solved

NUMPY_OWN = ["abs", "floor", "sign", "amax", "amin", "argmax", "sort", "argsort", "take_along_axis"]
FUNCTIONS: Mapping[str, Any] = {
    **functions(FLOAT.name), **NUMPY,
    **{name: getattr(np, name) for name in NUMPY_OWN},
}  # fmt: skip
"""What the text of an answer may call."""


def certify_answers(solved: Solved) -> int:
    """How many answers equal what the trace computes, and have a text and a number that agree.

    Raises KeygenError naming exercise, variant, part and answer for the first that does not.
    """
    scope = again(solved)
    checked = certify_typed(solved)
    table = solved.sources
    for part, answers in solved.answers().items():
        for name, answer in answers.items():
            for expected, found in pairs(table[part][name], answer, scope):
                require_answer(solved, f"{part}) {name}", expected, found)
                checked += 1
    return checked + certify_formulas(solved)


def certify_typed(solved: Solved) -> int:
    """How many witnesses fulfil their conditions, worked out from the texts of the JSON; how many choices have their
    key among their options, once."""
    given = {name: one.exact for name, one in solved.given().items() if one.type in ("number", "vector", "matrix")}
    checked = 0
    for part, answers in solved.answers().items():
        for name, answer in answers.items():
            if answer.type == "witness" and answer.exact is not None:
                fulfilled = satisfied(answer.beside["condition"], {**given, **answer.exact})
                require_answer(solved, f"{part}) {name}", 1.0, float(fulfilled))
                checked += 1
            elif "options" in answer.beside:
                require_answer(solved, f"{part}) {name}", 1.0, float(answer.beside["options"].count(answer.exact)))
                checked += 1
    return checked


def certify_formulas(solved: Solved) -> int:
    """How many answers of matrix problems have the value of what was derived, at a random point of their own sizes."""
    answers = [answer for part in solved.answers().values() for answer in part.values()]
    texts = {answer.exact for answer in answers if answer.type == "formula"}
    checked = 0
    for worked in worked_in(solved.shown):
        values, point = numeric(worked)
        for derived in derivations(worked):
            if worked.formula(derived) in texts:
                same_in_numpy(worked, derived, values, point)
                checked += 1
    return checked


def derivations(worked: Worked) -> Iterator[Expression]:
    """What an answer may state of a matrix problem: all that has a form for NumPy, the gradient step, the Hessian."""
    yield from spelled(worked)
    if worked.derivation.gradient is not None:
        yield worked.value("step")
    if "curvature" in worked.__dict__ and worked.curvature.jacobian is not None:
        yield worked.curvature.jacobian


def again(solved: Solved) -> dict[str, Any]:
    """Every name's value in float64: of the variant's data, of random numbers where the inputs are symbols."""
    if solved.calls:
        return {name: as_float(value) for name, value in solved.values.items()} | dict(solved.calls)
    rng = stream("again", solved.exercise.id)
    point = {
        variable.name: rng.uniform(-2, 2) if isinstance(value, Polynomial) else value
        for variable in solved.trace.inputs
        for value in (solved.values[variable.name],)
    }
    return evaluate(solved.trace, point, FLOAT)


def pairs(source: Any, answer: Answer, scope: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """What an answer should be and what it is: its number against the trace, its text against its number."""
    if isinstance(source, ConcludedSource):
        yield from pairs(source.source, answer, scope)
        return
    expected = traced(source, scope)
    if answer.float is not None and answer.type != "matrices":
        if expected is not None:
            yield expected, np.asarray(answer.float, dtype=float)
        if answer.exact is not None:
            yield np.asarray(answer.float, dtype=float), numbers(answer.exact, scope)
    elif answer.type == "shape" and expected is not None:
        yield from (
            (x, length) for x, length in zip(expected, answer.exact, strict=True) if not isinstance(length, str)
        )
    elif expected is not None and isinstance(answer.exact, str):
        yield expected, value_of_text(answer.exact, {**scope, **renamed(source, scope)})
    if isinstance(source, MatricesSource):
        for name, value in zip(source.names, answer.float, strict=True):
            yield as_float(scope[name]), np.asarray(value, dtype=float)


def renamed(source: Any, scope: Mapping[str, Any]) -> dict[str, Any]:
    """The names that a formula gives to what the trace calls otherwise, with their values."""
    spelled = source.spelled if isinstance(source, FormulaSource) else ()
    return {text: scope[name] for name, text in spelled if text.isidentifier()}


def traced(source: Any, scope: Mapping[str, Any]) -> Any:
    """What the trace has for a source of an answer; None for a source that is not of the trace."""
    match source:
        case str() | FormulaSource():
            return np.asarray(scope[source if isinstance(source, str) else source.name], dtype=float)
        case SpelledSource(value=Fraction() | Real() as value):
            return np.asarray(float(value))
        case ShapeSource(lengths=lengths):
            found = [scope[length.name] if isinstance(length, Name) else length for length in lengths]
            return np.array([np.nan if isinstance(length, str) else np.asarray(length).item() for length in found])
        case list() | tuple():
            names = np.array(source, dtype=object)
            return np.reshape([float(np.asarray(scope[str(name)]).item()) for name in names.flat], names.shape)
    return None


def numbers(texts: Any, scope: Mapping[str, Any]) -> Any:
    """Nested lists of texts as an array of the numbers that they say."""
    if isinstance(texts, list):
        return np.array([numbers(text, scope) for text in texts], dtype=float)
    return float(value_of_text(texts, scope)) if isinstance(texts, str) else float(texts)


def value_of_text(text: str, scope: Mapping[str, Any]) -> Any:
    """The value of an answer's text, as NumPy (or sympy, on numbers) would read it. KeygenError if it has none."""
    try:
        return eval(text, dict(FUNCTIONS), dict(scope))
    except Exception as error:  # whatever Python says of a text that is no formula
        raise KeygenError(
            "the text of an answer has no value",
            found=f"{text}: {error}",
            repair="this is a defect of keygen or of the exercise's `answers`; please report it with the seed",
        ) from error


def require_answer(solved: Solved, name: str, expected: Any, found: Any) -> None:
    """Raise KeygenError unless an answer is what it should be; a 1 x 1 matrix is a number."""
    expected, found = np.asarray(expected, dtype=float), np.asarray(found, dtype=float)
    if expected.size == found.size == 1:
        expected, found = expected.reshape(()), found.reshape(())
    close = expected.shape == found.shape and bool(
        np.all(np.abs(expected - found) <= FLOAT_TEXT * (1 + np.abs(expected)))
    )
    if not close:
        raise FalseClaim(
            f"the answer {name} is not what the computation gives",
            exercise=solved.exercise.id,
            who=solved.variant.who,
            file=solved.exercise.file,
            expected=str(expected.tolist()),
            found=str(found.tolist()),
            repair="this is a defect of keygen or of the exercise's `answers`; please report it with the seed",
        )
