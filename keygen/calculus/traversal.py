"""Looking into terms: their parts, one part for another, numbers for letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from operator import is_

from msgspec.structs import replace

from keygen.calculus import algebra
from keygen.engine.primitives import Reading, nobody
from keygen.mathematics.terms import Apply, Name, Term, constant

REBUILD: Reading[Callable[..., Term]] = Reading(
    "the operation on terms, folded",
    {
        "add": algebra.add,
        "sub": algebra.sub,
        "neg": algebra.neg,
        "mul": algebra.mul,
        "div": algebra.div,
        "scale": lambda x, factor: algebra.times(factor, x),
        "square": lambda x: algebra.power(x, 2),
        "power": algebra.power,
        "exp": algebra.exp,
        "ln": algebra.ln,
    },
    takes=lambda primitive: primitive.arguments,
    needs=nobody,
)


def inside(term: Term) -> Iterator[Term]:
    """The term and all its parts, from the outside in."""
    yield term
    if isinstance(term, Apply):
        for arg in term.args:
            yield from inside(arg)


def holds(term: Term, part: Term) -> bool:
    """Whether the part occurs in the term."""
    return any(found == part for found in inside(term))


def uses(term: Term, primitive: str) -> bool:
    """Whether an operation occurs in the term."""
    return any(isinstance(found, Apply) and found.primitive == primitive for found in inside(term))


def names(term: Term) -> frozenset[str]:
    """The names in a term."""
    return frozenset(found.name for found in inside(term) if isinstance(found, Name))


def rebuilt(term: Apply, args: tuple[Term, ...]) -> Term:
    """The operation on other arguments, folded as a person would fold it."""
    rebuild = REBUILD.get(term.primitive)
    if rebuild is None:
        return replace(term, args=args)
    return rebuild(*args, *(() if term.param is None else (term.param,)))


def folded(term: Term) -> Term:
    """The term put together again, every operation folded as a person would fold it."""
    return rebuilt(term, tuple(map(folded, term.args))) if isinstance(term, Apply) and term.args else term


Memo = dict[int, Term]  # what became of the terms seen so far, by identity


def mapped(term: Term, change: Callable[[Term], Term | None], memo: Memo | None = None) -> Term:
    """Every outermost part that `change` answers for replaced by the answer; what does not change stays as it is.

    Terms share their parts; a `memo` that outlives the call must not outlive the terms.
    """
    memo = {} if memo is None else memo
    if id(term) not in memo:
        changed = change(term)
        if changed is None and isinstance(term, Apply):
            args = tuple(mapped(arg, change, memo) for arg in term.args)
            changed = None if all(map(is_, args, term.args)) else rebuilt(term, args)
        memo[id(term)] = term if changed is None else changed
    return memo[id(term)]


def replaced(term: Term, part: Term, by: Term) -> Term:
    """The term with another in place of each occurrence of the part."""
    return mapped(term, lambda found: by if found == part else None)


Values = Mapping[str, Term | Fraction | int]


def put(term: Term, values: Values) -> Term:
    """The term with numbers or terms in place of names."""
    return put_all([term], values)[0]


def put_all(terms: Iterable[Term], values: Values) -> list[Term]:
    """Several terms that share their parts, with numbers or terms in place of names."""
    by_name = {name: constant(value) if isinstance(value, Fraction | int) else value for name, value in values.items()}

    def change(found: Term) -> Term | None:
        return by_name.get(found.name) if isinstance(found, Name) else None

    kept, memo = list(terms), Memo()
    return [mapped(term, change, memo) for term in kept]
