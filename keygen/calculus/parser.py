"""Formulas as a person types them, "a * exp(b * t + c) / (1 + exp(b * t + c))", read into terms."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache, partial

from keygen.calculus.algebra import add, div, exp, ln, mul, neg, power, sub
from keygen.engine.primitives import PRIMITIVES
from keygen.errors import KeygenError, nearest
from keygen.mathematics.eval_scope import called_by_name
from keygen.mathematics.terms import Apply, Name, Term, apply, constant, pointwise

OPERATORS: Mapping[type[ast.operator], Callable[[Term, Term], Term]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: div,
}
FUNCTIONS: Mapping[str, Callable[..., Term]] = {
    "exp": exp,
    "ln": ln,
    "factorial": lambda x: apply("factorial", x),
    "cases": lambda positive, otherwise, x: apply("cases", positive, otherwise, x),
}
"""Those that a chain folds, and those that no trace has; besides, every function of an entry by its name."""


def functions() -> Mapping[str, Callable[..., Term]]:
    """What may be called in a formula."""
    named = [name for name in PRIMITIVES if pointwise(name) and called_by_name(name)]
    return {**{name: partial(applied, name) for name in named}, **FUNCTIONS}


def applied(primitive: str, *args: Term) -> Term:
    """A function of entries on terms. Raises KeygenError for too few of them or too many."""
    arity = PRIMITIVES[primitive].arity
    if len(args) != arity:
        raise KeygenError(f"{primitive} in a formula of a chain", expected=f"{arity} argument(s)", found=str(len(args)))
    return apply(primitive, *args)


@cache
def parse(text: str) -> Term:
    """The term that a formula says: names, whole numbers, + - * / **, and the functions above.

    Raises KeygenError for what is not such a formula.
    """
    try:
        return term_of(ast.parse(text.strip(), mode="eval").body)
    except SyntaxError as error:
        raise KeygenError(f"a formula that cannot be read: {error.msg}", source=text) from error


def term_of(node: ast.expr) -> Term:
    """One node of Python's syntax tree."""
    match node:
        case ast.Name(id=name):
            return Name(name)
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return constant(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return neg(term_of(operand))
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
            return raised(term_of(base), exponent)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATORS:
            return OPERATORS[type(operator)](term_of(left), term_of(right))
        case ast.Call(func=ast.Name(id=name), args=args) if name in functions():
            return functions()[name](*map(term_of, args))
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
    raise KeygenError(
        f"a formula of a chain has no place for {ast.unparse(node)!r}",
        expected="names, whole numbers, + - * / ** and " + ", ".join(functions()),
        repair=None if called is None else nearest(called, functions()),
    )


def raised(base: Term, exponent: ast.expr) -> Term:
    """A power with a whole exponent, or with one that is a term."""
    term = term_of(exponent)
    if isinstance(term, Apply) and isinstance(term.param, Fraction) and term.param.denominator == 1:
        return power(base, int(term.param)) if term.primitive == "constant" else apply("raised", base, term)
    return apply("raised", base, term)
