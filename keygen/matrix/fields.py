"""Expressions over any field, entry by entry: on exact numbers, on functions of one letter, on numbers with a slope.

No rule of differentiation stands here: products are sums of products of entries, determinants are expanded, inverses
are cofactors over the determinant. So a slope that comes out of this is a second way to a gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from operator import add as plus
from operator import mul as times
from typing import Any

import numpy as np
from flint import arb, fmpq
from msgspec import Struct, field
from msgspec.structs import replace
from numpy.typing import NDArray

from keygen.calculus import algebra
from keygen.calculus.rational_function import ONE, Atoms, Ratio, ratio, ratio_term, reduced
from keygen.engine.domains import EXACT
from keygen.engine.polynomial import Monomial, Polynomial
from keygen.engine.primitives import Reading, nobody
from keygen.engine.real import Real
from keygen.errors import KeygenError
from keygen.mathematics.formula import formula
from keygen.mathematics.terms import Apply, Name, Term, apply
from keygen.matrix.expression import (
    Det,
    Differential,
    DimensionNumber,
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
    SquaredNorm,
    Sum,
    Symbol,
    Transpose,
    Zero,
)
from keygen.matrix.shapes import SCALAR, Sizes, sized


def quotient(above: Polynomial, below: Polynomial) -> Ratio:
    """above / below for polynomials in one letter, the whole quotient where the division leaves nothing."""
    (leading, first), rest, found = below.terms[0], above, Polynomial(())
    degree = sum(n for _, n in leading)
    while rest.terms and (higher := sum(n for _, n in rest.terms[0][0]) - degree) >= 0:
        (top, c) = rest.terms[0]
        power = tuple((name, higher) for name, _ in top if higher)
        found += (step := Polynomial(((power, c / first),)))
        rest -= step * below
    return reduced(above, below) if rest.terms else Ratio(found, ONE)


UNIT = Ratio(ONE, ONE)
RATES: Reading[Callable[[Ratio, Ratio], Ratio]] = Reading(
    "the derivative of a function by its argument, in the argument and the value",
    {
        "ln": lambda u, value: UNIT / u,
        "exp": lambda u, value: value,
        "sqrt": lambda u, value: UNIT / (value + value),
        "sigmoid": lambda u, value: value * (UNIT + -value),
    },
    needs=nobody,
)

PI_LETTER = "pi"

Entries = NDArray[Any]  # rows x columns of elements of a field


class Field(Struct, frozen=True):
    """A kind of elements with + * / and unary minus: how a rational number enters it, its pi, its functions by name."""

    enter: Callable[[Fraction], Any]
    pi: Any
    functions: Mapping[str, Callable[[Any], Any]]


class Pi:
    """The ball of pi; what it solves is its name for those who compute it anew."""

    problem, data, place = "pi", (), 0

    def __call__(self) -> arb:
        """The ball at the precision that is set."""
        return arb.pi()


PI = Real(Pi(), ())
NUMBERS = Field(lambda number: number, PI, {name: EXACT.functions[name] for name in ("ln", "exp", "sqrt", "sigmoid")})
"""Exact numbers: rationals, and reals whose digits are proven."""
QUOTIENTS = Field(lambda number: fmpq(number.numerator, number.denominator), None, {})
"""Rationals alone, faster; a function raises KeyError."""


def exact_value(e: Expression, point: Callable[[Field], FieldPoint]) -> Entries:
    """The entries of e in exact numbers at a point that is made in any field. Raises as `FieldPoint.value` does."""
    try:
        found = point(QUOTIENTS).value(e)
        return array([[Fraction(int(x.p), int(x.q)) for x in row] for row in found])
    except (KeyError, AttributeError, TypeError):  # a function, or pi
        return point(NUMBERS).value(e)


class DualNumber(Struct, frozen=True):
    """A number on its way along a line: its value, and how fast it grows."""

    value: Any
    rate: Any

    def __add__(self, other: DualNumber) -> DualNumber:
        return DualNumber(self.value + other.value, self.rate + other.rate)

    def __neg__(self) -> DualNumber:
        return DualNumber(-self.value, -self.rate)

    def __mul__(self, other: DualNumber) -> DualNumber:
        return DualNumber(self.value * other.value, self.rate * other.value + self.value * other.rate)

    def __truediv__(self, other: DualNumber) -> DualNumber:
        quotient = self.value / other.value
        return DualNumber(quotient, (self.rate - quotient * other.rate) / other.value)


def sloping(name: str, rate: Callable[[Any, Any], Any]) -> Callable[[DualNumber], DualNumber]:
    """A function of a number with a slope; `rate` of its argument and its value is its own."""

    def of(x: DualNumber) -> DualNumber:
        value = NUMBERS.functions[name](x.value)
        return DualNumber(value, rate(x.value, value) * x.rate)

    return of


SLOPES = Field(
    lambda number: DualNumber(number, Fraction(0)),
    DualNumber(PI, Fraction(0)),
    {
        "ln": sloping("ln", lambda x, value: 1 / x),
        "exp": sloping("exp", lambda x, value: value),
        "sqrt": sloping("sqrt", lambda x, value: 1 / (2 * value)),
        "sigmoid": sloping("sigmoid", lambda x, value: value * (1 - value)),
    },
)
"""Numbers with a slope: differentiation of numbers alone, forward (R. E. Wengert, 1964)."""


class LetterFunctions(Struct, frozen=True):
    """The field of the functions of one letter: quotients of polynomials in it and in functions of such."""

    letter: str
    atoms: Atoms = field(default_factory=dict)

    @property
    def moving(self) -> Ratio:
        """The letter itself."""
        return ratio(algebra.letter(self.letter), self.atoms)

    @property
    def field(self) -> Field:
        """What it is as a field."""
        made = {"ln": algebra.ln, "exp": algebra.exp}
        named = {name: (lambda term, name=name: apply(name, term)) for name in ("sqrt", "sigmoid")}

        def of(make: Callable[[Term], Term]) -> Callable[[Ratio], Ratio]:
            return lambda x: ratio(make(self.term(x)), self.atoms)

        return Field(
            self.enter,
            ratio(algebra.letter(PI_LETTER), self.atoms),
            {name: of(make) for name, make in {**made, **named}.items()},
        )

    def term(self, x: Ratio) -> Term:
        """An element as a term: a sum of quotients of polynomials in the letter, each times functions of it."""
        shares: dict[Monomial, dict[Monomial, Fraction]] = {}
        letter = formula(algebra.letter(self.letter))
        if any(name != letter for monomial, _ in x.below.terms for name, _ in monomial):
            return ratio_term(x, self.atoms)
        for monomial, c in x.above.terms:
            functions = tuple(part for part in monomial if part[0] != letter)
            shares.setdefault(functions, {})[tuple(part for part in monomial if part[0] == letter)] = c
        return algebra.total(
            algebra.mul(
                ratio_term(quotient(Polynomial.of(share), x.below), self.atoms),
                algebra.products(algebra.power(self.atoms[name], n) for name, n in functions),
            )
            for functions, share in shares.items()
        )

    def slope(self, x: Ratio) -> Ratio:
        """The derivative of an element by the letter."""
        above, below = Ratio(x.above, ONE), Ratio(x.below, ONE)
        return (self.rate(x.above) * below + -(above * self.rate(x.below))) / (below * below)

    def rate(self, polynomial: Polynomial) -> Ratio:
        """The derivative of a polynomial in the letter and in functions of it."""
        found = self.enter(Fraction(0))
        for monomial, c in polynomial.terms:
            for name, exponent in monomial:
                powers = {**dict(monomial), name: exponent - 1}
                rest = tuple(sorted((other, n) for other, n in powers.items() if n))
                found = found + Ratio(Polynomial.of({rest: c * exponent}), ONE) * self.rate_of(name)
        return found

    def rate_of(self, name: str) -> Ratio:
        """The derivative of a variable of polynomials."""
        match self.atoms[name]:
            case Name(letter):
                return self.enter(Fraction(int(letter == self.letter)))
            case Apply(primitive, (inner,)) as atom if primitive in RATES:
                u, value = ratio(inner, self.atoms), ratio(atom, self.atoms)
                return RATES[primitive](u, value) * self.slope(u)
            case other:
                raise KeygenError(f"no derivative is known of {other}")

    def enter(self, number: Fraction) -> Ratio:
        """A rational number."""
        return Ratio(Polynomial.constant(number), ONE)


class FieldPoint(Struct, frozen=True):
    """Where an expression is evaluated.

    elements   the field
    values     each letter's entries; of an indexed letter, those of each member of the sample
    direction  what dX is, for the letters that vary
    sizes      a number for each dimension that is a letter
    member     which member of a sample an index stands for
    """

    elements: Field
    values: Mapping[Symbol, Any]
    sizes: Sizes
    direction: Mapping[Symbol, Entries] = field(default_factory=dict)
    member: Mapping[str, int] = field(default_factory=dict)

    def value(self, e: Expression) -> Entries:
        """The entries of e. Raises ArithmeticError or ValueError where it has none, KeygenError for an operation that
        is none of entries."""
        if type(e) not in ENTRIES:
            raise KeygenError(f"no entries are known of a {type(e).__name__}", found=str(e))
        return ENTRIES[type(e)](e, self)

    def number(self, e: Expression) -> Any:
        """The one entry of a number."""
        return self.value(e)[0, 0]

    def filled(self, rows: int, columns: int, entry: Callable[[int, int], int]) -> Entries:
        """Whole numbers as elements."""
        return array([[self.elements.enter(Fraction(entry(i, j))) for j in range(columns)] for i in range(rows)])


def array(rows: Sequence[Sequence[Any]]) -> Entries:
    """Rows of elements."""
    found = np.empty((len(rows), len(rows[0])), dtype=object)
    for place, row in enumerate(rows):
        found[place, :] = list(row)
    return found


def symbol(e: Symbol, at: FieldPoint) -> Entries:
    """X; x_i; the number pi"""
    if e.name == PI_LETTER:
        return array([[at.elements.pi]])
    value = at.values[e]
    return value if e.index is None else value[at.member[e.index]]  # type: ignore[no-any-return]  # entries


def differential(e: Differential, at: FieldPoint) -> Entries:
    """dX"""
    if not isinstance(e.arg, Symbol) or e.arg not in at.direction:
        raise KeygenError(f"a differential that is not worked out: {e}")
    return at.direction[e.arg]


def product(e: Product, at: FieldPoint) -> Entries:
    """s A B ..."""
    numbers = [at.number(factor) for factor in e.factors if factor.shape == SCALAR]
    chain = [at.value(factor) for factor in e.factors if factor.shape != SCALAR]
    body = reduce(lambda a, b: a @ b, chain) if chain else None
    if not numbers:
        assert body is not None  # a product has factors
        return body
    scalar = reduce(times, numbers)
    return array([[scalar]]) if body is None else array([[scalar * x for x in row] for row in body])


def power(e: Power, at: FieldPoint) -> Entries:
    """u^p"""
    base = at.number(e.base)
    if e.exponent.denominator == 2:
        base = at.elements.functions["sqrt"](base)
    elif e.exponent.denominator != 1:
        raise KeygenError(f"a root that is no square root: {e}")
    one = at.elements.enter(Fraction(1))
    whole = reduce(times, [base] * abs(e.exponent.numerator), one)
    return array([[one / whole if e.exponent < 0 else whole]])


def determinant(a: Entries) -> Any:
    """The determinant by its first row."""
    if len(a) == 1:
        return a[0, 0]
    return reduce(plus, (a[0, j] * cofactor(a, 0, j) for j in range(len(a))))


def cofactor(a: Entries, i: int, j: int) -> Any:
    """The determinant without a row and a column, with its sign."""
    minor = determinant(np.delete(np.delete(a, i, axis=0), j, axis=1))
    return minor if (i + j) % 2 == 0 else -minor


def inverse(e: Inverse, at: FieldPoint) -> Entries:
    """The cofactors, transposed, over the determinant"""
    a = at.value(e.arg)
    det = determinant(a)
    if len(a) == 1:
        return array([[at.elements.enter(Fraction(1)) / det]])
    return array([[cofactor(a, j, i) / det for j in range(len(a))] for i in range(len(a))])


def function(e: Function, at: FieldPoint) -> Entries:
    """f(u), entry by entry"""
    made = at.elements.functions[e.function]
    return array([[made(x) for x in row] for row in at.value(e.arg)])


def total(values: Sequence[Entries]) -> Entries:
    """A + B + ..."""
    return reduce(plus, values)


def sample_sum(e: SampleSum, at: FieldPoint) -> Entries:
    """sum_i A_i"""
    members = range(sized(e.size, at.sizes))
    return total([replace(at, member={**at.member, e.index: i}).value(e.body) for i in members])


def squared_norm(e: SquaredNorm, at: FieldPoint) -> Entries:
    """The sum of the squares of the entries"""
    return array([[reduce(plus, (x * x for x in at.value(e.arg).flat))]])


def filled(e: Identity | Zero | Ones, at: FieldPoint) -> Entries:
    """I, 0, (1, ..., 1)'"""
    rows, columns = (sized(dim, at.sizes) for dim in e.shape)
    return at.filled(rows, columns, lambda i, j: int(i == j if isinstance(e, Identity) else isinstance(e, Ones)))


ENTRIES: Mapping[type[Expression], Callable[[Any, FieldPoint], Entries]] = {
    Symbol: symbol,
    Differential: differential,
    Number: lambda e, at: array([[at.elements.enter(e.value)]]),
    DimensionNumber: lambda e, at: array([[at.elements.enter(Fraction(at.sizes[e.dim]))]]),
    Identity: filled,
    Zero: filled,
    Ones: filled,
    Sum: lambda e, at: total([at.value(term) for term in e.terms]),
    Product: product,
    Hadamard: lambda e, at: at.value(e.left) * at.value(e.right),
    Transpose: lambda e, at: at.value(e.arg).T,
    Inverse: inverse,
    MatrixTrace: lambda e, at: array([[reduce(plus, at.value(e.arg).diagonal())]]),
    Det: lambda e, at: array([[determinant(at.value(e.arg))]]),
    SquaredNorm: squared_norm,
    Function: function,
    Power: power,
    SampleSum: sample_sum,
}
