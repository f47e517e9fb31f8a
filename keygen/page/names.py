"""How a variable's name looks: `W1` -> W_1, `yhat` -> \\hat y, `dL_dW1` -> the derivative of L by W_1."""

from __future__ import annotations

import re
from collections.abc import Mapping

GREEK_LETTERS = """
    alpha beta gamma delta epsilon zeta eta theta kappa lambda mu nu xi pi rho sigma tau phi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
"""
GREEK = frozenset(GREEK_LETTERS.split())
SIGNS = {"rate": r"\eta", "lam": r"\lambda", "logloss": r"\mathrm{logloss}"}
ACCENTS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
DERIVATIVE = re.compile(r"d(?P<of>[A-Za-z]+\d*(?:_\d+)*)_d(?P<by>[A-Za-z].*)")
PARTS = re.compile(r"(?P<letters>[A-Za-z]+)(?P<digits>\d*)(?P<rest>(?:_[A-Za-z0-9]+)*)")


def name_tex(name: str, signs: Mapping[str, str]) -> str:
    """TeX of a name: the exercise's own sign for it, or the house's spelling rules."""
    if name in signs:
        return signs[name]
    if (derivative := DERIVATIVE.fullmatch(name)) and name not in SIGNS:
        return rf"\frac{{\partial {name_tex(derivative['of'], signs)}}}{{\partial {name_tex(derivative['by'], signs)}}}"
    parts = PARTS.fullmatch(name)
    if parts is None:
        return rf"\mathit{{{name}}}"
    below = [parts["digits"], *parts["rest"].split("_")]
    above = r"^{\mathrm{new}}" if below[-1] == "new" else ""
    below = [mark for mark in below if mark and mark != "new"]
    return letters_tex(parts["letters"], signs) + subscript(",".join(below)) + above


def subscript(marks: str) -> str:
    """TeX of the indices below a name."""
    return "" if not marks else f"_{marks}" if len(marks) == 1 else f"_{{{marks}}}"


def letters_tex(letters: str, signs: Mapping[str, str]) -> str:
    """TeX of a name without its indices."""
    if letters in signs:
        return signs[letters]
    if letters in SIGNS:
        return SIGNS[letters]
    if letters in GREEK:
        return "\\" + letters
    for suffix, accent in ACCENTS.items():
        if letters.endswith(suffix) and letters != suffix:
            return f"{accent}{{{letters_tex(letters.removesuffix(suffix), signs)}}}"
    return letters if len(letters) == 1 else rf"\mathrm{{{letters}}}"


def indexed_tex(name: str, index: str, signs: Mapping[str, str]) -> str:
    """TeX of the general entry of a variable: y_i."""
    base = name_tex(name, signs)
    if not index:
        return base
    if r"\frac" in base:
        return rf"\left({base}\right)_{{{index}}}"
    return base + subscript(index) if "_" not in base else f"({base}){subscript(index)}"
