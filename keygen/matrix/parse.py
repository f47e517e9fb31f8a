"""Formulas as they are typed, `tr(A @ X.T @ X)`, read into expressions; and problems drawn from patterns of them.

    @  matrix product          *  product with a number, else elementwise      **  power of a number
    X.T   inv(X)   tr(X)   det(X)   I(n)   ones((n, 1))   norm(X)**2   log ln exp sqrt sigmoid
    x[i], y[i]  members of a sample, inside  sum(... for i in range(n))

Python's own parser reads them, so precedence is Python's; nothing is evaluated; errors point at the place in the
formula. In a pattern `A~` is A or A.T, and `{p|q}` is p or q. A drawn problem has sizes for its dimensions, all
different, at which its formula has a value.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import prod
from random import Random
from typing import get_args

import numpy as np

from keygen.errors import KeygenError, nearest
from keygen.matrix import printing as printing  # it says how an expression stands in a message
from keygen.matrix.algebra import number, size, squared_norm
from keygen.matrix.as_terms import negated
from keygen.matrix.expression import (
    Det,
    Expression,
    Function,
    Hadamard,
    Identity,
    Inverse,
    MatrixTrace,
    Number,
    Ones,
    Power,
    Product,
    SampleSum,
    Sum,
    Symbol,
    Trait,
    Transpose,
    Unary,
)
from keygen.matrix.infer import FUNCTIONS, FormulaText, Inference, side
from keygen.matrix.shapes import LARGEST, SCALAR, Dim, Shape, Sizes, sized
from keygen.matrix.verify import draw, draw_sizes, letters_of, why_undefined

OPERATIONS: dict[str, type[Unary]] = {"tr": MatrixTrace, "trace": MatrixTrace, "det": Det, "inv": Inverse}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A formula read: the expression, the variable, the symbols by name, and the shapes that were assumed."""

    expression: Expression
    wrt: Symbol | None
    symbols: Mapping[str, Symbol]
    assumed: Mapping[str, Shape]


def parse(text: str, shapes: str = "", wrt: str | None = None) -> Parsed:
    """Read a formula. `shapes`: "A:n,n X:m,n", where needed with a trait: "S:k,k,definite lam:1,1,positive".

    Raises KeygenError, with the place in the formula marked, for a syntax error, an unknown function, shapes that do
    not fit, a matrix where a number is needed; and for a `wrt` that does not occur.
    """
    source = FormulaText(" ".join(text.split()))
    declared = declarations(shapes)
    tree = source.tree()
    inference = Inference(source, {name: (symbol.rows, symbol.columns) for name, symbol in declared.items()})
    found = {name: declared.get(name, Symbol(name, *shape)) for name, shape in inference.result(tree).items()}
    expression = Builder(found, source).build(tree)
    used = {symbol.name for symbol in expression.symbols}
    plain = {symbol.name for symbol in expression.symbols if symbol.index is None}
    if both := plain & {symbol.name for symbol in expression.symbols if symbol.index is not None}:
        raise KeygenError(f"{min(both)} stands with and without an index", source=source.text, repair="rename one")
    if wrt is not None and wrt not in plain:
        raise KeygenError(f"{wrt} does not occur in {source.text}", repair=nearest(wrt, plain))
    if wrt is not None and f"d{wrt}" in used:
        raise KeygenError(f"d{wrt} would be read as the differential of {wrt}", source=source.text, repair="rename it")
    assumed = {name: symbol.shape for name, symbol in found.items() if name not in declared}
    symbols = {name: symbol for name, symbol in found.items() if name in used}
    return Parsed(expression, None if wrt is None else found[wrt], symbols, assumed)


def declarations(text: str) -> dict[str, Symbol]:
    """The names of "A:n,n X:m,n S:k,k,definite" with their shapes. Raises KeygenError for anything else."""
    found: dict[str, Symbol] = {}
    for item in text.split():
        name, _, rest = item.partition(":")
        sides = rest.split(",")
        trait = sides.pop() if len(sides) == 3 else "general"
        readable = name.isidentifier() and len(sides) == 2 and all(map(_is_dim, sides)) and trait in get_args(Trait)
        if not readable:
            raise KeygenError(
                f"a shape that cannot be read: {item}", repair='e.g. "A:n,n X:m,n"',
                expected=f"NAME:ROWS,COLUMNS, a number of them at most {LARGEST}",
            )  # fmt: skip
        rows, columns = (int(side) if side.isdecimal() else side for side in sides)
        symbol = Symbol(name, rows, columns, None, trait)  # type: ignore[arg-type]  # read as a Trait above
        if found.setdefault(name, symbol) != symbol:
            raise KeygenError(f"two shapes are said of {name}", found=text[:200], repair="say one")
    return found


def _is_dim(side: str) -> bool:
    return side.isidentifier() or (side.isascii() and side.isdecimal() and len(side) < 10 and 0 < int(side) <= LARGEST)


@dataclass(frozen=True, slots=True)
class Builder:
    """A checked syntax tree as an expression, kept as typed (numbers come to the front of a product)."""

    symbols: Mapping[str, Symbol]
    source: FormulaText

    def build(self, node: ast.expr) -> Expression:
        """The expression of a node."""
        match node:
            case ast.Constant():
                return Number(self.source.value(node))
            case ast.Name(name):
                return self.symbols[name] if name in self.symbols else size(name)
            case ast.Subscript(ast.Name(name), ast.Name(index)):
                symbol = self.symbols[name]
                return Symbol(name, symbol.rows, symbol.columns, index, symbol.trait)
            case ast.Attribute(value):
                arg = self.build(value)
                return arg if arg.shape == SCALAR else Transpose(arg)
            case ast.UnaryOp(op, operand):
                arg = self.build(operand)
                return product(number(-1), arg) if isinstance(op, ast.USub) else arg
            case ast.BinOp(left, op, right):
                return self.operation(left, op, right)
            case ast.Call(ast.Name(name), [arg]):
                return self.call(name, arg)
        raise TypeError(f"no way to build {type(node).__name__}")

    def operation(self, left: ast.expr, op: ast.operator, right: ast.expr) -> Expression:
        """left op right"""
        if isinstance(op, ast.Pow):
            return self.power(left, right)
        a, b = self.build(left), self.build(right)
        match op:
            case ast.MatMult():
                chained = isinstance(a, Product) and a.shape == SCALAR
                return product(*(a.factors if chained and isinstance(a, Product) else (a,)), b)
            case ast.Mult():
                return product(a, b) if SCALAR in (a.shape, b.shape) else Hadamard(a, b)
            case ast.Div():
                if isinstance(b, Number) and b.value:
                    return product(a, number(1 / b.value))
                return product(a, Power(b, Fraction(-1)))  # by zero too: it is defined nowhere
        terms = a.terms if isinstance(a, Sum) else (a,)
        return Sum((*terms, b if isinstance(op, ast.Add) else negated(b)))

    def power(self, base: ast.expr, exponent: ast.expr) -> Expression:
        """u**p, norm(A)**2"""
        p = self.build(exponent)
        if isinstance(base, ast.Call) and isinstance(base.func, ast.Name) and base.func.id == "norm":
            return squared_norm(self.build(base.args[0]))
        return Power(self.build(base), p.value if isinstance(p, Number) else Fraction(1))

    def call(self, name: str, arg: ast.expr) -> Expression:
        """f(arg)"""
        match arg:
            case ast.GeneratorExp(body, [ast.comprehension(ast.Name(index), ast.Call(_, [bound]))]):
                return SampleSum(self.build(body), index, self.dim(bound))
        if name in ("I", "eye"):
            return Identity(self.dim(arg))
        if name == "ones":
            return Ones(self.dim(side(arg)))
        inside = self.build(arg)
        return Function(inside, FUNCTIONS[name]) if name in FUNCTIONS else OPERATIONS[name](inside)

    def dim(self, node: ast.expr) -> Dim:
        """A size."""
        return node.id if isinstance(node, ast.Name) else ast.literal_eval(node)


def product(*factors: Expression) -> Expression:
    """A product as typed: numbers in front, matrices in their order, a 1x1 product in brackets a block of its own."""
    flat = [part for factor in factors for part in parts(factor)]
    value = prod((factor.value for factor in flat if isinstance(factor, Number)), start=Fraction(1))
    others = [factor for factor in flat if not isinstance(factor, Number)]
    if len(others) == 1 and isinstance(others[0], Product):
        others = list(others[0].factors)
    kept = (*([Number(value)] if value != 1 or not others else []), *others)
    return kept[0] if len(kept) == 1 else Product(kept)


def parts(e: Expression) -> tuple[Expression, ...]:
    """The factors that e brings into a product: all of them, or its number and a block."""
    match e:
        case Product(factors) if e.shape != SCALAR or not e.chain:
            return factors
        case Product((Number() as first, *rest)):
            return (first, rest[0] if len(rest) == 1 else Product(tuple(rest)))
    return (e,)


CHOICE = re.compile(r"(\{[^{}]*\})")
TURNED = re.compile(r"(\w+~)")
TRIES = 200


@dataclass(frozen=True, slots=True)
class FormulaProblem:
    """A formula, the variable, all its symbols by name, and a number for each dimension that is a letter."""

    f: Expression
    wrt: Symbol
    symbols: Mapping[str, Symbol]
    sizes: Sizes

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shape of every symbol, in numbers."""
        return {
            name: (sized(symbol.rows, self.sizes), sized(symbol.columns, self.sizes))
            for name, symbol in sorted(self.symbols.items())
        }


@dataclass(frozen=True, slots=True)
class Form:
    """A distribution of formulas that ask for the same.

    wrt       the variable
    first     the published formula
    patterns  those of the variants
    shapes    what a formula does not say about its shapes by itself, e.g. "X:n,k lam:1,1,positive"
    tall      whether a sample has more observations, n, than unknowns, k
    """

    wrt: str
    first: str
    patterns: tuple[str, ...]
    shapes: str = ""
    tall: bool = False

    @property
    def published(self) -> FormulaProblem:
        """The problem without a seed, of the first sizes that fit."""
        return self.problem(self.first, Random(0))

    @property
    def others(self) -> tuple[str, ...]:
        """Every formula that the patterns give, the published one left out."""
        return tuple(form for form in every(self.patterns) if form != self.first)

    def draw(self, rng: Random, shape: tuple[int, ...] = ()) -> FormulaProblem:
        """A problem of the same difficulty; the published one where no pattern gives another."""
        return self.problem(rng.choice(self.others or (self.first,)), rng)

    def problem(self, text: str, rng: Random) -> FormulaProblem:
        """A formula as a problem, its sizes drawn. Raises KeygenError for one that cannot be read, does not hold the
        variable, or has a value at no sizes."""
        parsed = parsed_form(text, self.shapes, self.wrt)
        if parsed.wrt is None:
            raise KeygenError(f"{self.wrt} does not occur in {text}")
        sizes = fitting_sizes(parsed.expression, rng)
        if self.tall and not {"n", "k"} <= sizes.keys():
            raise KeygenError(
                f"no sample of n members of k numbers in {text}", repair="name its sizes n and k in shapes"
            )
        if self.tall and sizes["n"] < sizes["k"]:
            sizes = {**sizes, "n": sizes["k"], "k": sizes["n"]}
        return FormulaProblem(parsed.expression, parsed.wrt, parsed.symbols, sizes)


@lru_cache(maxsize=2048)
def parsed_form(text: str, shapes: str, wrt: str) -> Parsed:
    """A formula read; the same ones come back from variant to variant."""
    return parse(text, shapes, wrt)


def fitting_sizes(f: Expression, rng: Random) -> dict[str, int]:
    """Sizes at which f has a value: an X'X that is inverted gets at least as many rows as columns."""
    letters = letters_of([f])
    for _ in range(TRIES):
        sizes = draw_sizes(letters, rng)
        if not why_undefined([f], draw([f], [], sizes, np.random.default_rng(rng.getrandbits(32)))):
            return sizes
    raise KeygenError(f"no sizes were found at which {f} has a value", repair="mend the formula")


@lru_cache(maxsize=256)
def every(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The formulas that some patterns give, none twice."""
    return tuple(dict.fromkeys(form for pattern in patterns for form in expanded(pattern)))


def expanded(pattern: str) -> Iterator[str]:
    """ "{p|q} A~" -> every choice of p or q, then of A or A.T."""
    for choice in itertools.product(*(p[1:-1].split("|") if CHOICE.match(p) else [p] for p in CHOICE.split(pattern))):
        pieces = TURNED.split("".join(choice))
        for turned in itertools.product(*([p[:-1], p[:-1] + ".T"] if TURNED.match(p) else [p] for p in pieces)):
            yield "".join(turned)
