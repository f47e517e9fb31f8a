"""Numbers with units, and lengths of arrays: 84 301 weights, 2.5 KiB, 28 x 28 x 3, (B, 128, d).

The number is a claim or given, and printed in the style that it carries; the word of the unit, in the form that goes
with the number, is the language's (`language.toml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from keygen.calculus.claims import Claim, Given, unclaimed
from keygen.errors import KeygenError, nearest
from keygen.mathematics.terms import Chain, Literal, apply, constant


class Multiple(NamedTuple):
    """A unit that is so many of another: base ** exponent of them."""

    of: str
    base: int
    exponent: int

    @property
    def factor(self) -> Fraction:
        """How many it is."""
        return Fraction(self.base) ** self.exponent


MULTIPLES: Mapping[str, Multiple] = {
    **{f"{prefix}B": Multiple("byte", 10, 3 * place) for place, prefix in enumerate("kMGT", start=1)},
    **{f"{prefix}iB": Multiple("byte", 2, 10 * place) for place, prefix in enumerate("KMGT", start=1)},
    **{f"{prefix}FLOP": Multiple("FLOP", 10, 3 * place) for place, prefix in enumerate("kMGTP", start=1)},
    "bit": Multiple("byte", 2, -3),
}
"""Decimal prefixes (SI) and binary ones (IEC 80000-13: 1 KiB = 1024 bytes)."""


class Quantity(Struct, frozen=True):
    """A number with its unit. Raises KeygenError for a bare number."""

    said: Claim | Given
    unit: str

    def __post_init__(self) -> None:
        if not isinstance(self.said, Claim | Given):
            raise unclaimed(self.said, "a quantity")

    @property
    def number(self) -> Any:
        """The exact number."""
        shown = self.said.shown
        value = shown.value if isinstance(shown, Literal) else None
        value = getattr(value, "item", lambda: value)() if getattr(value, "size", 1) == 1 else None
        if value is None:
            raise KeygenError(f"a quantity in {self.unit} is no number", found=str(shown)[:80])
        return value

    @property
    def in_tens(self) -> Quantity:
        """With its number as a multiple of a power of ten."""
        return self.styled("in_tens")

    @property
    def in_twos(self) -> Quantity:
        """With its number as an odd multiple of a power of two."""
        return self.styled("in_twos")

    @property
    def decimal(self) -> Quantity:
        """With its number as a decimal."""
        return self.styled("decimal")

    @property
    def short(self) -> Quantity:
        """With its number in three figures at most."""
        return self.styled("short")

    def styled(self, style: str) -> Quantity:
        """With its number in a style of claims, which one that is given has none of."""
        if isinstance(self.said, Given):
            raise KeygenError("a number that is given has one style", repair="write it as it is")
        return replace(self, said=getattr(self.said, style))

    def to(self, unit: str) -> Quantity:
        """This quantity in another unit: 2048 bytes in KiB. Raises KeygenError for a unit of something else."""
        factor = factor_of(self.unit, self.unit) / factor_of(unit, self.unit)
        if isinstance(self.said, Given):
            return Quantity(Given(self.said.value * factor), unit)
        first, at = self.said.chain.links[0], self.said.chain.at
        whole = factor.denominator == 1
        term = apply("mul", first, constant(factor)) if whole else apply("div", first, constant(1 / factor))
        return Quantity(Claim(Chain((term, Literal(self.number * factor)), at=at), self.said.style), unit)


def factor_of(unit: str, like: str) -> Fraction:
    """How many of its base a unit is. Raises KeygenError where it does not measure what `like` does."""
    base = MULTIPLES[like].of if like in MULTIPLES else like
    if unit == base:
        return Fraction(1)
    multiple = MULTIPLES.get(unit)
    if multiple is None or multiple.of != base:
        known = [base, *(name for name, one in MULTIPLES.items() if one.of == base)]
        raise KeygenError(
            f"a quantity in {like} is not so many {unit}", expected=" or ".join(known), found=unit,
            repair=nearest(unit, known),
        )  # fmt: skip
    return multiple.factor


def quantity(said: Claim | Given | int, unit: str) -> Quantity:
    """A number with a unit: quantity(s.claim("count"), "weight"); an int is given."""
    return Quantity(said if isinstance(said, Claim | Given) else Given(said), unit)


class UnitMeaning(Struct, frozen=True):
    """What a unit is: 1 KiB = 2^10 bytes. Raises KeygenError for one that is no multiple of another."""

    unit: str

    def __post_init__(self) -> None:
        if self.unit not in MULTIPLES:
            raise KeygenError(
                f"the unit {self.unit!r} is no multiple of another", expected=", ".join(MULTIPLES),
                repair=nearest(self.unit, MULTIPLES),
            )  # fmt: skip

    @property
    def sides(self) -> tuple[Quantity, Quantity]:
        """One of it, and how many of the other that is."""
        multiple = MULTIPLES[self.unit]
        count = Claim(
            Chain((apply("power", constant(multiple.base), param=multiple.exponent), Literal(multiple.factor)))
        )
        styled = count.in_twos if multiple.base == 2 else count.in_tens
        return Quantity(Given(1), self.unit), Quantity(styled, multiple.of)


def unit_said(unit: str) -> UnitMeaning:
    """What a unit is, for the page to say: 1 KiB = 2^10 bytes."""
    return UnitMeaning(unit)
