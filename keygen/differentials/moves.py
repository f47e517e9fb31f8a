"""The moves that bring a differential to its canonical form, as a table; each docstring is the law of its move.

A move takes one term to an equal one, or returns it unchanged where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from keygen.differentials.algebra import ONE, add, multiply, power, transpose
from keygen.differentials.expression import (
    Expression,
    Function,
    Hadamard,
    Identity,
    Inverse,
    Power,
    Product,
    Symbol,
    Transpose,
)
from keygen.differentials.shapes import SCALAR
from keygen.differentials.signs import power_of_power
from keygen.differentials.terms import Term
from keygen.errors import KeygenError

Chain = tuple[Expression, ...]


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


@dataclass(frozen=True, slots=True)
class Move:
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
