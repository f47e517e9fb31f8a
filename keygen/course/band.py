"""The measures of work, and the band of each in which an exercise wants them: `band = {"operations": (12, 24)}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from keygen.errors import KeygenError, nearest

Band = Mapping[str, tuple[int, int]]


class Measure(Struct, frozen=True):
    """The work of one variant, as far as it is recorded in its computation.

    operations  sums, products and quotients of two numbers and values of functions, an entry of a matrix at a time;
                what has a 0 in it is not worked out, nor is a product with 1 or -1. Where the inputs stay symbols: the
                operations of the formulas, each once
    negatives   negative numbers among the data and the named results: signs to carry
    silent      units with a ReLU whose input is negative
    widest      characters of the longest number among the data and the named results, as a page writes it
    digits      characters of all these numbers
    lines       named results, and lines of the derivations by matrix differentials
    """

    operations: int
    negatives: int
    silent: int
    widest: int
    digits: int
    lines: int

    def __add__(self, other: Measure) -> Measure:
        """The work of both: one number is the longest, all else is together."""
        both = {name: getattr(self, name) + getattr(other, name) for name in MEASURES}
        return Measure(**{**both, "widest": max(self.widest, other.widest)})

    def by_name(self) -> dict[str, int]:
        """Every measure under its name."""
        return {name: getattr(self, name) for name in MEASURES}


MEASURES = Measure.__struct_fields__


def checked_band(band: Any) -> Band:
    """The band itself. Raises KeygenError for an unknown measure and for what is not a pair of whole numbers."""
    if not isinstance(band, Mapping):
        raise band_error(f"the band is {band!r}", band)
    for name, limits in band.items():
        if name not in MEASURES:
            raise KeygenError(
                f"unknown measure {name!r} in the band",
                expected="one of " + ", ".join(MEASURES),
                repair=nearest(str(name), MEASURES),
            )
        match limits:
            case (int(low), int(high)) if low <= high:
                pass
            case _:
                raise band_error(f"the band of {name!r} is no pair of whole numbers, the smaller first", limits)
    return band


def band_error(what: str, found: Any) -> KeygenError:
    """A band that is not written like one."""
    return KeygenError(what, expected='a table such as {"operations": (12, 24)}', found=repr(found))
