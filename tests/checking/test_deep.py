"""What `keygen check --deep` finds: a false sign, bracket, relation or digit, wherever on the page it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from keygen.builds.answer_key import item_of
from keygen.builds.request import SheetRequest
from keygen.calculus.claims import Claim, Given, claim, relation
from keygen.certify.lines import lines
from keygen.checking import arithmetic as mp
from keygen.checking.deep import DeepFindings, deep
from keygen.checking.finished import PageFormula
from keygen.checking.finished_page import FinishedPage
from keygen.checking.lines import FalseLineError, PrintedLine, link_of, pool
from keygen.checking.oracle import entered
from keygen.checking.reader import VariantReader, has_figures, is_double
from keygen.checking.sweep import Request, survey
from keygen.checking.tex_tokens import MisreadError
from keygen.checking.tex_value import Meaning
from keygen.checking.verify import verdict
from keygen.engine.real import OPERATIONS, Real
from keygen.figures.tables import Table
from keygen.mathematics.answers import Answer
from keygen.mathematics.latex import LatexPrinter, tex
from keygen.mathematics.number_cache import numerals
from keygen.mathematics.number_format import Policy
from keygen.mathematics.printer import Printer
from keygen.mathematics.terms import Chain, Literal
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from keygen.writers.latex import problem
from tests.courses import EN, LANGUAGES, SHIPPED

ENTRIES = [(e.id, sheet) for sheet in SHIPPED.sheets for e in SHIPPED.sheet(sheet).exercise]
POLICIES = {"en": Policy(), "ru": Policy(point=",")}


class Unproven:
    """Proofs that believe every line and remember it, so that a false one reaches the page."""

    def __init__(self, policy: Policy) -> None:
        self.policy, self.kept, self.formulas = policy, dict[int, Chain](), dict[str, Any]()
        self.numerals = numerals(policy)

    def require(self, chain: Chain) -> None:
        self.kept[id(chain)] = chain


def variant(exercise: str, sheet: str = "sheet", seed: int | None = None) -> Solved:
    return solve(SHIPPED.exercise(exercise), sheet, seed)


def read(solved: Solved, *languages: str) -> DeepFindings:
    """The finished pages of a variant whose lines nobody has read back before."""
    pages, chains, formulas = {}, {}, {}
    for code in languages or ("en",):
        policy, language = POLICIES[code], LANGUAGES[code]
        proofs: Any = Unproven(policy)
        pages[language] = problem(solved, 1, None, language, policy, proofs=proofs), policy
        for chain in lines(solved):
            proofs.require(chain)
        chains |= proofs.kept
        formulas |= proofs.formulas
    return deep(solved, pages, chains.values(), formulas)


def with_value(solved: Solved, name: str, value: Any) -> Solved:
    """The variant with a false number that somebody computed."""
    return replace(solved, evaluation=replace(solved.evaluation, values={**solved.values, name: value}))


def whats(found: DeepFindings) -> set[str]:
    return {error.what for error in found.false}


@pytest.mark.parametrize(("exercise", "sheet"), ENTRIES)
def test_every_line_of_a_published_page_is_read_and_true_in_both_languages(exercise: str, sheet: str) -> None:
    found = read(variant(exercise, sheet), "en", "ru")
    assert not found.unread
    assert not found.unproven
    assert not [str(error) for error in found.false]
    assert found.relations


def test_numbers_are_counted_by_where_they_stand() -> None:
    found = read(variant("outputs/sigmoid", "sheet2", 3))
    assert found.lines > 10
    assert found.cells == 8
    assert found.answers == 12
    assert found.digits == found.lines + found.cells + found.labels + found.answers


# Brackets


@pytest.fixture
def mutated(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[type, str, Any], None]]:
    """Put another method into a printer, with none of its texts remembered."""

    def mutate(owner: type, name: str, method: Any) -> None:
        monkeypatch.setattr(owner, name, method)
        tex.cache_clear()

    yield mutate
    monkeypatch.undo()
    tex.cache_clear()


MUTANTS: Mapping[str, tuple[type, str, Any]] = {
    "bracketed": (LatexPrinter, "bracketed", lambda self, inner: inner),
    "bracketed everywhere": (Printer, "bracketed", lambda self, inner: inner),
    "closed": (LatexPrinter, "closed", lambda self, arg: arg),
    "fitted": (LatexPrinter, "fitted", lambda self, arg, allowed: arg),
    "guarded": (LatexPrinter, "guarded", lambda self, first: first.text if first.number else first.guarded),
    "a dot": (
        LatexPrinter,
        "join",
        lambda self, sign, args, join=LatexPrinter.join: join(self, sign, args).replace(r" \cdot ", r"\,"),
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_printer_that_leaves_its_brackets_out_fails_a_deep_check(mutated: Any, mutant: str) -> None:
    mutated(*MUTANTS[mutant])
    assert survey(Request(SHIPPED, ("backprop/computation_graph", "backprop/two_sgd_steps"), 0, deep=True)).failures


def test_brackets_that_the_tex_alone_has_lost_are_found_by_a_deep_check_alone(mutated: Any) -> None:
    mutated(*MUTANTS["bracketed"])
    request = Request(SHIPPED, ("sheet4",), 0, "ru")
    assert survey(request).ok
    failures = survey(replace(request, deep=True)).failures
    assert {failure.exercise for failure in failures} >= {"backprop/layer_by_layer", "backprop/two_sgd_steps"}
    assert all(failure.file and failure.line for failure in failures)


# Digits


def test_a_false_number_at_the_end_of_a_line_is_named() -> None:
    solved = variant("outputs/heads", "sheet2")
    assert not read(solved).false
    false = with_value(solved, "pa", Fraction("0.6226"))
    assert {"a printed line is false (en, a)"} <= whats(read(false))


def test_a_false_number_in_a_matrix_is_named() -> None:
    solved = variant("backprop/layer_by_layer", "sheet4")
    wrong = solved.values["dL_dW1"].copy()
    wrong[0, 0] += Fraction(1, 1000)
    assert "a printed line is false (en, h)" in whats(read(with_value(solved, "dL_dW1", wrong)))


def test_a_false_cell_that_is_a_number_of_the_trace_is_named() -> None:
    solved = variant("outputs/sigmoid", "sheet2")
    false = with_value(solved, "f_10", Fraction("0.5251"))
    assert "a table's cell is false (en, i)" in whats(read(false))


@pytest.mark.parametrize("seed", [20, 66, 173, 1])
def test_a_cell_that_is_not_what_its_row_and_column_say_is_named(seed: int) -> None:
    """Losses so near to zero that float64 has lost their digits, or all of them."""
    solved = variant("outputs/logloss_separable", "sheet2", seed)
    table = solved.shown["falling"]
    (losses,) = table.rows
    for false in (Fraction(0), Fraction(1554, 10**17)):
        last = losses[-1].chain
        cell = Claim(replace(last, links=(last.links[0], Literal(false))))
        shown = {**solved.shown, "falling": Table(table.head, ((*losses[:-1], cell),))}
        vars(solved)["shown"] = shown
        found = [error for error in read(solved, "ru").false if "cell" in error.what]
        assert found
        assert all("ru.tex" in str(error.file) and error.line for error in found)


def test_a_false_label_of_a_figure_is_named() -> None:
    solved = variant("backprop/path_counting", "sheet4b")
    false = with_value(solved, "e_u1_x1", Fraction(8))
    assert any("label" in what for what in whats(read(false)))


def test_a_rounded_number_behind_an_equals_sign_is_false() -> None:
    solved = variant("outputs/heads", "sheet2")
    chain = solved.chain("pa").result
    for text, false in ((r"p = 0.6225", 1), (r"p \approx 0.6225", 0), (r"p \approx 0.6226", 1)):
        reader = VariantReader(solved, (chain,))
        FinishedPage(reader, Policy(), EN).number("labels", chain, text, PageFormula("figure", text, "a"), None)
        assert len(reader.false) == false, text


def test_a_claim_in_the_wrong_row_or_column_is_named() -> None:
    solved = variant("outputs/logloss_separable", "sheet2", 20)
    table = solved.shown["falling"]
    ((name, first, *others, last),) = table.rows
    vars(solved)["shown"] = {**solved.shown, "falling": Table(table.head, ((name, last, *others, first),))}
    assert "a table's cell is false (ru, d)" in whats(read(solved, "ru")) or any(
        "cell" in what for what in whats(read(solved, "ru"))
    )


@pytest.mark.parametrize(
    ("style", "text", "false"),
    [
        ("as in lines", "0.6225", 0), ("as in lines", "0.6224", 1), ("as in lines", "0.622", 1),
        ("short", "0.622", 0), ("short", "0.6225", 1), ("short", "0.623", 1), ("decimal", "0.6225", 0),
    ],
)  # fmt: skip
def test_a_claim_has_the_figures_of_its_style(style: str, text: str, false: int) -> None:
    solved = variant("outputs/heads", "sheet2")
    reader = VariantReader(solved, ())
    said = Claim(solved.claim("pa").chain, style)
    FinishedPage(reader, Policy(), EN).number("labels", said, text, PageFormula("figure", text, "a"), None)
    assert (len(reader.false), reader.counts["labels"]) == (false, 1 - false)


def test_a_number_that_is_given_is_itself() -> None:
    reader = VariantReader(variant("outputs/heads", "sheet2"), ())
    for text, false in (("20", 0), ("21", 1)):
        FinishedPage(reader, Policy(), EN).number("cells", Given(20), text, PageFormula("table", text, "a"), None)
        assert len(reader.false) == false


def test_a_false_number_in_a_sentence_is_named() -> None:
    solved = variant("outputs/logloss_separable", "sheet2")
    threshold = claim(solved.shown["threshold"].chain.links[0], **solved.shown["threshold"].chain.at)
    chain = replace(threshold.chain, links=(threshold.chain.links[0], Literal(Fraction("1.75"))))
    vars(solved)["shown"] = {**solved.shown, "threshold": Claim(chain)}
    assert any("a number is false" in what for what in whats(read(solved)))


def test_a_false_condition_is_named() -> None:
    solved = variant("activations/relu_and_friends", "sheet5")
    assert not read(solved).false
    name, condition = next(iter(solved.conditions.items()))
    pa = solved.claim("X", 0, 0)
    false = replace(condition, because=(relation(pa, "<", pa),))
    vars(solved)["conditions"] = {**solved.conditions, name: false}
    assert f"the condition {name} is false" in whats(read(solved))


def test_a_matrix_formula_that_nobody_has_read_back_is_counted_as_not_read() -> None:
    solved = variant("matrix/ridge", "sheet8")
    policy, proofs = POLICIES["en"], Unproven(POLICIES["en"])
    page = problem(solved, 1, None, EN, policy, proofs=proofs)  # type: ignore[arg-type]

    def unread(formulas: Any) -> list[str]:
        found = deep(solved, {EN: (page, policy)}, (), formulas).unread
        return [one for one in found if not one.startswith("remark)")]  # chains of numbers, none of which is given here

    assert not unread(proofs.formulas)
    assert unread(dict(list(proofs.formulas.items())[1:]))


def test_a_finished_matrix_formula_that_says_something_else_is_false() -> None:
    solved = variant("matrix/ridge", "sheet8")
    policy, proofs = POLICIES["en"], Unproven(POLICIES["en"])
    page = problem(solved, 1, None, EN, policy, proofs=proofs)  # type: ignore[arg-type]
    formulas = list(proofs.formulas.items())
    chains = [(text, shown) for text, shown in formulas if text.startswith(r"\kgchain")]
    (first, _), (_, other) = chains[:2]
    found = deep(solved, {EN: (page, policy)}, (), {**proofs.formulas, first: other})
    assert any("matrix differentials" in what for what in whats(found))


# Answers


HEADS = 0.6224593312018546


@pytest.mark.parametrize(
    ("double", "false"),
    [(HEADS, 0), (0.6225, 1), (0.0, 1), (np.nextafter(HEADS, 1).item(), 1), (np.nextafter(HEADS, 0).item(), 1)],
)
def test_a_double_of_an_answer_is_the_nearest_one(double: float, false: int) -> None:
    reader = VariantReader(variant("outputs/heads", "sheet2"), ())
    reader.read_answer("a) p", "pa", Answer("number", None, double), Policy())
    assert len(reader.false) == false


def test_the_exact_form_of_an_answer_is_that_of_the_oracle() -> None:
    reader = VariantReader(variant("outputs/sigmoid", "sheet2"), ())
    reader.read_answer("e) f0", "f0", Answer("number", "1/2", 0.5), Policy())
    assert not reader.false
    reader.read_answer("e) f0", "f0", Answer("number", "1/3", 0.5), Policy())
    assert len(reader.false) == 1


def test_the_figures_of_a_page_in_an_answer_are_those_of_the_oracle() -> None:
    solved = variant("outputs/heads", "sheet2")
    reader = VariantReader(solved, ())
    for value, false in ((solved.values["pa"], 0), (Fraction("0.6226"), 1)):
        reader.read_answer("a) p", "pa", Answer("number", None, HEADS, value=value), Policy())
        assert [error.what for error in reader.false] == ["a page's figures of the answer a) p are false"] * false


@pytest.mark.parametrize(
    ("text", "exact", "true"),
    [
        ("2/3", Fraction(2, 3), True), ("2/3", Fraction("0.6667"), False), ("3.857e-22", Fraction(38567, 10**26), True),
        ("3.857e-22", Fraction(38564, 10**26), False), ("-0.5", Fraction(-1, 2), True), ("0.5", Fraction(-1, 2), False),
        ("0.3333", Fraction(1, 3), True), ("0.333", Fraction(1, 3), False), ("0", Fraction(0), True),
        ("0", Fraction(1, 10**40), False),
    ],
)  # fmt: skip
def test_figures_are_compared_digit_by_digit(text: str, exact: Fraction, true: bool) -> None:
    assert mp.settled(lambda: has_figures(text, 4, exact)) is true


@pytest.mark.parametrize(
    ("double", "decimal", "true"),
    [(None, "1e-400", True), (0.0, None, False), (None, None, False), (5e-324, None, False)],
)
def test_a_number_that_no_double_is_near_to_has_decimals_instead(
    double: float | None, decimal: str | None, true: bool
) -> None:
    assert is_double(double, decimal, Fraction(1, 10**400)) is true
    assert not is_double(None, "0.5", Fraction(1, 2))


# One line


def check(*sides: str, relation: str = r"\approx", significant: int = 4, **names: Any) -> int:
    values = {name: np.array(x, dtype=object) if isinstance(x, list) else x for name, x in names.items()}
    links = [link_of(side, values, ()) for side in sides]
    numbers = pool(values.values())
    line = PrintedLine(
        links, (relation,) * (len(sides) - 1), Meaning(values.__getitem__), numbers, numbers, significant
    )
    mp.settled(line.check)
    return line.compared


THIRD, HALF = Fraction(1, 3), Fraction(1, 2)


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (THIRD, "0.3333"),
        (-THIRD, "-0.3333"),
        (Fraction("2.00005"), "2.000"),
        (Fraction("4.1245"), "4.125"),  # half away from zero
        (Fraction("-4.1245"), "-4.125"),
        (Fraction("0.99996"), "1.000"),
        (Fraction(1, 3 * 10**9), r"3.333 \cdot 10^{-10}"),
        (Fraction(0), "0"),
    ],
)
def test_a_number_at_the_end_is_its_value_rounded_half_away_from_zero(x: Fraction, shown: str) -> None:
    assert check("x", shown, x=x) == 1


@pytest.mark.parametrize(
    ("x", "shown"),
    [
        (THIRD, "0.3334"),
        (THIRD, "0.333"),  # too few figures for a number of this page
        (THIRD, "-0.3333"),
        (Fraction("4.1245"), "4.124"),
        (Fraction(1, 10**20), "0"),
        (Fraction(1, 10**50), "0"),
        (Fraction(1, 3 * 10**9), r"3.333 \cdot 10^{-9}"),
    ],
)
def test_a_number_that_is_not_its_value_is_false(x: Fraction, shown: str) -> None:
    with pytest.raises(FalseLineError):
        check("x", shown, x=x)


def test_rounded_numbers_inside_a_line_stand_for_their_values() -> None:
    p, y = THIRD, Fraction(1)
    assert check("p - y", "0.3333 - 1", "-0.6667", p=p, y=y) >= 2
    with pytest.raises(FalseLineError):
        check("p - y", "1 - 0.3333", "-0.6667", p=p, y=y)
    with pytest.raises(FalseLineError):
        check("p - y", "0.3334 - 1", "-0.6667", p=p, y=y)


def test_a_rounded_number_that_stands_for_nothing_is_false_even_beside_a_zero() -> None:
    check(r"p\,z", r"0.3333 \cdot 0", "0", p=THIRD, z=Fraction(0))
    with pytest.raises(FalseLineError, match="number of the variant"):
        check(r"p\,z", r"0.3334 \cdot 0", "0", p=THIRD, z=Fraction(0))


def test_a_false_size_is_named() -> None:
    reader = VariantReader(variant("backprop/dense_minibatch", "sheet4b"), ())
    page = FinishedPage(reader, Policy(), EN)
    for text, false in ((r"X \in \mathbb{R}^{2 \times 3}", 0), (r"X \in \mathbb{R}^{3 \times 2}", 1)):
        page.formula(PageFormula("formula", text, "a"))
        assert len(reader.false) == false


def test_a_relation_that_no_line_has_printed_is_counted_as_not_read() -> None:
    reader = VariantReader(variant("outputs/heads", "sheet2"), ())
    FinishedPage(reader, Policy(), EN).formula(PageFormula("formula", "p = 0.5", "a"))
    assert sum(reader.unread.values()) == 1


def test_a_lost_bracket_is_false() -> None:
    with pytest.raises(FalseLineError):
        check("w", "2 \\cdot p - y", relation="=", w=2 * (THIRD - 1), p=THIRD, y=Fraction(1))


@pytest.mark.parametrize(
    ("relation", "holds"), [("=", False), ("<", True), (r"\le", True), (">", False), (r"\ge", False)]
)
def test_a_relation_holds_or_does_not(relation: str, holds: bool) -> None:
    if holds:
        check("x", "y", relation=relation, x=THIRD, y=HALF)
    else:
        with pytest.raises(FalseLineError):
            check("x", "y", relation=relation, x=THIRD, y=HALF)


def test_equal_is_no_strict_order() -> None:
    with pytest.raises(FalseLineError):
        check("x", "y", relation="<", x=HALF, y=HALF)


def test_a_matrix_product_that_depends_on_its_order_is_false() -> None:
    a, b = (
        [[Fraction(1), Fraction(2)], [Fraction(3), Fraction(4)]],
        [[Fraction(0), Fraction(1)], [Fraction(1), Fraction(1)]],
    )
    check(r"a\,b", r"\begin{pmatrix} 2 & 3 \\ 4 & 7 \end{pmatrix}", relation="=", a=a, b=b)
    with pytest.raises(FalseLineError):
        check(r"a\,b", r"b\,a", relation="=", a=a, b=b)


def test_a_text_with_two_meanings_is_refused() -> None:
    with pytest.raises(MisreadError):
        check("x", "2 3", x=Fraction(6))


@pytest.mark.parametrize("seed", [994, 1136])
def test_an_undecided_draw_is_drawn_anew_and_numbers_that_look_alike_are_told_apart(seed: int) -> None:
    name = "backprop/delta_recursion"
    sheet, item = item_of(SHIPPED, name, 0)
    found = verdict(SheetRequest(SHIPPED, sheet, "ru", seed), item, deeply=True)
    assert found.failures == ()
    undecided = [reason for reason in found.rejected if "neither 4096 bits nor algebra can tell" in reason]
    assert len(undecided) == (seed == 994)


def test_every_operation_of_a_number_is_computed_again_by_the_oracle() -> None:
    place, other = Fraction(3, 5), Fraction(7, 4)
    for operation in OPERATIONS:
        inputs = {"dot": (place, other, other, place), "power": (place, Fraction(3))}.get(operation, (place, other))
        count = len(inputs) if operation in ("add", "sub", "mul", "div", "dot", "power") else 1
        value = Real(operation, inputs[:count])
        again = mp.settled(lambda value=value: mp.inexact(entered(value)))
        assert float(again) == pytest.approx(float(value), rel=1e-14)
