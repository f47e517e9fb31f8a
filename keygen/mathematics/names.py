"""How a variable's name looks: `W1` -> W_1, `yhat` -> \\hat y, `dL_dW1` -> the derivative of L by W_1."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from keygen.errors import KeygenError

GREEK_LETTERS = """
    alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
"""
GREEK = frozenset(GREEK_LETTERS.split())
SIGNS = {"rate": r"\eta", "lam": r"\lambda", "logloss": r"\mathrm{logloss}"}
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
LETTER, MARK = r"[A-Za-zЀ-ӿ]", r"[A-Za-zЀ-ӿ0-9]"
MARKS = {"plus": "+", "minus": "-"}
DERIVATIVE = re.compile(rf"d(?P<of>{LETTER}+\d*(?:_\d+)*_?)_d(?P<by>{LETTER}.*)")
PARTS = re.compile(rf"(?P<letters>{LETTER}+)(?P<digits>\d*)(?P<rest>(?:_+{MARK}+)*)_*", re.ASCII)
INCREMENT = r"\{(\\partial[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"
SLASHED = re.compile(rf"\\frac{INCREMENT}{INCREMENT}")
CYRILLIC = re.compile("[Ѐ-ӿ]+")
SIGN = re.compile(r"[ -~Ѐ-ӿ]*")
"""What a sign may be made of: the formulas' fonts have no other letters, and would leave them out without a word."""


def name_tex(name: str, signs: Mapping[str, str]) -> str:
    """TeX of a name: the exercise's own sign for it, or the house's spelling rules. `lambda_`, which Python's keyword
    demands, is lambda. Raises KeygenError for letters that the fonts of formulas lack."""
    if name in signs:
        return lettered(name, signs[name])
    if (derivative := DERIVATIVE.fullmatch(name)) and name not in SIGNS:
        return rf"\frac{{\partial {name_tex(derivative['of'], signs)}}}{{\partial {name_tex(derivative['by'], signs)}}}"
    parts = PARTS.fullmatch(name)
    if parts is None:
        raise KeygenError(
            f"a page has no sign for the name {name!r}", expected="Latin or Cyrillic letters, then digits and _",
            repair=f'give it one: signs = {{"{name}": r"\\alpha"}}',
        )  # fmt: skip
    below = [parts["digits"], *parts["rest"].split("_")]
    above = r"^{+}" if below[-1] == "new" else ""
    below = [MARKS.get(mark, mark) for mark in below if mark and mark != "new"]
    return letters_tex(parts["letters"], signs) + subscript(in_words(",".join(below))) + above


def in_line(tex: str) -> str:
    """A derivative that stands in a line of words, with a slash; anything else as it is."""
    return SLASHED.sub(r"\1/\2", tex) if SLASHED.fullmatch(tex) else tex


def lettered(name: str, sign: str) -> str:
    """An exercise's own sign, its Cyrillic letters in a font that has them. Raises KeygenError for what is no TeX."""
    if not isinstance(sign, str) or not sign.strip() or not SIGN.fullmatch(sign) or not balanced(sign):
        raise KeygenError(
            f"the sign of {name!r} is no TeX for a formula", found=repr(sign)[:80],
            expected="TeX whose brackets { } are closed, in Latin or Cyrillic letters, without % and #",
        )  # fmt: skip
    return in_words(sign)


def in_words(tex: str) -> str:
    """Mathematics whose Cyrillic letters are set as words are: the fonts of formulas have none."""
    return tex if tex.isascii() else CYRILLIC.sub(lambda letters: rf"\text{{{letters[0]}}}", tex)


def balanced(tex: str) -> bool:
    """Whether every { has its }, and nothing would end the line or stand for a macro's argument."""
    bare = re.sub(r"\\.", "", tex)
    depth = 0
    for character in bare:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return False
    return not depth and not re.search(r"[%#]", bare) and not tex.replace("\\\\", "").endswith("\\")


def printed_twice(names: Iterable[str], signs: Mapping[str, str]) -> tuple[str, str, str] | None:
    """Two names that the spelling rules print as one sign, x1 and x_1, and that sign. What the exercise's own signs
    make alike is the author's intention."""
    taken: dict[str, str] = {}
    for name in names:
        sign = name_tex(name, signs)
        if name in signs or sign != name_tex(name, {}):
            continue
        if sign in taken:
            return taken[sign], name, sign
        taken[sign] = name
    return None


def subscript(marks: str) -> str:
    """TeX of the indices below a name."""
    return "" if not marks else f"_{marks}" if len(marks) == 1 else f"_{{{marks}}}"


def letters_tex(letters: str, signs: Mapping[str, str]) -> str:
    """TeX of a name without its indices."""
    if letters in signs:
        return lettered(letters, signs[letters])
    if letters in SIGNS:
        return SIGNS[letters]
    if letters in GREEK:
        return "\\" + letters
    for suffix, accent in ACCENTS.items():
        if letters.endswith(suffix) and letters != suffix:
            return f"{accent}{{{letters_tex(letters.removesuffix(suffix), signs)}}}"
    if not letters.isascii():
        return in_words(letters)
    return letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"


def indexed_tex(name: str, index: str, signs: Mapping[str, str]) -> str:
    """TeX of the general entry of a variable: y_i."""
    base = name_tex(name, signs)
    if not index:
        return base
    if r"\frac" in base:
        return rf"\left({base}\right)_{{{index}}}"
    return base + subscript(index) if "_" not in base else f"({base}){subscript(index)}"
