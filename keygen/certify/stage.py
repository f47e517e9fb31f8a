"""The stage between solving and what a reader gets: build, show, answers and check all go through `certified`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal, TypeVar

import numpy as np
from msgspec import Struct

from keygen.certify.certificate import Certificate, Counts
from keygen.certify.gradients import certify_gradients
from keygen.certify.lines import certify_lines, decided
from keygen.engine.real import BITS, Real
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.matrix.marks import worked_in
from keygen.variants.solved import Solved
from keygen.variants.trial import Trial

Made = TypeVar("Made")
Reading = Literal["quickly", "exactly", "flat"]
READ: Mapping[Reading, str] = {
    "quickly": "read back in float64; on exact numbers where that does not confirm",
    "exactly": "read back on exact numbers",
    "flat": "read back on exact numbers, under the brackets of a terminal",
}
WORKED_ANEW = "worked out at other points, and in NumPy's words"
DIGITS = "each number against its digits, on exact numbers and balls"


class Way(Struct, frozen=True):
    """A way to check something of a solved exercise. `check` says how many it has found right, and raises KeygenError
    for the first that is not."""

    name: str
    check: Callable[[Solved], int]


class Rigour(Struct, frozen=True):
    """How a solved exercise is certified: the ways that look at every gradient of its computation, at those of its
    matrix problems, and at its answers; how lines are read back.

    What no page shows is certified if `everything` is. `written` looks at all lines once they have been read back.
    """

    gradients: tuple[Way, ...]
    problems: tuple[Way, ...] = ()
    answers: tuple[Way, ...] = ()
    reading: Reading = "quickly"
    everything: bool = False
    written: Callable[[Solved, Proofs], None] | None = None


COMPLEX_STEP = Way("the complex step in float64", certify_gradients)
SYMPY = Way("finite differences in float64, and sympy", partial(certify_gradients, oracle=True))
BUILD = Rigour((COMPLEX_STEP,))
"""What a page shows."""
TERMINAL = Rigour((COMPLEX_STEP,), reading="flat")
"""What a terminal shows."""
ANSWERS = Rigour((COMPLEX_STEP,), everything=True)
"""All that a page could show, without one."""
ORACLE = Rigour((SYMPY,), everything=True)
"""All that a page could show, by the slow ways."""


def certify(solved: Solved, policy: Policy, rigour: Rigour = ANSWERS) -> Certificate:
    """Certify a solved exercise without a page; `certified` says what is raised."""
    return certified(solved, policy, rigour, lambda proofs: None)[1]


def certified(
    solved: Solved, policy: Policy, rigour: Rigour, compose: Callable[[Proofs], Made], before: Proofs | None = None
) -> tuple[Made, Certificate]:
    """What `compose` makes of a solved exercise, and the certificate: its gradients are compared before, its lines are
    read back in the `Proofs` on the way. What was proven `before` of the same solved exercise, under the same policy
    and rigour, is not read back again.

    Raises KeygenError naming exercise, seed and line for the first thing that is wrong.
    """
    gradients = tuple(way.check(solved) for way in rigour.gradients)
    proofs = before or Proofs(
        solved.values, policy, solved.calls, exactly=rigour.reading == "exactly", flat=rigour.reading == "flat",
        quick=solved.quick,
    )  # fmt: skip
    made = compose(proofs)
    anew, slopes, answers = 0, 0, 0
    with naming(solved):
        if rigour.everything:
            certify_lines(solved, proofs)
        if rigour.written is not None:
            rigour.written(solved, proofs)
        if rigour.everything and any(True for _ in worked_in(solved.shown)):
            from keygen.certify.matrices import certify_problems  # which takes their rules

            anew = certify_problems(solved)
        slopes = max((way.check(solved) for way in rigour.problems), default=0)
        answers = max((way.check(solved) for way in rigour.answers), default=0)
    compared = max(gradients, default=0)
    counts = Counts(
        proofs.equalities + anew, compared + slopes, answers, proofs.digits, decided(solved, proofs)
    )  # fmt: skip
    ways = {
        "equalities": (READ[rigour.reading],) * bool(proofs.equalities) + (WORKED_ANEW,) * bool(anew),
        "gradients": names(rigour.gradients) * bool(compared) + names(rigour.problems) * bool(slopes),
        "answers": names(rigour.answers) * bool(answers),
        "digits": (DIGITS,) * bool(counts.digits),
        "conditions": (READ[rigour.reading],) * bool(counts.conditions),
    }
    return made, Certificate(counts, {kind: ways[kind] for kind in ways if ways[kind]}, precision(solved))


def names(ways: tuple[Way, ...]) -> tuple[str, ...]:
    """What the ways are called."""
    return tuple(way.name for way in ways)


@contextmanager
def naming(solved: Solved) -> Iterator[None]:
    """Errors on the way say which exercise and whose numbers it is."""
    try:
        yield
    except KeygenError as error:
        raise error.within(exercise=solved.exercise.id, who=solved.variant.who, file=solved.exercise.file) from error


def precision(solved: Solved) -> int:
    """The bits of the deepest ball among the values, 0 where there is none.

    The points at which formulas are tried belong to all variants of a structure: how deep their balls are depends on
    what was asked before, and the depth that they begin with is what is certain.
    """
    if isinstance(solved.values, Trial):
        return BITS
    return max((number.bits for number in balls(solved.values)), default=0)


def balls(values: Mapping[str, Any]) -> Iterator[Real]:
    """The numbers among the values that are known by balls."""
    for value in values.values():
        for entry in value.flat if isinstance(value, np.ndarray) else (value,):
            if isinstance(entry, Real):
                yield entry
