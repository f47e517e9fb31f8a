"""How a number looks: terminating decimals while they are short, else fractions; square roots while they are short;
other irrational numbers rounded, half away from zero.

The only place where digits are dropped; what was dropped is said (`Digits.exact`), so that the page writes an
approximation sign. The values themselves are never rounded.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import sqrt
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.errors import KeygenError


class Policy(msgspec.Struct, frozen=True, cache_hash=True):
    """point        the decimal separator of the sheet, "." or ","
    decimals     the longest terminating decimal that is written as one (digits after the point)
    fraction     the largest numerator or denominator of a fraction; longer ones are rounded like irrational numbers
    significant  digits shown of an irrational number
    root         the largest whole number in a form such as 3 sqrt(10) / 4; longer ones are rounded
    figures      the most figures of a decimal that is written as one, 0 for no such limit
    grouping     the figures of a whole part from which on they stand in groups of three, 0 for never
    powers       10 or 2: a number is written as a multiple of a power of it, where it is one; 0 for neither
    """

    point: str = "."
    decimals: int = 5
    fraction: int = 9999
    significant: int = 4
    root: int = 999
    figures: int = 0
    grouping: int = 0
    powers: int = 0

    def finer(self, more: int) -> Policy:
        """The policy with so many figures more of a number that is rounded."""
        return raised(self, more) if more else self


@lru_cache(maxsize=256)
def separator_free(policy: Policy) -> Policy:
    """A policy but for its separators, of decimals and of groups, on which no figure depends: what is worked out under
    it serves all languages of a sheet."""
    return replace(policy, point=".", grouping=0)


@lru_cache(maxsize=256)
def raised(policy: Policy, more: int) -> Policy:
    """A policy with more figures."""
    return replace(policy, significant=policy.significant + more)


class Digits(NamedTuple):
    """A number's magnitude as text: whole, decimal, fraction or power of ten; its sign; whether nothing was dropped.

    Where `root` is not 1, its square root is one more factor (which a page writes beside the numerator).
    """

    negative: bool
    text: str  # plain digits with a decimal point, or "top/bottom"
    exact: bool
    exponent: int = 0  # of the base
    root: int = 1
    base: int = 10

    @property
    def lone_power(self) -> bool:
        """Whether it is a power without a factor: 2^10"""
        return self.exact and self.text == "1" and self.exponent != 0

    @property
    def plain(self) -> str:
        """The digits on one line: -0.5, 2/3, 3.857e-22, 3*2**10, sqrt(10), 3*sqrt(10)/4"""
        top, _, bottom = self.text.partition("/")
        if self.root != 1:
            top = f"sqrt({self.root})" if top == "1" else f"{top}*sqrt({self.root})"
        power = f"e{self.exponent}" if self.exponent else ""
        if self.base != 10:
            power = f"{self.base}**{self.exponent}"
            top, power = ("", power) if self.lone_power else (top, f"*{power}")
        return ("-" if self.negative else "") + top + power + (f"/{bottom}" if bottom else "")

    @property
    def nearest(self) -> float:
        """The number that the text says, as a double; one ulp off at most where it is a fraction or a root."""
        top, _, bottom = self.text.partition("/")
        power = float(f"{top}e{self.exponent}") if self.base == 10 else float(top) * float(self.base) ** self.exponent
        magnitude = power / int(bottom or 1) * sqrt(self.root)
        return -magnitude if self.negative else magnitude

    def value(self) -> Fraction | Surd:
        """The number that the text says."""
        top, _, bottom = self.text.partition("/")
        whole, _, decimals = top.partition(".")
        figures = int(whole + decimals)
        magnitude = Fraction(-figures if self.negative else figures, int(bottom or 1) * 10 ** len(decimals))
        if self.exponent:
            magnitude *= Fraction(self.base) ** self.exponent
        return magnitude if self.root == 1 else Surd(magnitude, self.root)


def digits(x: Fraction | Real | int | Surd, policy: Policy) -> Digits:
    """The digits a page shows for x. Raises KeygenError for what is no exact number, Undecided for one whose digits
    nobody can tell."""
    if policy.powers and not isinstance(x, bool):
        found = in_powers(x, policy)
        if found is not None:
            return found
    if type(x) is Fraction:
        return rational(*x.as_integer_ratio(), policy)
    if type(x) is Real:
        return rounded_real(x, policy)
    if isinstance(x, Surd):
        return root_form(x, policy)
    if isinstance(x, bool) or not isinstance(x, int | Fraction):
        raise KeygenError(
            f"{x!r} is not a number that a page can show", expected="an exact number of the computation",
            found=type(x).__name__,
            repair="a float's digits are not proven: let the value come from the trace, or write a Fraction",
        )  # fmt: skip
    return rational(*x.as_integer_ratio(), policy)


def in_powers(x: Any, policy: Policy) -> Digits | None:
    """A multiple of a power of ten, 1 <= factor < 10, rounded where it is long; of two, an odd number times it. None
    for what is none of the two and looks like any other number."""
    value = Fraction(x) if isinstance(x, int | Fraction) else None
    if policy.powers == 2:
        bottom = 0 if value is None else value.denominator
        if not value or bottom & (bottom - 1):
            return None
        odd, exponent = abs(value.numerator), 1 - bottom.bit_length()
        while odd % 2 == 0:
            odd, exponent = odd // 2, exponent + 1
        return Digits(value < 0, str(odd), True, exponent, base=2) if exponent not in (0, 1) else None
    if value is None:
        number = x.as_real() if isinstance(x, Surd) else x
        negative, text, scale, exact = number.figures(policy.significant)
    elif value:
        places = decimal_places(value.denominator)
        whole = "" if places is None else str(abs(value.numerator) * 10**places // value.denominator)
        exact = places is not None and len(whole.rstrip("0")) <= policy.decimals + 1
        negative, (text, scale) = value < 0, figures(*abs(value).as_integer_ratio(), policy.significant)
        if exact:
            text, scale = whole.rstrip("0"), len(whole) - 1 - (places or 0)
    else:
        return None
    if not scale:
        return None
    return Digits(negative, f"{text[0]}.{text[1:]}" if len(text) > 1 else text, exact, scale)


def grouped(whole: str, least: int, space: str) -> str:
    """The figures of a whole number in groups of three, where there are at least so many."""
    if not least or len(whole) < least:
        return whole
    head = len(whole) % 3
    groups = [whole[:head], *(whole[place : place + 3] for place in range(head, len(whole), 3))]
    return space.join(filter(None, groups))


def root_form(x: Surd, policy: Policy) -> Digits:
    """A surd: exact where it is short."""
    top, bottom = abs(x.factor.numerator), x.factor.denominator
    if max(top, bottom, x.radicand) > policy.root:
        return rounded_real(x.as_real(), policy)
    return Digits(x.factor < 0, f"{top}/{bottom}" if bottom > 1 else f"{top}", exact=True, root=x.radicand)


def rounded_real(x: Real, policy: Policy) -> Digits:
    """A number that is not known to be rational: its proven figures; the decimal that it is, if it proves to be one."""
    short = x.decimal_with(policy.decimals)
    if short is not None and x.operation not in ("number", "rounded"):
        return rational(*short.as_integer_ratio(), policy)
    negative, figures, scale, exact = x.figures(policy.significant)
    if exact and x.operation != "rounded":
        value = int(figures) * Fraction(10) ** (scale + 1 - policy.significant)
        return rational(*(-value if negative else value).as_integer_ratio(), policy)
    return scientific(negative, figures, scale)


@lru_cache(maxsize=8192)
def rational(top: int, bottom: int, policy: Policy) -> Digits:
    """A fraction by its numbers: exact where it is short."""
    magnitude, places = abs(top), decimal_places(bottom)
    if places is None or places > policy.decimals or too_long(magnitude * 10**places // bottom, policy):
        if max(magnitude, bottom) > policy.fraction:
            return scientific(top < 0, *figures(magnitude, bottom, policy.significant))
        return Digits(top < 0, f"{magnitude}/{bottom}", exact=True)
    scaled = str(magnitude * 10**places // bottom).rjust(places + 1, "0")
    text = f"{scaled[:-places]}.{scaled[-places:]}" if places else scaled
    return Digits(top < 0, text, exact=True)


def too_long(scaled: int, policy: Policy) -> bool:
    """Whether a decimal without its point has more figures than the policy lets it have."""
    return bool(policy.figures) and policy.figures < len(str(scaled).rstrip("0"))


def decimal_places(denominator: int) -> int | None:
    """How many decimals 1/denominator takes, None where they never end."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator, twos = denominator // 2, twos + 1
    while denominator % 5 == 0:
        denominator, fives = denominator // 5, fives + 1
    return max(twos, fives) if denominator == 1 else None


def scientific(negative: bool, figures: str, scale: int) -> Digits:
    """Rounded figures, the first of them the 10^scale's: in scientific form below 10^-4 and where zeros would fill it
    up."""
    if not -4 <= scale < len(figures):
        text = f"{figures[0]}.{figures[1:]}" if len(figures) > 1 else figures
        return Digits(negative, text, exact=False, exponent=scale)
    if scale < 0:
        return Digits(negative, "0." + "0" * (-scale - 1) + figures, exact=False)
    whole, places = figures[: scale + 1], figures[scale + 1 :]
    return Digits(negative, f"{whole}.{places}" if places else whole, exact=False)


def figures(top: int, bottom: int, significant: int) -> tuple[str, int]:
    """The figures of a positive rational, half away from zero, and the power of ten that the first of them counts."""
    scale = len(str(top)) - len(str(bottom))
    if top * 10 ** max(-scale, 0) < bottom * 10 ** max(scale, 0):
        scale -= 1
    shift = significant - 1 - scale
    top, bottom = top * 10 ** max(shift, 0), bottom * 10 ** max(-shift, 0)
    whole = (2 * top + bottom) // (2 * bottom)
    if whole == 10**significant:  # 9.9996 is 10.00
        return str(whole)[:-1], scale + 1
    return str(whole), scale


def leading_figures(x: Fraction | Real | int | Surd, significant: int) -> tuple[bool, str, int]:
    """The figures of a number that is not 0: whether it is negative, so many of them, half away from zero, and the
    power of ten that the first of them counts."""
    if isinstance(x, Real | Surd):
        number = x if isinstance(x, Real) else x.as_real()
        negative, text, scale, _ = number.figures(significant, settled=False)
        return negative, text, scale
    top, bottom = x.as_integer_ratio()
    return top < 0, *figures(abs(top), bottom, significant)


def rounded(x: Fraction | Real | int | Surd, significant: int) -> Fraction:
    """The decimal with so many significant digits that is nearest to x, half away from zero."""
    return decimal_of(*leading_figures(x, significant)) if x else Fraction(0)


def decimal_of(negative: bool, text: str, scale: int) -> Fraction:
    """The decimal that figures say; the first of them counts the power of ten `scale`."""
    whole, power = -int(text) if negative else int(text), scale + 1 - len(text)
    return Fraction(whole * 10**power) if power >= 0 else Fraction(whole, 10**-power)
