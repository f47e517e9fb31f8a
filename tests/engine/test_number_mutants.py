"""What an operation is on balls and in algebra, broken in turn: a ball must hold what 60 digits say, and a sum in
generators must have the value of the number that it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import reduce
from itertools import pairwise, product
from typing import Any

import mpmath
import pytest
from flint import arb

from keygen.checking import arithmetic as mp
from keygen.checking.oracle import RULES
from keygen.engine import real, zero_test
from keygen.engine.identity import FieldExpression
from keygen.engine.real import OPERATIONS, Real
from keygen.engine.zero_test import Algebra, GivenUpError, Quotient

WIDTH = Fraction(1, 1000)
PLACES = (Fraction(5, 4), Fraction(-3, 5))
WRITTEN = ("number", "rounded")  # the same number, written otherwise


def true(operation: str, inputs: tuple[Any, ...]) -> Any:
    """An operation by the oracle's plain definition, in 150 digits."""
    return inputs[0] if operation in WRITTEN else mp.settled(lambda: mp.inexact(oracle(operation, *inputs)))


def oracle(operation: str, *inputs: Any) -> Any:
    """The oracle's rule; a b + c d ... by its sums and products."""
    if operation != "dot":
        return RULES[operation](*inputs)
    pairs = zip(inputs[::2], inputs[1::2], strict=True)
    return reduce(RULES["add"], (RULES["mul"](*pair) for pair in pairs))


def holds(ball: arb, value: Any) -> bool:
    """Whether a ball holds a number, given in 60 digits."""
    text = mpmath.nstr(mp.LADDER[0].context.mpf(mp.inexact(value)), 60)
    return bool(ball.overlaps(arb(text)))


def inputs_of(operation: str) -> list[tuple[Fraction, ...]]:
    """Where an operation is tried."""
    if operation == "power":
        return [(place, Fraction(n)) for place in PLACES for n in (2, 3, -1)]
    if operation in ("add", "sub", "mul", "div"):
        return [PLACES, PLACES[::-1]]
    if operation == "dot":
        return [(*PLACES, *PLACES), (*PLACES, Fraction(3), Fraction(7, 8))]
    return [(place,) for place in PLACES if place > 0 or operation not in ("ln", "sqrt")]


def is_true(operation: str) -> bool:
    """Whether an operation on exact numbers and on wide balls holds what it should, at their ends as well."""
    for inputs in inputs_of(operation):
        exact = Real(operation, inputs).ball
        if not holds(exact, true(operation, inputs)) or not exact.rad() < 1e-30:
            return False
        moving = inputs[:1] if operation == "power" else inputs
        wide = tuple(Real(lambda x=x: arb(real.as_ball(x), real.as_ball(WIDTH).upper()), ()) for x in moving)
        ball = Real(operation, (*wide, *inputs[len(moving) :])).ball
        for ends in product((-1, 1), repeat=len(moving)):
            moved = [x + side * WIDTH for x, side in zip(moving, ends, strict=True)]
            if not holds(ball, true(operation, (*moved, *inputs[len(moving) :]))):
                return False
    return True


BALLS: Mapping[str, Callable[[arb], arb]] = {
    "without its radius": lambda ball: ball.mid(),
    "half its radius": lambda ball: arb(ball.mid(), ball.rad() / 2),
    "negated": lambda ball: -ball,
    "a little more": lambda ball: ball + arb(2) ** -60,
    "twice": lambda ball: 2 * ball,
    "wide": lambda ball: arb(ball.mid(), ball.rad() + 1e-12),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_ball_of_an_operation_holds_it(operation: str) -> None:
    assert is_true(operation)


@pytest.mark.parametrize("how", BALLS)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_mutant_of_an_operation_on_balls_is_caught(operation: str, how: str, monkeypatch: Any) -> None:
    change = BALLS[how]
    if operation == "power":  # of which `evaluated` has a rule of its own
        evaluated = real.evaluated
        monkeypatch.setattr(
            real, "evaluated", lambda of, x: change(evaluated(of, x)) if of == "power" else evaluated(of, x)
        )
    else:
        rule = OPERATIONS[operation]
        monkeypatch.setitem(OPERATIONS, operation, lambda *balls: change(rule(*balls)))
    assert not is_true(operation)


# --- algebra


def made(operation: str, *inputs: Any) -> FieldExpression:
    return FieldExpression(operation, tuple(Fraction(x) if isinstance(x, int) else x for x in inputs))


E, E2, LN6, LN8 = made("exp", 1), made("exp", Fraction(2, 3)), made("ln", 6), made("ln", 8)
ROOT, TWO = made("sqrt", 12), made("sqrt", made("add", 1, E))
TWICE = made("mul", 2, E)
SHARE = made("sigmoid", Fraction(-1, 3))
BASIS = (E, E2, LN6, LN8, ROOT, TWO, SHARE, made("neg", ROOT), made("div", LN6, made("add", E, ROOT)))


def tried() -> list[FieldExpression]:
    """Expressions in which every rule of the algebra has work to do."""
    found = [made(name, x) for name in (*WRITTEN, "neg", "exp", "sigmoid", "tanh") for x in BASIS]
    found += [
        made(name, a, b)
        for name in ("add", "sub", "mul", "div")
        for a, b in zip(BASIS, (*BASIS[2:], *BASIS[:2]), strict=True)
    ]
    found += [made("dot", E, a, Fraction(2, 3), b) for a, b in pairwise(BASIS)]
    found += [made("power", x, Fraction(n)) for x in BASIS for n in (2, 3, -2)]
    positive = (
        *BASIS[:7],
        made("mul", E, E2),
        made("mul", made("add", E, E2), E),
        made("div", made("power", E, Fraction(3)), 18),
    )
    found += [made(name, x) for name in ("ln", "sqrt") for x in positive]
    found += [made("exp", made("mul", Fraction(1, 2), x)) for x in (LN6, LN8, made("add", LN6, E))]
    return found + [made("ln", x) for x in (12, Fraction(9, 50))]


class Numbers:
    """The values of an algebra's sums."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra

    def quotient(self, x: Quotient) -> Any:
        return self.total(x.above.items()) / self.total(x.below.items())

    def total(self, terms: Any) -> Any:
        numbers = ((mp.inexact(Fraction(int(c.p), int(c.q))), monomial) for monomial, c in terms)
        return mp.here().fsum(number * self.monomial(monomial) for number, monomial in numbers)

    def monomial(self, monomial: Any) -> Any:
        value = mp.here().mpf(1)
        for generator, exponent in monomial:
            value *= self.generator(*generator) ** mp.inexact(exponent)
        return value

    def generator(self, domain: str, name: int) -> Any:
        if domain == "prime":
            return mp.here().mpf(name)
        of: Any = self.algebra.meanings[name]
        if domain == "e":
            return mp.here().exp(self.monomial(of))
        inner = self.generator(*of) if of and isinstance(of[0], str) else self.total(of)
        return {
            "ln": lambda: mp.here().ln(abs(inner)),
            "sqrt": lambda: mp.here().sqrt(inner),
            "over": lambda: 1 / inner,
        }[domain]()


def value(x: Any) -> Any:
    """An expression's value by the oracle's rules."""
    if isinstance(x, Fraction):
        return x
    inputs = [value(part) for part in x.inputs]
    return inputs[0] if x.operation in WRITTEN else oracle(x.operation, *inputs)


TRIED = tried()
VALUES = [mp.settled(lambda x=x: mp.inexact(value(x))) for x in TRIED]
ZEROS = [
    made("sub", made("mul", made("sqrt", 2), made("sqrt", 3)), made("sqrt", 6)),
    made("sub", made("sub", LN6, made("ln", 2)), made("ln", 3)),
    made("sub", made("exp", made("div", LN6, 2)), made("sqrt", 6)),
    made("sub", made("add", SHARE, made("sigmoid", Fraction(1, 3))), 1),
    made("sub", made("tanh", 2), made("sub", made("mul", 2, made("sigmoid", 4)), 1)),
    made("sub", made("power", TWO, Fraction(2)), made("add", E, 1)),
    made("sub", made("sub", made("ln", made("add", 1, E)), made("ln", made("add", 1, made("exp", -1)))), 1),
    made("sub", made("div", 1, made("div", ROOT, 12)), ROOT),
    made("sub", made("ln", Fraction(9, 50)), made("sub", made("mul", 2, made("ln", 3)), made("ln", 50))),
    made("sub", made("exp", made("div", E, made("add", E, 1))), made("exp", made("div", TWICE, made("add", TWICE, 2)))),
]  # fmt: skip


def algebra_is_true() -> bool:
    """Whether every expression's sums have its value, and no zero that was proven is unproven now."""
    decided = 0
    for x, expected in zip(TRIED, VALUES, strict=True):
        algebra = Algebra()
        try:
            found = Numbers(algebra).quotient(algebra.quotient(x))
        except GivenUpError:
            continue
        decided += 1
        if abs(found - expected) > abs(expected) * mp.here().mpf(10) ** -60:
            return False
    return decided > 0.9 * len(TRIED) and all(map(zero_test.vanishes, ZEROS))


def test_the_algebra_of_a_number_has_its_value() -> None:
    assert algebra_is_true()


SUMS: Mapping[str, Callable[[Any], Any]] = {
    "negated": lambda total: {monomial: -c for monomial, c in total.items()},
    "twice": lambda total: {monomial: 2 * c for monomial, c in total.items()},
    "without its first term": lambda total: dict(list(total.items())[1:]),
    "one more": lambda total: zero_test.plus(total, zero_test.UNIT),
}
QUOTIENTS: Mapping[str, Callable[[Any], Any]] = {
    **{how: lambda x, change=change: Quotient(change(x.above), x.below) for how, change in SUMS.items()},
    "upside down": lambda x: Quotient(x.below, x.above),
}
WAYS = {"Sum": SUMS, "Quotient": QUOTIENTS}
METHODS = {
    name: WAYS[method.__annotations__["return"]]
    for name, method in vars(Algebra).items()
    if callable(method) and method.__annotations__.get("return") in WAYS and name != "quotient"
}
CANCELLED = ("log_of_sum", "one more")  # ln P - ln Q has it twice
MUTANTS = [(name, how) for name, changes in METHODS.items() for how in changes if (name, how) != CANCELLED]


def test_every_operation_has_a_rule_of_algebra() -> None:
    assert METHODS.keys() >= OPERATIONS.keys()


@pytest.mark.parametrize(("name", "how"), MUTANTS)
def test_every_mutant_of_a_rule_of_algebra_is_caught(name: str, how: str, monkeypatch: Any) -> None:
    rule, change = getattr(Algebra, name), METHODS[name][how]
    monkeypatch.setattr(Algebra, name, lambda *args: change(rule(*args)))
    try:
        assert not algebra_is_true()
    except (GivenUpError, ArithmeticError, ValueError, LookupError, StopIteration, RecursionError):
        return
