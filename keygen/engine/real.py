"""Real numbers that are not known to be rational, with proven digits.

A `Real` is an operation on rationals and other reals. Its ball, a midpoint with a proven radius (F. Johansson, Arb:
efficient arbitrary-precision midpoint-radius interval arithmetic, 2017), tells sign, order and digits; where it does
not, the number is evaluated again, deeper, and where no depth would do, algebra is asked (`zero_test`). What nobody can
decide raises Undecided. So a `Real` is never zero: what proves to be zero is the rational 0.

Numbers of the domain are Fractions, Reals, and the short roots of `surd`. A float is refused everywhere: it would be
taken for a number that nobody meant.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache, reduce
from math import floor, log10
from typing import Any, NamedTuple

from flint import arb, ctx, fmpq

from keygen.engine.identity import FieldExpression
from keygen.engine.primitives import Reading, nobody
from keygen.engine.rational import last_convergent
from keygen.engine.zero_test import rational, vanishes

BITS = 128
DEEPER = (256, 512)  # what a ball does not tell is asked here first, then of algebra
DEEPEST = (1024, 2048, 4096)  # then here
LONGEST = 10_000  # the largest denominator of a rational that an irrational expression is thought to be

ctx.prec = BITS
ZERO, HALF = arb(0), arb(0.5)


class Undecided(ArithmeticError):
    """A question that neither the deepest ball nor algebra answers."""


class Figures(NamedTuple):
    """A rounded magnitude: figures, the first of them the 10^scale's; whether that is the whole number."""

    negative: bool
    figures: str
    scale: int
    exact: bool


OPERATIONS: dict[str, Callable[..., arb]] = {
    "number": lambda x: x,
    "rounded": lambda x: x,
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "dot": lambda *factors: reduce(operator.add, map(operator.mul, factors[::2], factors[1::2])),
    "neg": operator.neg,
    "power": lambda x, n: x ** int(n.unique_fmpz()),
    "exp": arb.exp,
    "ln": arb.log,
    "sqrt": arb.sqrt,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "tanh": arb.tanh,
}
"""What an operation is on balls. `number` is a rational that a page writes as if it were none."""


Enclosure = Callable[[], arb]
"""A number that is known by its balls alone: one that is proven to hold it, at the precision that is set."""


class Real(FieldExpression):
    """A real number that is not zero. Arithmetic and comparisons with rationals and other reals; `float()` is the
    nearest double.

    Raises TypeError for a float, ValueError where an operation has no value, Undecided.
    """

    __slots__ = ("ball", "bits", "double", "written")
    double: float  # as soon as somebody asks
    written: tuple[object, Any]  # how somebody has written it, and who

    def __init__(
        self, operation: str | Enclosure, inputs: tuple[Fraction | Real, ...], ball: arb | None = None
    ) -> None:
        self.operation, self.inputs, self.bits = operation, inputs, BITS
        self.ball = evaluated(operation, inputs) if ball is None else ball

    # --- balls

    def deepen(self, bits: int) -> None:
        """Evaluate again with so many bits, what it is made of first."""
        ctx.prec = bits
        try:
            waiting: list[Real] = [self]
            while waiting:
                part = waiting[-1]
                shallow = [x for x in part.inputs if isinstance(x, Real) and x.bits < bits]
                if shallow:
                    waiting += shallow
                    continue
                waiting.pop()
                if part.bits < bits:
                    part.ball, part.bits = evaluated(part.operation, part.inputs), bits
        finally:
            ctx.prec = BITS

    def depths(self, then: Callable[[], bool]) -> Iterator[arb]:
        """Ever smaller balls, until nobody asks for more or `then`, asked once on the way, says that it is decided.
        Raises Undecided at the end."""
        yield self.ball
        for bits in DEEPER:
            yield self.at_depth(bits)
        if then():
            return
        for bits in DEEPEST:
            yield self.at_depth(bits)
        raise Undecided(f"neither {DEEPEST[-1]} bits nor algebra can tell: {self!r}")

    @property
    def real(self) -> Real:
        """The number itself, as a complex number has it."""
        return self

    @property
    def negative(self) -> bool:
        """Whether the number is below 0."""
        return bool(self.ball < 0)

    # --- arithmetic

    def __add__(self, other: Any) -> Any:
        return both("add", self, other) if type(other) is Real else combined("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return combined("add", other, self)

    def __sub__(self, other: Any) -> Any:
        if self is other:
            return Fraction(0)
        return both("sub", self, other) if type(other) is Real else combined("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return combined("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return both("mul", self, other) if type(other) is Real else combined("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return combined("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        if self is other:
            return Fraction(1)
        return both("div", self, other) if type(other) is Real else combined("div", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return combined("div", other, self)

    def __pow__(self, exponent: Any) -> Any:
        """A whole power; negative ones, too."""
        if not isinstance(exponent, int):
            return NotImplemented
        if exponent in (0, 1):
            return self if exponent else Fraction(1)
        return Real("power", (self, Fraction(exponent)))

    def __neg__(self) -> Real:
        return Real("neg", (self,), -self.ball)

    def __pos__(self) -> Real:
        return self

    def __abs__(self) -> Real:
        return -self if self.negative else self

    # --- questions

    def compared(self, other: Any) -> int | None:
        """The sign of self - other: -1, 0 or 1; None for what is no number."""
        x = other if type(other) is int else entered(other)
        if x is None:
            return None
        bound = x.ball if isinstance(x, Real) else as_ball(x) if isinstance(x, Fraction) else x
        if self.ball > bound:
            return 1
        if self.ball < bound:
            return -1
        exactly = combined("sub", self, x)
        return 0 if exactly == 0 else -1 if exactly.negative else 1

    def __eq__(self, other: object) -> Any:
        if type(other) is int and self.ball != other:  # by their balls, for certain
            return False
        sign = 0 if self is other else self.compared(other)
        return NotImplemented if sign is None else sign == 0

    def __lt__(self, other: Any) -> Any:
        if type(other) is int and not other:  # the ball does not hold 0
            return self.negative
        sign = self.compared(other)
        return NotImplemented if sign is None else sign < 0

    def __le__(self, other: Any) -> Any:
        sign = self.compared(other)
        return NotImplemented if sign is None else sign <= 0

    def __gt__(self, other: Any) -> Any:
        if type(other) is int and not other:
            return not self.negative
        sign = self.compared(other)
        return NotImplemented if sign is None else sign > 0

    def __ge__(self, other: Any) -> Any:
        sign = self.compared(other)
        return NotImplemented if sign is None else sign >= 0

    def __hash__(self) -> int:
        return hash(float(self))

    def __repr__(self) -> str:
        return str(self.ball.str(15, radius=False))

    # --- digits

    def __float__(self) -> float:
        """The nearest double, proven; 0.0 or infinite where that is the nearest."""
        try:
            return self.double
        except AttributeError:
            self.double = nearest_double(self)
        return self.double

    def figures(self, significant: int, *, settled: bool = True) -> Figures:
        """The number rounded to so many significant figures, half away from zero, proven. Whether it is exactly that
        number is `settled` by algebra, or may be said of one that only lies next to it."""
        scale = scale_of(self.ball)
        while True:
            shift = significant - 1 - scale
            whole, exact = nearest_whole(self, shift, settled=settled)
            if whole >= 10**significant:
                scale += 1
            elif whole < 10 ** (significant - 1):
                scale -= 1
            else:
                return Figures(self.negative, str(whole), scale, exact)

    def decimal(self, significant: int = 17) -> str:
        """So many significant figures as a text, whatever the size of the number: 3.6678745841776872e-348"""
        negative, figures, scale, _ = self.figures(significant, settled=False)
        return f"{'-' if negative else ''}{figures[0]}.{figures[1:]}e{scale:+03d}"

    @property
    def rational(self) -> Fraction | None:
        """The rational that the number is, if algebra proves that it is one."""
        return rational(self)

    def decimal_with(self, places: int) -> Fraction | None:
        """The decimal with so many digits after the point that the number proves to be; None for all others."""
        unit = 10**places
        scaled = self.ball * unit
        guess = (scaled + HALF).floor().unique_fmpz()
        value = Fraction(int(guess), unit) if guess and scaled.contains(guess) else None
        return value if value and self.rational == value else None

    @property
    def short_rational(self) -> Fraction | None:
        """The rational with a short denominator that the number proves to be; None for all others."""
        mantissa, exponent = (int(part) for part in self.ball.mid().man_exp())
        if abs(mantissa.bit_length() + exponent) > BITS // 2:
            return None
        guess = last_convergent(mantissa << max(exponent, 0), 1 << max(-exponent, 0), LONGEST)
        near = (self.ball * guess.denominator).contains(guess.numerator)
        return guess if near and self.rational == guess else None

    def at_depth(self, bits: int) -> arb:
        """The ball at so many bits at least."""
        if self.bits < bits:
            self.deepen(bits)
        return self.ball


Number = Fraction | Real


def evaluated(operation: str | Enclosure, inputs: tuple[Any, ...]) -> arb:
    """The ball of an operation, at the precision that is set. Raises ValueError where it has none."""
    if isinstance(operation, str):
        ball = OPERATIONS[operation](*[x.ball if type(x) is Real else as_ball(x) for x in inputs])
    else:
        ball = operation()
    if not ball.is_finite():
        raise ValueError(f"{operation} has no value at {', '.join(str(x)[:40] for x in inputs)}")
    return ball


def as_ball(x: Fraction) -> arb:
    """A rational as a ball at the precision that is set."""
    return ball_of(*x.as_integer_ratio(), ctx.prec)


@lru_cache(maxsize=4096)
def ball_of(top: int, bottom: int, bits: int) -> arb:
    """A rational as a ball at a precision, which must be the one that is set: the same few stand in many places."""
    return arb(top) if bottom == 1 else arb(fmpq(top, bottom))


def entered(x: Any) -> Number | None:
    """A number of the domain; None for what is left to its own operators. Raises TypeError for a float."""
    kind = type(x)
    if kind is Fraction or kind is Real:
        return x  # type: ignore[no-any-return]  # one of the two
    if isinstance(x, int):
        return whole(int(x))
    if isinstance(x, float | complex):
        raise TypeError(f'{x!r} is no exact number; write Fraction("{x!r}")')
    as_real = getattr(x, "as_real", None)  # a root
    return None if as_real is None else as_real()


@lru_cache(maxsize=256)
def whole(x: int) -> Fraction:
    """A whole number of the domain."""
    return Fraction(x)


def real(operation: str | Enclosure, *inputs: Number) -> Number:
    """An operation on numbers, or a number by its balls; the rational 0 where its value is zero."""
    number = Real(operation, inputs)
    return settled(number) if number.ball.contains(0) else number


def settled(number: Real) -> Number:
    """A number whose ball holds 0: the rational 0, or the number with a ball that tells its sign."""
    proven: list[bool] = []

    def by_algebra() -> bool:
        proven.append(vanishes(number))
        return proven[0]

    for ball in number.depths(by_algebra):
        if not ball.contains(0):
            return number
    return Fraction(0)


def both(operation: str, a: Real, b: Real) -> Any:
    """a + b, a - b, a b, a / b of two reals."""
    ball = OPERATIONS[operation](a.ball, b.ball)
    return real(operation, a, b) if ball.contains(ZERO) else Real(operation, (a, b), ball)  # what has no value holds 0


def combined(operation: str, left: Any, right: Any) -> Any:
    """An operation of which one input is something else; what a person would not compute is not computed."""
    if type(left) is Real:
        other = right if type(right) is Fraction else entered(right)
        if other is None:
            return NotImplemented
        if isinstance(other, Real):
            return both(operation, left, other)
        top, bottom = other.as_integer_ratio()
        if not top:
            if operation == "div":
                raise ZeroDivisionError("division by zero")
            return other if operation == "mul" else left
        if top == bottom and (operation == "mul" or operation == "div"):
            return left
        inputs: tuple[Number, Number] = left, other
        ball = OPERATIONS[operation](left.ball, ball_of(top, bottom, ctx.prec))
    else:
        other = left if type(left) is Fraction else entered(left)
        if other is None:
            return NotImplemented
        if isinstance(other, Real):
            return both(operation, other, right)
        top, bottom = other.as_integer_ratio()
        if not top:
            return right if operation == "add" else -right if operation == "sub" else other
        if top == bottom and operation == "mul":
            return right
        inputs = other, right
        ball = OPERATIONS[operation](ball_of(top, bottom, ctx.prec), right.ball)
    return real(operation, *inputs) if ball.contains(ZERO) else Real(operation, inputs, ball)


def dot(left: Sequence[Any], right: Sequence[Any]) -> Any:
    """a b + c d + ... as one operation, for a row (a, c, ...) and a column (b, d, ...) of numbers."""
    factors = [x for pair in zip(left, right, strict=True) if pair[0] and pair[1] for x in pair]
    if len(factors) > 2 and Real in (kinds := set(map(type, factors))) and kinds <= NUMBERS:
        return real("dot", *factors)
    return reduce(operator.add, map(operator.mul, left, right))


NUMBERS = frozenset({Fraction, Real})


def function(name: str) -> Callable[[Any], Any]:
    """exp, ln, sqrt, sigmoid or tanh of a number of the domain. Raises ValueError where it has no value."""
    at = RATIONAL_AT.get(name)

    def call(x: Any) -> Any:
        number = entered(x)
        if number is None:
            raise TypeError(f"{x!r} is no number")
        if isinstance(number, Real):
            ball = OPERATIONS[name](number.ball)
        else:
            top, bottom = number.as_integer_ratio()
            if at is not None and bottom == 1 and top == at[0]:
                return at[1]
            ball = OPERATIONS[name](ball_of(top, bottom, ctx.prec))
        proven = ball.is_finite() and not ball.contains(ZERO)
        return Real(name, (number,), ball) if proven else real(name, number)

    return call


RATIONAL_AT: Reading[tuple[int, Fraction]] = Reading(
    "the one rational at which it is rational, and its value there (by Lindemann and Weierstrass)",
    {"exp": (0, Fraction(1)), "ln": (1, Fraction(0)), "sigmoid": (0, Fraction(1, 2)), "tanh": (0, Fraction(0))},
    needs=nobody,
)


def in_decimals(x: Any) -> Number:
    """The number, to be written in decimals even where it has a short exact form. TypeError for no number."""
    number = entered(x)
    if number is None:
        raise TypeError(f"{x!r} is no number")
    return Real("number", (number,)) if type(number) is Fraction and number else number


def as_rounded(x: Number) -> Number:
    """The number, to be written as a rounded one is, zeros included, even where no digit is dropped."""
    return Real("rounded", (x,)) if x else x


# --- rounding


def scale_of(ball: arb) -> int:
    """The exponent of ten of the numbers in a ball that does not hold 0, or less: never more."""
    low = ball.abs_lower()
    size = float(low)
    if 1e-300 < size < 1e300:  # a double with all of its digits
        return floor(log10(size) - NEAR)
    mantissa, exponent = map(int, low.man_exp())
    drop = max(mantissa.bit_length() - 60, 0)
    return floor(log10(mantissa >> drop) + (exponent + drop) * LOG_2 - NEAR)


LOG_2 = log10(2)
NEAR = 1e-9  # more than a logarithm is off


def nearest_whole(x: Real, shift: int, *, settled: bool = True) -> tuple[int, bool]:
    """|x| 10^shift rounded to a whole number, half away from zero, and whether it is that number exactly."""
    tied: list[Fraction] = []

    def is_a_tie() -> bool:
        """Whether algebra proves |x| 10^shift to be half a whole number."""
        value = x.rational
        if value is not None:
            tied.append(abs(value) * Fraction(10) ** shift)
        return bool(tied)

    for ball in x.depths(is_a_tie):
        ctx.prec = x.bits
        try:
            scaled = abs(ball) * (10**shift if shift >= 0 else ball_of(1, 10**-shift, x.bits))
            found = (scaled + HALF).floor().unique_fmpz()
            exact = found is not None and scaled.contains(found)
        finally:
            ctx.prec = BITS
        if found is not None and not (exact and settled):
            return int(found), exact
    (value,) = tied
    whole = int(value + Fraction(1, 2))
    return whole, value == whole


def nearest_double(x: Real) -> float:
    """The double nearest to a number; 0.0 and infinity stand for what lies beyond the doubles."""
    known: list[Fraction] = []

    def is_rational() -> bool:
        value = x.rational
        if value is not None:
            known.append(value)
        return bool(known)

    for ball in x.depths(is_rational):
        low, high = double_of(ball.lower()), double_of(ball.upper())
        if low == high:
            return low
    return float(known[0])


def double_of(end: arb) -> float:
    """An end of a ball, which is a whole number times a power of two, as a double."""
    mantissa, exponent = (int(part) for part in end.man_exp())
    size = mantissa.bit_length() + exponent
    if size > 1100 or size < -1200:
        infinite = float("inf") if size > 0 else 0.0
        return -infinite if mantissa < 0 else infinite
    try:
        return mantissa / (1 << -exponent) if exponent < 0 else float(mantissa << exponent)
    except OverflowError:
        return float("inf") if mantissa > 0 else -float("inf")
