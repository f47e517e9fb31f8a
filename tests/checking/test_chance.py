"""The oracle's expectations and variances: by enumeration and by exact moments, and by nothing that the build uses."""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from math import comb, prod
from pathlib import Path
from typing import Any

import pytest

import keygen.checking
from keygen.author import Name, calculus
from keygen.calculus import randomness
from keygen.checking.moments import LAWS, ORDER, Chance, UnknownMomentError, constant, count, letter, uniform
from keygen.checking.oracle import Oracle
from keygen.checking.slips import point_of
from keygen.variants.solve import solve
from tests.courses import SHIPPED

P = Fraction(1, 3)


def number(n: int) -> Chance:
    return constant(Fraction(n))


@pytest.mark.parametrize("size", [1, 3, 8, 9, 40])
def test_the_moments_of_a_count_are_those_of_its_probabilities(size: int) -> None:
    chances = [comb(size, k) * P**k * (1 - P) ** (size - k) for k in range(size + 1)]
    found = count(Fraction(size), P)
    for order in range(1, ORDER + 1):
        assert found[order] == sum(k**order * chance for k, chance in enumerate(chances))


def test_a_small_net_has_the_moments_of_all_its_masks() -> None:
    masks = list(product((0, 1), repeat=5))
    weights = [prod(P if on else 1 - P for on in mask) for mask in masks]
    left = [4 * sum(m[:3]) + sum(m[:3]) * sum(m[3:]) + 3 * sum(m[3:]) + 1 for m in masks]
    mean = sum(w * x for w, x in zip(weights, left, strict=True))
    a, b = (letter(name, count(Fraction(size), P)) for name, size in (("N_1", 3), ("N_2", 2)))
    found = number(4) * a + a * b + number(3) * b + number(1)
    assert found.mean() == mean
    assert found.variance() == sum(w * (x - mean) ** 2 for w, x in zip(weights, left, strict=True))


def test_a_sum_of_products_has_the_moments_of_integrals() -> None:
    w, v = (letter(name, uniform(Fraction(1, 2))) for name in "wv")
    x = letter("x", LAWS["symmetric"](Fraction(5)))
    assert (w * x + v * w).variance() == Fraction(1, 12) * 5 + Fraction(1, 12) ** 2
    assert (x.rectified() ** 2).mean() == Fraction(5, 2)
    assert (w * x.rectified()).variance() == Fraction(1, 12) * Fraction(5, 2)


@pytest.mark.parametrize(
    "asked",
    [
        lambda x, w: (x**3).mean(),
        lambda x, w: w.rectified().mean(),
        lambda x, w: (x.rectified() ** 2).mean(),  # of a law of which no symmetry is known
        lambda x, w: (w * w.rectified()).mean(),
        lambda x, w: (w + x).rectified(),
        lambda x, w: w / x,
        lambda x, w: letter("n", count(Fraction(5), Fraction(6, 5))),
    ],
)
def test_what_the_laws_do_not_tell_is_unknown(asked: Callable[[Chance, Chance], Any]) -> None:
    x, w = letter("x", LAWS["centred"](Fraction(1))), letter("w", uniform(Fraction(1)))
    with pytest.raises(UnknownMomentError):
        asked(x, w)


def test_a_rule_that_is_wrong_in_the_build_is_found_by_the_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    """The build takes the variance of a count for its mean, and lets a false line pass that says so."""
    wrong = {**randomness.MOMENTS, "binomial": lambda n, p: (n * p, n * p)}
    monkeypatch.setattr(randomness, "MOMENTS", wrong)
    scope = calculus.scope({"q": ("0.2", "0.8")}).drawing(N=calculus.binomial(7, calculus.read("q")))
    rule = calculus.becomes(calculus.read("7*q"))
    chain = calculus.derivation(scope, calculus.variance(Name("N")), rule, check="points")
    point = point_of(chain, Oracle(solve(SHIPPED.exercise("counts/dense"), "sheet1", None)))
    q = point.value("q")
    variance, claimed = map(point.term, chain.links)
    assert abs(variance - 7 * q * (1 - q)) < 1e-20
    assert abs(claimed - variance) > 0.1


def test_the_deep_check_takes_nothing_but_the_names_of_laws_from_the_build() -> None:
    for file in Path(keygen.checking.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "keygen.calculus.randomness":
                assert {alias.name for alias in node.names} <= {"RandomLaw"}, file.name
