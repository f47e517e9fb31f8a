"""sympy's verdict on an equality. Importing this module imports sympy, which is slow; only `verification` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import sympy

from keygen.calculus.scope import Scope
from keygen.engine.symbolic import RULES
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Name, Term

Expr = Any


def symbol(scope: Scope, name: str) -> Expr:
    """A letter as a real symbol, positive or negative where its interval is."""
    low, high = next((low, high) for letter, low, high in scope.letters if letter == name)
    return sympy.Symbol(name, real=True, positive=True if low >= 0 else None, negative=True if high <= 0 else None)


def form(term: Term, scope: Scope) -> Expr:
    """The term as a sympy expression in the scope's letters."""
    match term:
        case Name(name=name):
            meanings = dict(scope.meanings)
            return form(meanings[name], scope) if name in meanings else symbol(scope, name)
        case Apply(primitive=primitive, args=args, param=param):
            values = [form(arg, scope) for arg in args]
            if primitive in CHAIN_RULES:
                return CHAIN_RULES[primitive](scope, param, *values)
            return RULES[primitive](*values, *(() if param is None else (param,)))
    raise KeygenError(f"sympy has no reading of {term!r}")


def limit(scope: Scope, param: Any, body: Expr) -> Expr:
    """The limit on the way that `param` names."""
    letter, toward = param
    place = {"+oo": sympy.oo, "-oo": -sympy.oo, "0+": sympy.Integer(0)}[toward]
    return sympy.limit(body, symbol(scope, letter), place)


CHAIN_RULES: Mapping[str, Callable[..., Expr]] = {
    "derivative": lambda scope, letter, body: sympy.diff(body, symbol(scope, letter)),
    "limit": limit,
    "cases": lambda scope, _, positive, otherwise, x: sympy.Piecewise((positive, x > 0), (otherwise, True)),
    "raised": lambda scope, _, base, exponent: base**exponent,
    "factorial": lambda scope, _, n: sympy.factorial(n),
}


@cache
def equal(left: Term, right: Term, scope: Scope) -> bool:
    """Whether sympy proves the two terms equal; False says only that it did not."""
    difference = form(left, scope) - form(right, scope)
    above, _ = sympy.fraction(sympy.together(difference))
    if sympy.expand(sympy.expand_log(above)) == 0:
        return True
    return bool(sympy.simplify(difference) == 0)
