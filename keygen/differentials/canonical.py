"""A differential brought to its canonical form: tr(G dX), g dx or J dx, by stages of moves that make a line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from keygen.differentials.algebra import gathered, multiply, trace, transpose, transpose_each
from keygen.differentials.expression import Differential, Expression, Identity, Product, Sum, Symbol
from keygen.differentials.joins import JOINS
from keygen.differentials.moves import MOVES, stands_transposed, turned
from keygen.differentials.shapes import SCALAR
from keygen.differentials.terms import Term
from keygen.errors import KeygenError

Stage = tuple[str, ...]
Terms = list[Term]
Laws = tuple[str, ...]

AT_ONCE: Stage = ("powers", "sign", "cancel")
"""Simplifications that need no line of their own."""

TRANSPOSES: Stage = ("scalar_transpose", "trace_transpose")

NUMBER: tuple[Stage, ...] = (("logistic",),)
ROW: tuple[Stage, ...] = (
    ("logistic",),
    ("trace_transpose", "cyclic", "trace_scalar"),
    ("scalar_transpose", "commute", "hadamard_trace"),
)
COLUMN: tuple[Stage, ...] = (
    ("logistic",),
    ("trace_transpose", "cyclic", "trace_scalar"),
    ("scalar_transpose", "commute", "hadamard_rows"),
)
MATRIX: tuple[Stage, ...] = (("logistic",), ("scalar_trace",), ("trace_transpose",), ("cyclic",), ("hadamard_trace",))


def stages(f: Expression, wrt: Symbol) -> tuple[Stage, ...] | None:
    """The stages for the shapes of f and of the variable; None where the differential itself is the answer."""
    if wrt.shape == SCALAR:
        return NUMBER if f.shape[1] == 1 else None
    if f.shape == SCALAR:
        return ROW if wrt.shape[1] == 1 else MATRIX
    return COLUMN if f.shape[1] == wrt.shape[1] == 1 else None


def advance(terms: Sequence[Term], stage: Stage) -> tuple[Terms, Laws]:
    """The terms after one stage, and the laws that changed them."""
    used: list[str] = []
    moved: Terms = []
    for term in terms:
        for name in (*stage, *AT_ONCE):
            after = MOVES[name].apply(term)
            if after != term:
                used.append(name)
                if name in TRANSPOSES and _leans_on_symmetry(term):
                    used.append("symmetric")
            term = after
        moved.append(term)
    joined = JOINS["like_terms"](moved)
    if len(joined) < len(moved):
        used.append("like_terms")
    return joined, tuple(dict.fromkeys(used))


def _leans_on_symmetry(term: Term) -> bool:
    return any(symbol.trait in ("symmetric", "definite") for factor in term.chain for symbol in factor.symbols)


def twins(terms: Sequence[Term]) -> tuple[Terms, Laws]:
    """Terms that are each other's transpose, u'dv + (dv)'u, made one."""
    kinds = {_kind(term, term.chain) for term in terms}
    pairs = {_kind(term, turned(term.chain)) for term in terms if term.scalar and _leans_back(term)} & kinds
    used: list[str] = []
    moved: Terms = []
    for term in terms:
        stage = TRANSPOSES if _leans_back(term) else ()
        if _kind(term, turned(term.chain) if stage else term.chain) in pairs:
            (term,), laws = advance([term], (*stage, "cyclic"))
            used += laws
        moved.append(term)
    return (JOINS["like_terms"](moved), tuple(dict.fromkeys(used))) if pairs else (moved, ())


def _leans_back(term: Term) -> bool:
    return any(stands_transposed(factor) for factor in term.chain if factor.moving)


def _kind(term: Term, chain: tuple[Expression, ...]) -> tuple[object, ...]:
    """What two terms share if they differ by their coefficients, and under a trace by a rotation."""
    turned_term = MOVES["cyclic"].apply(replace(term, chain=chain))
    return (turned_term.chain, term.scalars, term.traced, term.sample, term.carrier)


def heads(terms: Sequence[Term], wrt: Symbol) -> Terms:
    """What stands before dX in each term. Raises KeygenError if dX is not at the end of one."""
    found = []
    for term in terms:
        if term.chain[-1] != Differential(wrt) or any(factor.moving for factor in term.chain[:-1]):
            raise KeygenError(f"d{wrt} cannot be brought to the end of {term.whole}", repair="ask for the differential")
        before = (*term.chain[:-1], *term.carrier)
        unit = () if wrt.shape == SCALAR else (Identity(wrt.rows),)
        found.append(replace(term, chain=before or unit, traced=False, carrier=()))
    return found


def collected(found: Sequence[Term]) -> tuple[Expression, Laws]:
    """The heads as one factor before dX, and the laws that made it one."""
    factored = JOINS["factor"](found)
    laws: Laws = ("collect", "factor") if factored is not None else ("collect",) if len(found) > 1 else ()
    head = JOINS["collect"](found) if factored is None else factored
    fewer = gathered(head)
    return fewer, laws if fewer == head else (*laws, "like_terms")


def before_differential(head: Expression, wrt: Symbol, traced: bool) -> Expression:
    """tr(G dX), or G dX"""
    body = multiply(head, Differential(wrt))
    return trace(body) if traced else body


def read_off(head: Expression) -> Expression:
    """The gradient G' of tr(G dX), its sum opened."""
    match head:
        case Sum():
            return transpose_each(head)
        case Product((*scalars, Sum() as total)) if all(s.shape == SCALAR for s in scalars):
            return multiply(*scalars, transpose_each(total))
    return transpose(head)
