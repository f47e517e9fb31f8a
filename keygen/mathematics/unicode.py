"""Terms and chains for a terminal, in Unicode: on one line what fits on one, matrices and cases over several.

    block(term)                      x² + (1/2) y
    block(chain, width=80)           z = w x + b = 2 · 3 + 1 = 7, broken at its relations
    inline(term)                     the same in one piece of text, for what has no matrix of numbers in it

Fractions stand on one line, so brackets are those of `Operator.flat`; everything else is the one table's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from msgspec.structs import replace

from keygen.engine.real import Real
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.mathematics import text_boxes as boxes
from keygen.mathematics.chains import related
from keygen.mathematics.names import indexed_tex, name_tex
from keygen.mathematics.number_format import Digits, Policy, digits, grouped
from keygen.mathematics.operators import TERMINAL_RELATIONS, Precedence
from keygen.mathematics.printer import Boundary, Fragment, Printer, Times, enclosed, index_of, number_edges, times
from keygen.mathematics.terms import Apply, Chain, Marked, Name, Term
from keygen.mathematics.text_boxes import TextBox

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ",
    "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ",
    "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip
SYMBOLS = {
    **GREEK, "partial": "∂", "infty": "∞", "lVert": "‖", "rVert": "‖", "cdot": " · ", "odot": " ∘ ", "to": " → ",
    "le": " ≤ ", "ge": " ≥ ", "ne": " ≠ ", "top": "T", "nabla": "∇", "dots": "…", "ldots": "…", "prime": "′",
    "ell": "ℓ", "sim": " ∼ ", "times": " × ", ",": " ", ";": " ", "!": "", "quad": "  ", "left": "", "right": "",
    "bigl": "", "bigr": "", "Bigl": "", "Bigr": "",
}  # fmt: skip
ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303"}
PLAIN = frozenset({"kgmat", "mathcal", "mathrm", "mathbf", "mathit", "text", "operatorname"})
WORD = re.compile(r"\\([A-Za-z]+|.)\s*")
TOWARD = {"+oo": "+∞", "-oo": "−∞", "0+": "0+"}
TIMES = {Times.DOT: " · ", Times.CLOSE: "", Times.APART: " "}
TOKENS = {
    "<(>": boxes.ROUND, "<)>": boxes.END, "<[>": boxes.SQUARE, "<]>": boxes.END, "<{{>": boxes.CASES,
    "<|>": boxes.BREAK, "<}}>": boxes.END, "<^>": boxes.RAISED, "<_>": boxes.LOWERED, "<;>": boxes.END,
    "< >": boxes.SPACE,
}  # fmt: skip
CLOSE = re.compile("[a-zα-ω]")
ENCLOSED = re.compile(r"\([^()]*\)")
SCRIPT = re.compile(f"[{boxes.RAISED}{boxes.LOWERED}][^{boxes.END}]*{boxes.END}")
SEVERAL = re.compile(r"[+−/·∘×]")


def block(
    shown: Term | Chain, policy: Policy | None = None, signs: Signs | None = None, width: int | None = None
) -> str:
    """A term or a chain as lines for a terminal, without a line's end behind the last.

    policy  how numbers look: the sheet's
    signs   the exercise's own signs for its names, in TeX, as its page takes them
    width   the columns that a chain may take before it is broken at a relation; None for any number

    Raises KeygenError for an operation without a sign.
    """
    if not isinstance(shown, Chain):
        return "\n".join(line.rstrip() for line in whole(shown, policy, signs).lines)
    first, *others = links(shown, policy, signs)
    return "\n".join(boxes.broken(first[1], others, width))


def whole(shown: Term | Chain, policy: Policy | None = None, signs: Signs | None = None) -> TextBox:
    """A term or a chain unbroken, however wide. Raises KeygenError for an operation without a sign."""
    if isinstance(shown, Chain):
        (_, first), *others = links(shown, policy, signs)
        return boxes.beside([first, *(part for sign, box in others for part in (TextBox((f" {sign} ",)), box))])
    printer = terminal(policy or Policy(), tuple((signs or {}).items()))
    return printer.box(printer.write(shown))


def links(chain: Chain, policy: Policy | None = None, signs: Signs | None = None) -> list[tuple[str, TextBox]]:
    """The sides of a chain, each but the first behind its relation."""
    printer = terminal(policy or Policy(), tuple((signs or {}).items()))
    return [(sign, printer.box(written)) for sign, written in related(chain, printer, TERMINAL_RELATIONS)]


def inline(term: Term, policy: Policy | None = None, signs: Signs | None = None) -> str:
    """A term on one line. Raises KeygenError for one that takes several."""
    text = block(term, policy, signs)
    if "\n" in text:
        raise KeygenError("this takes more than one line", found=text, repair="write it as a block")
    return text


Signs = Mapping[str, str]


class UnicodePrinter(Printer):
    """Text with the marks of `boxes`; arrays are boxes of their own."""

    pattern: ClassVar[str] = "unicode"
    flat: ClassVar[bool] = True

    def __init__(self, policy: Policy, signs: Signs) -> None:
        super().__init__(policy, signs)
        self.arrays: list[TextBox] = []

    def box(self, written: Fragment) -> TextBox:
        """A finished text, laid out."""
        return boxes.laid_out(written.text, self.arrays)

    def name(self, term: Name) -> Fragment:
        """W₁, yᵢ, ŷ, ∂L/∂W₁"""
        return named(indexed_tex(term.name, term.index, self.signs))

    def number(self, value: Fraction | Real | Surd) -> Fragment:
        """−0.5, 1/3, 1.2·10⁻⁵, 3√10/4"""
        return number_written(digits(value, self.policy), self.policy.point, self.policy.grouping)

    @property
    def separator(self) -> str:
        """What stands between numbers."""
        return "; " if self.policy.point == "," else ", "

    def array(self, value: np.ndarray) -> Fragment:
        """A matrix in square brackets, a list in round ones."""
        cells = [self.literal(element) for element in value.flat]
        exact = all(cell.exact for cell in cells)
        if value.ndim == 1:
            return self.bracketed(Fragment(self.separator.join(cell.text for cell in cells), exact=exact))
        texts = [self.box(cell).lines[0] for cell in cells]
        columns = value.shape[1]
        box = boxes.grid([texts[at : at + columns] for at in range(0, value.size, columns)])
        if box not in self.arrays:
            self.arrays.append(box)
        return Fragment(chr(boxes.FIRST + self.arrays.index(box)), exact=exact)

    def param(self, term: Apply) -> Fragment:
        """A coefficient or an exponent; the name of a function; the index of a sum."""
        match term.primitive, term.param:
            case "apply", (name, order):
                prime = "′" * (order if isinstance(order, int) else 0)
                return Fragment(from_tex(name_tex(str(name), self.signs)) + prime)
            case "limit", (letter, toward):
                return Fragment(f"{from_tex(name_tex(str(letter), self.signs))} → {TOWARD[str(toward)]}")
            case "sum_to", _:
                return Fragment(index_of(term))
            case "scale", _:
                return self.coefficient(term.param)
        return Fragment(str(term.param).replace("-", "−"))

    def coefficient(self, value: Any) -> Fragment:
        """2, (1/2), −(1/2): the line of a fraction ends where its brackets do, behind a minus too."""
        factor = UnicodePrinter(fractions(self.policy), {}).literal(value)
        if factor.level is Precedence.NEGATIVE and "/" in factor.text:
            inner = self.coefficient(-value)
            return inner._replace(text="−" + inner.text, level=Precedence.NEGATIVE, first=Boundary.OTHER)
        return (self.bracketed(factor) if factor.level is Precedence.QUOTIENT else factor)._replace(number=False)

    def join(self, sign: str, args: list[Fragment]) -> str:
        """Choose the sign of multiplication and put the marks in."""
        if "<.>" in sign:
            sign = sign.replace("<.>", TIMES[times(*args)])
        for token, mark in TOKENS.items():
            sign = sign.replace(token, mark)
        return sign.replace("<,>", self.separator)

    def mark(self, body: Fragment, term: Term) -> Fragment:
        """Double brackets with a number around a repeated factor."""
        role = boxes.lowered(str(term.role)) if isinstance(term, Marked) else ""
        return body._replace(
            text=f"⟦{body.text}⟧{role}", level=Precedence.ATOM, first=Boundary.BRACKET, last=Boundary.BRACKET
        )

    def bracketed(self, inner: Fragment) -> Fragment:
        """Round brackets as tall as what they hold."""
        edge, text = enclosed(inner), boxes.ROUND + inner.text + boxes.END
        return inner._replace(text=text, level=Precedence.ATOM, number=False, first=edge, last=edge)


@lru_cache(maxsize=16)
def fractions(policy: Policy) -> Policy:
    """The policy without decimals: a half of x, and not 0.5 x."""
    return replace(policy, decimals=0)


def terminal(policy: Policy, signs: tuple[tuple[str, str], ...]) -> UnicodePrinter:
    """A printer of one policy and one exercise's signs."""
    return UnicodePrinter(policy, dict(signs))


def number_written(shown: Digits, point: str, grouping: int = 0) -> Fragment:
    """Digits with their sign on one line."""
    top, _, bottom = shown.text.partition("/")
    level = Precedence.QUOTIENT if bottom else Precedence.ATOM
    if shown.root != 1:
        top, level = ("" if top == "1" else top) + f"√{shown.root}", level if bottom else Precedence.SCALED
    whole, dot, decimals = top.partition(".")
    if shown.root == 1:
        top = grouped(whole, grouping, " ") + (dot and point) + decimals
    if shown.exponent:
        power = f"{shown.base}{boxes.raised(str(shown.exponent))}"
        top, level = (power, Precedence.RAISED) if shown.lone_power else (f"{top}·{power}", Precedence.SCALED)
    text = f"{top}/{bottom}" if bottom else top
    first, last = number_edges(shown)
    if shown.negative:
        return Fragment("−" + text, Precedence.NEGATIVE, exact=shown.exact, number=True, last=last)
    return Fragment(text, level, exact=shown.exact, number=True, first=first, last=last)


@lru_cache(maxsize=2048)
def named(sign: str) -> Fragment:
    """A name, by its sign in TeX."""
    text = from_tex(sign)
    edge = Boundary.LETTER if CLOSE.fullmatch(text) else Boundary.DIGIT if text.isdecimal() else Boundary.OTHER
    divided = "/" in ENCLOSED.sub("", text)
    level = (
        Precedence.FRACTION
        if sign.startswith(r"\frac{\partial")
        else Precedence.QUOTIENT
        if divided
        else Precedence.ATOM
    )
    level = Precedence.RAISED if level is Precedence.ATOM and boxes.RAISED in text else level
    return Fragment(text, level, first=edge, last=edge)


def from_tex(sign: str) -> str:
    """The sign of a name in TeX as text with the marks of `boxes`."""
    return unicodedata.normalize("NFC", SignReader(sign).text()).replace("′′", "″")


def over(half: str) -> str:
    """A half of a fraction on one line: in brackets if it has a sign, and without the blanks of TeX."""
    text = half.replace(f"{boxes.END} ", boxes.END)
    return f"({text})" if SEVERAL.search(SCRIPT.sub("", text)) else text


class SignReader:
    """Reads the TeX of a name's sign: letters, accents, indices, fractions."""

    def __init__(self, tex: str) -> None:
        self.tex, self.place = tex, 0

    def text(self) -> str:
        """All that is left."""
        found = ""
        while self.place < len(self.tex):
            found += self.item()
        return found

    def item(self) -> str:
        """A group, a command, a raised or lowered part, a character."""
        here = self.tex[self.place]
        if here == "{":
            return SignReader(self.group()).text()
        if here in "^_":
            self.place += 1
            return (boxes.RAISED if here == "^" else boxes.LOWERED) + self.item() + boxes.END
        if here == "\\":
            return self.command()
        self.place += 1
        return {"-": "−", "'": "′", "*": "∗", "~": " "}.get(here, here)

    def group(self) -> str:
        """The TeX between the braces that open here."""
        start, depth = self.place, 0
        while self.place < len(self.tex):
            depth += {"{": 1, "}": -1}.get(self.tex[self.place], 0)
            self.place += 1
            if not depth:
                break
        return self.tex[start + 1 : self.place - 1]

    def command(self) -> str:
        """A Greek letter, an accent, a fraction, a word."""
        found = WORD.match(self.tex, self.place)
        if found is None:
            self.place += 1
            return "\\"
        self.place = found.end()
        word = found[1]
        if word in ("frac", "dfrac", "tfrac"):
            return "/".join(over(self.item()) for _ in range(2))
        if word in ACCENTS:
            inner = self.item()
            return inner[:1] + ACCENTS[word] + inner[1:]
        if word in PLAIN:
            return self.item()
        behind = self.tex[self.place : self.place + 1]
        return SYMBOLS.get(word, word + " " * (behind.isalnum() or behind == "\\"))
