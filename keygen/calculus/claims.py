"""What a reader is told outside of lines: numbers in tables, on figures and inside sentences, and the choice of
words.

    Claim      a number (or a term) that stands alone, with the chain from what it is the value of
    Given      a number of the statement itself: an index, a count, a value that the author chose
    Condition  which of two sentences is printed, with the relations that make it true

Claims and conditions are read back exactly as lines are. What else stands in a cell or beside a figure claims nothing:
a letter, a formula without numbers of its own. A bare number is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import msgspec
import numpy as np

from keygen.calculus.evaluation import exactly
from keygen.engine.polynomial import Polynomial
from keygen.engine.real import Real, Undecided
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.mathematics.comparison import HOLDS, real
from keygen.mathematics.number_cache import Numerals, numerals
from keygen.mathematics.number_format import Policy
from keygen.mathematics.python import ShownNumber, require_true_digits
from keygen.mathematics.readback import Proofs, require_numbers
from keygen.mathematics.terms import Apply, Chain, Literal, Marked, Name, Term, leaves_of

STYLES: Mapping[str, Callable[[Policy], Policy]] = {
    "as in lines": lambda lines: lines,
    "powers of ten": lambda lines: msgspec.structs.replace(lines, powers=10),
    "powers of two": lambda lines: msgspec.structs.replace(lines, powers=2),
    "decimal": lambda lines: msgspec.structs.replace(lines, fraction=0, root=0),
    "short": lambda lines: msgspec.structs.replace(lines, fraction=0, root=0, significant=3, figures=3),
}
"""How a number that stands alone looks, by the policy of the lines."""


class Claim(msgspec.Struct, frozen=True):
    """The last link of a chain, printed alone: the first link is what it is the value of.

    Raises KeygenError for a chain that says nothing of it (one link, a number first) or says that it is more or less.
    """

    chain: Chain
    style: str = "as in lines"

    def __post_init__(self) -> None:
        first, *others = self.chain.links
        if not others or isinstance(first, Literal) or set(self.chain.relations) - {"="}:
            raise KeygenError(
                "a claim does not say what its number is the value of",
                expected="a chain from a name or a term to the number, equal all along",
                found=f"{len(self.chain.links)} links, relations {self.chain.relations or '='}, first {first}",
            )

    @property
    def shown(self) -> Term:
        """What is printed."""
        return self.chain.links[-1]

    @property
    def decimal(self) -> Self:
        """This claim without fractions: what does not end soon is rounded, so that numbers beside each other
        compare."""
        return msgspec.structs.replace(self, style="decimal")

    @property
    def short(self) -> Self:
        """This claim in at most three figures, for a picture that has no room for more."""
        return msgspec.structs.replace(self, style="short")

    @property
    def in_tens(self) -> Self:
        """This claim as a multiple of a power of ten: 3·10^8"""
        return msgspec.structs.replace(self, style="powers of ten")

    @property
    def in_twos(self) -> Self:
        """This claim as an odd multiple of a power of two: 2^10; in digits where it is none."""
        return msgspec.structs.replace(self, style="powers of two")

    def policy(self, policy: Policy) -> Policy:
        """How its number looks where lines have this policy."""
        return STYLES[self.style](policy)


class Given(msgspec.Struct, frozen=True):
    """A number that the statement gives or counts by. Raises KeygenError for what is not exact."""

    value: int | Fraction

    def __post_init__(self) -> None:
        if isinstance(self.value, bool) or not isinstance(self.value, int | Fraction):
            raise KeygenError(
                f"{self.value!r} cannot be given",
                expected="an int or a Fraction that the author chose",
                found=type(self.value).__name__,
                repair="a number that was computed is a claim: s.claim(name), or claim(term, letter=value)",
            )

    @property
    def shown(self) -> Literal:
        """What is printed."""
        return Literal(self.value if type(self.value) is Fraction else Fraction(self.value))


Label = Name | Apply | Marked | Chain | Claim | Given | None
Said = Chain | Claim | Given
CLAIMING = (Chain, Claim, Given)
LABELS = (*CLAIMING, Name, type(None))  # asked of each cell of a table


def claim(term: Term, **letters: Any) -> Claim:
    """The value of a term where its letters have these values, by the engine's own rules on exact numbers.

    Raises KeygenError for a term that has no number there.
    """
    return Claim(Chain((term, Literal(exactly(term, **letters))), at=letters))


def entry_of(name: Name, value: Any, place: tuple[int, ...]) -> Claim:
    """A variable's value, or with a place that of one entry."""
    if not place:
        return Claim(Chain((name, Literal(value))))
    return Claim(Chain((Apply("pick", (name,), place), Literal(value[place]))))


def require_label(said: Any, what: str) -> None:
    """Raise KeygenError for what is neither a claim nor without one. `what` it is, as in "a cell of a table"."""
    if isinstance(said, LABELS):
        return
    if isinstance(said, Apply | Marked):
        leaves = list(leaves_of(said))
        if any(isinstance(leaf, Name) for leaf in leaves) and not any(isinstance(leaf, Literal) for leaf in leaves):
            return
    raise unclaimed(said, what)


def unclaimed(said: Any, what: str) -> KeygenError:
    """A number that nothing is said of, or something that no page has a form for."""
    bare = said.value if isinstance(said, Literal) else said
    return KeygenError(
        f"{what} is {kind_of(said)}",
        expected="a claim, a number that is given, a line, a letter or a formula without numbers, or None",
        found=repr(bare)[:80],
        repair="s.claim(name) or claim(term, letter=value) for a number that was computed, Given(number) for one that "
        "the statement gives, Name(letter) and `signs` for a letter",
    )


def kind_of(said: Any) -> str:
    """What stands there instead of a claim, in words."""
    if isinstance(said, str):
        return "a bare string"
    number = isinstance(said, Literal | Apply | Marked | int | float | Fraction | Real | Surd | np.ndarray | Polynomial)
    return "a bare number" if number and not isinstance(said, bool) else f"a {type(said).__name__}"


def prove(said: Said, proofs: Proofs) -> None:
    """Read back what is said, its digits in the style that they are printed in. Raises KeygenError as lines do."""
    match said:
        case Chain():
            proofs.require(said)
        case Claim():
            proofs.require(said.chain)
            if said.style != "as in lines":
                require_digits(said.shown, numerals(said.policy(proofs.policy)))
        case Given():
            require_digits(said.shown, proofs.numerals)


def require_digits(shown: Term, known: Numerals) -> None:
    """Raise KeygenError for a number whose digits, as a policy writes them, are not its own."""
    if isinstance(shown, Literal) and not isinstance(shown.value, Polynomial):
        for entry in shown.value.flat if isinstance(shown.value, np.ndarray) else (shown.value,):
            if not (number := known.of(entry)).digits_match:
                require_true_digits(ShownNumber(number.digits, entry))


OPPOSITE = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True, slots=True)
class Condition:
    """Whether a sentence is printed, and `because`: the relations that hold then, or that of them which fails, turned
    round."""

    holds: bool
    because: tuple[Chain, ...]

    def __post_init__(self) -> None:
        if not self.because:
            raise KeygenError(
                "a condition says nothing that could be checked",
                expected="relations that are true where it holds, and one that is true where it does not",
            )

    def __bool__(self) -> bool:
        return self.holds


Side = Term | Claim | int | Fraction


def relation(left: Side, sign: str, right: Side, **letters: Any) -> Chain:
    """left < right; the sign is one of = != < <= > >=, `letters` are those that the computation does not have. A claim
    stands for what it is the value of.

    Raises KeygenError for any other sign.
    """
    if sign not in OPPOSITE:
        raise KeygenError(f"a condition cannot be told by {sign!r}", expected=" ".join(OPPOSITE), found=sign)
    return Chain((side_of(left), side_of(right)), relations=(sign,), at=letters)


def side_of(side: Side) -> Term:
    """A side of a relation as a term."""
    match side:
        case Claim():
            return side.chain.links[0]
        case int() | Fraction():
            return Literal(Fraction(side))
        case _:
            return side


def decided(values: Mapping[str, Any], *relations: Chain, file: Path | None = None) -> Condition:
    """Whether all relations hold at these values, decided on exact numbers: all of them, or the first that does not,
    turned round. Raises KeygenError, upon which a draw is drawn again, for numbers of which nobody can tell; for
    an order of matrices too, with the line of the exercise's `file` that computes them."""
    for chain in relations:
        left, right = (real(valued(link, {**values, **chain.at})) for link in chain.links)
        require_numbers(chain, 1, (left, right), file)
        try:
            holds = HOLDS[chain.relation(1)](left, right)
        except Undecided as error:
            raise KeygenError("a condition cannot be decided", found=str(error), redraw=True) from error
        if not holds:
            return Condition(False, (replace(chain, relations=(OPPOSITE[chain.relation(1)],)),))
    return Condition(True, relations)


def valued(link: Term, values: Mapping[str, Any]) -> Any:
    """A side of a relation."""
    if isinstance(link, Literal):
        return link.value
    names = {leaf.name for leaf in leaves_of(link) if isinstance(leaf, Name)}
    return exactly(link, **{name: values[name] for name in names if name in values})
