"""Every law that a line can name, under its id. (`law_formulas` has them as formulas.)"""

from __future__ import annotations

from collections.abc import Mapping

from keygen.matrix.equations import EQUATION_MOVES
from keygen.matrix.rewrite_rules import MOVES
from keygen.matrix.rules import RULES
from keygen.matrix.terms import JOINS

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
    "squares": "u'u = ||u||^2 for a column u",
    "squares_trace": "tr(U'U) = ||U||^2",
    "definite_form": "u'Mu > 0 for a definite M and a column u other than 0",
    "definite_inverse": "u'M^-1 u > 0 for a definite M and a column u other than 0",
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
