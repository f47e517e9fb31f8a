"""Points at the margin of shipped sheets: where there are too few for all steps, what is asked has them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from keygen.certify.stage import BUILD, certified
from keygen.course.points import Credit, shares
from keygen.document import composition
from keygen.document.nodes import InlineFormula, Points, Problem, Question
from keygen.document.points import LINES, flat, marked, marks, weighed
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Chain
from keygen.variants.solve import solve
from tests.courses import EN, SHIPPED

POLICY = Policy()
TIGHT = [
    ("sheet4", "backprop/layered_network"),
    ("sheet4b", "backprop/dense_minibatch"),
    ("sheet4b", "backprop/delta_recursion"),
    ("sheet5", "activations/sigmoid_layer"),
    ("sheet5", "activations/tanh"),
    ("sheet5", "regularization/constant_with_ridge"),
]


def chains(node: Any) -> Iterator[Chain]:
    """The lines that a node says."""
    if isinstance(node, Chain):
        yield node
    elif isinstance(node, tuple | list):
        for part in node:
            yield from chains(part)
    else:
        for name in ("chains", "lines", "says"):
            yield from chains(getattr(node, name, ()))


def shared(sheet: str, exercise: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Problem, tuple[Question, ...]]:
    """An exercise with the weights of its steps, and its parts with their points."""
    found: list[Problem] = []

    def kept(problem: Problem, credit: Credit | None, *, totals: bool = False) -> Problem:
        found.append(problem)
        return marked(problem, credit, totals=totals)

    monkeypatch.setattr(composition, "marked", kept)
    credit = next(entry.points for entry in SHIPPED.sheet(sheet).exercise if entry.id == exercise)
    solved = solve(SHIPPED.exercise(exercise), sheet, None)
    (made, _), _ = certified(
        solved, POLICY, BUILD, lambda proofs: composition.composed(solved, 1, credit, EN, POLICY, proofs=proofs)
    )
    return found[-1], made.parts


@pytest.mark.parametrize(("sheet", "exercise"), TIGHT)
def test_no_step_that_nobody_asked_for_has_points_while_an_answer_has_none(
    sheet: str, exercise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, paid_parts = shared(sheet, exercise, monkeypatch)
    assert plain.answers
    rows = {row.letter: row.answers for row in plain.answers.rows}
    for question, paid in zip(plain.parts, paid_parts, strict=True):
        answers = [
            (chain.links[0], chain.links[-1])
            for words in rows.get(question.letter, ())
            for node in words if isinstance(node, InlineFormula)
            for chain in chains(node.says)
        ]  # fmt: skip
        blocks = weighed(question.solution).blocks
        given = iter(shares(paid.points or Fraction(0), [mark.weight for mark in marks(blocks)]))
        steps: list[tuple[Points, Any, list[bool]]] = []
        for part in flat(blocks):
            if isinstance(part, Points):
                steps.append((part, next(given), []))
            elif isinstance(part, LINES):
                steps[-1][2].extend((one.links[0], one.links[-1]) in answers for one in chains(part))
        missed = [mark for mark, share, found in steps if mark.weight and not share and any(found)]
        unasked = [mark for mark, share, found in steps if share and not any(found)]
        assert not (missed and unasked)
