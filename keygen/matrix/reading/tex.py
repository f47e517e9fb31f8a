"""The TeX of a page taken apart: letters in \\kgmat or braces, fractions, roots, brackets of any height."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from keygen.mathematics import braces
from keygen.matrix.reading.grammar import Item, Key, LetterScope, keyed
from keygen.matrix.reading.meaning import IdentityOrOnes, MatrixMisreadError, Node
from keygen.matrix.shapes import Dim, Dimensions

BLANK = re.compile(r"\\,|\s+|\{\}|\\!|\\[bB]igg?[lr](?=[()])")
SIGNS = {
    "+": "+", "-": "-", "/": "/", "(": "open", ")": "close", r"\odot": "*", r"\cdot": ".", r"\lVert": "norm",
    r"\rVert": "norm end",
}  # fmt: skip
NUMBER = re.compile(r"[0-9]+")
SIGN = re.compile(r"[+()/-]|\\(?:odot|cdot|lVert|rVert)(?![A-Za-z])")
CALLED = re.compile(r"\\(ln|det|exp)(?![A-Za-z])|\\operatorname\{(tr)\}")
TOTAL = re.compile(r"\\sum_\{(\w+)=1\}\^\{")
FRACTION = re.compile(r"\\t?frac(?=\{)")
ROOT = re.compile(r"\\sqrt(?=\{)")
EXPONENTS = {r"\top": "T", r"-\top": "-T"}
EXPONENT = re.compile(r"-?\d+(?:/\d+)?")
GLYPH = re.compile(r"\\[A-Za-z]+|[A-Za-z]")
ACCENTED = re.compile(r"\\(hat|bar|tilde)\{(.*)\}")
UPRIGHT = re.compile(r"\\math(?:rm|it)\{([A-Za-z]\w*)\}")
NEW = re.compile(r"(.*)\^\{\\mathrm\{new\}\}")
NAME = re.compile(r"([A-Za-z]+?)(hat|bar|tilde)?(\d*)((?:_[A-Za-z0-9]+)*)")
SPELLED = {"lam": "lambda", "rate": "eta"}


def key(name: str, index: str) -> Key:
    """How a letter looks: its glyph, its accent, the marks below it."""
    found = NAME.fullmatch(name)
    if found is None:
        return (name, "", index)
    letters, accent, digits, rest = found.groups(default="")
    marks = ",".join(mark for mark in (digits, *rest.split("_"), index) if mark)
    return (SPELLED.get(letters, letters), accent, marks)


@lru_cache(maxsize=256)
def letters(scope: LetterScope) -> dict[Key, Node]:
    """The letters by their look. Raises KeygenError if two look the same."""
    return keyed((key(name, index), node) for name, index, node in scope.nodes())


def look(glyphs: str, marks: str) -> Key:
    """The key of a letter as it stands in a text."""
    if found := NEW.fullmatch(glyphs):
        glyphs, marks = found[1], ",".join(mark for mark in (marks, "new") if mark)
    accent = ""
    if found := ACCENTED.fullmatch(glyphs):
        accent, glyphs = found[1], found[2]
    if found := UPRIGHT.fullmatch(glyphs):
        glyphs = found[1]
    return (glyphs.removeprefix("\\"), accent, marks)


def groups(text: str, place: int, count: int) -> list[str]:
    """The texts of so many groups in braces, one after another. Raises MatrixMisreadError where braces do not close."""
    try:
        return braces.groups(text, place, count)
    except ValueError as error:
        raise MatrixMisreadError(str(error)) from None


class TexTokens:
    """The TeX of a formula, word by word."""

    def __init__(self, text: str, scope: LetterScope, dims: Dimensions) -> None:
        self.text, self.place, self.dims, self.scope = text, 0, dims, scope
        self.letters = letters(scope)

    def items(self) -> Iterator[Item]:
        """The words. Raises MisreadError at what is none."""
        while self.blank() < len(self.text):
            yield self.word()

    def blank(self) -> int:
        """The place behind what leaves no ink of its own."""
        while found := BLANK.match(self.text, self.place):
            self.place = found.end()
        return self.place

    def taken(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """What the text goes on with, if it is this."""
        found = pattern.match(self.text, self.place)
        if found:
            self.place = found.end()
        return found

    def group(self) -> str:
        """The text between the braces that open here. Raises MisreadError where none open, or none close."""
        (inside,) = groups(self.text, self.place, 1)
        self.place += len(inside) + 2
        return inside

    def inside(self) -> tuple[Item, ...]:
        """The words of a group."""
        return tuple(TexTokens(self.group(), self.scope, self.dims).items())

    def word(self) -> Item:
        """The next word."""
        if found := self.taken(SIGN):
            return Item(SIGNS[found[0]])
        if found := self.taken(NUMBER):
            return Item("number", Fraction(found[0]))
        if self.taken(FRACTION):
            return Item("over", (self.inside(), self.inside()))
        if self.taken(ROOT):
            return Item("root", self.inside())
        if found := self.taken(CALLED):
            return Item("call", found[1] or found[2])
        if found := self.taken(TOTAL):
            self.place -= 1
            size = self.group()
            return Item("total", (found[1], self.length(size)))
        if self.text.startswith("^", self.place):
            return self.raised()
        if self.text.startswith(r"\mathrm{d}", self.place):
            self.place += len(r"\mathrm{d}")
            return Item("d")
        return self.letter()

    def length(self, text: str) -> Dim:
        """A length by its look. Raises MisreadError for what is none."""
        if text.isdecimal():
            return int(text)
        words = [item.value for item in TexTokens(text, self.scope, self.dims).items()]
        dim = getattr(words[0], "dim", None) if len(words) == 1 else None
        if dim is None:
            raise MatrixMisreadError(f"no length: {text}")
        return str(dim)

    def raised(self) -> Item:
        """An exponent."""
        self.place += 1
        text = self.group()
        if text not in EXPONENTS and not EXPONENT.fullmatch(text):
            raise MatrixMisreadError(f"an exponent that cannot be read: {text}")
        return Item("raised", EXPONENTS.get(text, text))

    def letter(self) -> Item:
        """A letter in braces, in \\kgmat or bare, with what stands below it; I and the ones; the logistic function."""
        start = self.place
        if self.taken(re.compile(r"\\kgmat(?=\{)")) or self.text.startswith("{", self.place):
            glyphs = self.group()
        elif self.taken(re.compile(r"\\math(?:rm|it|bf)(?=\{)|\\(?:hat|bar|tilde)(?=\{)")):
            self.group()
            glyphs = self.text[start : self.place]
        elif found := self.taken(GLYPH):
            glyphs = found[0]
        else:
            raise MatrixMisreadError(f"a sign that cannot be read: {self.text[start : start + 12]}")
        marks = self.below()
        if glyphs in (r"\mathbf{1}", "I") and look(glyphs, marks) not in self.letters:
            return Item(
                "unit", IdentityOrOnes(self.length(marks) if marks else self.dims.fresh(), column=glyphs != "I")
            )
        if glyphs == r"\sigma" and not marks and self.text.startswith("(", self.blank()):
            return Item("call", "logistic")
        if look(glyphs, marks) not in self.letters:
            raise MatrixMisreadError(f"an unknown letter: {self.text[start : self.place]}")
        return Item("letter", self.letters[look(glyphs, marks)])

    def below(self) -> str:
        """What stands below a letter."""
        if not self.text.startswith("_", self.place):
            return ""
        self.place += 1
        if self.text.startswith("{", self.place):
            return self.group()
        self.place += 1
        return self.text[self.place - 1]
