"""Whether a number is exactly zero, by algebra: what no ball will ever say of 1 - sigma(t) - sigma(-t).

A number becomes a quotient P/Q of sums of terms c * m, with a rational c and a monomial m in generators:

    e^a        for any product a of generators and for a = 1, with rational exponents: e^(2/3), e^(5 a)
    p          a prime with an exponent between 0 and 1, from square roots and from e^(q ln p) = p^q
    ln p       and ln of whatever else is not taken apart further
    sqrt P     with (sqrt P)^2 = P
    1/P        where a sum below had to become part of a sum

All rules are identities, so a P without terms proves the number zero. Where there are only e^q of rational q and roots
of rationals (one layer of exp, sigmoid, tanh or softmax on rational arguments), the converse holds, too: by the theorem
of Lindemann and Weierstrass such a sum is zero only if it has no terms (A. Baker, Transcendental Number Theory, 1975,
theorem 1.4). Elsewhere a sum with terms is undecided.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from flint import fmpq

from keygen.engine.identity import FieldExpression, follows

MOST_TERMS = 100_000
"""Of a sum; a longer one is given up."""
MOST_PRODUCTS = 300_000
"""Of two terms in one decision: about a second."""
LARGEST = 10_000
"""The largest prime that is looked for. What is left of a number counts as one, which proves less but nothing false."""


class GivenUpError(Exception):
    """The algebra has grown too long, or meets a quotient whose divisor it cannot tell from zero."""


Generator = tuple[str, int]
"""A kind ("e", "prime", "ln", "sqrt", "over", "given"); the prime, or the number of what it is taken of."""
Monomial = tuple[tuple[Generator, Fraction], ...]  # generators in order, each with its exponent, which is not 0
Sum = Mapping[Monomial, fmpq]  # monomials with their coefficients, none of them 0

NOTHING: Sum = {}
ONE: Monomial = ()
NONE = fmpq(0)
UNIT: Sum = {ONE: fmpq(1)}
POSITIVE = frozenset({"e", "prime"})  # kinds that are positive whatever they are taken of


class Quotient(NamedTuple):
    """above / below, where `below` has a term."""

    above: Sum
    below: Sum


def vanishes(expression: FieldExpression) -> bool:
    """Whether algebra, or the equations that a number in it is defined by, prove that the number is zero; False says
    only that they did not."""
    try:
        return not Algebra().quotient(expression).above or follows(expression)
    except GivenUpError:
        return follows(expression)


def rational(expression: FieldExpression) -> Fraction | None:
    """The rational that algebra proves the number to be, None where it proves none."""
    try:
        above, below = Algebra().quotient(expression)
    except GivenUpError:
        return None
    if not above:
        return Fraction(0)
    monomial = next(iter(above))
    ratio = above[monomial] / below.get(monomial, above[monomial])
    return fraction(ratio) if {m: c / ratio for m, c in above.items()} == below else None


class Algebra:
    """The field in which one number is looked at. Generators have short names here, so that towers stay small."""

    def __init__(self) -> None:
        self.names: dict[Hashable, int] = {}
        self.meanings: list[Hashable] = []
        self.known: dict[int, Quotient] = {}
        self.products = 0

    def quotient(self, expression: Fraction | FieldExpression) -> Quotient:
        """A number as P/Q, its parts first. Raises GivenUpError."""
        if isinstance(expression, Fraction):
            return rational_quotient(expression)
        waiting = [expression]
        while waiting:
            part = waiting[-1]
            unknown = [x for x in part.inputs if isinstance(x, FieldExpression) and id(x) not in self.known]
            if unknown:
                waiting += unknown
                continue
            waiting.pop()
            if id(part) not in self.known:
                inputs = [rational_quotient(x) if isinstance(x, Fraction) else self.known[id(x)] for x in part.inputs]
                if isinstance(part.operation, str):
                    self.known[id(part)] = getattr(self, part.operation)(*inputs)
                else:
                    self.known[id(part)] = Quotient(self.single(self.named("given", part.operation)), UNIT)
        return self.known[id(expression)]

    def named(self, kind: str, of: Hashable) -> Generator:
        """The generator of a kind that is taken of something: the same for the same."""
        if of not in self.names:
            self.names[of] = len(self.meanings)
            self.meanings.append(of)
        return kind, self.names[of]

    # --- sums

    def times(self, a: Sum, b: Sum) -> Sum:
        """a b"""
        if a == UNIT or b == UNIT:
            return b if a == UNIT else a
        self.products += len(a) * len(b)
        if self.products > MOST_PRODUCTS or len(a) * len(b) > MOST_TERMS:
            raise GivenUpError
        total: dict[Monomial, fmpq] = {}
        for one, c in a.items():
            for other, d in b.items():
                for monomial, e in self.joined(one, other).items():
                    total[monomial] = total.get(monomial, NONE) + c * d * e
        return {monomial: c for monomial, c in total.items() if c}

    def joined(self, one: Monomial, other: Monomial) -> Sum:
        """The product of two monomials."""
        if not one or not other:
            return {one or other: fmpq(1)}
        return self.reduced(gathered(one, other))

    def reduced(self, exponents: Mapping[Generator, Fraction]) -> Sum:
        """The sum that a product of powers of generators is: whole powers of primes are numbers, squares of roots what
        they are roots of. Raises GivenUpError for a root below."""
        coefficient, kept, factors = fmpq(1), {}, []
        for generator, exponent in exponents.items():
            kind, name = generator
            if kind == "prime":
                whole = exponent.numerator // exponent.denominator
                coefficient *= fmpq(name) ** whole
                exponent -= whole
            elif kind == "sqrt":
                if exponent < 0:
                    raise GivenUpError
                factors += [dict(self.meanings[name])] * (exponent.numerator // 2)  # type: ignore[call-overload]  # a root's meaning is a sum
                exponent %= 2
            if exponent:
                kept[generator] = exponent
        total: Sum = {tuple(sorted(kept.items())): coefficient}
        for factor in factors:
            total = self.times(total, factor)
        return total

    def single(self, generator: Generator) -> Sum:
        """A generator as a sum."""
        return {((generator, Fraction(1)),): fmpq(1)}

    # --- operations

    def add(self, a: Quotient, b: Quotient, sign: int = 1) -> Quotient:
        """a/b + c/d = (a d + b c) / (b d)"""
        if a.below == b.below:
            return Quotient(plus(a.above, b.above, sign), a.below)
        above = plus(self.times(a.above, b.below), self.times(b.above, a.below), sign)
        return Quotient(above, self.times(a.below, b.below))

    def number(self, x: Quotient) -> Quotient:
        """x itself"""
        return x

    rounded = number

    def sub(self, a: Quotient, b: Quotient) -> Quotient:
        """a - b"""
        return self.add(a, b, -1)

    def neg(self, x: Quotient) -> Quotient:
        """-x"""
        return Quotient({monomial: -c for monomial, c in x.above.items()}, x.below)

    def mul(self, a: Quotient, b: Quotient) -> Quotient:
        """a/b * c/d; sides that are alike are cancelled"""
        if a.above == b.below:
            return Quotient(b.above, a.below)
        if b.above == a.below:
            return Quotient(a.above, b.below)
        return Quotient(self.times(a.above, b.above), self.times(a.below, b.below))

    def dot(self, *factors: Quotient) -> Quotient:
        """a b + c d + ..."""
        return reduce(self.add, map(self.mul, factors[::2], factors[1::2]))

    def div(self, a: Quotient, b: Quotient) -> Quotient:
        """a / b"""
        if not b.above:
            raise GivenUpError
        return self.mul(a, Quotient(b.below, b.above))

    def power(self, x: Quotient, n: Quotient) -> Quotient:
        """x^n for a whole n"""
        exponent = int(n.above.get(ONE, NONE))
        result = Quotient(UNIT, UNIT)
        for _ in range(abs(exponent)):
            result = self.mul(result, x)
        return result if exponent >= 0 else self.div(Quotient(UNIT, UNIT), result)

    def exp(self, x: Quotient) -> Quotient:
        """e^(c m + ...) = (e^m)^c ...; e^(c ln p) = p^c"""
        exponents: dict[Generator, Fraction] = {}
        for monomial, c in self.over(x).items():
            generator = self.named("e", monomial)
            if len(monomial) == 1 and monomial[0][0][0] == "ln" and monomial[0][1] == 1:
                of = self.meanings[monomial[0][0][1]]
                if isinstance(of, tuple) and of[0] == "prime":
                    generator = of
            exponents[generator] = exponents.get(generator, Fraction(0)) + fraction(c)
        return Quotient(self.reduced(exponents), UNIT)

    def over(self, x: Quotient) -> Sum:
        """A quotient as a sum: what stands below becomes a factor of each term."""
        if len(x.below) == 1:
            ((monomial, c),) = x.below.items()
            if all(kind != "sqrt" for (kind, _), _ in monomial):
                inverse = self.reduced({generator: -exponent for generator, exponent in monomial})
                return self.times(x.above, {m: d / c for m, d in inverse.items()})
        below, content = primitive(x.below)
        inverse = self.single(self.named("over", frozen(below)))
        return self.times(x.above, {m: d / content for m, d in inverse.items()})

    def ln(self, x: Quotient) -> Quotient:
        """ln |P/Q| = ln |P| - ln |Q|"""
        return Quotient(plus(self.log_of_sum(x.above), self.log_of_sum(x.below), -1), UNIT)

    def log_of_sum(self, total: Sum) -> Sum:
        """ln |c m| = ln |c| + the exponents' logarithms; of a longer sum, the exponentials in common are taken out."""
        if not total:
            raise GivenUpError
        common = next(iter(total)) if len(total) == 1 else common_exponentials(total)
        inverse = tuple((generator, -exponent) for generator, exponent in common)
        left = UNIT if len(total) == 1 else self.times(total, {inverse: fmpq(1)} if inverse else UNIT)
        content = next(iter(total.values())) if len(total) == 1 else fmpq(1)
        if len(total) > 1:
            left, content = primitive(left)
        logarithm = self.log_of_number(abs(fraction(content)))
        for generator, exponent in common:
            logarithm = plus(
                logarithm, {m: c * rational_coefficient(exponent) for m, c in self.log_of(generator).items()}
            )
        return logarithm if left == UNIT else plus(logarithm, self.single(self.named("ln", frozen(left))))

    def log_of(self, generator: Generator) -> Sum:
        """ln of one generator."""
        kind, name = generator
        if kind == "e":
            return {self.meanings[name]: fmpq(1)}  # type: ignore[dict-item]  # an exponential's meaning is a monomial
        return self.log_of_number(Fraction(name)) if kind == "prime" else self.single(self.named("ln", generator))

    def log_of_number(self, x: Fraction) -> Sum:
        """ln of a positive rational: a sum over its primes."""
        found = {self.named("ln", ("prime", p)): k for p, k in primes(x).items()}
        return {((generator, Fraction(1)),): fmpq(k) for generator, k in found.items()}

    def sqrt(self, x: Quotient) -> Quotient:
        """sqrt(P/Q) = sqrt(P Q) / Q where Q is positive; else the root of the quotient has a name of its own"""
        above, below = x
        if not (all(c > 0 for c in below.values()) and all(kind in POSITIVE for m in below for (kind, _), _ in m)):
            above, below = self.over(x), UNIT
        return Quotient(self.root(self.times(above, below)), below)

    def root(self, total: Sum) -> Sum:
        """The root of a sum: of numbers and powers of positive generators at once, else a generator."""
        if not total:
            return NOTHING
        rest, content = primitive(total)
        outside = {("prime", p): Fraction(k, 2) for p, k in primes(abs(fraction(content))).items()}
        monomial = next(iter(rest))
        if content > 0 and len(rest) == 1 and all(kind in POSITIVE for (kind, _), _ in monomial):
            halved = tuple((generator, exponent / 2) for generator, exponent in monomial)
            return self.reduced(gathered(halved, tuple(outside.items())))
        inside = {m: c if content > 0 else -c for m, c in rest.items()}
        return self.times(self.reduced(outside), self.single(self.named("sqrt", frozen(inside))))

    def sigmoid(self, x: Quotient) -> Quotient:
        """e^x / (1 + e^x)"""
        grown = self.exp(x)
        return self.div(grown, self.add(Quotient(UNIT, UNIT), grown))

    def tanh(self, x: Quotient) -> Quotient:
        """(e^(2x) - 1) / (e^(2x) + 1)"""
        grown, one = self.exp(self.add(x, x)), Quotient(UNIT, UNIT)
        return self.div(self.sub(grown, one), self.add(grown, one))


def rational_quotient(x: Fraction) -> Quotient:
    """A rational as a quotient of sums."""
    return Quotient({ONE: rational_coefficient(x)} if x else NOTHING, UNIT)


def rational_coefficient(x: Fraction) -> fmpq:
    """A rational as a coefficient."""
    return fmpq(*x.as_integer_ratio())


def fraction(c: fmpq) -> Fraction:
    """A coefficient as a rational."""
    return Fraction(int(c.p), int(c.q))


def plus(a: Sum, b: Sum, sign: int = 1) -> Sum:
    """a + b, or a - b"""
    total = dict(a)
    for monomial, c in b.items():
        c = total.get(monomial, NONE) + sign * c
        if c:
            total[monomial] = c
        else:
            total.pop(monomial, None)
    return total


def gathered(one: Monomial, other: Monomial) -> dict[Generator, Fraction]:
    """The exponents of a product of two monomials; they may be 0."""
    exponents = dict(one)
    for generator, exponent in other:
        exponents[generator] = exponents.get(generator, Fraction(0)) + exponent
    return exponents


def frozen(total: Sum) -> tuple[tuple[Monomial, fmpq], ...]:
    """A sum that can name a generator."""
    return tuple(sorted(total.items()))


def primitive(total: Sum) -> tuple[Sum, fmpq]:
    """A sum divided by the coefficient of its first term, and that coefficient: multiples have one form."""
    content = total[min(total)]
    return ({monomial: c / content for monomial, c in total.items()}, content) if content != 1 else (total, content)


def common_exponentials(total: Sum) -> Monomial:
    """The least power of each exponential in a sum: what all its terms have in common."""
    exponents = [dict(monomial) for monomial in total]
    generators = sorted({g for found in exponents for g in found if g[0] == "e"})
    least = ((g, min(found.get(g, Fraction(0)) for found in exponents)) for g in generators)
    return tuple((generator, exponent) for generator, exponent in least if exponent)


def primes(x: Fraction) -> dict[int, int]:
    """The primes of a positive rational with their exponents."""
    found: dict[int, int] = {}
    for n, sign in ((x.numerator, 1), (x.denominator, -1)):
        p = 2
        while p <= LARGEST and p * p <= n:
            while n % p == 0:
                n //= p
                found[p] = found.get(p, 0) + sign
            p += 1
        if n > 1:
            found[n] = found.get(n, 0) + sign
    return {p: k for p, k in found.items() if k}
