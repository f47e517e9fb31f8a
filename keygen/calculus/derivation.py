"""A chain grown by rules: each rewrites the last link and says its law; every link is verified when it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import wraps
from itertools import pairwise
from typing import Any

import numpy as np
from msgspec import Struct

from keygen.calculus.evaluation import QUICK, ScopePoint
from keygen.calculus.scope import Scope
from keygen.calculus.traversal import put, put_all, uses
from keygen.calculus.verification import Check, require_links, require_same_roots
from keygen.engine.domains import STEP
from keygen.mathematics.terms import Chain, Term


class RewrittenLink(Struct, frozen=True):
    """What a rule makes of a link: the next one, the laws that it used, how the two are related, and the factor that a
    numerator and a denominator were multiplied by."""

    term: Term
    laws: tuple[str, ...] = ()
    relation: str = "="
    factor: Term | None = None


Rule = Callable[[Term], RewrittenLink]


def law(rewrite: Callable[[Term], Term]) -> Rule:
    """A rule whose law has the name of the function that rewrites."""

    @wraps(rewrite)
    def rule(term: Term) -> RewrittenLink:
        return RewrittenLink(rewrite(term), (rewrite.__name__,))

    return rule


def plain(rewrite: Callable[[Term], Term]) -> Rule:
    """A rule that goes without saying."""

    @wraps(rewrite)
    def rule(term: Term) -> RewrittenLink:
        return RewrittenLink(rewrite(term))

    return rule


@dataclass(frozen=True, slots=True)
class ReasonedChain(Chain):
    """A chain that knows which laws made each of its steps (`reasons` has a row a link but the first, in which a law
    stands as often as it was used), what its letters and names stand for, and the `factor` that the numerator and the
    denominator of its quotients were multiplied by."""

    reasons: tuple[tuple[str, ...], ...] = ()
    scope: Scope | None = None
    factor: Term | None = None

    def keeping(self, places: Iterable[int]) -> ReasonedChain:
        """The first link and those at `places`; the laws of what is left out are those of the next link that stays."""
        kept = [0, *(place for place in places if place)]
        chain = Chain.keeping(self, kept)
        reasons = tuple(
            tuple(dict.fromkeys(law for why in self.reasons[before:place] for law in why))
            for before, place in pairwise(kept)
        )
        return ReasonedChain(chain.links, chain.laws, chain.relations, chain.at, reasons, self.scope, self.factor)


def worked(links: Iterable[Term], reasons: Iterable[tuple[str, ...]], relations: Iterable[str]) -> ReasonedChain:
    """The chain without the steps that change nothing, and without their laws."""
    first, *rest = links
    steps: list[tuple[Term, tuple[str, ...], str]] = [(first, (), "")]
    for link, why, relation in zip(rest, reasons, relations, strict=True):
        if link != steps[-1][0] or relation not in ("=", "<=>"):
            steps.append((link, why, relation))
    kept, laws, signs = zip(*steps, strict=True)
    told = tuple(dict.fromkeys(name for why in laws for name in why))
    return ReasonedChain(kept, told, () if set(signs[1:]) <= {"="} else signs[1:], reasons=laws[1:])


def grown(start: Term, rules: tuple[Rule, ...], relation: str) -> ReasonedChain:
    """The chain that the rules make; `relation` stands where a rule does not say another."""
    links, reasons, relations = [start], [], []
    factor: Term | None = None
    for rule in rules:
        step = rule(links[-1])
        links.append(step.term)
        reasons.append(step.laws)
        relations.append(relation if step.relation == "=" else step.relation)
        factor = step.factor or factor
    return replace(worked(links, reasons, relations), factor=factor)


def derivation(scope: Scope, start: Term, *rules: Rule, check: Check = "sympy") -> ReasonedChain:
    """start = ... = ..., a link a rule, each verified as `check` says.

    Raises KeygenError with the link, its two sides and a point where they differ.
    """
    chain = grown(start, rules, "=")
    require_links(chain, scope, check)
    return probed(chain, scope)


def equations(
    scope: Scope, start: Term, *rules: Rule, free: tuple[str, int | str, int | str], unknown: str = ""
) -> ReasonedChain:
    """Equivalent equations, each holding wherever the scope's meanings do.

    `free` = (name, low, high) lets a name go that the scope gives a meaning; the equations must then have their roots
    in the `unknown` (the scope's variable, or that name itself) in the same places for whatever values the other
    letters take. Raises KeygenError for a link that is false or not equivalent.
    """
    chain = grown(start, rules, "<=>")
    require_links(chain, scope, "points")
    name, low, high = free
    require_same_roots(chain, scope.freed(name, Fraction(low), Fraction(high)), unknown or scope.variable)
    return probed(chain, scope)


def with_values(chain: ReasonedChain, scope: Scope, values: Mapping[str, Fraction]) -> ReasonedChain:
    """A chain that was proved in letters with numbers in their places, to be tried again by the page's read-back."""
    relations = [chain.relation(place) for place in range(1, len(chain.links))]
    made = worked(put_all(chain.links, values), chain.reasons, relations)
    factor = None if chain.factor is None else put(chain.factor, values)
    return probed(replace(made, factor=factor), scope.fixed(values))


def probed(chain: ReasonedChain, scope: Scope) -> ReasonedChain:
    """The chain with a point of its scope, at which the page's read-back tries it.

    Where the chain differentiates, the numbers carry their derivatives as tiny imaginary parts (`kinds.COMPLEX`).
    """
    letters: dict[str, complex] = {name: complex(x) for name, x in next(iter(scope.points(1))).items()}
    differentiates = any(uses(link, "derivative") for link in chain.links)
    if differentiates:
        letters[scope.variable] += complex(0, STEP)
    point = ScopePoint(scope, letters, QUICK)
    chancy = scope.chancy
    plain = (name for name in (*letters, *(name for name, _ in scope.meanings)) if name not in chancy)
    values = {name: point.named(name) for name in plain}
    at: dict[str, Any] = values if differentiates else {name: x.real for name, x in values.items()}
    if chancy:
        at |= {name: np.array([one.named(name).real for one in point.outcomes]) for name in chancy}
    return replace(chain, at=at, scope=scope)
