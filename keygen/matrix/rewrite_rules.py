"""The moves on terms, as a table, and the stages of moves that bring a differential to tr(G dX), g dx or J dx.

A move takes one term to an equal one, or returns it unchanged where it does not apply; its docstring is its law. Each
stage makes a line.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from keygen.errors import KeygenError
from keygen.matrix.algebra import ONE, add, gathered, multiply, power, power_of_power, trace, transpose, transpose_each
from keygen.matrix.expression import (
    Differential,
    Expression,
    Function,
    Hadamard,
    Identity,
    Inverse,
    Power,
    Product,
    Sum,
    Symbol,
    Transpose,
)
from keygen.matrix.shapes import SCALAR
from keygen.matrix.terms import JOINS, Chain, Term


def place(term: Term) -> int:
    """Where in the chain the differential stands. Raises KeygenError if there is none: a rule is broken."""
    for i, factor in enumerate(term.chain):
        if factor.moving:
            return i
    raise KeygenError(f"a false line: {term.whole} in a differential holds none itself", repair="mend the rule")


def turned(chain: Chain) -> Chain:
    """The factors of the transpose of a product."""
    return tuple(transpose(factor) for factor in reversed(chain))


def stands_transposed(e: Expression) -> bool:
    """Whether the differential in e is a transposed one."""
    if isinstance(e, Hadamard | Product):
        return any(stands_transposed(part) for part in e.parts if part.moving)
    return isinstance(e, Transpose)


def scalar_trace(term: Term) -> Term:
    """s = tr(s)"""
    return replace(term, traced=True)


def trace_scalar(term: Term) -> Term:
    """tr(s) = s"""
    return replace(term, traced=term.traced and multiply(*term.chain).shape != SCALAR)


def trace_transpose(term: Term) -> Term:
    """tr(M) = tr(M'), so that tr(MN') = tr(M'N)"""
    if not term.traced or not stands_transposed(term.chain[place(term)]):
        return term
    (*before, last) = term.chain
    chain = (*turned(tuple(before)), transpose(last)) if last.moving else turned(term.chain)
    return replace(term, chain=chain)


def scalar_transpose(term: Term) -> Term:
    """s = s'"""
    if term.traced or not stands_transposed(term.chain[place(term)]):
        return term
    cut = 0 if term.scalar else place(term)
    return replace(term, chain=(*term.chain[:cut], *turned(term.chain[cut:])))


def cyclic(term: Term) -> Term:
    """tr(MN) = tr(NM)"""
    cut = place(term) + 1
    return replace(term, chain=(*term.chain[cut:], *term.chain[:cut])) if term.traced else term


def commute(term: Term) -> Term:
    """M s = s M"""
    cut = place(term) + 1
    before, after = term.chain[:cut], multiply(*term.chain[cut:])
    if term.traced:
        return term
    if cut < len(term.chain) and after.shape == SCALAR:
        return replace(term, scalars=(*term.scalars, after), chain=before)
    if term.carrier and multiply(*term.carrier).shape[1] == 1 and before[-1].shape != SCALAR:
        return replace(term, chain=(*term.carrier, *term.chain), carrier=())
    return term


def hadamard_trace(term: Term) -> Term:
    """tr(M (A * U)) = tr((M' * A)' U)"""
    atom = term.chain[-1]
    if not isinstance(atom, Hadamard) or not term.scalar:
        return term
    still, moving = _still_and_moving(atom)
    before = transpose(multiply(*term.chain[:-1])) if term.chain[:-1] else Identity(atom.shape[0])
    return replace(term, chain=(transpose(Hadamard(before, still)), *_factors(moving)))


def hadamard_rows(term: Term) -> Term:
    """a * (B u) = (a * B) u, a column scales the rows"""
    atom = term.chain[-1]
    if not isinstance(atom, Hadamard) or term.scalar or atom.shape[1] != 1:
        return term
    still, moving = _still_and_moving(atom)
    factors = _factors(moving)
    matrix = multiply(*factors[:-1]) if factors[:-1] else Identity(atom.shape[0])
    return replace(term, chain=(*term.chain[:-1], Hadamard(still, matrix), factors[-1]))


def _still_and_moving(e: Hadamard) -> tuple[Expression, Expression]:
    return (e.right, e.left) if e.left.moving else (e.left, e.right)


def _factors(e: Expression) -> Chain:
    return e.factors if isinstance(e, Product) else (e,)


def powers(term: Term) -> Term:
    """u^a u^b = u^(a+b)"""
    exponents: dict[Expression, Fraction] = {}
    for factor in term.scalars:
        base, exponent = _base(factor)
        exponents[base] = exponents.get(base, Fraction(0)) + exponent
    if len(exponents) == len(term.scalars):
        return term
    return replace(term, scalars=tuple(power(base, p) for base, p in exponents.items() if p))


def _base(factor: Expression) -> tuple[Expression, Fraction]:
    match factor:
        case Power(base, exponent):
            inner, first = _base(base)
            return (inner, first * exponent) if power_of_power(inner, first, exponent) else (base, exponent)
        case Function(arg, "sqrt", False):
            return arg, Fraction(1, 2)
    return factor, Fraction(1)


def sign(term: Term) -> Term:
    """y^2 = 1 for y = +1 or -1"""
    kept = tuple(s for s in term.scalars if not (isinstance(s, Power) and _is_sign(s.base) and s.exponent == 2))
    return replace(term, scalars=kept)


def _is_sign(e: Expression) -> bool:
    return isinstance(e, Symbol) and e.trait == "sign"


def logistic(term: Term) -> Term:
    """e^u / (1 + e^u) = sigma(u)"""
    for factor in term.scalars:
        match factor:
            case Function(u, "exp", False) if (below := power(add(ONE, factor), -1)) in term.scalars:
                kept = tuple(s for s in term.scalars if s not in (factor, below))
                return replace(term, scalars=(*kept, Function(u, "sigmoid")))
    return term


def cancel(term: Term) -> Term:
    """U U^-1 = I"""
    chain = term.chain
    for i, factor in enumerate(chain):
        if isinstance(factor, Inverse) and not factor.moving:
            inside = _factors(factor.arg)
            n = len(inside)
            for start, whole in ((i, (factor, *inside)), (i - n, (*inside, factor))):
                if start >= 0 and chain[start : start + n + 1] == whole and len(chain) > n + 1:
                    return cancel(replace(term, chain=(*chain[:start], *chain[start + n + 1 :])))
    return term


class Move(Struct, frozen=True):
    """A move on one term."""

    apply: Callable[[Term], Term]

    @property
    def law(self) -> str:
        """The law, in one line."""
        return self.apply.__doc__ or ""


MOVES: dict[str, Move] = {
    "scalar_trace": Move(scalar_trace),
    "trace_scalar": Move(trace_scalar),
    "trace_transpose": Move(trace_transpose),
    "scalar_transpose": Move(scalar_transpose),
    "cyclic": Move(cyclic),
    "commute": Move(commute),
    "hadamard_trace": Move(hadamard_trace),
    "hadamard_rows": Move(hadamard_rows),
    "powers": Move(powers),
    "sign": Move(sign),
    "logistic": Move(logistic),
    "cancel": Move(cancel),
}


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
