"""Variants are as hard as the published form, never trivial, never undefined, and right by Python's own arithmetic."""

from functools import cache
from random import Random

import numpy as np
import pytest
from shipped_forms import EXERCISES, PARTS

from keygen.errors import KeygenError
from keygen.matrix.derive import Derivation, derive
from keygen.matrix.evaluate import MatrixPoint, evaluate
from keygen.matrix.optimum import constrained_optimum, optimum
from keygen.matrix.parse import Form, FormulaProblem, expanded, parse
from keygen.matrix.printing import numpy_form, plain_text
from keygen.matrix.verify import KnownValues, draw, points, why_undefined

OPTIMA = ("matrix/least_squares", "matrix/ridge", "matrix/normal_likelihood")


derive_once = cache(derive)


@cache
def derived(form: str, part: Form) -> Derivation:
    parsed = parse(form, part.shapes, part.wrt)
    return derive_once(parsed.expression, parsed.wrt)


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_every_form_of_a_part_is_within_one_step_of_every_other(exercise, part):
    found = EXERCISES[exercise][part]
    measured = [derived(form, found).difficulty for form in (found.first, *found.others)]
    assert max(d.lines for d in measured) - min(d.lines for d in measured) <= 1
    assert max(d.rules for d in measured) - min(d.rules for d in measured) <= 1


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_no_form_has_a_trivial_differential(exercise, part):
    found = EXERCISES[exercise][part]
    for form in (found.first, *found.others):
        derivation = derived(form, found)
        slopes = [
            np.abs(evaluate(derivation.differential, at)).max() for at in points([derivation.f], [derivation.wrt])
        ]
        assert max(slopes) > 0, form


@pytest.mark.parametrize("exercise", EXERCISES)
def test_an_exercise_has_fifty_forms_and_none_twice(exercise):
    parts = EXERCISES[exercise]
    assert len({form for part in parts.values() for form in part.others}) >= 50
    for part in parts.values():
        texts = [plain_text(derived(form, part).f) for form in part.others]
        assert len(texts) == len(set(texts))


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_the_last_line_of_every_seed_equals_a_central_difference(central_difference, numpy_value, exercise, part):
    for seed in range(100):
        problem = EXERCISES[exercise][part].draw(Random(seed))
        derivation = derive_once(problem.f, problem.wrt)
        at = first_defined_point(problem, seed)
        last = numpy_value(numpy_form(derivation.differential), at)
        expected = central_difference(derivation, at)
        scale = max(1.0, float(np.max(np.abs(expected))), abs(float(numpy_value(numpy_form(problem.f), at)[0, 0])))
        assert np.allclose(last, expected, atol=1e-4 * scale, rtol=1e-4), numpy_form(problem.f)


def first_defined_point(problem: FormulaProblem, seed: int) -> MatrixPoint:
    """A point of the problem's own sizes; what they allow is found within a few draws."""
    rng = np.random.default_rng(seed)
    candidates = (draw([problem.f], [problem.wrt], problem.sizes, rng) for _ in range(60))
    return next(point for point in candidates if not why_undefined([problem.f], point))


@pytest.mark.parametrize("exercise", OPTIMA)
def test_every_form_has_its_optimum_solved_and_its_second_differential_signed(exercise):
    for part in EXERCISES[exercise].values():
        for form in part.others[::3]:
            found = optimum(derived(form, part))
            assert found.solution.shape == found.unknown.shape
            assert found.second.kind == ("maximum" if form.startswith("-") else "minimum")


@pytest.mark.parametrize("constraint", ["symmetric", "skew"])
def test_every_form_of_the_nearest_matrix_is_solved_by_its_lagrangian(constraint):
    part = EXERCISES["matrix/nearest_symmetric"][constraint]
    for form in part.others[::2]:
        found = constrained_optimum(derived(form, part), parse(form, part.shapes).symbols["L"], constraint)
        assert "L" not in {symbol.name for symbol in found.solution.symbols}
        assert found.second.kind == "minimum"
        assert found.second.strict is None


def test_a_seed_gives_the_same_problem_again():
    for exercise, part in PARTS:
        assert EXERCISES[exercise][part].draw(Random(7)) == EXERCISES[exercise][part].draw(Random(7))


def test_seeds_give_different_problems():
    texts = {str(EXERCISES["matrix/gradients_by_matrix"]["d"].draw(Random(seed)).f) for seed in range(40)}
    assert len(texts) > 20


def test_sizes_are_different_numbers_at_which_the_formula_has_a_value():
    problem = EXERCISES["matrix/gradients_by_matrix"]["e"].draw(Random(3))
    assert len(set(problem.sizes.values())) == len(problem.sizes)
    assert set(problem.shapes) == set(problem.symbols)
    assert all(rows in problem.sizes.values() for rows, _ in problem.shapes.values())


def test_the_published_problem_needs_no_seed():
    problem = EXERCISES["matrix/gradients_by_matrix"]["b"].published
    assert str(problem.f) == "tr(A @ X.T @ X)"
    assert problem.wrt.name == "X"


def test_a_pattern_gives_every_choice_and_every_transpose():
    assert list(expanded("{|2*}tr(A~ @ X)")) == [
        "tr(A @ X)",
        "tr(A.T @ X)",
        "2*tr(A @ X)",
        "2*tr(A.T @ X)",
    ]


def test_without_a_pattern_the_published_formula_is_drawn():
    assert Form("x", "x.T @ x", ()).draw(Random(1)).f == Form("x", "x.T @ x", ()).published.f


def test_a_sample_is_tall_where_it_is_said_to_be():
    form = EXERCISES["matrix/ridge"]["a"]
    assert all((problem := form.draw(Random(seed))).sizes["n"] > problem.sizes["k"] for seed in range(20))


@pytest.mark.parametrize(("exercise", "part"), PARTS)
def test_formula_and_gradient_of_a_part_are_read_again_as_they_were_written(exercise, part):
    form = EXERCISES[exercise][part]
    for text in (form.first, *form.others[:5]):
        first = derived(text, form)
        shapes = " ".join(f"{s.name}:{s.rows},{s.columns},{s.trait}" for s in first.f.symbols)
        for e in filter(None, (first.f, first.gradient, first.jacobian)):
            again = parse(numpy_form(e), shapes).expression
            KnownValues(e, points([e])).require(e, again, "reading")
            assert numpy_form(parse(numpy_form(again), shapes).expression) == numpy_form(again)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (Form("x", "x.T @ (A @", ()), "a formula that cannot be read"),
        (Form("x", "a.T @ b", ()), "x does not occur"),
        (Form("x", "ln(-x**2)", (), "x:1,1"), "no sizes were found"),
        (Form("w", "norm(y - X @ w)**2", (), "X:m,p", tall=True), "no sample of n members"),
    ],
)
def test_a_formula_that_is_none_says_why(form, said):
    with pytest.raises(KeygenError, match=said):
        _ = form.published
