"""Mistakes in differentiation, as tables: beside a rule what is written for it by mistake, and what goes wrong in a
formula by itself. What they make of a derivation is false, and nothing of it is checked.

A mistake has its false law for a docstring. Where it gives no formula of the right shape it raises KeygenError, for the
nodes check their shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import count
from typing import Any, TypeVar

from keygen.errors import KeygenError
from keygen.matrix import algebra
from keygen.matrix.algebra import add, divide, multiply, negate, number
from keygen.matrix.derive import Derivation, Reading, derive_by
from keygen.matrix.expression import (
    Det,
    Expression,
    Function,
    Hadamard,
    Inverse,
    Number,
    Power,
    Product,
    SquaredNorm,
    Sum,
    Symbol,
    Transpose,
)
from keygen.matrix.rewrite_rules import read_off
from keygen.matrix.rules import RULES, D, Rule, rule_for
from keygen.matrix.shapes import SCALAR
from keygen.matrix.transform import map_parts, substitute, tidy
from keygen.matrix.verify import walk

# --- rules


def first_factor(e: Product, d: D) -> Expression:
    """d(UV) = dU V"""
    place = next(place for place, factor in enumerate(e.factors) if d(factor).moving)
    return multiply(*e.factors[:place], d(e.factors[place]), *e.factors[place + 1 :])


def last_factor(e: Product, d: D) -> Expression:
    """d(UV) = U dV"""
    place = max(place for place, factor in enumerate(e.factors) if d(factor).moving)
    return multiply(*e.factors[:place], d(e.factors[place]), *e.factors[place + 1 :])


def difference(e: Product, d: D) -> Expression:
    """d(UV) = dU V - U dV"""
    moved = [
        multiply(*e.factors[:place], du, *e.factors[place + 1 :])
        for place, du in enumerate(map(d, e.factors))
        if du.moving
    ]
    return add(moved[0], *map(negate, moved[1:]))


def factors_in_front(e: Product, d: D) -> Expression:
    """d(UV) = dU V + dV U"""
    moved = [(place, du) for place, du in enumerate(map(d, e.factors)) if du.moving]
    return add(*(multiply(du, *e.factors[:place], *e.factors[place + 1 :]) for place, du in moved))


def first_entry(e: Hadamard, d: D) -> Expression:
    """d(U * V) = dU * V, entry by entry"""
    return algebra.hadamard(d(e.left), e.right)


def untransposed(e: Transpose, d: D) -> Expression:
    """d(U') = dU"""
    return d(e.arg)


def inverse_without_sign(e: Inverse, d: D) -> Expression:
    """d(U^-1) = U^-1 dU U^-1"""
    return multiply(e, d(e.arg), e)


def inverse_as_of_numbers(e: Inverse, d: D) -> Expression:
    """d(U^-1) = -U^-1 U^-1 dU"""
    return negate(multiply(e, e, d(e.arg)))


def inverse_of_differential(e: Inverse, d: D) -> Expression:
    """d(U^-1) = -U^-1 dU"""
    return negate(multiply(e, d(e.arg)))


def det_without_det(e: Det, d: D) -> Expression:
    """d(det U) = tr(U^-1 dU)"""
    return algebra.trace(multiply(algebra.inverse(e.arg), d(e.arg)))


def det_without_inverse(e: Det, d: D) -> Expression:
    """d(det U) = det U tr(dU)"""
    return multiply(e, algebra.trace(d(e.arg)))


def det_with_factor(e: Det, d: D) -> Expression:
    """d(det U) = det U tr(U dU)"""
    return multiply(e, algebra.trace(multiply(e.arg, d(e.arg))))


def ln_det_without_inverse(e: Function, d: D) -> Expression:
    """d(ln det U) = tr(U dU)"""
    inside = e.arg.parts[0]
    return algebra.trace(multiply(inside, d(inside)))


def ln_det_as_ln(e: Function, d: D) -> Expression:
    """d(ln det U) = tr(U^-1 dU) / det U"""
    inside = e.arg.parts[0]
    return divide(algebra.trace(multiply(algebra.inverse(inside), d(inside))), e.arg)


def ln_det_as_det(e: Function, d: D) -> Expression:
    """d(ln det U) = det U tr(U^-1 dU)"""
    inside = e.arg.parts[0]
    return multiply(e.arg, algebra.trace(multiply(algebra.inverse(inside), d(inside))))


def norm_without_two(e: SquaredNorm, d: D) -> Expression:
    """d(||U||^2) = tr(U' dU)"""
    return algebra.trace(multiply(algebra.transpose(e.arg), d(e.arg)))


def norm_without_transpose(e: SquaredNorm, d: D) -> Expression:
    """d(||U||^2) = 2 tr(U dU)"""
    return multiply(number(2), algebra.trace(multiply(e.arg, d(e.arg))))


def power_without_factor(e: Power, d: D) -> Expression:
    """d(u^p) = u^(p-1) du"""
    return multiply(algebra.power(e.base, e.exponent - 1), d(e.base))


def power_as_it_was(e: Power, d: D) -> Expression:
    """d(u^p) = p u^p du"""
    return multiply(number(e.exponent), e, d(e.base))


def power_without_inside(e: Power, d: D) -> Expression:
    """d(u^p) = p du"""
    return multiply(number(e.exponent), d(e.base))


def ln_without_division(e: Function, d: D) -> Expression:
    """d(ln u) = du"""
    return d(e.arg)


def ln_as_ln(e: Function, d: D) -> Expression:
    """d(ln u) = du / ln u"""
    return divide(d(e.arg), e)


def exp_without_exp(e: Function, d: D) -> Expression:
    """d(e^u) = du"""
    return d(e.arg)


def exp_as_power(e: Function, d: D) -> Expression:
    """d(e^u) = u e^u du"""
    return multiply(e.arg, e, d(e.arg))


def sqrt_without_half(e: Function, d: D) -> Expression:
    """d(u^(1/2)) = du / u^(1/2)"""
    return divide(d(e.arg), e)


def sigmoid_as_exp(e: Function, d: D) -> Expression:
    """d(sigma(u)) = sigma(u) du"""
    return multiply(e, d(e.arg))


RULE_MISTAKES: tuple[tuple[str, Callable[[Any, D], Expression]], ...] = (
    ("product", first_factor),
    ("product", last_factor),
    ("product", difference),
    ("product", factors_in_front),
    ("hadamard", first_entry),
    ("transpose", untransposed),
    ("inverse", inverse_without_sign),
    ("inverse", inverse_as_of_numbers),
    ("inverse", inverse_of_differential),
    ("det", det_without_det),
    ("det", det_without_inverse),
    ("det", det_with_factor),
    ("ln_det", ln_det_without_inverse),
    ("ln_det", ln_det_as_ln),
    ("ln_det", ln_det_as_det),
    ("norm", norm_without_two),
    ("norm", norm_without_transpose),
    ("power", power_without_factor),
    ("power", power_as_it_was),
    ("power", power_without_inside),
    ("ln", ln_without_division),
    ("ln", ln_as_ln),
    ("exp", exp_without_exp),
    ("exp", exp_as_power),
    ("sqrt", sqrt_without_half),
    ("sigmoid", sigmoid_as_exp),
)
"""A rule, and what is written for it."""


def not_turned(head: Expression) -> Expression:
    """df = tr(grad f dX)"""
    return head


# --- formulas


def without_transpose(e: Expression) -> list[Expression]:
    """A' = A"""
    return [e.arg] if isinstance(e, Transpose) else []


def with_transpose(e: Expression) -> list[Expression]:
    """A = A'"""
    return [algebra.transpose(e)] if isinstance(e, Symbol) and e.shape != SCALAR else []


def without_inverse(e: Expression) -> list[Expression]:
    """A^-1 = A"""
    return [e.arg] if isinstance(e, Inverse) else []


def other_order(e: Expression) -> list[Expression]:
    """AB = BA"""
    if not isinstance(e, Product):
        return []
    places = (
        place for place, one in enumerate(e.factors[:-1]) if SCALAR not in (one.shape, e.factors[place + 1].shape)
    )
    found = (attempt(in_other_order, e, place) for place in places)
    return [one for one in found if one is not None]


def in_other_order(e: Product, place: int) -> Expression:
    """A product with the factor at a place behind the next one."""
    one, other = e.factors[place : place + 2]
    return multiply(*e.factors[:place], other, one, *e.factors[place + 2 :])


def other_factor(e: Expression) -> list[Expression]:
    """2A = A"""
    match e:
        case Product((Number(value), *others)) if abs(value) != 1:
            return [multiply(number(-1 if value < 0 else 1), *others)]
    return []


def other_sign(e: Expression) -> list[Expression]:
    """A + B = A - B"""
    terms = e.terms if isinstance(e, Sum) else ()
    return [add(*terms[:place], negate(term), *terms[place + 1 :]) for place, term in enumerate(terms)]


def lost_term(e: Expression) -> list[Expression]:
    """A + B = A"""
    terms = e.terms if isinstance(e, Sum) else ()
    return [add(*terms[:place], *terms[place + 1 :]) for place in range(len(terms))]


def other_exponent(e: Expression) -> list[Expression]:
    """u^p = u^(p+1), 1/u^p = 1/u^(p+1)"""
    if not isinstance(e, Power) or e.exponent == -1:
        return []
    return [algebra.power(e.base, e.exponent + (1 if e.exponent > 0 else -1))]


def lost_divisor(e: Expression) -> list[Expression]:
    """1/u = 1"""
    return [algebra.power(e.base, 0)] if isinstance(e, Power) and e.exponent == -1 else []


def other_argument(e: Expression) -> list[Expression]:
    """sigma(u) = sigma(-u)"""
    if isinstance(e, Function) and e.function in ("sigmoid", "exp"):
        return [Function(negate(e.arg), e.function, e.entrywise)]
    return []


FORMULA_MISTAKES: tuple[Callable[[Expression], list[Expression]], ...] = (
    without_transpose, without_inverse, other_order, other_factor, other_sign, lost_term, other_exponent,
    lost_divisor, other_argument, with_transpose,
)  # fmt: skip
"""What is written for a part of a formula."""


def turned_sign(e: Expression) -> Expression:
    """A = -A"""
    return negate(e)


def doubled(e: Expression) -> Expression:
    """A = 2A"""
    return multiply(number(2), e)


def doubled_and_turned(e: Expression) -> Expression:
    """A = -2A"""
    return multiply(number(-2), e)


WHOLE_MISTAKES: tuple[Callable[[Expression], Expression], ...] = (turned_sign, doubled, doubled_and_turned)
"""What is written for a whole formula."""


def multiplier_turned(e: Expression, multiplier: Symbol) -> Expression:
    """L = -L, of a Lagrangian whose constraint is turned over."""
    return substitute(e, multiplier, negate(multiplier))


# --- what they lead to

Made = TypeVar("Made")


@lru_cache(maxsize=256)
def wrong_derivations(f: Expression, wrt: Symbol) -> tuple[tuple[str, Derivation], ...]:
    """The derivations of a function's differential with one mistake in each, those that come to an end, behind the name
    of the mistake."""
    used = {rule_for(node, wrt) for node in walk(tidy(f)) if wrt in node.symbols}
    tables: list[tuple[str, Mapping[str, Rule], Reading]] = [
        (mistake.__name__, {**RULES, name: Rule(mistake, RULES[name].linear)}, read_off)
        for name, mistake in RULE_MISTAKES
        if name in used
    ]
    tables.append((not_turned.__name__, RULES, not_turned))
    found = ((name, attempt(derive_by, rules, read, f, wrt)) for name, rules, read in tables)
    return tuple((name, one) for name, one in found if one is not None)


def wrong_formulas(e: Expression) -> Iterator[tuple[str, Expression]]:
    """A formula with one mistake in it, for each mistake and each place where it may happen, behind its name."""
    for mistake in FORMULA_MISTAKES:
        yield from ((mistake.__name__, one) for one in at_one_place(e, mistake))
    for whole in WHOLE_MISTAKES:
        yield whole.__name__, whole(e)


def at_one_place(e: Expression, mistake: Callable[[Expression], list[Expression]]) -> Iterator[Expression]:
    """e with a mistake in one part, for each part in which the shapes allow it."""
    yield from attempt(mistake, e) or ()
    for place, part in enumerate(e.parts):
        for other in at_one_place(part, mistake):
            found = attempt(with_part, e, place, other)
            if found is not None:
                yield found


def with_part(e: Expression, place: int, other: Expression) -> Expression:
    """e with another part at one place."""
    places = count()
    return map_parts(e, lambda part: other if next(places) == place else part)


def attempt(make: Callable[..., Made], *about: Any) -> Made | None:
    """What is made of a mistake; None where shapes do not fit, or there is no such number."""
    try:
        return make(*about)
    except (KeygenError, ZeroDivisionError):
        return None
