"""One printer for everything that reaches a page, by type. What it does not know raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from keygen.course.differentials import Reading, Result, Sizes
from keygen.course.figures import Figure, Size, Swatch, Table
from keygen.differentials.expression import Expression
from keygen.engine.polynomial import Polynomial
from keygen.engine.surd import Surd
from keygen.engine.terms import Apply, Chain, Literal, Marked, Name, Term, constant
from keygen.errors import KeygenError
from keygen.notation.medium import Medium, Written, expanded, index_of
from keygen.notation.numbers import Digits, Policy, digits
from keygen.notation.readback import Proofs
from keygen.notation.signs import RELATIONS, Level
from keygen.page.differentials import Steps, expression_tex, reading_tex, result_tex, sizes_tex, steps_tex
from keygen.page.document import TeX
from keygen.page.figures.drawn import drawn, sample
from keygen.page.names import indexed_tex, name_tex

FRACTION = re.compile(r"\\frac\{[\d{},.]+\}\{[\d{},.]+\}")  # of numbers: after a number it would read as 2 1/3
EXPONENT = re.compile(r"^e\^\{(-?)\\frac\{((?:\w|\{,\}|\.)+)\}\{((?:\w|\{,\}|\.)+)\}\}$")
SIGNED = re.compile(r"\(-[\d{},.]+\)$")  # a negative number, which after a number needs a dot as any other does
TOWARD = {"+oo": r"+\infty", "-oo": r"-\infty", "0+": "0+"}
LETTER = re.compile(r"(?<![A-Za-z\\])[a-z](\^\{\d\})?$")  # x, y^2: what stands close to its coefficient
BRACKETS = (("(", ")"), (r"\bigl(", r"\bigr)"), (r"\Bigl(", r"\Bigr)"), (r"\biggl(", r"\biggr)"))  # by depth


class Tex(Medium):
    """TeX mathematics, for the inside of a formula."""

    def name(self, term: Name) -> Written:
        """W_1, y_i, the derivative of L by W_1."""
        text = indexed_tex(term.name, term.index, self.signs)
        if text.startswith(r"\frac"):
            return Written(text, Level.CALL, tall=True)
        return Written(text, Level.RAISED if "^" in text else Level.ATOM, tall=r"\frac" in text)

    def number(self, value: Fraction | float | Surd) -> Written:
        """0.5, 1/3, 1.2 * 10^-5."""
        return number_tex(digits(value, self.policy), self.policy.point)

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
        if term.primitive == "scale" and isinstance(term.param, Fraction):
            return Tex(replace(self.policy, decimals=0)).number(term.param)._replace(number=False)
        return Written(str(term.param))

    def apply(self, term: Apply) -> Written:
        """e to the first is e; an exponent that is a short fraction is written on one line: e^(5/T)."""
        if term.primitive != "exp":
            return super().apply(term)
        if term.args == (constant(1),):
            return Written("e")
        written = super().apply(term)
        text, slanted = EXPONENT.subn(r"e^{\1\2/\3}", written.text)
        return written._replace(text=text, tall=written.tall and not slanted)

    def join(self, sign: str, args: list[Written]) -> str:
        """Choose the size of brackets and the sign of multiplication."""
        if "<" in sign:
            sign = sized(sign, any(arg.tall for arg in args), self.separator)
        if "<.>" in sign:
            left, right = args
            signed = SIGNED.match(right.text) and (left.text[-1:].isdigit() or SIGNED.search(left.text))
            digit = right.text[:1].isdigit() or FRACTION.match(right.text)
            dot = bool(right.number or left.number or digit or signed)
            dot = dot or (left.text[-1:].isdigit() and r" \cdot " in left.text)  # 1 . 1 . y, not 1 . 1y
            near = LETTER.fullmatch(right.text) and (left.text[-1:].isdigit() or LETTER.search(left.text))
            sign = sign.replace("<.>", r" \cdot " if dot else "" if near else r"\,")
        return sign

    def bracketed(self, inner: Written) -> Written:
        """Round brackets as tall as what they hold, each pair larger than the pairs inside it."""
        size = min(inner.depth, len(BRACKETS) - 1)
        left, right = (r"\left(", r"\right)") if inner.tall else BRACKETS[size]
        return inner._replace(text=left + inner.text + right, level=Level.ATOM, number=False, depth=inner.depth + 1)

    def mark(self, body: Written, term: Term) -> Written:
        """A coloured box around a repeated factor."""
        role = term.role if isinstance(term, Marked) else 0
        return body._replace(text=rf"\kgmark{{{role}}}{{{body.text}}}", level=Level.ATOM, tall=True)


@lru_cache(maxsize=8192)
def number_tex(shown: Digits, point: str) -> Written:
    """Digits with their sign: the same ones stand on every page."""
    text, level, tall = magnitude_tex(shown, point)
    if shown.negative:
        return Written("-" + text, Level.NEGATIVE, tall, shown.exact, number=True)
    return Written(text, level, tall, shown.exact, number=True)


def magnitude_tex(shown: Digits, point: str) -> tuple[str, Level, bool]:
    """Digits without their sign."""
    if shown.root != 1:
        return root_tex(shown)
    if "/" in shown.text:
        top, bottom = shown.text.split("/")
        return rf"\frac{{{top}}}{{{bottom}}}", Level.FRACTION, True
    text = shown.text.replace(".", "{,}") if point == "," else shown.text
    if shown.exponent:
        return rf"{text} \cdot 10^{{{shown.exponent}}}", Level.SCALED, False
    return text, Level.ATOM, False


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
    written = [medium.write(link) for link in chain.links]
    texts = [written[0].text]
    pieces = []
    for place, (before, link) in enumerate(pairwise(written), start=1):
        relation = chain.relation(place)
        if link.text == texts[-1] and relation in ("=", "<=>"):
            continue
        rounded = relation == "=" and not (link.exact and (before.exact or link.text == "0"))
        sign = r"\approx" if rounded else RELATIONS[relation]
        pieces.append(rf"\kglink{{{sign}}}{{{link.text}}}")
        texts.append(link.text)
    return rf"\kgchain{{{texts[0]}}}{{{''.join(pieces)}}}"


@dataclass(frozen=True, slots=True)
class Beside:
    """Formulas that a page shows beside each other, as many in a row as fit; `end` closes the last."""

    items: tuple[Any, ...]
    end: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """Formulas that a sentence names one after another."""

    items: tuple[Any, ...]


ESCAPES = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def escaped(text: str) -> TeX:
    """Words as TeX prints them, whatever they hold."""
    return TeX("".join(ESCAPES.get(character, character) for character in text))


class Printer:
    """Everything that `\\val{ }` may print, by type, in one policy and with one exercise's signs.

    A chain is read back before it is printed, unless `proofs` knows it already.
    """

    def __init__(self, policy: Policy, signs: Mapping[str, str] | None = None, proofs: Proofs | None = None) -> None:
        self.proofs = proofs or Proofs({}, policy, {})
        self.medium = tex(policy, tuple((signs or {}).items()))

    def typeset(self, value: Any) -> str:
        """TeX of a value. Raises KeygenError for a type that has no form on a page."""
        for kind, write in self.FORMS:
            if isinstance(value, kind):
                return write(self, value)
        raise KeygenError(
            f"a page has no form for a {type(value).__name__}",
            found=repr(value)[:80],
            expected="a line, a term, a number, a figure or words",
        )

    def chain(self, chain: Chain) -> str:
        """A line, read back first."""
        self.proofs.require(chain)
        return chain_tex(chain, self.medium)

    def term(self, term: Term) -> str:
        """A term alone."""
        return self.medium.write(term).text

    def listed(self, row: Listed) -> str:
        """Formulas inside a sentence, with commas, or with semicolons where a number has a comma; lines break there."""
        items = [self.typeset(item) for item in row.items]
        mark = ";" if any("{,}" in item for item in items) else "{,}"
        return rf"{mark}\allowbreak\ ".join(items)

    def beside(self, row: Beside) -> str:
        """Several formulas in a row, with commas between them and a mark after the last."""
        marks = [*("," for _ in row.items[1:]), row.end]
        items = (rf"\kgitem{{{self.typeset(item)}{mark}}}" for item, mark in zip(row.items, marks, strict=True))
        return rf"\kgbeside{{{''.join(items)}}}"

    def label(self, label: Term | Chain | None) -> str | None:
        """A figure's label: a term, or a line's first equality, without breaks."""
        if isinstance(label, Chain):
            self.proofs.require(label)
            return " = ".join(self.term(link) for link in label.links)
        return None if label is None else self.term(label)

    def figure(self, figure: Figure) -> str:
        """A picture, centred."""
        return f"\\begin{{kgfigure}}\n{drawn(figure, self.label)}\n\\end{{kgfigure}}"

    def table(self, table: Table) -> str:
        """Rows under a head, the first column set off."""
        rows = [" & ".join(self.label(cell) or "" for cell in row) for row in (table.head, *table.rows)]
        body = rows[0] + r" \\ \hline " + r" \\ ".join(rows[1:])
        return rf"\kgtable{{c|{'c' * (len(table.head) - 1)}}}{{{body}}}"

    def size(self, size: Size) -> str:
        """Which matrices a matrix is one of: X is in R^(n x d)."""
        lengths = r" \times ".join(size.letters.get(length, str(length)) for length in size.of.shape)
        return rf"{self.term(size.of)} \in \mathbb{{R}}^{{{lengths}}}"

    def swatch(self, swatch: Swatch) -> str:
        """A sample of a path's stroke."""
        return sample(swatch.number)

    FORMS: ClassVar[tuple[tuple[Any, Callable[[Printer, Any], str]], ...]] = (
        (TeX, lambda self, text: str(text)),
        (str, lambda self, text: escaped(text)),
        (Chain, chain),
        (Beside, beside),
        (Listed, listed),
        (Figure, figure),
        (Table, table),
        (Size, size),
        (Swatch, swatch),
        (Steps, lambda self, shown: steps_tex(shown)),
        (Result, lambda self, result: result_tex(result)),
        (Reading, lambda self, reading: reading_tex(reading)),
        (Sizes, lambda self, sizes: sizes_tex(sizes)),
        (Expression, lambda self, e: expression_tex(e)),
        (Name | Literal | Apply | Marked, term),
        (bool, lambda self, flag: self.refuse(flag)),
        (int | Fraction, lambda self, number: self.term(Literal(Fraction(number)))),
    )

    def refuse(self, flag: bool) -> str:
        """A truth value is for `%% if`, not for the page."""
        raise KeygenError(f"a page does not print {flag}", repair="say it in words with `%% if`")
