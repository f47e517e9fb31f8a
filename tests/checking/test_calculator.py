"""What somebody finds who types a printed line into a calculator, digit by digit as it stands there."""

from __future__ import annotations

from typing import Any

import pytest

from keygen.builds.request import SheetRequest
from keygen.builds.sheet import policy_of, sheet_items
from keygen.builds.sheet import solved as solved_for
from keygen.certify.lines import lines
from keygen.checking.calculator import Calculated, calculated
from keygen.checking.deep import DeepFindings, deep
from keygen.checking.lines import link_of
from keygen.mathematics.readback import Proofs
from keygen.writers.latex import problem
from tests.courses import SHIPPED

ENTRIES = [(sheet, place) for sheet in SHIPPED.sheets for place in range(len(SHIPPED.sheet(sheet).exercise))]
SEEDS = (1, 2)
SAME, UNIT, OFF = Calculated


def found(*sides: str, relation: str = r"\approx") -> list[Calculated]:
    """How the sides of a line stand to its last one; the first is a name."""
    links = [link_of(text, ["f"], []) for text in sides]
    return [side.found for side in calculated(links, ["=", *[relation] * (len(sides) - 2)], {}, 4)]


@pytest.mark.parametrize(
    ("side", "end", "expected"),
    [
        ("1 - 0.9640^{2}", "0.07065", OFF),  # 0.07070
        ("1 - 0.96403^{2}", "0.07065", SAME),
        ("(9 - 7.311)^{2}", "2.854", UNIT),  # 2.853
        ("2.718 - 2", "0.7183", OFF),
        (r"-0.1236 \cdot 0.7247", "-0.08961", OFF),  # -0.08957
        (r"0.5 \cdot 1.749", "0.8745", SAME),
        (r"\sigma(0.9503 \cdot (-5))", "0.008563", OFF),
        (r"\begin{pmatrix} 1 & 2 \end{pmatrix} \cdot 0.3333", r"\begin{pmatrix} 0.3333 & 0.6667 \end{pmatrix}", UNIT),
        (r"1.2 \cdot 10^{-5} \cdot 0.3333", r"4.000 \cdot 10^{-6}", SAME),
    ],
)
def test_a_side_of_numbers_is_compared_by_units_of_the_last_place(side: str, end: str, expected: Calculated) -> None:
    assert found("f", side, end) == [expected]


def test_sides_with_letters_exact_lines_and_numbers_alone_say_nothing_to_a_calculator() -> None:
    assert not found("f", "1 - f^{2}", "0.07065")
    assert not found("f", r"0.5 \cdot 3", "1.5", relation="=")
    assert not found("f", "0.07065", "0.07065")


def test_a_number_that_is_shorter_than_a_rounded_one_has_zeros_behind_it() -> None:
    assert found("f", "0.1234 + 0.8766", "1") == [SAME]
    assert found("f", "0.1234 + 0.8768", "1") == [SAME]  # 1.0002 and 1.000
    assert found("f", "0.1234 + 0.8787", "1") == [OFF]


def page(sheet: str, place: int, seed: int | None) -> DeepFindings:
    """What is read off the finished page of an exercise of a sheet."""
    order = SheetRequest(SHIPPED, SHIPPED.sheet(sheet), None, seed)
    solved = solved_for(order, list(sheet_items(order.sheet))[place])
    policy = policy_of(order.sheet, order.language)
    proofs = Proofs(solved.values, policy, solved.calls, quick=solved.quick)
    made = problem(solved, 1, None, order.language, policy, proofs=proofs)
    return deep(solved, {order.language: (made, policy)}, [*proofs.kept.values(), *lines(solved)], proofs.formulas)


@pytest.mark.parametrize(("sheet", "place"), ENTRIES)
def test_no_line_of_any_exercise_is_off_by_more_than_a_unit(sheet: str, place: int) -> None:
    for seed in SEEDS:
        seen = page(sheet, place, seed)
        assert not [str(error) for error in seen.false]
        assert OFF.value not in seen.calculated


def test_lines_are_off_without_the_figures_that_they_show_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def as_it_is(chain: Any, policy: Any) -> Any:
        return chain

    monkeypatch.setattr("keygen.mathematics.chains.sharpened", as_it_is)
    monkeypatch.setattr("keygen.mathematics.readback.sharpening", lambda policy: lambda chain: chain)
    seen = page("sheet5", 1, None)  # tanh
    assert OFF.value in seen.calculated
    assert "by the digits on the line" in "".join(str(error) for error in seen.false)
