"""Conditions of witnesses: three readers agree (the engine on the terms, certification on the text, Python's grammar on
the text), and certification refuses what is false or no condition."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from ast_conditions import true_of
from hypothesis import given, settings
from hypothesis import strategies as st

from keygen.author import Name, Term, add_up, apply, calculus, relation, unknowns, weighted
from keygen.certify.condition import DEEPEST, satisfied
from keygen.errors import KeygenError
from keygen.mathematics.comparison import HOLDS
from keygen.mathematics.terms import constant
from keygen.mathematics.witnesses import ConditionPrinter, Conditions, condition_text

NAMES = ("a", "b", "c")
WHOLE = st.integers(-5, 5)
RATIONAL = st.builds(Fraction, WHOLE, st.integers(1, 4))
LEAVES = st.one_of(st.sampled_from([Name(name) for name in NAMES]), WHOLE.map(calculus.whole))


def grown(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    pairs = st.tuples(st.sampled_from(("add", "sub", "mul")), inner, inner)
    return st.one_of(
        pairs.map(lambda one: apply(*one)),
        st.tuples(st.sampled_from(("neg", "relu", "step")), inner).map(lambda one: apply(*one)),
        st.tuples(inner, WHOLE).map(lambda one: apply("scale", one[0], param=Fraction(one[1]))),
    )


TERMS = st.recursive(LEAVES, grown, max_leaves=8)
SIGNS = st.sampled_from(("=", "!=", "<", "<=", ">", ">="))
RELATIONS = st.builds(relation, TERMS, SIGNS, TERMS)


@given(st.lists(RELATIONS, min_size=1, max_size=3), st.tuples(RATIONAL, RATIONAL, RATIONAL))
@settings(max_examples=300, deadline=None)
def test_a_condition_means_what_its_relations_mean_to_every_reader(relations: list[Any], point: Any) -> None:
    values = dict(zip(NAMES, point, strict=True))
    expected = all(
        HOLDS[chain.relation(1)](*(calculus.exactly(link, **values) for link in chain.links)) for chain in relations
    )
    text, exact = condition_text(relations), {name: str(x) for name, x in values.items()}
    assert satisfied(text, exact) is expected
    assert true_of(text, exact) is expected


@given(st.lists(RATIONAL, min_size=2, max_size=2), RATIONAL, st.lists(RATIONAL, min_size=2, max_size=2))
@settings(deadline=None)
def test_clearing_denominators_changes_no_truth(coefficients: Any, constant: Fraction, point: Any) -> None:
    side = apply("add", weighted(coefficients, unknowns("w", 2)), calculus.whole(constant))
    value = sum((a * x for a, x in zip(coefficients, point, strict=True)), constant)
    for sign in ("=", "<", ">="):
        text = condition_text([relation(side, sign, 0)])
        assert satisfied(text, {"w": [str(x) for x in point]}) is HOLDS[sign](value, Fraction(0))
        assert "/" not in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all(step(X @ w + b) == t)", True),
        ("all(step(X @ w + b) != t)", False),
        ("~all(step(X @ w + b) != t) | (w[0] > 9)", True),
        ("(X[1, 0] == 1) & (X[1][0] == 1)", True),
        ("maximum(0, b) == 0", True),
        ("-w[0] - -w[1] == 0", True),
        ("w @ w == 2", True),
    ],
)
def test_arrays_are_read_alike(text: str, expected: bool) -> None:
    exact = {"X": [["0", "0"], ["1", "0"], ["0", "1"], ["1", "1"]], "w": ["1", "1"], "b": "-3/2", "t": list("0001")}
    assert satisfied(text, exact) is expected
    assert true_of(text, exact) is expected


@pytest.mark.parametrize(
    "text",
    [
        "w[0]", "w[0] > ", "v > 0", "__import__('os')", "w[0] ** 2 > 0", "1.5 < 2", "w > 0", "(1 > 0", "1 > 0)", "",
        "1 > 0 & 2 > 1", "w[7] > 0", "exp(w[0]) > 0", "(" * (DEEPEST + 1) + "1 > 0" + ")" * (DEEPEST + 1),
        "1 > 0 " * 20_000, "w[w[0]] > 0", "1 < 2 < 3",
    ],
)  # fmt: skip
def test_what_is_no_condition_is_refused_in_one_message(text: str) -> None:
    with pytest.raises(KeygenError, match="cannot be evaluated"):
        satisfied(text, {"w": ["1", "1"]})


def test_a_witness_that_does_not_do_it_stops_certification(tmp_path: Any, monkeypatch: Any) -> None:
    from tests.courses import keygen, laid

    laid(
        tmp_path,
        "from keygen.author import *\n"
        "given = {'x': integers('', 1, 9, published=2)}\n"
        "def computation(t):\n    t.y = t.x + 1\n"
        "def answers(s):\n"
        "    return {'a': {'witness': witness({'w': WEIGHT}, relation(apply('mul', Name('w'), Name('x')), '>', 6))}}\n"
        "WEIGHT = 4\n",
        "%% title\nOne\n%% endtitle\n%% part a\nFind \\( \\val{ name.y } \\), where \\( \\val{ line.x } \\).\n"
        "%% solution\n\\( \\val{ line.y } \\)\n%% endpart\n",
        'title = "Mine"\nlanguage = "en"\n[[exercise]]\nid = "my/one"\n',
    )
    monkeypatch.chdir(tmp_path)
    assert keygen("check", "my/one", "--seeds", "0").exit_code == 0
    file = tmp_path / "exercises" / "my" / "one" / "exercise.py"
    file.write_text(file.read_text("utf-8").replace("WEIGHT = 4", "WEIGHT = 3"), encoding="utf-8")
    found = keygen("check", "my/one", "--seeds", "0")
    assert found.exit_code == 1
    assert "the answer a) witness is not what the computation gives" in found.output


def test_a_sum_of_terms_is_written_without_what_is_multiplied_by_zero() -> None:
    w = unknowns("w", 3)
    assert condition_text([relation(weighted((0, -1, 2), w), ">", 0)]) == "-w[1] + 2 * w[2] > 0"
    assert condition_text([relation(add_up(w), ">", 0)]) == "w[0] + w[1] + w[2] > 0"


def test_sides_of_one_sketch_are_written_as_each_would_be_alone() -> None:
    texts = Conditions()
    x, y = unknowns("w", 2)
    pairs = [(2, 3), (5, 40), (-2, 3), (2, -3), (1, 3), (Fraction(3), 0)]
    sides = [apply("add", weighted(pair, (x, y)), constant(7)) for pair in pairs]
    assert [texts.text(side) for side in sides] == [ConditionPrinter().write(side).text for side in sides]
    assert len(texts.templates) == 5
    with pytest.raises(KeygenError, match="not whole"):
        texts.text(apply("scale", x, param=Fraction(1, 2)))
