"""Terms and chains as TeX mathematics, for the inside of a formula."""

from __future__ import annotations

import re
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, NamedTuple, Self

import msgspec
import numpy as np

from keygen.engine.polynomial import Polynomial
from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.mathematics import chains
from keygen.mathematics.names import in_line, indexed_tex, name_tex
from keygen.mathematics.number_cache import Numerals, numerals
from keygen.mathematics.number_format import Digits, Policy, grouped
from keygen.mathematics.operators import RELATIONS, Operator, Precedence
from keygen.mathematics.printer import Boundary, Fragment, Printer, enclosed, index_of, number_edges, times
from keygen.mathematics.simplified import expanded
from keygen.mathematics.skeleton import LINKS, Bounded, ByIdentity, Hole, Leaf, Skeletons, term_skeletons
from keygen.mathematics.terms import Apply, Chain, Literal, Marked, Name, Term, constant

TOWARD = {"+oo": r"+\infty", "-oo": r"-\infty", "0+": "0+"}
LETTER = re.compile(r"(?<![A-Za-z\\])[a-z](\^\{\d\})?$")  # x, y^2: how a name may end
TIMES = (r" \cdot ", "", r"\,")  # with a dot, close, apart
STENCILS = 8192
BRACKETS = (("(", ")"), *((rf"\{size}l(", rf"\{size}r)") for size in ("big", "Big", "bigg", "Bigg")))  # by depth


class LatexPrinter(Printer):
    """TeX mathematics. Terms that differ in digits only are written through one stencil."""

    slashed: bool = False  # whether a fraction has a slash and no bar
    small: bool = False  # whether one of numbers or words has, because it stands in a fraction, a root or an exponent

    @cached_property
    def numerals(self) -> Numerals:
        """The numbers of the policy."""
        return numerals(self.policy)

    @cached_property
    def term_skeletons(self) -> Skeletons:
        """The sketches of terms under the policy."""
        return term_skeletons(self.policy)

    @cached_property
    def digit_templates(self) -> Bounded[DigitTemplate]:
        """The stencils so far, by their outlines."""
        return Bounded(STENCILS)

    @cached_property
    def names(self) -> Callable[[Name], Fragment]:
        """Names, each written once."""
        return lru_cache(maxsize=2048)(self.named)

    @cached_property
    def compact(self) -> Self:
        """This printer inside a fraction, a root or an exponent."""
        other = copy(self)
        for known in ("polynomial", "arrays"):  # those it knows have bars
            vars(other).pop(known, None)
        other.small = True
        return other

    @cached_property
    def fractions(self) -> LatexPrinter:
        """This printer without decimals: numbers as fractions."""
        return LatexPrinter(msgspec.structs.replace(self.policy, decimals=0))

    def write(self, term: Term) -> Fragment:
        """A whole formula."""
        if isinstance(term, Name):
            return self.name(term)
        if isinstance(term, Literal):
            return self.finer(term.finer).literal(term.value)
        term_skeleton = self.term_skeletons.of(term)
        digit_template = self.digit_templates.get(term_skeleton.skeleton)
        if digit_template is None:
            digit_template = self.digit_templates.keep(
                term_skeleton.skeleton, self.digit_template(term, term_skeleton.leaves)
            )
        if not digit_template.holes:
            return digit_template.written
        return digit_template.filled(
            [self.part(term_skeleton.leaves[leaf], *place) for leaf, *place in digit_template.holes]
        )

    def finer(self, more: int) -> Self:
        """The printer of a policy with more figures."""
        if not more:
            return self
        other = replace(self, policy=self.policy.finer(more))
        return other.compact if self.small else other

    def part(self, leaf: Leaf, place: int, part: int) -> str:
        """What is filled into a hole."""
        if place < 0:
            printer = self.finer(leaf.finer)
            return (printer.compact if part else printer).array(leaf.value).text
        return pointed(leaf.numbers[place].parts[part], self.policy.point, self.policy.grouping)

    def digit_template(self, term: Term, leaves: tuple[Leaf, ...]) -> DigitTemplate:
        """The stencil of a term and of those that differ from it in digits only."""
        printer = TemplateLatexPrinter(self, leaves)
        written = printer.term(self.term_skeletons.stand_in(term, iter(enumerate(leaves))))
        text = with_holes(written.text) if printer.holes else written.text
        return DigitTemplate(written._replace(text=text), tuple(printer.holes))

    def name(self, term: Name) -> Fragment:
        """W_1, y_i, the derivative of L by W_1."""
        return self.on_line(self.names(term))

    def named(self, term: Name) -> Fragment:
        """A name that has not been written."""
        text = indexed_tex(term.name, term.index, self.signs)
        if text.startswith(r"\frac"):
            slanted = in_line(text)
            return Fragment(text, Precedence.CALL, tall=True, slanted=slanted if slanted != text else "")
        level = Precedence.RAISED if "^" in text else Precedence.ATOM
        first, last = name_edges(text)
        word = text.replace("_", "a").isalnum()
        return Fragment(
            text, level, tall=r"\frac" in text, first=first, last=last, dotted=r" \cdot " in text, word=word
        )

    def number(self, value: Fraction | Real | Surd) -> Fragment:
        """0.5, 1/3, 1.2 * 10^-5."""
        return self.on_line(number_tex(self.numerals.of(value).digits, self.policy.point, self.policy.grouping))

    def on_line(self, written: Fragment) -> Fragment:
        """A fraction of numbers or words, with a slash if this printer's have one."""
        if not (written.slanted and (self.slashed or self.small)):
            return written
        negative = written.level is Precedence.NEGATIVE
        level = Precedence.NEGATIVE_SUM if negative else Precedence.QUOTIENT  # no -2/3/x, no -2/3 x
        return written._replace(text=written.slanted, level=level, tall=False)

    def on_one_line(self, sign: Operator) -> bool:
        """Whether it is a fraction, and has a slash."""
        return (self.slashed or self.small) and sign.barred

    def inside(self, sign: Operator, place: int) -> LatexPrinter:
        """In a fraction, a root and an exponent fractions have a slash, for their letters would be too small."""
        return self if self.small or place not in sign.narrow else self.compact

    @cached_property
    def polynomial(self) -> Callable[[Polynomial], Fragment]:
        """A polynomial as a sum; the same ones come back in every variant."""
        return lru_cache(maxsize=2048)(lambda value: self.term(expanded(value)))

    def literal(self, value: Any) -> Fragment:
        """A value, by type."""
        if isinstance(value, Polynomial):
            return self.polynomial(value)
        if isinstance(value, np.ndarray):
            return self.number(value.item()) if value.size == 1 else self.array(value)
        return self.number(value)

    @property
    def separator(self) -> str:
        """What stands between numbers: a semicolon where a comma is the decimal point."""
        return r";\ " if self.policy.point == "," else r",\ "

    @cached_property
    def arrays(self) -> ByIdentity[Fragment]:
        """Arrays, each written once: a page shows the same ones again and again."""
        return ByIdentity(self.written_array, LINKS)

    def array(self, value: np.ndarray) -> Fragment:
        """A matrix in round brackets; a list of numbers with separators."""
        return self.arrays(value)

    def written_array(self, value: np.ndarray) -> Fragment:
        """An array that has not been written."""
        cells = [self.literal(element) for element in value.flat]
        exact = all(cell.exact for cell in cells)
        if value.ndim == 1:
            tall = any(cell.tall for cell in cells)
            return self.bracketed(Fragment(self.separator.join(cell.text for cell in cells), tall=tall, exact=exact))
        width = value.shape[1]
        rows = [" & ".join(cell.text for cell in cells[at : at + width]) for at in range(0, value.size, width)]
        body = r" \\ ".join(rows)
        return Fragment(rf"\begin{{pmatrix}} {body} \end{{pmatrix}}", tall=True, exact=exact)

    def param(self, term: Apply) -> Fragment:
        """A coefficient or an exponent; the name of a function; the index of a sum."""
        if term.primitive == "apply" and isinstance(term.param, tuple):
            name, order = term.param
            return Fragment(name_tex(str(name), self.signs) + "'" * (order if isinstance(order, int) else 0))
        if term.primitive == "limit" and isinstance(term.param, tuple):
            letter, toward = term.param
            return Fragment(rf"{name_tex(str(letter), self.signs)} \to {TOWARD[str(toward)]}")
        if term.primitive == "sum_to":
            return Fragment(",".join(index_of(term)))
        if term.primitive == "scale":
            return self.coefficient(term.param)._replace(number=False)
        return Fragment(str(term.param))

    def coefficient(self, value: Any) -> Fragment:
        """1/2, where a number that stands alone is 0.5."""
        written = self.fractions.number(value)
        return self.on_line(written) if self.small else written

    def apply(self, term: Apply) -> Fragment:
        """e to the first is e."""
        if term.primitive == "exp" and term.args == (constant(1),):
            return Fragment("e", first=Boundary.LETTER, last=Boundary.LETTER, word=True)
        return super().apply(term)

    def join(self, sign: str, args: list[Fragment]) -> str:
        """Choose the size of brackets and the sign of multiplication."""
        if "<" in sign:
            sign = sized(sign, any(arg.tall for arg in args), self.separator)
        if self.slashed or self.small:
            sign = sign.replace(" / ", "/")
        if "<.>" in sign:
            sign = sign.replace("<.>", TIMES[times(*args)])
        return sign

    def bracketed(self, inner: Fragment) -> Fragment:
        """Round brackets as tall as what they hold, each pair larger than the pairs inside it."""
        size = min(inner.depth, len(BRACKETS) - 1)
        left, right = (r"\left(", r"\right)") if inner.tall else BRACKETS[size]
        edge, text = enclosed(inner), left + inner.text + right
        return inner._replace(
            text=text,
            level=Precedence.ATOM,
            number=False,
            depth=inner.depth + 1,
            first=edge,
            last=edge,
            word=False,
            slanted="",
        )

    def mark(self, body: Fragment, term: Term) -> Fragment:
        """A coloured box around a repeated factor."""
        role = term.role if isinstance(term, Marked) else 0
        return Fragment(
            rf"\kgmark{{{role}}}{{{body.text}}}", Precedence.ATOM, tall=True, exact=body.exact, number=body.number
        )


def name_edges(text: str) -> tuple[Boundary, Boundary]:
    """What a name begins and ends with."""
    first, letter = Boundary.DIGIT if text[:1].isdigit() else Boundary.OTHER, LETTER.search(text)
    if letter is None:
        return first, Boundary.DIGIT if text[-1:].isdigit() else Boundary.OTHER
    last = Boundary.POWER if letter[1] else Boundary.LETTER
    return first if letter.start() else last, last


class DigitTemplate(NamedTuple):
    """A term with holes for its digits. A hole is the place of a literal, of a number in it (-1: the whole array), and
    of a part of that number (of an array 1 where its fractions have a slash)."""

    written: Fragment
    holes: tuple[tuple[int, int, int], ...]

    def filled(self, texts: list[str]) -> Fragment:
        """The term with what belongs into its holes."""
        return self.written._replace(text=self.written.text.format(*texts))


class InlineLatexPrinter(LatexPrinter):
    """TeX mathematics for a line of words, which a fraction with a bar would be too tall for, or too small to read."""

    slashed = True


class TemplateLatexPrinter(LatexPrinter):
    """TeX that writes marks into the holes: digits of another script, which are digits for all that asks, and for an
    array a character that is nothing else. What stands around them is as it would be."""

    def __init__(self, tex: LatexPrinter, leaves: tuple[Leaf, ...]) -> None:
        super().__init__(tex.policy, tex.signs)
        self.slashed, self.names, self.leaves = tex.slashed, tex.names, leaves
        self.holes: list[tuple[int, int, int]] = []

    def hole(self, leaf: int, place: int, part: int) -> int:
        """A hole more; its number."""
        self.holes.append((leaf, place, part))
        return len(self.holes) - 1

    def number(self, value: Any) -> Fragment:
        """Holes for the parts of a number."""
        return self.on_line(self.marked(value)) if isinstance(value, Hole) else super().number(value)

    def coefficient(self, value: Any) -> Fragment:
        """Holes for the parts of a coefficient."""
        if not isinstance(value, Hole):
            return super().coefficient(value)
        return self.on_line(self.marked(value)) if self.small else self.marked(value)

    def marked(self, value: Hole) -> Fragment:
        """Marks in the places of a number's digits."""
        parts = self.leaves[value.leaf].numbers[value.place].parts
        marks = [digit_mark(self.hole(value.leaf, value.place, part)) for part in range(len(parts))]
        shown = value.shape_class._replace(text="/".join(marks)) if parts else value.shape_class
        return number_tex(shown, self.policy.point)

    def array(self, value: np.ndarray) -> Fragment:
        """A hole for the whole array."""
        hole = value.flat[0]
        if not isinstance(hole, Hole):
            return super().array(value)
        written = super().array(self.leaves[hole.leaf].value)
        return written._replace(text=array_mark(self.hole(hole.leaf, -1, int(self.small))))


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
def number_tex(shown: Digits, point: str, grouping: int = 0) -> Fragment:
    """Digits with their sign: the same ones stand on every page."""
    text, level, tall = magnitude_tex(shown, point, grouping)
    first, last = number_edges(shown)
    slanted = slanted_tex(shown) if "/" in shown.text else ""
    written = Fragment(
        text, level, tall, shown.exact, number=True, first=first, last=last, dotted=bool(shown.exponent),
        word=level is Precedence.ATOM, slanted=slanted,
    )  # fmt: skip
    if not shown.negative:
        return written
    slanted = f"-{slanted}" if slanted else ""
    return written._replace(
        text="-" + text, level=Precedence.NEGATIVE, first=Boundary.OTHER, word=False, slanted=slanted
    )


def magnitude_tex(shown: Digits, point: str, grouping: int) -> tuple[str, Precedence, bool]:
    """Digits without their sign."""
    if shown.root != 1:
        return root_tex(shown)
    if "/" in shown.text:
        top, bottom = shown.text.split("/")
        return rf"\frac{{{top}}}{{{bottom}}}", Precedence.FRACTION, True
    text, power = pointed(shown.text, point, grouping), f"{shown.base}^{{{shown.exponent}}}"
    if shown.lone_power:
        return power, Precedence.RAISED, False
    if shown.exponent:
        return rf"{text} \cdot {power}", Precedence.SCALED, False
    return text, Precedence.ATOM, False


def pointed(digits: str, point: str, grouping: int = 0) -> str:
    """Digits with the sheet's decimal separator; a thin space between groups of a long whole part."""
    whole, dot, decimals = digits.partition(".")
    return grouped(whole, grouping, r"\,") + (dot and ("{,}" if point == "," else ".")) + decimals


def root_tex(shown: Digits) -> tuple[str, Precedence, bool]:
    """sqrt(10), 3 sqrt(10), 3 sqrt(10) / 4"""
    top, _, bottom = shown.text.partition("/")
    above = over(shown.root, top)
    if bottom:
        return rf"\frac{{{above}}}{{{bottom}}}", Precedence.FRACTION, True
    return above, Precedence.CALL if top == "1" else Precedence.SCALED, False


def over(root: int, top: str) -> str:
    """3 sqrt(10), sqrt(10), 3"""
    if root == 1:
        return top
    return (top if top != "1" else "") + rf"\sqrt{{{root}}}"


def slanted_tex(shown: Digits) -> str:
    """The digits of a fraction on one line."""
    top, _, bottom = shown.text.partition("/")
    return f"{over(shown.root, top)}/{bottom}"


AROUND = {"bar": (r"\lvert", r"\rvert"), "low": (r"\lfloor", r"\rfloor"), "high": (r"\lceil", r"\rceil")}


@lru_cache(maxsize=1024)
def sized(sign: str, tall: bool, separator: str) -> str:
    """A sign with brackets as tall as what they hold."""
    for bracket, side in zip("()[]", ("left", "right") * 2, strict=True):
        sign = sign.replace(f"<{bracket}>", rf"\{side}{bracket}" if tall else bracket)
    for mark, (left, right) in AROUND.items():
        left, right = (rf"\left{left} ", rf" \right{right}") if tall else (f"{left} ", f" {right}")
        sign = sign.replace(f"<{mark}>", left).replace(f"</{mark}>", right)
    return sign.replace("<,>", separator)


@lru_cache(maxsize=64)
def tex(policy: Policy, signs: tuple[tuple[str, str], ...], *, slashed: bool = False) -> LatexPrinter:
    """The TeX of one policy and one exercise's signs, with the formulas that it has written before; for a line of
    words its fractions are `slashed`."""
    return (InlineLatexPrinter if slashed else LatexPrinter)(policy, dict(signs))


def chain_tex(chain: Chain, printer: LatexPrinter) -> str:
    """symbols = numbers = value, as arguments of the style's \\kgchain, which breaks a long one at its relations."""
    first, *others = related(chain, printer)
    links = "".join(rf"\kglink{{{sign}}}{{{text}}}" for sign, text in others)
    return rf"\kgchain{{{first[1]}}}{{{links}}}"


def related(chain: Chain, printer: LatexPrinter) -> list[tuple[str, str]]:
    """The links of a chain, each with the sign before it ("" before the first)."""
    return [(sign, link.text) for sign, link in chains.related(chain, printer, RELATIONS)]
