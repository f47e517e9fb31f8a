r"""The value of a formula that was read off a page.

A product of two arrays is a product of matrices, and has to mean the same however it is bracketed; of an array and a
number, every entry times the number. The power of a matrix is a product of matrices. Functions, fractions, sums and
differences go entry by entry. Along an axis that a column or a row of ones says nothing about, a value is repeated as
often as its neighbours need.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from itertools import product as pairs
from typing import Any

import numpy as np

from keygen.checking import arithmetic as mp
from keygen.checking.arithmetic import each
from keygen.checking.moments import AVERAGED, Chance, constant
from keygen.checking.rules import RULES
from keygen.checking.tex_grammar import parsed, shape_of
from keygen.checking.tex_tokens import MisreadError, printed, tokens
from keygen.checking.tex_tree import Tree
from keygen.engine.primitives import PRIMITIVES, to_number
from keygen.tolerances import ORACLE

ROWS, COLUMNS = 0, 1


@dataclass(frozen=True, slots=True)
class TexValue:
    """A number, a list or a matrix; along the axes in `free` it is repeated as often as its neighbours need."""

    array: Any
    free: frozenset[int] = frozenset()

    @property
    def number(self) -> bool:
        """Whether it is one number, for which a 1 x 1 matrix passes as well."""
        return not self.free and np.size(self.array) == 1

    @property
    def shape(self) -> tuple[int, ...]:
        """Its lengths."""
        return np.shape(self.array)

    def filled(self, shape: tuple[int, ...] | None) -> TexValue:
        """The value repeated along its free axes to a shape, where it fits."""
        fits = shape is not None and len(shape) == len(self.shape) and all(
            size == own or axis in self.free for axis, (size, own) in enumerate(zip(shape, self.shape, strict=True))
        )  # fmt: skip
        return TexValue(mp.repeat_to(self.array, shape)) if self.free and shape is not None and fits else self

    def entry(self) -> Any:
        """The one number."""
        return self.array.item() if isinstance(self.array, np.ndarray) else self.array


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the signs of a formula stand for.

    names      the value of a variable by its sign; raises LookupError
    functions  functions of an array that are only named, by their signs
    moved      the same with another value of a letter, for derivatives and limits; the letter by its sign
    variable   the sign of the letter that derivatives are taken by
    chance     the polynomial in random letters that a sign stands for
    around     the shape of the arrays that units e_i stand among, and that what is repeated is repeated to
    """

    names: Callable[[str], Any]
    functions: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    moved: Callable[[str, Any], Meaning] | None = None
    variable: str = ""
    chance: Callable[[str], Chance] | None = None
    around: tuple[int, ...] | None = None
    numbers: Sequence[Any] = ()
    places: Mapping[str, int] = field(default_factory=dict)

    def value(self, tree: Tree) -> TexValue:
        """The value of a formula. Raises MisreadError, LookupError, ArithmeticError, ValueError."""
        return KINDS[tree.kind](self, tree)

    def parts(self, tree: Tree) -> list[TexValue]:
        """The values of its parts."""
        return [KINDS[part.kind](self, part) for part in tree.parts]


def entrywise(function: Callable[..., Any], *values: TexValue) -> TexValue:
    """A function of the entries at the same place; numbers and single rows or columns are repeated."""
    arrays = [value.entry() if value.number else value.array for value in values]
    several = [value for value in values if not value.number]
    if any(np.ndim(array) == 1 for array in arrays):  # among lists, what is repeated is a list too
        arrays = [array.ravel() if np.size(array) == 1 and np.ndim(array) else array for array in arrays]
        return TexValue(each(function, *arrays))
    free = frozenset.intersection(*(value.free for value in several)) if several else frozenset()
    return TexValue(each(function, *arrays), free)


def times(left: TexValue, right: TexValue) -> TexValue:
    """A number times anything, or two matrices."""
    for one, other in ((left, right), (right, left)):
        if one.number:
            return TexValue(each(partial(mp.times, one.entry()), other.array), other.free)
    a, b = left.array, right.array
    if ROWS in left.free and b.ndim == 1:  # a list under ones is a row
        b = b.reshape(1, -1)
    if a.ndim != 2 or b.ndim != 2:
        raise MisreadError("a product of lists")
    free = (left.free & {ROWS}) | (right.free & {COLUMNS})
    if COLUMNS in left.free and ROWS in right.free:
        raise MisreadError("a product over an unknown length")
    if COLUMNS in left.free:
        return TexValue(each(mp.times, a, mp.sum_to(b, (1, b.shape[1]))), free)
    if ROWS in right.free:
        return TexValue(each(mp.times, mp.sum_to(a, (a.shape[0], 1)), b), free)
    if a.shape[COLUMNS] != b.shape[ROWS]:
        raise MisreadError(f"a product of {a.shape} and {b.shape}")
    return TexValue(mp.matmul(a, b), free)


def multiplied(factors: Sequence[TexValue]) -> TexValue:
    """A product, which must be the same from the left and from the right."""
    left = factors[0]
    for factor in factors[1:]:
        left = times(left, factor)
    if sum(not factor.number for factor in factors) > 1 and len(factors) > 2:
        right = factors[-1]
        for factor in reversed(factors[:-1]):
            right = times(factor, right)
        if not equal(left.array, right.array, ORACLE):
            raise MisreadError("a product that depends on its brackets")
    return left


def equal(left: Any, right: Any, tolerance: Fraction, absolute: Any = 0) -> bool:
    """Equal numbers, or arrays of them, up to a part of the larger one; a 1 x 1 array is a number."""
    one, other = mp.entries(left), mp.entries(right)
    if len(one) != len(other) or (len(one) > 1 and np.shape(left) != np.shape(right)):
        return False
    return all(equal_numbers(x, y, tolerance, absolute) for x, y in zip(one, other, strict=True))


def equal_numbers(x: Any, y: Any, tolerance: Fraction, absolute: Any = 0) -> bool:
    """Equal numbers: fractions exactly where nothing else is asked, others up to a part of the larger one."""
    if isinstance(x, Fraction) and isinstance(y, Fraction) and tolerance == ORACLE and not absolute:
        return x == y
    x, y = mp.inexact(x), mp.inexact(y)
    return bool(abs(x - y) <= mp.inexact(tolerance) * max(abs(x), abs(y)) + mp.inexact(absolute))


def ones(_: Meaning, tree: Tree) -> TexValue:
    """A column of ones."""
    return TexValue(np.array([[Fraction(1)]], dtype=object), frozenset({ROWS}))


def add(meaning: Meaning, tree: Tree) -> TexValue:
    """Terms with their signs."""
    signed = zip(tree.mark, meaning.parts(tree), strict=True)
    terms = [entrywise(lambda x: -x, value) if sign < 0 else value for sign, value in signed]
    return terms[0] if len(terms) == 1 else entrywise(lambda *entries: mp.added(entries), *terms)


def hadamard(meaning: Meaning, tree: Tree) -> TexValue:
    """A product entry by entry."""
    first, *rest = meaning.parts(tree)
    for value in rest:
        first = entrywise(mp.times, first, value)
    return first


def power(meaning: Meaning, tree: Tree) -> TexValue:
    """x^n of numbers and lists; a power of a matrix is a product."""
    base, exponent = meaning.parts(tree)
    if np.size(base.array) == 1 or np.ndim(base.array) == 1:
        return entrywise(mp.power, base, exponent)
    count = exponent.entry()
    if base.array.shape[0] != base.array.shape[1] or base.free or count != int(count) or count < 1:
        raise MisreadError("a power of a matrix that is not square")
    return multiplied([base] * int(count))


def transpose(meaning: Meaning, tree: Tree) -> TexValue:
    """Rows for columns; a list is as it is."""
    (base,) = meaning.parts(tree)
    return (
        TexValue(np.transpose(base.array), frozenset(1 - axis for axis in base.free)) if np.ndim(base.array) else base
    )


def picked(meaning: Meaning, tree: Tree) -> TexValue:
    """The entry at a place, counted along the axes that have several."""
    (base,) = meaning.parts(tree)
    axes = [axis for axis, size in enumerate(base.shape) if size > 1]
    if len(axes) != len(tree.mark) and (axes or tree.mark != (0,)):
        raise MisreadError(f"{len(tree.mark)} places in an array of {base.shape}")
    place = [0] * len(base.shape)
    for axis, at in zip(axes, tree.mark, strict=False):
        place[axis] = at
    return TexValue(base.array[tuple(place)] if base.shape else base.array)


def general_entry(meaning: Meaning, tree: Tree) -> TexValue:
    """The entry that letters count; of a matrix with one letter, a row."""
    (base,) = meaning.parts(tree)
    axes = [axis for axis, size in enumerate(base.shape) if size > 1 or axis in base.free]
    if len(axes) == 2 and len(tree.mark) == 1:
        return TexValue(base.array[[meaning.places[tree.mark[0]]], :])
    if len(axes) != len(tree.mark):
        if not axes:  # a single observation is the only entry there is
            return base
        raise MisreadError(f"{len(tree.mark)} indices of an array of {base.shape}")
    place = [0] * len(base.shape)
    for axis, letter in zip(axes, tree.mark, strict=True):
        place[axis] = 0 if axis in base.free else meaning.places[letter]
    return TexValue(base.array[tuple(place)])


def lengths(meaning: Meaning, tree: Tree) -> dict[str, int]:
    """How far the letters in a formula count."""
    found: dict[str, int] = {}
    if tree.kind == "entry":
        base = meaning.value(tree.parts[0])
        axes = [axis for axis, size in enumerate(base.shape) if size > 1 or axis in base.free]
        for axis, letter in zip(axes, tree.mark, strict=False):
            if axis not in base.free and found.setdefault(letter, base.shape[axis]) != base.shape[axis]:
                raise MisreadError(f"{letter} counts two lengths")
        if not axes:
            found.update(dict.fromkeys(tree.mark, 1))
        return found
    if tree.kind == "sum_over":
        return found
    for part in tree.parts:
        for letter, length in lengths(meaning, part).items():
            if found.setdefault(letter, length) != length:
                raise MisreadError(f"{letter} counts two lengths")
    return found


def sum_over(meaning: Meaning, tree: Tree) -> TexValue:
    """The sum over all places that its letters can have."""
    (body,) = tree.parts
    counted = lengths(meaning, body)
    if not counted.keys() >= set(tree.mark):
        raise MisreadError(f"nothing is counted by one of {tree.mark}")
    terms = []
    for places in pairs(*(range(counted[letter]) for letter in tree.mark)):
        here = dict(zip(tree.mark, places, strict=True))
        terms.append(replace(meaning, places={**meaning.places, **here}).value(body))
    return entrywise(lambda *entries: mp.added(entries), *terms) if len(terms) > 1 else terms[0]


def limit(meaning: Meaning, tree: Tree) -> TexValue:
    """The value far out on the way."""
    letter, toward = tree.mark
    if meaning.moved is None:
        raise LookupError(letter)
    big = mp.here().mpf(10) ** FAR
    there = meaning.moved(letter, {"+oo": big, "-oo": -big, "0+": 1 / big}[toward])
    return replace(there, numbers=meaning.numbers).value(tree.parts[0])


FAR = 40  # a limit is read off at 10^FAR


def derivative(meaning: Meaning, tree: Tree) -> TexValue:
    """The slope by the variable of the chain."""
    if meaning.moved is None or not meaning.variable:
        raise LookupError("the variable of a derivative")
    moved, (body,) = meaning.moved, tree.parts
    x = mp.inexact(meaning.names(meaning.variable))
    h = mp.here().mpf(10) ** -(mp.here().dps // 3)
    up, down = (replace(moved(meaning.variable, at), numbers=meaning.numbers).value(body) for at in (x + h, x - h))
    return entrywise(lambda a, b: (mp.inexact(a) - mp.inexact(b)) / (2 * h), up, down)


def average(meaning: Meaning, tree: Tree) -> TexValue:
    """E( ) or Var( ) of a polynomial in random letters."""
    return TexValue(AVERAGED[tree.mark](chance(meaning, tree.parts[0])))


def chance(meaning: Meaning, tree: Tree) -> Chance:
    """What stands in such brackets. Raises what `Meaning.value` and `moments` raise."""
    if tree.kind == "name" and meaning.chance is not None:
        return meaning.chance(tree.mark)
    if tree.kind == "call" and tree.mark == "larger" and meaning.value(tree.parts[0]).entry() == 0:
        return chance(meaning, tree.parts[1]).rectified()
    if tree.kind not in ("sum", "product", "fraction", "power"):
        return constant(meaning.value(tree).entry())
    if tree.kind == "power":
        exponent = meaning.value(tree.parts[1]).entry()
        return chance(meaning, tree.parts[0]) ** int(exponent)
    first, *rest = [chance(meaning, part) for part in tree.parts]
    if tree.kind == "sum":
        signed = zip(tree.mark, (first, *rest), strict=True)
        return sum((-one if sign < 0 else one for sign, one in signed), constant(Fraction(0)))
    for other in rest:
        first = first / other if tree.kind == "fraction" else first * other
    return first


def matrix(meaning: Meaning, tree: Tree) -> TexValue:
    """Numbers in rows of one length."""
    if len(set(tree.mark)) > 1:
        raise MisreadError("rows of different lengths")
    return TexValue(listed(meaning, tree).array.reshape(len(tree.mark), tree.mark[0]))


def listed(meaning: Meaning, tree: Tree) -> TexValue:
    """Numbers in a row."""
    array = np.empty(len(tree.parts), dtype=object)
    for place, value in enumerate(meaning.parts(tree)):
        if not value.number:
            raise MisreadError("an array inside an array")
        array[place] = value.entry()
    return TexValue(array)


def unit(meaning: Meaning, tree: Tree) -> TexValue:
    """1 in one place of an array whose shape the text does not say."""
    if meaning.around is None:
        raise MisreadError("a unit of unknown shape")
    array = np.full(meaning.around, Fraction(0), dtype=object)
    axes = [axis for axis, size in enumerate(array.shape) if size > 1]
    place = [0] * array.ndim
    for axis, at in zip(axes, tree.mark if axes else (), strict=True):
        place[axis] = at
    array[tuple(place)] = Fraction(1)
    return TexValue(array)


def cases(meaning: Meaning, tree: Tree) -> TexValue:
    """The first where the third is positive, else the second."""
    positive, otherwise, x = tree.parts
    return meaning.value(positive if mp.sign(meaning.value(x).entry()) > 0 else otherwise)


def norm(x: Any) -> Any:
    """The root of the sum of squares."""
    return mp.sqrt(mp.added(mp.times(entry, entry) for entry in mp.entries(x)))


def call(meaning: Meaning, tree: Tree) -> TexValue:
    """A function of the entries, or of an array as a whole."""
    values, primitive = meaning.parts(tree), PRIMITIVES.get(tree.mark)
    if primitive is not None and primitive.pointwise:
        return entrywise(RULES[tree.mark], *values)
    rule = norm if tree.mark == "norm" else RULES.get(tree.mark)
    if rule is None:
        raise MisreadError(f"the function {tree.mark} of a matrix")
    if primitive is not None and primitive.shape is to_number and values[0].number:
        return values[0]
    found = rule(*[np.asarray(value.array, dtype=object) for value in values])
    return TexValue(found, values[0].free if tree.mark.startswith("where_") else frozenset())


def named(meaning: Meaning, tree: Tree) -> TexValue:
    """A function that is only named."""
    (value,) = meaning.parts(tree)
    return replace(value, array=meaning.functions[tree.mark](value.array))


KINDS: Mapping[str, Callable[[Meaning, Tree], TexValue]] = {
    "number": lambda meaning, tree: TexValue(meaning.numbers[tree.mark]),
    "name": lambda meaning, tree: TexValue(meaning.names(tree.mark)),
    "e": lambda meaning, tree: TexValue(mp.exp(Fraction(1))),
    "sum": add,
    "product": lambda meaning, tree: multiplied(meaning.parts(tree)),
    "hadamard": hadamard,
    "power": power,
    "entrywise_power": lambda meaning, tree: entrywise(mp.power, *meaning.parts(tree)),
    "transpose": transpose,
    "pick": picked,
    "entry": general_entry,
    "sum_over": sum_over,
    "limit": limit,
    "derivative": derivative,
    "average": average,
    "factorial": lambda meaning, tree: entrywise(lambda n: mp.here().gamma(mp.inexact(n) + 1), *meaning.parts(tree)),
    "fraction": lambda meaning, tree: entrywise(mp.divided, *meaning.parts(tree)),
    "call": call,
    "named": named,
    "matrix": matrix,
    "list": listed,
    "ones": ones,
    "unit": unit,
    "cases": cases,
}


def evaluate_tex(
    text: str,
    names: Mapping[str, Any],
    functions: Mapping[str, Callable[[Any], Any]] | None = None,
    around: tuple[int, ...] | None = None,
) -> TexValue:
    """The value of a formula with these values of its signs, its numbers as they are printed.

    Raises MisreadError, UnreadError, and what `Meaning.value` raises.
    """
    shape, numbers = shape_of(tokens(text, names, functions or {}))
    meaning = Meaning(names.__getitem__, functions or {}, around=around, numbers=[printed(x).value for x in numbers])
    return meaning.value(parsed(shape))
