"""The text of a terminal taken apart: Unicode itself says which letter a Greek, raised or lowered one is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from unicodedata import decomposition, normalize
from unicodedata import name as unicode_name

from keygen.matrix.reading.grammar import Item, Key, LetterScope, keyed
from keygen.matrix.reading.meaning import IdentityOrOnes, MatrixMisreadError
from keygen.matrix.shapes import Dimensions

SIGNS = {"+": "+", "−": "-", "/": "/", "∘": "*", "·": ".", "(": "open", ")": "close"}
BEFORE_NORM = " (−·"
CALLED = re.compile(r"(ln|det|tr|exp)(?= ?\(| det\()")
LOGISTIC = re.compile(r"σ(?= ?\()")
OPENED = re.compile(r"[\w(√]| \(| (?:ln|det|tr|exp|√|σ)(?=[ (])")
INDEX = re.compile(r"\[(\w+)\]")
TOTAL = re.compile(r"∑\((\w+)=1\.\.(\w+)\)|∑\[(\w+)\]|∑")
ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde"}
FRACTIONAL = re.compile(r"\^\((−?[0-9]+/[0-9]+)\)")


def mark(character: str, kind: str) -> str | None:
    """What a raised (`<super>`) or lowered (`<sub>`) character is when it stands on the line."""
    found, _, code = decomposition(character).partition(" ")
    if found != kind:
        return None
    letter = chr(int(code, 16))
    return "-" if letter == "−" else letter


def greek(character: str) -> str | None:
    """The name of a Greek letter: lam, Sigma."""
    words = unicode_name(character, "").split()
    if words[:1] != ["GREEK"] or "LETTER" not in words:
        return None
    name = words[-1].lower().replace("lamda", "lam" if "SMALL" in words else "lambda")
    return name if "SMALL" in words else name.capitalize()


def key(name: str, index: str) -> Key:
    """How a letter looks: what stands on the line, and what below it."""
    stem = name.rstrip("0123456789")
    return (stem, name[len(stem) :] + index)


class PlainTokens:
    """A text of the terminal, word by word."""

    def __init__(self, text: str, scope: LetterScope, dims: Dimensions) -> None:
        self.text, self.place, self.dims, self.opened = normalize("NFD", text), 0, dims, -1
        self.letters = keyed((key(name, index), node) for name, index, node in scope.nodes())
        self.stems = sorted({stem for stem, _ in self.letters}, key=len, reverse=True)
        self.wholes = {name: key(name, "") for name, index, _ in scope.nodes() if not index and len(name) > 1}

    def items(self) -> Iterator[Item]:
        """The words. Raises MisreadError at what is none."""
        while self.place < len(self.text):
            if (item := self.word()) is not None:
                yield item

    def word(self) -> Item | None:
        """The next word, None for a space."""
        rest, here = self.text[self.place :], self.text[self.place]
        if here == " ":
            return self.took(1, None)
        if here in SIGNS:
            return self.took(1, Item(SIGNS[here]))
        if here == "‖":
            opens = self.place == 0 or self.text[self.place - 1] in BEFORE_NORM or self.place == self.opened
            self.opened = self.place + 1 if opens else -1
            return self.took(1, Item("norm" if opens else "norm end"))
        if found := re.match(r"[0-9]+", rest):
            return self.took(found.end(), Item("number", Fraction(found[0])))
        if here == "√" or LOGISTIC.match(rest):
            return self.took(1, Item("call", "root" if here == "√" else "logistic"))
        if found := TOTAL.match(rest):
            self.place += found.end()
            index = found[1] or found[3] or self.marks("<sub>")
            size = found[2]
            return Item("total", (index, int(size) if size and size.isdecimal() else size))
        if found := FRACTIONAL.match(rest):
            return self.took(found.end(), Item("raised", found[1].replace("−", "-")))
        if mark(here, "<super>"):
            return Item("raised", self.marks("<super>"))
        if found := CALLED.match(rest):
            return self.took(found.end(), Item("call", found[1]))
        return self.letter(rest)

    def took(self, length: int, item: Item | None) -> Item | None:
        """The item, the text of this length behind it."""
        self.place += length
        return item

    def marks(self, kind: str) -> str:
        """The raised or lowered characters that follow."""
        found = ""
        while self.place < len(self.text) and (letter := mark(self.text[self.place], kind)):
            found += letter
            self.place += 1
        return found

    def letter(self, rest: str) -> Item:
        """A letter with what stands below it, I, the ones, or the d of a differential."""
        here = rest[0]
        name = greek(here)
        if rest[1:2] in ACCENTS:
            self.place += 2
            return self.found((name or here) + ACCENTS[rest[1]], self.below())
        known = name if name else next((stem for stem in self.whole_first(rest) if rest.startswith(stem)), None)
        moved = here == "d" and known in (None, "d") and OPENED.match(rest[1:])
        if moved and not mark(rest[1], "<sub>") and not mark(rest[1], "<super>"):
            self.place += 1
            return Item("d")
        if known is None and here in "I𝟏":
            self.place += 1
            size = self.below()
            told = int(size) if size.isdecimal() else size
            return Item("unit", IdentityOrOnes(told or self.dims.fresh(), column=here == "𝟏"))
        if known is None:
            raise MatrixMisreadError(f"an unknown letter: {here}")
        self.place += 1 if name else len(known)
        if known in self.wholes and (known, "") not in self.letters:
            return Item("letter", self.letters[self.wholes[known]])
        return self.found(known, self.below())

    def found(self, stem: str, below: str) -> Item:
        """The letter of this stem with what stands below it. Raises MisreadError for one that nobody knows."""
        if (stem, below) not in self.letters:
            raise MatrixMisreadError(f"an unknown letter: {stem}{below and '_' + below}")
        return Item("letter", self.letters[stem, below])

    def whole_first(self, rest: str) -> list[str]:
        """What may stand on the line, long names first."""
        return sorted({*self.stems, *self.wholes}, key=len, reverse=True)

    def below(self) -> str:
        """What stands below a letter: x₁, xᵢ, x[q]."""
        digits = self.marks("<sub>")
        if found := INDEX.match(self.text[self.place :]):
            self.place += found.end()
            return digits + found[1]
        return digits
