"""Exercises on a terminal: words wrapped, Unicode mathematics, matrices with brackets, nothing of TeX."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from keygen.builds.show import ShowRequest, shown
from keygen.cli import main
from keygen.document.nodes import Block, Code, DisplayedFormula, Inline, Paragraph, StepHeading, Text
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.mathematics.text_boxes import TextBox, pieces, width
from keygen.writers.text import TextWriter
from tests.courses import SHIPPED

TEX = re.compile(r"[\\{}$]|\bkg[a-z]+")


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_every_exercise_is_shown_whole_without_a_sign_of_tex(name: str, language: str) -> None:
    text = shown(ShowRequest(SHIPPED, name, None, language, solutions=True), 80)
    code = {line for line in text.splitlines() if "return" in line or "def " in line}
    assert not [line for line in text.splitlines() if TEX.search(line) and line not in code]
    assert text.count("Решение." if language == "ru" else "Solution.") >= 1


def test_a_matrix_has_brackets_as_tall_as_it_is_and_the_relations_stand_on_one_line() -> None:
    lines = shown(ShowRequest(SHIPPED, "backprop/dense_minibatch", None, "en", solutions=True), 100).splitlines()
    top = next(place for place, line in enumerate(lines) if "⎡" in line)
    assert "⎣" in "".join(lines[top : top + 4])
    assert any("=" in line and ("⎢" in line or "⎡" in line) for line in lines[top : top + 4])


def test_words_are_wrapped_to_the_terminal_and_formulas_are_not_torn() -> None:
    wide, narrow = (shown(ShowRequest(SHIPPED, "outputs/temperature", None, "en"), columns) for columns in (100, 50))
    words = [[line for line in text.splitlines() if not line.startswith("    ")] for text in (wide, narrow)]
    assert max(map(len, words[1])) <= 50 < max(map(len, words[0])) <= 100
    assert any("z = (1, 2, 5)" in line for line in words[1])


def test_a_table_stands_under_its_head_and_a_figure_is_told_in_words() -> None:
    text = shown(ShowRequest(SHIPPED, "outputs/temperature", None, "en", solutions=True), 80)
    head = next(line for line in text.splitlines() if "T │" in line)
    line = text.splitlines()[text.splitlines().index(head) + 1]
    assert line.index("┼") == head.rindex("│")
    assert "[plot:" in text


def test_the_rule_of_a_truth_table_stands_before_its_outputs() -> None:
    lines = shown(ShowRequest(SHIPPED, "logic/gates", None, "en"), 80).splitlines()
    at = next(place for place, line in enumerate(lines) if "f₁" in line)
    head, rule, first = (line.strip() for line in lines[at : at + 3])
    assert (head, first) == ("x₁  x₂ │ f₁  f₂  f₃", "0   0  │ 0   0   0")
    assert rule.index("┼") == head.index("│")


def test_the_laws_of_a_derivation_stand_at_the_right_or_below() -> None:
    text = shown(ShowRequest(SHIPPED, "matrix/ridge", None, "en", solutions=True), 80)
    assert re.search(r"^│     dL = 2\(y − Xw\)ᵀ d\(y − Xw\) \+ 2λwᵀ dw$", text, re.MULTILINE)
    assert re.search(r"expand$", text, re.MULTILINE)


@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_no_formula_runs_on_past_the_end_of_a_line(name: str) -> None:
    text = shown(ShowRequest(SHIPPED, name, None, "en", solutions=True), 80)
    assert [line for line in text.splitlines() if width(line) > 80] == []


def test_a_long_side_is_broken_before_a_sign_in_the_outermost_brackets_that_have_one() -> None:
    lines = [piece.lines[0] for piece in pieces(TextBox(("L = −(1 · ln 0.7311 + 0 · ln 0.2689) + (b + c)",)), 40, 3)]
    assert lines == ["L = −(1 · ln 0.7311 + 0 · ln 0.2689)", "   + (b + c)"]
    lines = [piece.lines[0] for piece in pieces(TextBox(("L = −(1 · ln 0.7311 + 0 · ln 0.2689)",)), 24, 3)]
    assert lines == ["L = −(1 · ln 0.7311", "   + 0 · ln 0.2689)"]


def test_a_matrix_is_never_torn() -> None:
    tall = TextBox(("      ⎡1 + 2  3⎤    ", "A b = ⎢5 + 6  7⎥ + c", "      ⎣8 + 9  1⎦    "), 1)
    assert [piece.lines for piece in pieces(tall, 17, 6)] == [
        ("      ⎡1 + 2  3⎤", "A b = ⎢5 + 6  7⎥", "      ⎣8 + 9  1⎦"),
        ("      + c",),
    ]
    assert pieces(tall, 12, 6) == [tall]


def test_repeated_factors_are_marked() -> None:
    assert "⟦(ŷ − y) f′(Z₃)⟧₁" in shown(
        ShowRequest(SHIPPED, "backprop/layered_network", None, "en", solutions=True), 100
    )


def test_the_writer_knows_every_node_and_refuses_what_is_none() -> None:
    known = {*TextWriter.INLINE, *TextWriter.LINES}
    assert known == {*Inline.__args__, *Block.__args__, Paragraph}  # type: ignore[attr-defined]  # of a union
    with pytest.raises(KeyError):
        TextWriter(Typesetter(Policy()), 80).write(Text("words alone"))
    with pytest.raises(KeyError):
        TextWriter(Typesetter(Policy()), 80).said(DisplayedFormula(()))


def test_code_keeps_its_lines_and_a_heading_runs_into_its_paragraph() -> None:
    writer = TextWriter(Typesetter(Policy()), 40)
    assert writer.write(Code("def f(x):\n    return x")) == ["    def f(x):", "        return x"]
    made = writer.write(Paragraph((StepHeading((Text("Step 1."),)), Text("Look here."))))
    assert made == ["Step 1. Look here."]


def test_show_takes_an_exercise_or_a_code_with_its_manifest() -> None:
    run = CliRunner().invoke
    assert run(main, ["show", "outputs/temperature", "--lang", "en"]).output.startswith("Temperature\n===========\n")
    assert run(main, ["show", "outputs/temperatur"]).exit_code == 1
    assert run(main, ["show", "ABCD-EFGH"]).exit_code == 2
    seeded = [run(main, ["show", "outputs/temperature", "--lang", "en", "--seed", seed]).output for seed in "34"]
    assert seeded[0] != seeded[1]


def test_an_unknown_exercise_is_told_with_the_nearest() -> None:
    with pytest.raises(KeygenError) as error:
        shown(ShowRequest(SHIPPED, "outputs/temperatur"), 80)
    assert "outputs/temperature" in str(error.value)


def test_formulas_beside_each_other_stand_on_one_line_with_their_commas_on_it() -> None:
    text = shown(ShowRequest(SHIPPED, "backprop/layer_by_layer", None, "en"), 80)
    assert "    X = [1  2],   W₁ = ⎡  1  −1⎤,   W₂ = ⎡0.5⎤,   y = 0.\n" in text
    narrow = shown(ShowRequest(SHIPPED, "backprop/layer_by_layer", None, "en"), 40)
    assert "    X = [1  2],   W₁ = ⎡  1  −1⎤,\n" in narrow
    assert "    W₂ = ⎡0.5⎤,   y = 0.\n" in narrow


def test_a_broken_formula_has_its_mark_behind_its_last_row() -> None:
    text = shown(ShowRequest(SHIPPED, "outputs/softmax", None, "en", solutions=True), 80)
    assert "│       ≈ 0.7266.\n" in text
    assert not re.search(r"\s[.,]$", text, re.MULTILINE)


def test_a_figure_names_things_as_the_formulas_beside_it_do() -> None:
    assert "comes with the weight v; the state hₜ" in " ".join(
        shown(ShowRequest(SHIPPED, "rnn/bptt", None, "en"), 80).split()
    )
    chain = " ".join(shown(ShowRequest(SHIPPED, "backprop/two_sgd_steps", None, "en"), 80).split())
    assert "its weight is w[1,1]" in chain
    graph = shown(ShowRequest(SHIPPED, "backprop/computation_graph", None, "en", solutions=True), 80)
    assert "x leads to a = x²;" in graph


def test_what_goes_on_below_never_stands_left_of_its_relation_or_under_another() -> None:
    text = shown(ShowRequest(SHIPPED, "matrix/logistic", None, "en", solutions=True), 80)
    at = {line.index(" = ") for line in text.splitlines() if line.startswith("│     d(−∑")}
    (on,) = {line.index("+ 2λ dw") for line in text.splitlines() if line.strip("│ ").startswith("+ 2λ dw")}
    assert at
    assert on > max(at)
    text = shown(ShowRequest(SHIPPED, "outputs/logloss_separable", None, "en", solutions=True), 80)
    assert "│           + ln(1 + e^(−3k / 2))) = ln(1 + 0)" in text
