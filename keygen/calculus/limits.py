"""Rules for limits: divide by what grows fastest, let exponentials settle, work out what is left."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from keygen.calculus.algebra import ONE, ZERO, exp, neg, parts
from keygen.calculus.derivation import ReasonedChain, RewrittenLink, Rule, derivation, plain
from keygen.calculus.evaluation import ScopePoint, way
from keygen.calculus.exponentials import multiply_through, summands
from keygen.calculus.rational_function import expanded
from keygen.calculus.scope import Scope
from keygen.calculus.traversal import folded, inside, names
from keygen.calculus.verification import Check
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Term

FAR, VAST = 1e15, 1e6


def limit(body: Term, letter: str, toward: str) -> Term:
    """The limit of the body as the letter goes to "+oo", "-oo" or "0+"."""
    return Apply("limit", (body,), (letter, toward))


def within(rule: Rule) -> Rule:
    """A rule applied to what stands under the limit sign."""

    def inner(term: Term) -> RewrittenLink:
        if not isinstance(term, Apply) or term.primitive != "limit":
            raise KeygenError(f"a rule for limits met {term!r}", expected="a limit")
        step = rule(term.args[0])
        return replace(step, term=msgspec.structs.replace(term, args=(step.term,)))

    return inner


def settle(scope: Scope) -> Rule:
    """Every exponential under the limit sign takes its limit: 0 where its exponent falls without bound, 1 where the
    exponent vanishes. Raises KeygenError where that does not decide the limit."""

    def rule(term: Term) -> RewrittenLink:
        if not isinstance(term, Apply) or term.primitive != "limit":
            raise KeygenError(f"a rule for limits met {term!r}", expected="a limit")
        letter, _ = way(term)
        laws: dict[Term, str] = {}
        far = ScopePoint(scope, next(scope.points(1)))

        def settled(part: Term) -> Term:
            if letter not in names(part) or not isinstance(part, Apply):
                return part
            if part.primitive == "exp":
                value, name = end_of_exponential(far.value(msgspec.structs.replace(term, args=part.args)).real)
                laws[part] = name
                return value
            return msgspec.structs.replace(part, args=tuple(map(settled, part.args)))

        found = settled(term.args[0])
        if letter in names(found):
            raise KeygenError(f"the limit does not follow from its exponentials alone: {found!r} is left")
        return RewrittenLink(found, tuple(laws.values()))

    return rule


def end_of_exponential(exponent: float) -> tuple[Term, str]:
    """The limit of an exponential and its law, from the exponent far out. Raises KeygenError for one that does not
    settle at 0 or 1."""
    if exponent < -VAST:
        return ZERO, "exp_vanishes"
    if abs(exponent) < 1 / VAST:
        return ONE, "exp_of_zero"
    raise KeygenError("an exponential under the limit sign does not settle", found=f"exponent {exponent:g}")


@plain
def arithmetic(term: Term) -> Term:
    """Numbers worked out."""
    return expanded(folded(term))


def settled_limit(scope: Scope, body: Term, letter: str, toward: str, check: Check = "sympy") -> ReasonedChain:
    """The limit of an expression in exponentials: quotients divided by what rules their denominators, then settled."""
    far = ScopePoint(scope, next(scope.points(1))).at(letter, {"+oo": FAR, "-oo": -FAR, "0+": 1 / FAR}[toward])
    ruling = next((found for part in inside(body) if (found := leader(part, far)) != ZERO), ZERO)
    divided = [] if ruling == ZERO else [within(multiply_through(exp(neg(ruling))))]
    return derivation(scope, limit(body, letter, toward), *divided, settle(scope), arithmetic, check=check)


def leader(term: Term, far: ScopePoint) -> Term:
    """The exponent of a denominator's fastest summand, 0 where it stays bounded and for a term that is no quotient."""
    inner = parts(term, "div")
    exponents = [summand_exponent(part) for _, part in summands(inner[1])] if inner else [ZERO]
    fastest = max(exponents, key=lambda exponent: far.value(exponent).real)
    return fastest if abs(far.value(fastest).real) > 1 else ZERO


def summand_exponent(term: Term) -> Term:
    """The exponent of the exponential in a product, 0 where there is none."""
    return next((part.args[0] for part in inside(term) if isinstance(part, Apply) and part.primitive == "exp"), ZERO)
