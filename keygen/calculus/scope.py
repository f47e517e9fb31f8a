"""What a chain speaks of: letters, each with an interval of values, and names that stand for terms in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from keygen.calculus.randomness import RandomLaw
from keygen.calculus.traversal import names, put
from keygen.mathematics.terms import Term

DECIMALS = 3  # of the numbers at which chains are tried, so that an error can name them


class Scope(Struct, frozen=True):
    """letters   (name, low, high): any number between the two; the first is what derivatives are taken by
    meanings  (name, term): what the other names stand for, each in letters and the names before it
    random    (name, law): independent random letters; they have a value under E( ) and Var( ) only
    """

    letters: tuple[tuple[str, Fraction, Fraction], ...]
    meanings: tuple[tuple[str, Term], ...] = ()
    random: tuple[tuple[str, RandomLaw], ...] = ()

    @property
    def variable(self) -> str:
        """The letter that derivatives are taken by."""
        return self.letters[0][0]

    def points(self, count: int) -> Iterator[dict[str, Fraction]]:
        """Values for the letters, the same in every run."""
        rng = Random(20)
        for _ in range(count):
            yield {name: between(rng, low, high) for name, low, high in self.letters}

    def fixed(self, values: Mapping[str, Fraction]) -> Scope:
        """The scope in which some letters have one value only."""
        rows = ((name, values.get(name, low), values.get(name, high)) for name, low, high in self.letters)
        return replace(self, letters=tuple(rows))

    def put(self, values: Mapping[str, Term | Fraction | int]) -> Scope:
        """The scope in which some letters have become terms."""
        letters = tuple(row for row in self.letters if row[0] not in values)
        laws = tuple((name, law.put(values)) for name, law in self.random)
        return Scope(letters, tuple((name, put(meaning, values)) for name, meaning in self.meanings), laws)

    def drawing(self, **laws: RandomLaw) -> Scope:
        """The scope with independent random letters, each with its law; meanings may speak of them."""
        return replace(self, random=(*self.random, *laws.items()))

    @property
    def chancy(self) -> frozenset[str]:
        """The random letters, and the names that stand for something with such in it."""
        found = {name for name, _ in self.random}
        for name, meaning in self.meanings:
            if names(meaning) & found:
                found.add(name)
        return frozenset(found)

    def freed(self, name: str, low: Fraction, high: Fraction) -> Scope:
        """The scope in which a name stands for nothing any more and is a letter like the others."""
        kept = tuple((other, meaning) for other, meaning in self.meanings if other != name)
        return replace(self, letters=(*self.letters, (name, low, high)), meanings=kept)


def between(rng: Random, low: Fraction, high: Fraction) -> Fraction:
    """A decimal inside the interval; its end where it has no inside."""
    if low == high:
        return low
    x = low + (high - low) * Fraction(rng.randint(1, 9999), 10000)
    return Fraction(round(x * 10**DECIMALS), 10**DECIMALS)


def scope(letters: Mapping[str, tuple[int | str, int | str]], **meanings: Term) -> Scope:
    """A scope from intervals such as {"t": (-3, 3), "a": ("0.5", 4)}, the variable first, and meanings in order."""
    rows = tuple((name, Fraction(low), Fraction(high)) for name, (low, high) in letters.items())
    return Scope(rows, tuple(meanings.items()))
