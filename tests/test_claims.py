"""Numbers outside of lines: a cell, a label, a number in a sentence carries what it is the value of, and is read back;
words that depend on values are chosen by conditions that are checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from keygen.author import apply, calculus
from keygen.calculus.claims import Claim, Condition, Given, claim, decided, relation
from keygen.certify.lines import certify_lines
from keygen.certify.stage import certify
from keygen.document.typesetter import Typesetter
from keygen.engine.polynomial import Polynomial
from keygen.engine.real import in_decimals
from keygen.errors import KeygenError
from keygen.figures.labels import part_names, said_in
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Chain, Literal, Name
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from tests.courses import SHIPPED, keygen, laid

EXERCISE = '''"""A sigmoid."""

from keygen.author import (
    Axis, Chain, Claim, Column, Condition, Curve, Given, Guide, Literal, Name, Table, backprop, cell_figure, claim,
    decimals, graph_figure, network_figure, plot_figure, relation, scheme_figure, sigmoid,
)

given = {"x": decimals("", "0.5", "3", "0.5", published=1)}


def computation(t):
    t.p = sigmoid(t.x)
    t.q = 2 * t.x
    backprop(t, "p", ["x"])


answers = {"a": {"p": "p"}}


def conditions(s):
    return {"positive": s.whether(relation(s.name("x"), ">", 0))}


def show(s):
    return {"table": Table((Name("k"), Given(1)), ((Name("p"), s.claim("p")),))}
'''

TEMPLATE = r"""%% title
A sigmoid
%% endtitle
%% part a
Find \( \val{ name.p } \).
%% solution
%% if holds.positive
The argument is positive.
%% endif
\val{ table }
%% endpart
"""

SHEET = 'title = "My sheet"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\npoints = 2\n'
POLICY = Policy()
CELL = 'Table((Name("k"), Given(1)), ((Name("p"), s.claim("p")),))'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rewrite(course: Path, old: str, new: str, file: str = "exercise.py") -> tuple[Path, int]:
    """The file with something else in it, and the line where that is."""
    path = course / "exercises" / "my" / "one" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path, text[: text.index(old)].count("\n") + 1


def page(course: Path) -> str:
    result = keygen("build", "mine", "--format", "tex", "--solutions")
    assert result.exit_code == 0, result.stderr
    return (course / "build" / "mine-solutions.tex").read_text(encoding="utf-8")


BARE = {
    "a cell of a float": (
        'Table((Name("k"), Given(1)), ((Name("p"), 0.7311),))',
        "cell 2 of row 1 of a table is a bare number",
    ),
    "a cell of a literal": (
        'Table((Name("k"), Given(1)), ((Name("p"), Literal(s.values["p"])),))',
        "cell 2 of row 1 of a table is a bare number",
    ),
    "a cell of a string": (
        'Table((Name("k"), Given(1)), ((Name("p"), r"\\\\frac{1}{2}"),))',
        "cell 2 of row 1 of a table is a bare string",
    ),
    "a head of a number": (
        'Table((Name("k"), 1), ((Name("p"), s.claim("p")),))',
        "head 2 of a table is a bare number",
    ),
    "a vertex": (
        'graph_figure([("a", "x^2")], [])',
        "a vertex of a graph is a bare string",
    ),
    "an edge": (
        'graph_figure([("a", Name("a")), ("b", Name("b"))], [("a", "b", Literal(2))])',
        "an edge of a graph is a bare number",
    ),
    "a unit": (
        "network_figure([[0.5]], [])",
        "a unit of a network is a bare number",
    ),
    "a curve": (
        'plot_figure([Curve([(0, 0), (1, 1)], r"\\sigma")])',
        "a label of a plot is a bare string",
    ),
    "an axis": (
        'plot_figure([Curve([(0, 0), (1, 1)])], Axis("t"))',
        "a label of a plot is a bare string",
    ),
    "a guide": (
        "plot_figure([Curve([(0, 0), (1, 1)])], guides=[Guide(Given(1), label=Literal(1))])",
        "a label of a plot is a bare number",
    ),
    "a scheme": (
        'scheme_figure([Column(Name("x"), (Literal(2), None))])',
        "a label of a scheme is a bare number",
    ),
    "a given float": (
        "Given(0.5)",
        "0.5 cannot be given",
    ),
    "a claim of nothing": (
        "Claim(Chain((Literal(1), Literal(1))))",
        "a claim does not say what its number is the value of",
    ),
    "a short row": (
        'Table((Name("k"), Given(1)), ((Name("p"),),))',
        "row 1 of a table is not as long as its head",
    ),
}


@pytest.mark.parametrize("how", BARE)
def test_a_number_that_nothing_is_said_of_is_refused_at_the_authors_line(course: Path, how: str) -> None:
    code, what = BARE[how]
    path, line = rewrite(course, CELL, code)
    result = keygen("build", "mine", "--format", "tex", "--solutions")
    assert result.exit_code == 1
    said = result.stderr.splitlines()
    assert said[0] == f"keygen: {what}"
    assert said[1:3] == ["  exercise: my/one", f"  at:       {path}:{line}"]
    assert any(row.startswith("  expected:") for row in said)
    assert not list((course / "build").glob("*.tex"))


@pytest.mark.parametrize("shown", ['Literal(s.values["p"])', 's.values["p"] * 1', "0.5"])
def test_a_bare_number_in_a_sentence_is_refused_at_the_templates_line(course: Path, shown: str) -> None:
    rewrite(course, CELL, shown)
    path, line = rewrite(course, r"\val{ table }", r"It is \( \val{ table } \).", "en.tex")
    result = keygen("build", "mine", "--format", "tex", "--solutions")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[:3] == [
        "keygen: what a page prints is a bare number",
        "  exercise: my/one",
        f"  at:       {path}:{line}",
    ]


def test_a_cell_prints_the_number_alone_and_a_line_in_a_cell_its_own_sign(course: Path) -> None:
    assert r"p & 0.7311" in page(course)
    rewrite(course, 's.claim("p")),)', 's.chain("p").result),)')
    assert r"p & p \approx 0.7311" in page(course)
    rewrite(course, 's.chain("p").result),)', 's.chain("q").result),)')
    assert "p & q = 2" in page(course)


def test_labels_and_lines_have_one_sign() -> None:
    irrational = in_decimals(Fraction("0.7310585"))
    for value, sign in ((irrational, r"\approx"), (Fraction(1, 2), "="), (Fraction(10000, 9999), r"\approx")):
        line = Chain((Name("p"), Literal(value)))
        typesetter = Typesetter(POLICY, proofs=Proofs({"p": value}, POLICY, {}))
        assert f" {sign} " in (typesetter.label(line) or "")
        assert rf"\kglink{{{sign}}}" in typesetter.typeset(line)


def test_check_reads_every_cell_back_and_counts_it(course: Path) -> None:
    before = json.loads(keygen("check", "my/one", "--seeds", "2", "--json").stdout)["equalities"]
    rewrite(course, '((Name("p"), s.claim("p")),))', '((Name("p"), s.claim("p")), (Name("z"), claim(Name("z"), z=1))))')
    after = json.loads(keygen("check", "my/one", "--seeds", "2", "--json").stdout)["equalities"]
    assert after == before + 3  # a cell more in each of three variants
    rewrite(course, 's.claim("p")', 'Claim(Chain((s.name("p"), Literal(s.values["p"] + 1))))')
    result = keygen("check", "my/one", "--seeds", "2")
    assert result.exit_code == 1
    assert "a printed line is false: its two sides differ" in result.stdout + result.stderr


def test_check_counts_the_conditions_of_words(course: Path) -> None:
    found = json.loads(keygen("check", "my/one", "--seeds", "4", "--json").stdout)
    assert found["conditions"] == 5  # one a variant, the published one among them
    wrong = 'Condition(True, (relation(s.name("x"), "<", 0),))'
    rewrite(course, 's.whether(relation(s.name("x"), ">", 0))', wrong)
    for command in (("check", "my/one", "--seeds", "2"), ("build", "mine", "--format", "tex", "--solutions")):
        result = keygen(*command)
        assert result.exit_code == 1
        assert "a printed line is false" in result.stdout + result.stderr


@pytest.mark.parametrize(
    "said", ["True", 's.values["x"] > 0', "Condition(True, ())", 's.whether(relation(s.name("x"), "~", 0))']
)
def test_a_condition_that_cannot_be_checked_is_refused(course: Path, said: str) -> None:
    path, _ = rewrite(course, 's.whether(relation(s.name("x"), ">", 0))', said)
    result = keygen("build", "mine", "--format", "tex", "--solutions")
    assert result.exit_code == 1
    assert "condition" in result.stderr
    assert str(path) in result.stderr


def test_a_template_that_asks_for_an_unknown_condition_is_told_the_nearest(course: Path) -> None:
    path, line = rewrite(course, "holds.positive", "holds.positiv", "en.tex")
    result = keygen("build", "mine", "--format", "tex", "--solutions")
    assert result.stderr.splitlines() == [
        "keygen: the exercise has no condition 'positiv'",
        "  exercise: my/one",
        f"  at:       {path}:{line}",
        "  line:     %% if holds.positiv",
        "  mend:     did you mean 'positive'?",
    ]


X, Y = Name("x"), Name("y")


@pytest.mark.parametrize("sign", ["=", "!=", "<", "<=", ">", ">="])
@pytest.mark.parametrize("other", [1, 2, 3])
def test_a_condition_is_what_its_relations_say_or_what_turns_one_of_them_round(sign: str, other: int) -> None:
    values = {"x": Fraction(2), "y": Fraction(other)}
    found = decided(values, relation(X, "=", 2), relation(X, sign, Y))
    expected = {"=": other == 2, "!=": other != 2, "<": other > 2, "<=": other >= 2, ">": other < 2, ">=": other <= 2}
    assert bool(found) is expected[sign]
    proofs = Proofs(values, POLICY, {}, exactly=True)
    for chain in found.because:
        proofs.require(chain)  # true, whichever way it went
    assert len(found.because) == (2 if found else 1)


def test_a_claim_is_worked_out_on_exact_numbers() -> None:
    found = claim(apply("power", Name("w"), param=10), w=Fraction(1, 2))
    assert found.shown.value == Fraction(1, 1024)  # type: ignore[union-attr]  # a literal
    assert found.chain.at == {"w": Fraction(1, 2)}
    with pytest.raises(KeygenError, match="names 'z', which stands for nothing"):
        claim(calculus.read("z + w"), w=1)
    with pytest.raises(KeygenError, match="a derivative has no exact number"):
        claim(calculus.derivative(calculus.read("w**2"), "w"), w=1)
    with pytest.raises(KeygenError, match="a limit has no exact number"):
        claim(calculus.limit(calculus.read("1 / w"), "w", "+oo"), w=1)


@pytest.mark.parametrize(
    ("value", "line", "decimal", "short"),
    [
        (Fraction(1, 3), r"\frac{1}{3}", "0.3333", "0.333"),
        (Fraction(1, 1024), r"\frac{1}{1024}", "0.0009766", "0.000977"),
        (Fraction(1, 99999), r"1.000 \cdot 10^{-5}", r"1.000 \cdot 10^{-5}", r"1.00 \cdot 10^{-5}"),
        (Fraction("0.12345"), "0.12345", "0.12345", "0.123"),
        (Fraction(1, 2), "0.5", "0.5", "0.5"),
        (Fraction(1230), "1230", "1230", "1230"),
        (Fraction(1234), "1234", "1234", r"1.23 \cdot 10^{3}"),
        (Fraction(0), "0", "0", "0"),
    ],
)
def test_numbers_beside_each_other_may_be_decimals_or_short(
    value: Fraction, line: str, decimal: str, short: str
) -> None:
    typesetter = Typesetter(POLICY, proofs=Proofs({"x": value}, POLICY, {}))
    said = Claim(Chain((X, Literal(value))))
    assert [typesetter.typeset(one) for one in (said, said.decimal, said.short)] == [line, decimal, short]
    assert typesetter.rounds([said.short]) is (short not in ("0.5", "1230", "0"))


# --- the house's own exercises


def claims(solved: Solved) -> Iterator[Claim]:
    return (said for said in said_in(solved.shown) if isinstance(said, Claim))


def nudged(value: Any) -> Any:
    """Another value of the same kind."""
    return value + Polynomial.constant(1) if isinstance(value, Polynomial) else value * Fraction(8, 7) + Fraction(1, 11)


def altered(shown: Any, wrong: Claim, right: Claim) -> Any:
    """What `show` prepared with one claim in the place of another."""
    if shown is right:
        return wrong
    if isinstance(shown, dict):
        return {key: altered(value, wrong, right) for key, value in shown.items()}
    if isinstance(shown, list | tuple):
        return type(shown)(altered(value, wrong, right) for value in shown)
    if names := part_names(type(shown)):
        return type(shown)(*[altered(getattr(shown, name), wrong, right) for name in names])
    return shown


TABLES = (
    "outputs/logloss_separable",
    "outputs/temperature",
    "outputs/softmax",
    "rnn/vanishing",
    "optimizers/fifty_shades",
    "logic/region",
)


@pytest.mark.parametrize("name", TABLES)
def test_a_false_number_of_any_table_or_figure_stops_the_certificate(name: str) -> None:
    solved = solve(SHIPPED.exercise(name), "sheet", 3)
    found = [said for said in claims(solved) if isinstance(said.shown, Literal)]
    assert found
    for right in found:
        assert isinstance(right.shown, Literal)
        links = (right.chain.links[0], Literal(nudged(right.shown.value)))
        wrong = Claim(replace(right.chain, links=links), right.style)
        mutant = Solved(solved.exercise, solved.variant, solved.evaluation)
        vars(mutant)["shown"] = altered(dict(solved.shown), wrong, right)
        with pytest.raises(KeygenError, match="a printed line is false"):
            certify_lines(mutant, Proofs(mutant.values, POLICY, mutant.calls))


@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_no_word_of_a_page_is_chosen_by_a_value_that_nobody_checks(name: str) -> None:
    """What `show` hands over as true or false is decided by the structure alone; what values decide is a condition."""
    exercise = SHIPPED.exercise(name)
    flags: dict[str, dict[str, bool]] = {}
    for seed in range(1, 9):
        solved = solve(exercise, "sheet", seed)
        structure = repr((sorted(solved.choices.items()), solved.problems))
        found = {key: value for key, value in solved.shown.items() if isinstance(value, bool | np.bool_)}
        assert flags.setdefault(structure, found) == found


def test_the_certificate_counts_the_conditions() -> None:
    solved = solve(SHIPPED.exercise("optimizers/logistic_step"), "sheet3", 1)
    assert certify(solved, POLICY).counts.conditions == len(solved.conditions) == 2


def test_the_dead_unit_is_dead_on_any_observations() -> None:
    exercise = SHIPPED.exercise("activations/relu_and_friends")
    for seed in (None, *range(1, 41)):
        solved = solve(exercise, "sheet5", seed)
        dead = int(solved.shown["dead"].value) - 1
        assert (solved.values["W"][:, dead] <= 0).all()
        assert (solved.values["X"] >= 0).all()
        assert solved.conditions["dead"]
        assert solved.conditions["silent"]


def test_a_condition_has_reasons() -> None:
    with pytest.raises(KeygenError, match="says nothing that could be checked"):
        Condition(True, ())


GIVEN: list[tuple[Any, Callable[[], object]]] = [(value, lambda v=value: Given(v)) for value in (0.5, True, "1", None)]


@pytest.mark.parametrize(("value", "make"), GIVEN)
def test_only_exact_numbers_are_given(value: Any, make: Callable[[], object]) -> None:
    with pytest.raises(KeygenError, match="cannot be given"):
        make()
