"""Whether the links of a chain follow from one another: sympy decides, and where it cannot, random points do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from keygen.calculus.evaluation import QUICK, Arithmetic, Reading, ScopePoint, Value, reading, way
from keygen.calculus.randomness import require_told
from keygen.calculus.scope import Scope
from keygen.calculus.traversal import inside, names, uses
from keygen.errors import FalseClaim, KeygenError
from keygen.mathematics.formula import formula
from keygen.mathematics.terms import Apply, Chain, Term

Check = Literal["sympy", "points", "page"]
"""Who verifies a chain: sympy where it can, and points where it cannot; points; or, for numbers in a chain that was
proved in letters, the read-back that every printed line goes through."""

POINTS = 3
CELLS = 24  # of an unknown's interval, in which the roots of equivalent equations must lie alike


def require_links(chain: Chain, scope: Scope, check: Check) -> None:
    """Verify a chain link by link: sympy decides, or points to forty digits, or the page's read-back does later.

    Raises KeygenError with the link, its two sides and a point where they differ.
    """
    for link in chain.links:
        require_told(link, dict(scope.random), dict(scope.meanings))
    places: Sequence[int] = () if check == "page" else range(1, len(chain.links))
    if check == "sympy":
        places = [place for place in places if not proved(chain, place, scope)]
    if places:
        from keygen.calculus.multiprecision import PRECISE  # mpmath is slow to import

        try_points(chain, places, scope, PRECISE)


def proved(chain: Chain, place: int, scope: Scope) -> bool:
    """sympy's verdict on an equality."""
    from keygen.calculus import sympy_check  # sympy is slow to import, and only chains in letters need it

    return chain.relation(place) == "=" and sympy_check.equal(chain.links[place - 1], chain.links[place], scope)


def try_points(chain: Chain, places: Sequence[int], scope: Scope, arithmetic: Arithmetic) -> None:
    """Raise KeygenError for the first of these links that does not stand in its relation at some point."""
    limited = {letter for link in chain.links for letter in limits_in(link)}
    rough = bool(limited) or any(uses(link, "derivative") for link in chain.links)
    tolerance = arithmetic.rough if rough else arithmetic.close
    free = {letter for link in chain.links for letter in names(link)} - limited
    tried = {*places, *(place - 1 for place in places)}
    readings = {place: reading(chain.links[place], arithmetic.domain) for place in tried}
    for letters in scope.points(arithmetic.points if free else 1):
        point = ScopePoint(scope, letters, arithmetic)
        values = {place: read(point) for place, read in readings.items()}
        for place in places:
            relation, pair = chain.relation(place), (values[place - 1], values[place])
            if not HOLDS[relation](*pair, tolerance):
                raise false_link(chain.links[place - 1], chain.links[place], relation, letters, pair)


def limits_in(term: Term) -> set[str]:
    """The letters of the limits in a term: they take no value of their own."""
    return {way(part)[0] for part in inside(term) if isinstance(part, Apply) and part.primitive == "limit"}


def close(one: Value, other: Value, tolerance: float) -> bool:
    """Equal numbers, up to the tolerance relative to the larger."""
    return bool(abs(one - other) <= tolerance * max(1, abs(one), abs(other)))


def hold(one: Value, other: Value, tolerance: float) -> bool:
    """Two equations that are both true."""
    return close(one[0], one[1], tolerance) and close(other[0], other[1], tolerance)


def below(one: Value, other: Value, tolerance: float) -> bool:
    """one < other, and not by a rounding error only."""
    return bool(one.real < other.real) and not close(one, other, tolerance)


HOLDS: Mapping[str, Callable[[Value, Value, float], bool]] = {
    "=": close,
    "<=": lambda one, other, tolerance: below(one, other, tolerance) or close(one, other, tolerance),
    ">=": lambda one, other, tolerance: below(other, one, tolerance) or close(one, other, tolerance),
    "<": below,
    ">": lambda one, other, tolerance: below(other, one, tolerance),
    "<=>": hold,
}


def require_same_roots(chain: Chain, scope: Scope, unknown: str) -> None:
    """Raise KeygenError where an equation of a chain gains or loses a root, by the cells of the unknown's interval."""
    low, high = next((low, high) for name, low, high in scope.letters if name == unknown)
    ends = [low + (high - low) * Fraction(2 * cell + 1, 2 * CELLS + 2) for cell in range(CELLS + 1)]
    readings = [reading(link, QUICK.domain) for link in chain.links]
    for letters in scope.points(POINTS):
        points = [ScopePoint(scope, {**letters, unknown: end}) for end in ends]
        before: list[int] = []
        for place, link in enumerate(chain.links):
            found = roots(readings[place], points)
            if place and found != before:
                raise FalseClaim(
                    "a false link in a chain: the two equations are not equivalent",
                    expected=f"{formula(chain.links[place - 1])} with roots in the cells {before}",
                    found=f"{formula(link)} with roots in the cells {found}, at {point_shown(letters)}",
                    repair="mend the rule that made the step",
                )
            before = found


def roots(equation: Reading, ends: Sequence[ScopePoint]) -> list[int]:
    """The cells between neighbouring points at which the sides of an equation lie in opposite order."""
    signs = []
    for end in ends:
        left, right = equation(end)
        signs.append(left.real > right.real)
    return [cell for cell, (one, other) in enumerate(pairwise(signs)) if one != other]


def false_link(
    left: Term, right: Term, relation: str, letters: Mapping[str, Fraction], values: tuple[Value, Value]
) -> KeygenError:
    """The error for neighbours that do not stand in their relation."""
    return FalseClaim(
        "a false link in a chain: its two sides do not agree",
        expected=f"{formula(left)} {relation} {formula(right)}",
        found=f"{numeral(values[0])} on the left, {numeral(values[1])} on the right, at {point_shown(letters)}",
        repair="mend the rule that made the step",
    )


def numeral(value: Value) -> str:
    """A number of an error: enough digits to see the difference; both sides of an equation."""
    if isinstance(value, tuple):
        return " = ".join(map(numeral, value))
    plain = float(value.real)
    return f"{plain:.12g}" if math.isfinite(plain) else str(value)


def point_shown(letters: Mapping[str, Fraction]) -> str:
    """A point of an error: t = 0.25, a = 2"""
    return ", ".join(f"{name} = {float(x):g}" for name, x in letters.items())
