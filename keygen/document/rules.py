"""The sheet of rules: the laws of matrix differentials as formulas in TeX, each with its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product

from msgspec import Struct

from keygen.document.derivations import expression_tex, reading_tex, symbols_in
from keygen.document.tex_parts import TeX
from keygen.errors import KeygenError
from keygen.mathematics.names import name_tex
from keygen.matrix.exercises import GradientReading
from keygen.matrix.expression import Expression
from keygen.matrix.law_formulas import (
    MOVING,
    A,
    B,
    LawFamily,
    M,
    R,
    S,
    U,
    V,
    X,
    a,
    b,
    families,
    near_identity,
    positive_form,
    second_of_first,
    statements,
    u,
    x,
    y,
)
from keygen.matrix.readback import require_reading, require_said

UNLISTED = frozenset({"hadamard_rows"})
"""Laws that the sheet leaves out: an elementwise product of a column and a matrix is a notation of its own."""
NUMBER = re.compile(r"(\d+)")
READING = "f"  # what a reading calls the function


class LawStatement(Struct, frozen=True):
    """A law as a formula, and its name."""

    formula: TeX
    name: str


class LawLetters(Struct, frozen=True):
    """Letters of the sheet, and what the language says of them."""

    letters: TeX
    said: str


class RulesSheet(Struct, frozen=True):
    """The laws, and what their letters stand for; empty for a sheet without it."""

    rules: tuple[LawStatement, ...] = ()
    letters: tuple[LawLetters, ...] = ()


def rules_of(names: Mapping[str, str]) -> tuple[LawStatement, ...]:
    """The sheet of rules, each made and checked by its own row of the table, and read back."""
    return tuple(LawStatement(TeX(formula), names[law]) for law, formula in formulas().items())


def letters_of(words: Mapping[str, str]) -> tuple[LawLetters, ...]:
    """What the letters of the sheet stand for."""
    kinds = {
        "kind_variable": (X, x), "kind_constant": (A, B), "kind_column": (a, b), "kind_matrix": (U, V),
        "kind_scalar": (u,), "kind_symmetric": (S, R), "kind_definite": (M,), "kind_sign": (y,),
    }  # fmt: skip
    numbers = sorted({letter for family in families() for letter in family.letters})
    told = {kind: ", ".join(map(expression_tex, of)) for kind, of in kinds.items()}
    told["kind_number"] = ", ".join(numbers)
    return tuple(LawLetters(TeX(letters), words[kind]) for kind, letters in told.items())


@cache
def formulas() -> Mapping[str, str]:
    """The laws as formulas, under their ids. Raises KeygenError if one is false."""
    return dict(stated())


def stated() -> Iterator[tuple[str, str]]:
    """Each law with its formula."""
    by_name = {family.law: family for family in families()}
    for line in statements():
        law, sides = line.laws[0], (line.before, line.after)
        if law not in UNLISTED and expression_tex(line.before) != expression_tex(line.after):
            yield law, related(sides, "=")
        if law == "norm":
            yield "power", lettered(by_name.pop("power"))
        if law == "hadamard_trace":
            yield "powers", lettered(by_name.pop("powers"))
        if law == "cancel":
            yield "like_terms", lettered(by_name.pop("like_terms"))
    yield "definite_form", rf"{related((positive_form(),), '=')} > 0,\ {expression_tex(x)} \ne 0"
    yield "first_order", related(near_identity(), r"\approx")
    first = GradientReading(READING, second_of_first())
    require_reading(reading_tex(first), first.letter, first.wrt)
    yield "gradient", reading_tex(first)
    yield "second_differential", second_reading_tex(first)


def related(sides: Sequence[Expression], relation: str) -> str:
    """Sides with a relation between them, each read back."""
    require_said(tuple(sides), tuple(sides), tuple(symbol for symbol in MOVING if symbol in symbols_in(sides)))
    return f" {relation} ".join(map(expression_tex, sides))


def second_reading_tex(reading: GradientReading) -> str:
    """d^2 f = tr((d grad f)' dX)"""
    letter, wrt = name_tex(reading.letter, {}), expression_tex(reading.wrt)
    inside = rf"\bigl(\mathrm{{d}}(\nabla_{{\!{wrt}}} {letter})\bigr)^{{\top}} \,\mathrm{{d}}{wrt}"
    return rf"{{\mathrm{{d}}^{{2}}{letter} = \operatorname{{tr}}\Bigl({inside}\Bigr)}}"


def lettered(family: LawFamily) -> str:
    """The formula of a family with letters in the place of its numbers: for each number in it the one sum, of letters
    and a small number, that it is in every line. Raises KeygenError if there is no such formula, or more than one."""
    texts = {at: related((line.before, line.after), "=") for at, line in family.lines.items()}
    pieces = {at: NUMBER.split(text) for at, text in texts.items()}
    frames = {tuple(cut[::2]) for cut in pieces.values()}
    if len(frames) != 1:
        raise KeygenError(f"the law {family.law} has other formulas for other numbers", found="; ".join(texts.values()))
    frame = frames.pop()
    found = [
        in_letters(family, {at: int(cut[place]) for at, cut in pieces.items()})
        for place in range(1, 2 * len(frame) - 1, 2)
    ]
    told = frame[0]
    for number, before, after in zip(found, frame[:-1], frame[1:], strict=True):
        alone = " " not in number or (before.endswith("{") and after.startswith("}"))
        told += (number if alone else f"({number})") + after
    return told


def in_letters(family: LawFamily, numbers: Mapping[tuple[int, ...], int]) -> str:
    """k - 1 for 3 where k is 4, 8 where it is 9, ..."""
    if len(set(numbers.values())) == 1:
        return str(next(iter(numbers.values())))
    width = len(family.letters)
    found = [
        (factors, more)
        for *factors, more in product(*[(0, 1)] * width, (-1, 0, 1))
        if all(sum(f * n for f, n in zip(factors, at, strict=True)) + more == number for at, number in numbers.items())
    ]
    if len(found) != 1:
        raise KeygenError(f"the law {family.law} has a number that is no sum of its letters", found=str(dict(numbers)))
    factors, more = found[0]
    letters = " + ".join(letter for letter, factor in zip(family.letters, factors, strict=True) if factor)
    return letters + ("" if not more else f" {'+' if more > 0 else '-'} {abs(more)}")
