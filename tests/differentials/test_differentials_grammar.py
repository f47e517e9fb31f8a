"""Variants are as hard as the published form, never trivial, never undefined, and right by Python's own arithmetic."""

from functools import cache
from random import Random

import numpy as np
import pytest

from keygen.differentials.derive import Derivation, derive
from keygen.differentials.evaluate import Point, evaluate
from keygen.differentials.forms import EXERCISES, Part
from keygen.differentials.grammar import Problem, expanded, forms, published, variant
from keygen.differentials.optimum import constrained_optimum, optimum
from keygen.differentials.parse import parse
from keygen.differentials.points import draw, points, why_undefined
from keygen.differentials.printing import numpy_form, plain_text
from keygen.errors import KeygenError

PARTS = [(exercise, part) for exercise, parts in EXERCISES.items() for part in parts]
OPTIMA = ("matrix/least_squares", "matrix/ridge", "matrix/normal_likelihood")


derive_once = cache(derive)


@cache
def derived(form: str, part: Part) -> Derivation:
    parsed = parse(form, part.shapes, part.wrt)
    return derive_once(parsed.expression, parsed.wrt)


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_every_form_of_a_part_is_within_one_step_of_every_other(exercise, part):
    found = EXERCISES[exercise][part]
    measured = [derived(form, found).difficulty for form in (found.published, *forms(found))]
    assert max(d.lines for d in measured) - min(d.lines for d in measured) <= 1
    assert max(d.rules for d in measured) - min(d.rules for d in measured) <= 1


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_no_form_has_a_trivial_differential(exercise, part):
    found = EXERCISES[exercise][part]
    for form in (found.published, *forms(found)):
        derivation = derived(form, found)
        for point in points([derivation.f], [derivation.wrt]):
            assert np.max(np.abs(evaluate(derivation.differential, point))) > 1e-6, form


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_has_fifty_forms_and_none_twice(exercise):
    parts = EXERCISES[exercise]
    assert len({form for part in parts.values() for form in forms(part)}) >= 50
    for part in parts.values():
        texts = [plain_text(derived(form, part).f) for form in forms(part)]
        assert len(texts) == len(set(texts))


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_the_last_line_of_every_seed_equals_a_central_difference(central_difference, numpy_value, exercise, part):
    for seed in range(100):
        problem = variant(exercise, part, Random(seed))
        derivation = derive_once(problem.f, problem.wrt)
        at = first_defined_point(problem, seed)
        last = numpy_value(numpy_form(derivation.differential), at)
        expected = central_difference(derivation, at)
        scale = max(1.0, float(np.max(np.abs(expected))), abs(float(numpy_value(numpy_form(problem.f), at)[0, 0])))
        assert np.allclose(last, expected, atol=1e-4 * scale, rtol=1e-4), numpy_form(problem.f)


def first_defined_point(problem: Problem, seed: int) -> Point:
    """A point of the problem's own sizes; what they allow is found within a few draws."""
    rng = np.random.default_rng(seed)
    candidates = (draw([problem.f], [problem.wrt], problem.sizes, rng) for _ in range(60))
    return next(point for point in candidates if not why_undefined([problem.f], point))


@pytest.mark.parametrize("exercise", OPTIMA)
def test_every_form_has_its_optimum_solved_and_its_second_differential_signed(exercise):
    for part in EXERCISES[exercise].values():
        for form in forms(part)[::3]:
            found = optimum(derived(form, part))
            assert found.solution.shape == found.unknown.shape
            assert found.second.kind == ("maximum" if form.startswith("-") else "minimum")


@pytest.mark.parametrize("constraint", ["symmetric", "skew"])
def test_every_form_of_the_nearest_matrix_is_solved_by_its_lagrangian(constraint):
    part = EXERCISES["matrix/nearest_symmetric"][constraint]
    for form in forms(part)[::2]:
        found = constrained_optimum(derived(form, part), parse(form, part.shapes).symbols["L"], constraint)
        assert "L" not in {symbol.name for symbol in found.solution.symbols}
        assert found.second.kind == "minimum"
        assert found.second.strict is None


def test_a_seed_gives_the_same_problem_again():
    for exercise, part in PARTS:
        assert variant(exercise, part, Random(7)) == variant(exercise, part, Random(7))


def test_seeds_give_different_problems():
    texts = {str(variant("matrix/gradients_by_matrix", "d", Random(seed)).f) for seed in range(40)}
    assert len(texts) > 20


def test_sizes_are_different_numbers_at_which_the_formula_has_a_value():
    problem = variant("matrix/gradients_by_matrix", "e", Random(3))
    assert len(set(problem.sizes.values())) == len(problem.sizes)
    assert set(problem.shapes) == set(problem.symbols)
    assert all(rows in problem.sizes.values() for rows, _ in problem.shapes.values())


def test_the_published_problem_needs_no_seed():
    problem = published("matrix/gradients_by_matrix", "b")
    assert str(problem.f) == "tr(A @ X.T @ X)"
    assert problem.wrt.name == "X"


def test_a_pattern_gives_every_choice_and_every_transpose():
    assert list(expanded("{|2*}tr(A~ @ X)")) == [
        "tr(A @ X)",
        "tr(A.T @ X)",
        "2*tr(A @ X)",
        "2*tr(A.T @ X)",
    ]


@pytest.mark.parametrize(
    ("exercise", "part", "said"),
    [("matrix/ridges", "a", "matrix/ridge"), ("matrix/ridge", "z", "known: a")],
)
def test_an_unknown_exercise_or_part_raises_with_the_nearest_known(exercise, part, said):
    with pytest.raises(KeygenError, match=said):
        published(exercise, part)
