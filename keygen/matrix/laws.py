"""Every law that a line can name, under its id, and the laws as formulas: the sheet of rules.

A formula is made by applying a law's own row of the table to letters: d(UV) = dU V + U dV is not typed anywhere, it is
what the rule "product" makes of UV, checked like a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from keygen.matrix.algebra import ONE, add, multiply, power, squared_norm, transpose
from keygen.matrix.derive import DerivationLine
from keygen.matrix.equations import EQUATION_MOVES
from keygen.matrix.expression import (
    Det,
    Differential,
    Expression,
    Function,
    Hadamard,
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

OPENING = {
    "transpose_product": "(AB)' = B'A'",
}
SYMMETRY = {
    "symmetric": "A' = A for a symmetric A",
    "symmetric_part": "tr(G dX) = tr((G + G')/2 dX) for a symmetric dX",
}
READING = {
    "gradient": "df = tr((grad f)' dX)",
    "jacobian": "df = J dx",
}
OPTIMUM = {
    "stationary": "grad f = 0",
    "second_differential": "d^2 f = tr((dX)' d(grad f))",
    "at_optimum": "sum_i u_i u_i' = n S where the gradient is zero",
    "squares": "u'u = ||u||^2",
    "definite_form": "u'Mu > 0 for a definite M and a column u other than 0",
    "definite_trace": "tr(U M U M) = ||R U R||^2 for a symmetric U and a definite M = R^2",
}

ORIGINS = {
    "root": "M = RR with a definite R, for a definite M",
    "det_product": "det(MN) = det M det N",
    "first_order": "det(I + E) = 1 + tr E + terms of second order in E",
}

LAWS: Mapping[str, str] = {
    **{name: rule.law for name, rule in RULES.items()},
    **OPENING,
    **{name: move.law for name, move in MOVES.items()},
    **{name: join.__doc__ or "" for name, join in JOINS.items()},
    **SYMMETRY,
    **READING,
    **{name: move.law for name, move in EQUATION_MOVES.items()},
    **OPTIMUM,
    **ORIGINS,
}
"""Each law in one line, rules first."""


A, B, U, V, X = (Symbol(name, "n", "n") for name in "ABUVX")
a, b, x = (Symbol(name, "n", 1) for name in "abx")
u, y = Symbol("u", 1, 1), Symbol("y", 1, 1, trait="sign")
u_i = Symbol("u", 1, 1, "i")
dX, dx = Differential(X), Differential(x)
MOVING = (u_i, U, V, u, X, x)
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
    "power": power(u, 3),
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
    "powers": term(scalars=(power(u, 2), power(u, 3))),
    "sign": term(scalars=(power(y, 2),)),
    "logistic": term(scalars=(EXP, power(add(ONE, EXP), -1))),
    "cancel": term(A, U, Inverse(U)),
}

JOIN_SUBJECTS: dict[str, tuple[Term, ...]] = {
    "like_terms": (term(A, dX, times=2), term(A, dX, times=3)),
    "collect": (term(A), term(B)),
    "factor": (term(A, U, B), term(A, V, B)),
}


def statements() -> tuple[DerivationLine, ...]:
    """Every rule, move and join as an equality of formulas. Raises KeygenError if one is false."""
    rules = (DerivationLine(Differential(e), RULES[name].apply(e, d), (name,)) for name, e in RULE_SUBJECTS.items())
    moves = (DerivationLine(t.whole, MOVES[name].apply(t).whole, (name,)) for name, t in MOVE_SUBJECTS.items())
    like = JOIN_SUBJECTS["like_terms"]
    collected = JOINS["collect"](JOIN_SUBJECTS["collect"])
    split = [MatrixTrace(multiply(head.whole, dX)) for head in JOIN_SUBJECTS["collect"]]
    shared = JOIN_SUBJECTS["factor"]
    joins = (
        DerivationLine(Sum(tuple(t.whole for t in like)), compose(JOINS["like_terms"](like)), ("like_terms",)),
        DerivationLine(Sum(tuple(split)), MatrixTrace(multiply(collected, dX)), ("collect",)),
        DerivationLine(Sum(tuple(t.whole for t in shared)), JOINS["factor"](shared), ("factor",)),
    )
    return tuple(map(checked, (*rules, *moves, *joins)))


def d(e: Expression) -> Expression:
    """dU for the letters that vary, 0 for A and B."""
    return Differential(e) if e in (U, V, u, u_i) else Zero(*e.shape)


def checked(line: DerivationLine) -> DerivationLine:
    """The line, its sides compared at random points. Raises KeygenError if they differ."""
    inside = line.before.arg if isinstance(line.before, Differential) else line.before
    at = points([inside], MOVING if u_i in inside.symbols else MOVING[1:])
    KnownValues(line.before, at).require(line.before, line.after, line.laws[0])
    return line
