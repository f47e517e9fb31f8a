"""What sheet 8 says in words is true of the formula that was drawn, and its tables of answers have what was asked."""

from __future__ import annotations

from functools import cache

import pytest

from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from keygen.writers.latex import problem
from tests.courses import LANGUAGES, SHIPPED

SEEDS = [None, *range(1, 9), 58]
IN = ["en", "ru"]


@cache
def variant(name: str, seed: int | None) -> Solved:
    return solve(SHIPPED.exercise(f"matrix/{name}"), "sheet8", seed)


@cache
def page(name: str, seed: int | None, language: str) -> str:
    """Statement and solution in TeX, every space one."""
    solved = variant(name, seed)
    proofs = Proofs(solved.values, Policy(), solved.calls, quick=solved.quick)
    made = problem(solved, 1, None, LANGUAGES[language], Policy(), proofs=proofs)
    parts = [text for part in made.parts for text in (part.statement, part.solution)]
    return " ".join("\n".join([made.title, made.statement, *parts, made.answers]).split())


def answers(name: str, seed: int | None, language: str) -> str:
    return page(name, seed, language).partition(r"\begin{kganswers}")[2]


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_equations_are_added_on_symmetric_matrices_and_subtracted_on_skew_ones(seed: int | None, language: str) -> None:
    """X' = X leaves -(L' - L) of the turned equation, X' = -X leaves L' + L."""
    names = {
        "en": ("add the equations", "subtract the equations"),
        "ru": ("складываем уравнения", "вычитаем уравнения"),
    }
    added, subtracted = (name in page("nearest_symmetric", seed, language) for name in names[language])
    symmetric = variant("nearest_symmetric", seed).choices["constraint"] == "symmetric"
    assert (added, subtracted) == (symmetric, not symmetric)


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_matrix_is_called_nearest_where_the_distance_from_one_alone_is_least(seed: int | None, language: str) -> None:
    f = variant("nearest_symmetric", seed).shown["nearest"].problem.f
    text = page("nearest_symmetric", seed, language)
    one = len(f.parts) == 2  # a distance, and the multipliers' term
    assert (one, not one) == tuple(
        words in text
        for words in {"en": ("The nearest", "A minimum over"), "ru": ("Ближайшая", "Минимум по")}[language]
    )


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["least_squares", "ridge", "logistic"])
def test_a_table_of_answers_has_the_differentials_that_were_asked_for(
    name: str, seed: int | None, language: str
) -> None:
    found = answers(name, seed, language)
    assert r"\kgchain{\mathrm{d}L}" in found
    assert (r"\kgchain{\mathrm{d}^{2}L}" in found) is (name != "logistic")
    assert r"\nabla_{\!\kgmat{w}} L" in found
    assert r"\nabla^{2} L" in found


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_table_of_answers_has_no_gradient_that_nobody_was_asked_for(seed: int | None, language: str) -> None:
    assert r"\nabla" not in answers("normal_likelihood", seed, language)
    found = answers("nearest_symmetric", seed, language)
    assert r"\nabla" not in found
    assert all(left in found for left in (r"\kgchain{F(", r"\kgchain{\mathrm{d}F}", r"\kgchain{\hat{\kgmat{X}}}"))


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["gradients_by_vector", "gradients_by_matrix"])
def test_only_what_a_formula_has_must_make_sense(name: str, seed: int | None, language: str) -> None:
    formulas = [str(one.f) for one in variant(name, seed).problems.values()]
    words = {"en": ("logarithm is taken", "denominator is not"), "ru": ("под логарифмом", "знаменатель не")}[language]
    logarithm, denominator = (word in page(name, seed, language) for word in words)
    assert logarithm is any("log(" in f for f in formulas)
    assert denominator is any("1 / (" in f for f in formulas)


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize(("name", "letter"), [("least_squares", "b"), ("ridge", "a")])
def test_a_vector_beside_the_data_is_said_to_be_given(name: str, letter: str, language: str) -> None:
    said = {"en": rf"The vector~\( \kgmat{{{letter}}} \) is given.", "ru": rf"Вектор~\( \kgmat{{{letter}}} \) задан."}
    for seed in SEEDS:
        stands = letter in variant(name, seed).problems["a"].symbols
        assert (said[language] in page(name, seed, language)) is stands


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_likelihood_has_its_variables_in_one_order(seed: int | None, language: str) -> None:
    """The mean first, wherever the function is written."""
    text = page("normal_likelihood", seed, language)
    assert r"L(\kgmat{\mu}, \kgmat{\Sigma})" in text
    assert r"L(\kgmat{\hat{\mu}}, \kgmat{P})" in text
    assert r", \kgmat{\hat{\mu}})" not in text


@pytest.mark.parametrize("language", IN)
@pytest.mark.parametrize("seed", SEEDS)
def test_observations_have_one_mean_where_it_is_the_same_for_all(seed: int | None, language: str) -> None:
    one, each = {
        "en": ("the estimate of their mean do not", "the estimates of their means do not"),
        "ru": ("от оценки их математического ожидания", "от оценок их математических ожиданий"),
    }[language]
    text = page("normal_likelihood", seed, language)
    mean = str(variant("normal_likelihood", seed).shown["model"].mean)
    assert ((one in text), (each in text)) == (mean == "mu", mean != "mu")
