"""The logistic curve f(t) = a e^(bt+c) / (1 + e^(bt+c)), worked out in letters once a process.

Every chain speaks of f and its kin by name: f, df at t; f_neg, df_neg at -t; f_mirror, df_mirror at the point symmetric
to t about the curve's centre, where the exponent changes its sign; p is a value of f. Numbers come in by
`derivation.with_values`.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache

from keygen.calculus.algebra import div, equals, ln, mul, neg
from keygen.calculus.derivation import ReasonedChain, derivation, equations
from keygen.calculus.derivatives import derivative, differentiate
from keygen.calculus.equations import (
    clear_denominator,
    collect_unknown,
    divide_by_factor,
    isolate,
    take_logarithm,
)
from keygen.calculus.exponentials import multiply_through
from keygen.calculus.limits import settled_limit
from keygen.calculus.parser import parse
from keygen.calculus.quotients import cancel, collect, complement, recognise, split
from keygen.calculus.rewriting import substitute
from keygen.calculus.scope import Scope, scope
from keygen.calculus.squares import bounded, complete_square
from keygen.calculus.traversal import put
from keygen.mathematics.terms import Name, Term

T, A, B, F, DF = map(Name, ("t", "a", "b", "f", "df"))
GROWN = parse("exp(b*t + c)")
CURVE = parse("a * exp(b*t + c) / (1 + exp(b*t + c))")

MIRRORED = parse("a * exp(-b*t - c) / (1 + exp(-b*t - c))")

Interval = tuple[int | str, int | str]
LETTERS: Mapping[str, Interval] = {"t": (-3, 3), "a": ("0.5", 4), "b": ("0.3", 3), "c": (-2, 2)}
DOWN: Interval = (-3, "-0.3")
MEANINGS: Mapping[str, Term] = {
    "f": CURVE,
    "df": derivative(CURVE, "t"),
    "f_neg": put(CURVE, {"t": neg(T)}),
    "df_neg": put(parse("b*f*(1 - f/a)"), {"f": put(CURVE, {"t": neg(T)})}),
    "f_mirror": MIRRORED,
    "df_mirror": put(parse("b*f*(1 - f/a)"), {"f": MIRRORED}),
    "p": CURVE,
}
SCOPE = scope(LETTERS, **MEANINGS)
FALLING = scope({**LETTERS, "b": DOWN}, **MEANINGS)
STEEPENED = put(CURVE, {"t": mul(Name("k"), T)})


def where(*, shifted: bool) -> Scope:
    """The scope with c, or with c = 0."""
    return SCOPE if shifted else SCOPE.put({"c": 0})


def here(term: Term, *, shifted: bool) -> Term:
    """A term with c, or with c = 0."""
    return term if shifted else put(term, {"c": 0})


@cache
def definition() -> ReasonedChain:
    """f written out."""
    return derivation(SCOPE, F, substitute(F, CURVE))


@cache
def slope() -> ReasonedChain:
    """f' through f."""
    return derivation(
        SCOPE, DF, substitute(DF, derivative(CURVE, "t")), differentiate("t"), differentiate("t"),
        collect, split(CURVE), complement, recognise(F, CURVE),
    )  # fmt: skip


@cache
def inverse() -> ReasonedChain:
    """p = f(t) solved for t."""
    return equations(
        SCOPE, equals(Name("p"), CURVE), clear_denominator, collect_unknown(GROWN), divide_by_factor(GROWN),
        take_logarithm, isolate(T), free=("p", "0.05", "0.45"),
    )  # fmt: skip


def opposite(*, shifted: bool) -> Name:
    """f at the point opposite to t: symmetric about the centre, which is at 0 where c is."""
    return Name("f_mirror" if shifted else "f_neg")


@cache
def reflected(*, shifted: bool) -> ReasonedChain:
    """f at the opposite point through f(t)."""
    scope, name = where(shifted=shifted), opposite(shifted=shifted)
    return derivation(
        scope, name, substitute(name, dict(scope.meanings)[name.name]), multiply_through(here(GROWN, shifted=shifted)),
        complement, recognise(F, here(CURVE, shifted=shifted)),
    )  # fmt: skip


@cache
def slope_reflected(*, shifted: bool) -> ReasonedChain:
    """f' at the opposite point through f'(t), from (f(-t))' = -f'(-t)."""
    mirrored = opposite(shifted=shifted)
    name = Name(f"d{mirrored.name}")
    return derivation(
        where(shifted=shifted), name, substitute(name, neg(derivative(mirrored, "t")), "inner_minus"),
        substitute(mirrored, reflected(shifted=shifted).links[-1]), differentiate("t", f=DF), collect,
    )  # fmt: skip


@cache
def logarithm_slope(*, shifted: bool) -> ReasonedChain:
    """(ln f)' in t, and through f at the mirrored point."""
    decay, plain = parse("b * (1 - f/a)"), here(parse("b / (1 + exp(b*t + c))"), shifted=shifted)
    mirrored = mul(div(B, A), opposite(shifted=shifted))
    return derivation(
        where(shifted=shifted), derivative(ln(F), "t"), differentiate("t", f=DF), substitute(DF, slope().links[-1]),
        cancel(F), substitute(decay, plain, "complement"), substitute(plain, mirrored, "recognised"),
    )  # fmt: skip


@cache
def steepest(*, rising: bool) -> ReasonedChain:
    """The extreme value of f': the largest where b > 0, the least where b < 0."""
    return derivation(
        SCOPE if rising else FALLING, DF, substitute(DF, slope().links[-1]), complete_square(F),
        bounded("<=" if rising else ">="),
    )  # fmt: skip


@cache
def proved_limit(toward: str, *, rising: bool) -> ReasonedChain:
    """lim f in letters."""
    return settled_limit(SCOPE if rising else FALLING, CURVE, "t", toward)


def limit_of(values: Mapping[str, Fraction], toward: str) -> ReasonedChain:
    """lim f with its reasons, on numbers: the steps that were proved in letters."""
    proved_limit(toward, rising=values["b"] > 0)
    return settled_limit(SCOPE.fixed(values), put(CURVE, values), "t", toward, "page")


@cache
def proved_steepened_limit(*, rising: bool, positive: bool) -> ReasonedChain:
    """lim f(kt) in letters, for t > 0 or for t < 0."""
    return settled_limit(steepened(rising=rising, positive=positive), STEEPENED, "k", "+oo")


def steepened(*, rising: bool, positive: bool) -> Scope:
    """The scope in which t has a sign and k grows."""
    t: Interval = ("0.1", 3) if positive else (-3, "-0.1")
    b = LETTERS["b"] if rising else DOWN
    return scope({"t": t, "k": (1, 10), "a": LETTERS["a"], "b": b, "c": LETTERS["c"]})


def steepened_limit(values: Mapping[str, Fraction], *, positive: bool) -> ReasonedChain:
    """What f(kt) tends to as k grows, on numbers: the steps that were proved in letters."""
    rising = values["b"] > 0
    proved_steepened_limit(rising=rising, positive=positive)
    within = steepened(rising=rising, positive=positive).fixed(values)
    return settled_limit(within, put(STEEPENED, values), "k", "+oo", "page")
