"""The laws as formulas: the sheet of rules.

A formula is made by applying a law's own row of the table to letters: d(UV) = dU V + U dV is not typed anywhere, it is
what the rule "product" makes of UV, checked like a line. Where a rule works on a number (an exponent, a coefficient) it
is applied to several, and `families` say which letters stand for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from msgspec import Struct

from keygen.errors import KeygenError
from keygen.matrix.algebra import ONE, add, multiply, number, power, squared_norm, transpose
from keygen.matrix.derive import DerivationLine, derive, hessian
from keygen.matrix.evaluate import MatrixPoint, evaluate
from keygen.matrix.expression import (
    Det,
    Differential,
    Expression,
    Function,
    Hadamard,
    Identity,
    Inverse,
    MatrixTrace,
    Product,
    SampleSum,
    Sum,
    Symbol,
    Transpose,
    Zero,
)
from keygen.matrix.rewrite_rules import MOVES
from keygen.matrix.rules import RULES
from keygen.matrix.terms import JOINS, Term, compose
from keygen.matrix.verify import KnownValues, points

A, B, U, V, X = (Symbol(name, "n", "n") for name in "ABUVX")
S, R = (Symbol(name, "n", "n", trait="symmetric") for name in "SR")
M = Symbol("M", "n", "n", trait="definite")
a, b, x = (Symbol(name, "n", 1) for name in "abx")
u, y = Symbol("u", 1, 1), Symbol("y", 1, 1, trait="sign")
u_i = Symbol("u", 1, 1, "i")
dX, dx, dS = Differential(X), Differential(x), Differential(S)
MOVING = (u_i, U, V, u, X, x, S)
EXP = Function(u, "exp")

RULE_SUBJECTS: dict[str, Expression] = {
    "constant": A,
    "variable": U,
    "linearity": Sum((U, V)),
    "constant_factors": Product((A, U, B)),
    "product": Product((U, V)),
    "hadamard": Hadamard(U, V),
    "transpose": Transpose(U),
    "inverse": Inverse(U),
    "trace": MatrixTrace(U),
    "det": Det(U),
    "ln_det": Function(Det(U), "ln"),
    "norm": squared_norm(U),
    "ln": Function(u, "ln"),
    "exp": EXP,
    "sqrt": Function(u, "sqrt"),
    "sigmoid": Function(u, "sigmoid"),
    "sample_sum": SampleSum(u_i, "i", "n"),
}


def term(*chain: Expression, scalars: Sequence[Expression] = (), traced: bool = False, times: int = 1) -> Term:
    """A term to move."""
    return Term(Fraction(times), tuple(scalars), chain, traced)


MOVE_SUBJECTS: dict[str, Term] = {
    "scalar_trace": term(transpose(a), dX, b),
    "trace_scalar": term(transpose(a), dx, traced=True),
    "trace_transpose": term(A, transpose(dX), traced=True),
    "scalar_transpose": term(transpose(dx), a),
    "cyclic": term(A, dX, B, traced=True),
    "commute": term(dx, transpose(a), b),
    "hadamard_trace": term(A, Hadamard(B, dX), traced=True),
    "hadamard_rows": term(Hadamard(a, multiply(B, dx))),
    "sign": term(scalars=(power(y, 2),)),
    "logistic": term(scalars=(EXP, power(add(ONE, EXP), -1))),
    "cancel": term(A, U, Inverse(U)),
}

OTHERS: dict[str, tuple[Expression, Expression]] = {
    "transpose_product": (Transpose(Product((U, V))), Product((Transpose(V), Transpose(U)))),
    "symmetric": (Transpose(S), S),
    "symmetric_part": (
        MatrixTrace(Product((A, dS))),
        MatrixTrace(multiply(number(Fraction(1, 2)), Sum((A, Transpose(A))), dS)),
    ),
    "squares": (Product((Transpose(x), x)), squared_norm(x)),
    "squares_trace": (MatrixTrace(Product((Transpose(U), U))), squared_norm(U)),
    "definite_trace": (MatrixTrace(Product((S, R, R, S, R, R))), squared_norm(Product((R, S, R)))),
    "det_product": (Det(Product((U, V))), Product((Det(U), Det(V)))),
}
"""Laws that no row of a table applies: their sides."""

POSITIVE = Product((Transpose(x), M, x))
NEAR_ONE = Det(Sum((Identity("n"), U))), Sum((ONE, MatrixTrace(U)))


class LawFamily(Struct, frozen=True):
    """A law that works on numbers: the `letters` for them, and what it makes of `numbers`, a line each."""

    law: str
    letters: tuple[str, ...]
    lines: Mapping[tuple[int, ...], DerivationLine]


TRIED = ((4, 7), (9, 5), (6, 13), (11, 8), (5, 12))


def statements() -> tuple[DerivationLine, ...]:
    """Every rule, move and join that works on letters alone, and the other laws that are equalities. Raises KeygenError
    if one is false."""
    rules = (DerivationLine(Differential(e), RULES[name].apply(e, d), (name,)) for name, e in RULE_SUBJECTS.items())
    moves = (DerivationLine(t.whole, MOVES[name].apply(t).whole, (name,)) for name, t in MOVE_SUBJECTS.items())
    heads, shared = (term(A), term(B)), (term(A, U, B), term(A, V, B))
    split = [MatrixTrace(multiply(head.whole, dX)) for head in heads]
    joins = (
        DerivationLine(Sum(tuple(split)), MatrixTrace(multiply(JOINS["collect"](heads), dX)), ("collect",)),
        DerivationLine(Sum(tuple(t.whole for t in shared)), JOINS["factor"](shared), ("factor",)),
    )
    others = (DerivationLine(before, after, (name,)) for name, (before, after) in OTHERS.items())
    return tuple(map(checked, (*rules, *moves, *joins, *others)))


def families() -> tuple[LawFamily, ...]:
    """The rules, moves and joins that work on numbers. Raises KeygenError if one is false of a number."""

    def raised(k: int) -> DerivationLine:
        return DerivationLine(Differential(power(u, k)), RULES["power"].apply(power(u, k), d), ("power",))

    def powers(k: int, m: int) -> DerivationLine:
        both = term(scalars=(power(u, k), power(u, m)))
        return DerivationLine(both.whole, MOVES["powers"].apply(both).whole, ("powers",))

    def alike(s: int, t: int) -> DerivationLine:
        both = term(A, dX, times=s), term(A, dX, times=t)
        return DerivationLine(Sum(tuple(t.whole for t in both)), compose(JOINS["like_terms"](both)), ("like_terms",))

    return (
        LawFamily("power", ("k",), {(k,): checked(raised(k)) for k, _ in TRIED}),
        LawFamily("powers", ("k", "m"), {pair: checked(powers(*pair)) for pair in TRIED}),
        LawFamily("like_terms", ("s", "t"), {pair: checked(alike(*pair)) for pair in TRIED}),
    )


def d(e: Expression) -> Expression:
    """dU for the letters that vary, 0 for A and B."""
    return Differential(e) if e in (U, V, u, u_i) else Zero(*e.shape)


def checked(line: DerivationLine) -> DerivationLine:
    """The line, its sides compared at random points. Raises KeygenError if they differ."""
    inside = line.before.arg if isinstance(line.before, Differential) else line.before
    at = points([inside], tuple(symbol for symbol in MOVING if symbol is not u_i or u_i in inside.symbols))
    KnownValues(line.before, at).require(line.before, line.after, line.laws[0])
    return line


def positive_form() -> Expression:
    """x'Mx, which is positive for a definite M. Raises KeygenError if it is not at some point."""
    if any(evaluate(POSITIVE, at).real.item() <= 0 for at in points([POSITIVE], count=8)):
        raise KeygenError(f"{POSITIVE} is not positive")
    return POSITIVE


def near_identity() -> tuple[Expression, Expression]:
    """det(I + U) and 1 + tr U, whose difference is of second order: a tenth of U leaves a hundredth of it. Raises
    KeygenError if it does not."""
    before, after = NEAR_ONE
    for at in points([before]):
        places = (scaled(at, 0.01), scaled(at, 0.001))
        far, near = (abs(evaluate(before, place) - evaluate(after, place)).item() for place in places)
        if not 50 < far / near < 200:
            raise KeygenError(f"{before} and {after} differ in the first order")
    return NEAR_ONE


def scaled(at: MatrixPoint, by: float) -> MatrixPoint:
    """A point with smaller values."""
    return replace(at, values={symbol: by * value for symbol, value in at.values.items()})


def second_of_first() -> Symbol:
    """The X of d^2 f = tr((d grad f)' dX), tried on f = tr(X'AXB). Raises KeygenError if the second difference of f
    along dX, which is that of a quadratic function, is another number."""
    f = MatrixTrace(Product((Transpose(X), A, X, B)))
    second = MatrixTrace(Product((Transpose(hessian(derive(f, X)).differential), dX)))
    for at in points([f], [X]):
        moved = [replace(at, values={**at.values, X: at.values[X] + step * at.direction[X]}) for step in (-1, 0, 1)]
        before, here, after = (evaluate(f, place).real.item() for place in moved)
        told = evaluate(second, at).real.item()
        if abs(before - 2 * here + after - told) > 1e-9 * (1 + abs(told)):
            raise KeygenError("the differential of the gradient is not that of the first differential")
    return X
