"""Looking into terms: their parts, one part for another, numbers for letters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from keygen.calculus import algebra
from keygen.engine.terms import Apply, Name, Term, constant

REBUILD: Mapping[str, Callable[..., Term]] = {
    "add": algebra.add,
    "sub": algebra.sub,
    "neg": algebra.neg,
    "mul": algebra.mul,
    "div": algebra.div,
    "exp": algebra.exp,
    "ln": algebra.ln,
}


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
    if term.primitive == "scale" and isinstance(term.param, Fraction):
        return algebra.times(term.param, args[0])
    if term.primitive in ("square", "power"):
        return algebra.power(args[0], term.param if isinstance(term.param, int) else 2)
    rebuild = REBUILD.get(term.primitive)
    return replace(term, args=args) if rebuild is None else rebuild(*args)


def folded(term: Term) -> Term:
    """The term put together again, every operation folded as a person would fold it."""
    return rebuilt(term, tuple(map(folded, term.args))) if isinstance(term, Apply) and term.args else term


def mapped(term: Term, change: Callable[[Term], Term | None]) -> Term:
    """Every outermost part that `change` answers for replaced by the answer; what does not change stays as it is."""
    changed = change(term)
    if changed is not None:
        return changed
    if not isinstance(term, Apply):
        return term
    args = tuple(mapped(arg, change) for arg in term.args)
    return term if args == term.args else rebuilt(term, args)


def replaced(term: Term, part: Term, by: Term) -> Term:
    """The term with another in place of each occurrence of the part."""
    return mapped(term, lambda found: by if found == part else None)


def put(term: Term, values: Mapping[str, Term | Fraction | int]) -> Term:
    """The term with numbers or terms in place of names."""
    terms = {name: constant(value) if isinstance(value, Fraction | int) else value for name, value in values.items()}
    return mapped(term, lambda found: terms.get(found.name) if isinstance(found, Name) else None)
