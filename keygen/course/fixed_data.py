"""Pinned data: what a sheet fixes for everybody. `pin = { x = [1, "-1/3"], loss = "logloss" }` under `[[exercise]]`.

A name of `given` or `axes` gets the value that it is to have in every variant: numbers as integers, decimals or
strings such as "-1/3", vectors and matrices as lists of them, a choice or a length as one of its options.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, ClassVar, Protocol, TypeVar

from keygen.course.dimensions import described, in_words, shape_of_value
from keygen.course.draw import Choice, Data, Distribution, Grid, Permutation
from keygen.course.exercise import Exercise
from keygen.engine.primitives import Shape
from keygen.engine.rational import DIGITS, TooLong, rational
from keygen.errors import KeygenError, nearest

NUMBER = 'a number such as 3, 0.5 or "-1/3"'


@dataclass(eq=False)
class PinError(KeygenError):
    """A pinned value that will not do; `pinned` is its name."""

    pinned: str | None = None


class Draw(Protocol):
    """What pins act upon: a `solved.Variant`, or any frozen dataclass with these fields."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def lengths(self) -> Mapping[str, int]:
        """The length of each axis."""

    @property
    def choices(self) -> Mapping[str, Any]:
        """The value of each choice and order."""

    @property
    def data(self) -> Mapping[str, Data]:
        """Numbers and nested lists of numbers."""


V = TypeVar("V", bound=Draw)


def check_pin(exercise: Exercise, pin: Mapping[str, Any]) -> None:
    """Raise KeygenError for a name that the exercise does not draw, and for a value that no variant can have.

    Shapes are `apply_pin`'s to check: they are known only with the lengths of the axes.
    """
    pinned(exercise, pin)


def pinned_lengths(exercise: Exercise, pin: Mapping[str, Any]) -> dict[str, int]:
    """The lengths of axes that the pin says, or shows by the shapes of its data: they act before data are drawn."""
    values = pinned(exercise, pin)
    told: dict[str, int] = {}
    for name, value in values.items():
        for axis, length in lengths_of(exercise.given.get(name), value):
            size = exercise.axes.get(axis)
            if isinstance(size, Choice) and length in (*size.options, size.published):
                told.setdefault(axis, length)
    return told | {axis: values[axis] for axis in exercise.axes if axis in values}


def apply_pin(exercise: Exercise, variant: V, pin: Mapping[str, Any]) -> V:
    """The variant with pinned lengths, choices and data in their places, and each of them in its shape.

    Raises KeygenError as `check_pin` does, for a pinned value of another shape, and for a pinned length that the
    rest of the variant does not have (as published data may not).
    """
    if not pin:
        return variant
    values = pinned(exercise, pin)
    lengths = {**variant.lengths, **pinned_lengths(exercise, pin)}
    data = {name: values.get(name, value) for name, value in variant.data.items()}
    choices = {name: values.get(name, value) for name, value in variant.choices.items()}
    for name, value in {**choices, **data}.items():
        if not isinstance(exercise.given[name], Choice):
            fits(exercise, name, value, exercise.shape(name, lengths), name in pin)
    return replace(variant, lengths=lengths, choices=choices, data=data)


def pinned(exercise: Exercise, pin: Mapping[str, Any]) -> dict[str, Any]:
    """The pinned values as draws would give them, their shapes unchecked."""
    return {name: pinned_value(exercise, name, value) for name, value in pin.items()}


def lengths_of(distribution: Distribution | None, value: Any) -> list[tuple[str, int]]:
    """The lengths of axes that a value shows."""
    match distribution:
        case Grid(axes=axes):
            return list(zip(axes.split(), shape_of_value(value) or (), strict=False))
        case Permutation(axis=axis, take=0):
            return [(axis, len(value))]
    return []


def pinned_value(exercise: Exercise, name: str, value: Any) -> Any:
    """A pinned value as a draw would give it."""
    drawn = {**exercise.axes, **exercise.given}
    match drawn.get(name):
        case None:
            raise PinError(
                f"the pin names {name!r}, which the exercise does not draw", exercise=exercise.id,
                repair=nearest(name, drawn), pinned=name,
            )  # fmt: skip
        case int(length):
            return option(exercise, name, value, (length,))
        case Choice(options=options, published=published):
            return option(exercise, name, value, (*options, published))
        case Permutation():
            return order(exercise, name, value)
        case Grid():
            return numbers(exercise, name, value)
    raise AssertionError(f"{name!r} is drawn by a distribution that pins do not know")


def wrong(exercise: Exercise, name: str, expected: str, found: str, repair: str | None = None) -> PinError:
    """A pinned value that will not do."""
    return PinError(
        f"the pin of {name!r} does not fit", exercise=exercise.id, expected=expected, found=found, repair=repair,
        pinned=name,
    )  # fmt: skip


def option(exercise: Exercise, name: str, value: Any, options: tuple[Any, ...]) -> Any:
    """The option that the value names."""
    for one in options:
        if is_option(one, value):
            return one
    known = list(dict.fromkeys(map(as_in_file, options)))
    expected = "one of " if len(known) > 1 else "nothing but "
    raise wrong(exercise, name, expected + ", ".join(known), as_in_file(value)[:80])


def is_option(one: Any, value: Any) -> bool:
    """Whether a value of the sheet's file is this option: a list stands for a tuple, 0.5 and "1/2" for a Fraction."""
    if isinstance(one, tuple):
        return isinstance(value, list) and len(one) == len(value) and all(map(is_option, one, value))
    if isinstance(one, bool | str) or isinstance(value, bool):
        return type(one) is type(value) and bool(one == value)
    return bool(number_of_file(value) == one)


def order(exercise: Exercise, name: str, value: Any) -> tuple[int, ...]:
    """Item numbers, counted from 1, none of them twice."""
    whole = isinstance(value, list) and all(type(item) is int and item > 0 for item in value)
    if not whole or len(set(value)) < len(value):
        raise wrong(exercise, name, "a list of different item numbers, counted from 1", as_in_file(value))
    return tuple(value)


def numbers(exercise: Exercise, name: str, value: Any) -> Data:
    """A number, or lists of numbers, as Fractions."""
    if isinstance(value, list):
        return [numbers(exercise, name, item) for item in value]
    try:
        exact = exactly(value)
    except TooLong as error:
        raise wrong(exercise, name, f"{NUMBER}, of at most {DIGITS} digits", as_in_file(value)[:80]) from error
    if exact is None:
        raise wrong(exercise, name, NUMBER, as_in_file(value)[:80])
    return exact


def number_of_file(value: Any) -> Fraction | None:
    """The number that is written in the sheet's file, a decimal by its digits; None for what is none."""
    try:
        return exactly(value)
    except TooLong:
        return None


def exactly(value: Any) -> Fraction | None:
    """The number that is written in the sheet's file; raises TooLong for one with more digits than any may have."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Fraction):
        return None
    try:
        return rational(str(value) if isinstance(value, float) else value)
    except TooLong:
        raise
    except ValueError:
        return None


def fits(exercise: Exercise, name: str, value: Any, shape: Shape, pinned: bool) -> None:
    """Raise where a value has not the shape that the lengths give it."""
    match exercise.given[name]:
        case Permutation(take=take):
            problem = unfit_order(value, shape[0], take or shape[0])
        case _:
            problem = None if shape_of_value(value) == shape else (in_words(shape), described(value))
    if problem is None:
        return
    expected, found = problem
    if pinned:
        raise wrong(exercise, name, expected, found)
    raise KeygenError(
        f"the pinned lengths do not go with the published {name!r}", exercise=exercise.id,
        expected=expected, found=found, repair=f"pin {name!r}, too, or give a seed",
    )  # fmt: skip


def unfit_order(value: tuple[int, ...], items: int, take: int) -> tuple[str, str] | None:
    """What is wrong with an order of `take` out of `items`: expected and found."""
    if len(value) == take and max(value, default=0) <= items:
        return None
    return f"{take} of the numbers 1..{items}", as_in_file(list(value))


def as_in_file(value: Any) -> str:
    """A value as a sheet's file would write it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(as_in_file, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return f'"{value}"' if isinstance(value, Fraction) and value.denominator > 1 else str(value)
