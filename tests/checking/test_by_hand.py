"""The oracle against the solutions by hand, which know nothing of traces, to fifty digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from by_hand import SOLVED, numbers
from sixty_digits import Number, read, unwrapped

from keygen.checking.arithmetic import inexact
from keygen.checking.reader import VariantReader
from keygen.mathematics.answers import as_json
from keygen.mathematics.number_format import Policy
from keygen.variants.solve import solve
from tests.courses import SHIPPED

SHEETS = {entry.id: sheet for sheet in SHIPPED.sheets for entry in SHIPPED.sheet(sheet).exercise}


def flat(value: Any) -> list[Any]:
    array = np.array(value, dtype=object)
    return [x.value if isinstance(x, Number) else unwrapped(x) for x in array.ravel()]


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize("exercise", SOLVED)
def test_the_oracle_has_the_numbers_of_a_solution_by_hand_to_fifty_digits(exercise: str, seed: int | None) -> None:
    solved = solve(SHIPPED.exercise(exercise), SHEETS[exercise], seed)
    answers = solved.exercise.answers
    sources = answers(solved) if callable(answers) else answers
    reader, compared = VariantReader(solved, ()), 0
    for part, found in SOLVED[exercise](numbers(as_json(solved.given(), Policy()), read)).items():
        for name, value in found.items():
            answer = solved.answers()[part][name]
            if answer.type == "boolean":
                continue
            exact, expected = reader.answered(sources[part][name]), flat(value)
            assert exact is not None
            for ours, theirs in zip(exact, expected, strict=True):
                difference = abs(inexact(ours) - theirs)
                assert difference <= 1e-50 * max(abs(theirs), abs(inexact(ours))), (part, name)
                compared += 1
    assert compared or exercise == "outputs/logloss_separable"  # whose classes are separable more often than not
