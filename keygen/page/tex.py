"""Terms and chains as TeX mathematics, for the inside of a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from keygen.engine.polynomial import Polynomial
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.engine.terms import Apply, Chain, Literal, Marked, Name, Term, constant
from keygen.notation import chains
from keygen.notation.medium import Edge, Medium, Written, enclosed, expanded, index_of, number_edges, times
from keygen.notation.names import indexed_tex, name_tex
from keygen.notation.numbers import Digits, Policy
from keygen.notation.numerals import Numerals, numerals
from keygen.notation.signs import RELATIONS, Level
from keygen.notation.sketch import Bounded, Leaf, Sketches, Slot, sketches, stand_in

TOWARD = {"+oo": r"+\infty", "-oo": r"-\infty", "0+": "0+"}
LETTER = re.compile(r"(?<![A-Za-z\\])[a-z](\^\{\d\})?$")  # x, y^2: how a name may end
TIMES = (r" \cdot ", "", r"\,")  # with a dot, close, apart
STENCILS = 8192
BRACKETS = (("(", ")"), (r"\bigl(", r"\bigr)"), (r"\Bigl(", r"\Bigr)"), (r"\biggl(", r"\biggr)"))  # by depth


class Tex(Medium):
    """TeX mathematics. Terms that differ in digits only are written through one stencil."""

    @cached_property
    def numerals(self) -> Numerals:
        """The numbers of the policy."""
        return numerals(self.policy)

    @cached_property
    def sketches(self) -> Sketches:
        """The sketches of terms under the policy."""
        return sketches(self.policy)

    @cached_property
    def stencils(self) -> Bounded[Stencil]:
        """The stencils so far, by their outlines."""
        return Bounded(STENCILS)

    @cached_property
    def names(self) -> Callable[[Name], Written]:
        """Names, each written once."""
        return lru_cache(maxsize=2048)(self.named)

    @cached_property
    def fractions(self) -> Tex:
        """The same without decimals."""
        return Tex(replace(self.policy, decimals=0))

    def write(self, term: Term) -> Written:
        """A whole formula."""
        if isinstance(term, Name):
            return self.name(term)
        if isinstance(term, Literal):
            return self.literal(term.value)
        sketch = self.sketches.of(term)
        stencil = self.stencils.get(sketch.outline)
        if stencil is None:
            stencil = self.stencils.keep(sketch.outline, self.stencil(term, sketch.leaves))
        if not stencil.holes:
            return stencil.written
        return stencil.filled([self.part(sketch.leaves[leaf], *place) for leaf, *place in stencil.holes])

    def part(self, leaf: Leaf, place: int, part: int) -> str:
        """What is filled into a hole."""
        if place < 0:
            return self.array(leaf.value).text
        return pointed(leaf.numbers[place].parts[part], self.policy.point)

    def stencil(self, term: Term, leaves: tuple[Leaf, ...]) -> Stencil:
        """The stencil of a term and of those that differ from it in digits only."""
        medium = Drafting(self, leaves)
        written = medium.term(stand_in(term, iter(enumerate(leaves))))
        text = with_holes(written.text) if medium.holes else written.text
        return Stencil(written._replace(text=text), tuple(medium.holes))

    def name(self, term: Name) -> Written:
        """W_1, y_i, the derivative of L by W_1."""
        return self.names(term)

    def named(self, term: Name) -> Written:
        """A name that has not been written."""
        text = indexed_tex(term.name, term.index, self.signs)
        if text.startswith(r"\frac"):
            return Written(text, Level.CALL, tall=True)
        level = Level.RAISED if "^" in text else Level.ATOM
        first, last = name_edges(text)
        word = text.replace("_", "a").isalnum()
        return Written(text, level, tall=r"\frac" in text, first=first, last=last, dotted=r" \cdot " in text, word=word)

    def number(self, value: Fraction | Real | Surd) -> Written:
        """0.5, 1/3, 1.2 * 10^-5."""
        return number_tex(self.numerals.of(value).digits, self.policy.point)

    @cached_property
    def polynomial(self) -> Callable[[Polynomial], Written]:
        """A polynomial as a sum; the same ones come back in every variant."""
        return lru_cache(maxsize=2048)(lambda value: self.term(expanded(value)))

    def literal(self, value: Any) -> Written:
        """A value, by type."""
        return self.polynomial(value) if isinstance(value, Polynomial) else super().literal(value)

    @property
    def separator(self) -> str:
        """What stands between numbers: a semicolon where a comma is the decimal point."""
        return r";\ " if self.policy.point == "," else r",\ "

    def array(self, value: np.ndarray) -> Written:
        """A matrix in round brackets; a list of numbers with separators."""
        cells = [self.literal(element) for element in value.flat]
        exact = all(cell.exact for cell in cells)
        if value.ndim == 1:
            tall = any(cell.tall for cell in cells)
            return self.bracketed(Written(self.separator.join(cell.text for cell in cells), tall=tall, exact=exact))
        width = value.shape[1]
        rows = [" & ".join(cell.text for cell in cells[at : at + width]) for at in range(0, value.size, width)]
        body = r" \\ ".join(rows)
        return Written(rf"\begin{{pmatrix}} {body} \end{{pmatrix}}", tall=True, exact=exact)

    def param(self, term: Apply) -> Written:
        """A coefficient or an exponent; the name of a function; the index of a sum."""
        if term.primitive == "apply" and isinstance(term.param, tuple):
            name, order = term.param
            return Written(name_tex(str(name), self.signs) + "'" * (order if isinstance(order, int) else 0))
        if term.primitive == "limit" and isinstance(term.param, tuple):
            letter, toward = term.param
            return Written(rf"{name_tex(str(letter), self.signs)} \to {TOWARD[str(toward)]}")
        if term.primitive == "sum_to":
            return Written(",".join(index_of(term)))
        if term.primitive == "scale":
            return self.coefficient(term.param)._replace(number=False)
        return Written(str(term.param))

    def coefficient(self, value: Any) -> Written:
        """1/2, where a number that stands alone is 0.5."""
        return self.fractions.number(value)

    def apply(self, term: Apply) -> Written:
        """e to the first is e; an exponent that is a short fraction is written on one line: e^(5/T)."""
        if term.primitive != "exp":
            return super().apply(term)
        if term.args == (constant(1),):
            return Written("e", first=Edge.LETTER, last=Edge.LETTER, word=True)
        written, slanted = super().apply(term), self.term(term.args[0]).slanted
        return written._replace(text=f"e^{{{slanted}}}", tall=False) if slanted else written

    def join(self, sign: str, args: list[Written]) -> str:
        """Choose the size of brackets and the sign of multiplication."""
        if "<" in sign:
            sign = sized(sign, any(arg.tall for arg in args), self.separator)
        if "<.>" in sign:
            sign = sign.replace("<.>", TIMES[times(*args)])
        return sign

    def bracketed(self, inner: Written) -> Written:
        """Round brackets as tall as what they hold, each pair larger than the pairs inside it."""
        size = min(inner.depth, len(BRACKETS) - 1)
        left, right = (r"\left(", r"\right)") if inner.tall else BRACKETS[size]
        edge, text = enclosed(inner), left + inner.text + right
        return inner._replace(
            text=text,
            level=Level.ATOM,
            number=False,
            depth=inner.depth + 1,
            first=edge,
            last=edge,
            word=False,
            slanted="",
        )

    def mark(self, body: Written, term: Term) -> Written:
        """A coloured box around a repeated factor."""
        role = term.role if isinstance(term, Marked) else 0
        return Written(
            rf"\kgmark{{{role}}}{{{body.text}}}", Level.ATOM, tall=True, exact=body.exact, number=body.number
        )


def name_edges(text: str) -> tuple[Edge, Edge]:
    """What a name begins and ends with."""
    first, letter = Edge.DIGIT if text[:1].isdigit() else Edge.OTHER, LETTER.search(text)
    if letter is None:
        return first, Edge.DIGIT if text[-1:].isdigit() else Edge.OTHER
    last = Edge.POWER if letter[1] else Edge.LETTER
    return first if letter.start() else last, last


class Stencil(NamedTuple):
    """A term with holes for its digits. A hole is the place of a literal, of a number in it (-1: the whole array), and
    of a part of that number."""

    written: Written
    holes: tuple[tuple[int, int, int], ...]

    def filled(self, texts: list[str]) -> Written:
        """The term with what belongs into its holes."""
        return self.written._replace(text=self.written.text.format(*texts))


class Drafting(Tex):
    """TeX that writes marks into the holes: digits of another script, which are digits for all that asks, and for an
    array a character that is nothing else. What stands around them is as it would be."""

    def __init__(self, tex: Tex, leaves: tuple[Leaf, ...]) -> None:
        super().__init__(tex.policy, tex.signs)
        self.names, self.leaves = tex.names, leaves
        self.holes: list[tuple[int, int, int]] = []

    def hole(self, leaf: int, place: int, part: int) -> int:
        """A hole more; its number."""
        self.holes.append((leaf, place, part))
        return len(self.holes) - 1

    def number(self, value: Any) -> Written:
        """Holes for the parts of a number."""
        if not isinstance(value, Slot):
            return super().number(value)
        parts = self.leaves[value.leaf].numbers[value.place].parts
        marks = [digit_mark(self.hole(value.leaf, value.place, part)) for part in range(len(parts))]
        return number_tex(value.face._replace(text="/".join(marks)) if parts else value.face, self.policy.point)

    def coefficient(self, value: Any) -> Written:
        """Holes for the parts of a coefficient."""
        return self.number(value) if isinstance(value, Slot) else super().coefficient(value)

    def array(self, value: np.ndarray) -> Written:
        """A hole for the whole array."""
        slot = value.flat[0]
        if not isinstance(slot, Slot):
            return super().array(value)
        written = super().array(self.leaves[slot.leaf].value)
        return written._replace(text=array_mark(self.hole(slot.leaf, -1, 0)))


ZERO, ARRAYS = 0x0660, 0xF0000  # an Arabic zero; the first of 65,534 characters for private use
MARK = re.compile("[\u0660-\u0669]{6}|[\U000f0000-\U000ffffd]")


def with_holes(text: str) -> str:
    """A text with marks as a format string."""
    return MARK.sub(lambda mark: f"{{{number_of(mark[0])}}}", text.replace("{", "{{").replace("}", "}}"))


def digit_mark(hole: int) -> str:
    """The mark of a hole for digits."""
    return "".join(chr(ZERO + int(digit)) for digit in f"{hole:06d}")


def array_mark(hole: int) -> str:
    """The mark of a hole for an array."""
    return chr(ARRAYS + hole)


def number_of(mark: str) -> int:
    """The hole that a mark stands in."""
    return ord(mark) - ARRAYS if ord(mark[0]) >= ARRAYS else int(mark)


@lru_cache(maxsize=8192)
def number_tex(shown: Digits, point: str) -> Written:
    """Digits with their sign: the same ones stand on every page."""
    text, level, tall = magnitude_tex(shown, point)
    first, last = number_edges(shown)
    slanted = shown.text if "/" in shown.text and shown.root == 1 else ""
    written = Written(
        text, level, tall, shown.exact, number=True, first=first, last=last, dotted=bool(shown.exponent),
        word=level is Level.ATOM, slanted=slanted,
    )  # fmt: skip
    if not shown.negative:
        return written
    slanted = f"-{slanted}" if slanted else ""
    return written._replace(text="-" + text, level=Level.NEGATIVE, first=Edge.OTHER, word=False, slanted=slanted)


def magnitude_tex(shown: Digits, point: str) -> tuple[str, Level, bool]:
    """Digits without their sign."""
    if shown.root != 1:
        return root_tex(shown)
    if "/" in shown.text:
        top, bottom = shown.text.split("/")
        return rf"\frac{{{top}}}{{{bottom}}}", Level.FRACTION, True
    text = pointed(shown.text, point)
    if shown.exponent:
        return rf"{text} \cdot 10^{{{shown.exponent}}}", Level.SCALED, False
    return text, Level.ATOM, False


def pointed(digits: str, point: str) -> str:
    """Digits with the sheet's decimal separator."""
    return digits.replace(".", "{,}") if point == "," else digits


def root_tex(shown: Digits) -> tuple[str, Level, bool]:
    """sqrt(10), 3 sqrt(10), 3 sqrt(10) / 4"""
    top, _, bottom = shown.text.partition("/")
    root = rf"\sqrt{{{shown.root}}}"
    above = root if top == "1" else top + root
    if bottom:
        return rf"\frac{{{above}}}{{{bottom}}}", Level.FRACTION, True
    return above, Level.CALL if top == "1" else Level.SCALED, False


@lru_cache(maxsize=1024)
def sized(sign: str, tall: bool, separator: str) -> str:
    """A sign with brackets as tall as what they hold."""
    for bracket, side in zip("()[]", ("left", "right") * 2, strict=True):
        sign = sign.replace(f"<{bracket}>", rf"\{side}{bracket}" if tall else bracket)
    return sign.replace("<,>", separator)


@lru_cache(maxsize=64)
def tex(policy: Policy, signs: tuple[tuple[str, str], ...]) -> Tex:
    """The TeX of one policy and one exercise's signs, with the formulas that it has written before."""
    return Tex(policy, dict(signs))


def chain_tex(chain: Chain, medium: Tex) -> str:
    """symbols = numbers = value, as arguments of the style's \\kgchain, which breaks a long one at its relations."""
    first, *others = related(chain, medium)
    links = "".join(rf"\kglink{{{sign}}}{{{text}}}" for sign, text in others)
    return rf"\kgchain{{{first[1]}}}{{{links}}}"


def related(chain: Chain, medium: Tex) -> list[tuple[str, str]]:
    """The links of a chain, each with the sign before it ("" before the first)."""
    return [(sign, link.text) for sign, link in chains.related(chain, medium, RELATIONS)]
