"""What an `exercise.py` defines must be of the kind that each of its words wants, before anything is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from keygen.course.band import checked_band
from keygen.course.dimensions import LONGEST, described, in_words, shape_of, shape_of_value
from keygen.course.draw import Choice, Grid, Permutation, sizes, whole
from keygen.engine.slips import ChosenSlip
from keygen.errors import KeygenError, line_where

TABLE, FUNCTION, SLIPS = "a table {name: ...}", "a function", "a list [slip(part, name), ...]"
KINDS: Mapping[str, tuple[str, ...]] = {
    "axes": (TABLE,),
    "given": (TABLE,),
    "unknown": (TABLE, FUNCTION),
    "computation": (FUNCTION,),
    "problems": (TABLE,),
    "answers": (TABLE, FUNCTION),
    "told": (TABLE, FUNCTION),
    "show": (FUNCTION,),
    "worthwhile": (FUNCTION,),
    "arranged": (FUNCTION,),
    "pinnable": (FUNCTION,),
    "signs": (TABLE, FUNCTION),
    "slips": (SLIPS,),
}
FITS: Mapping[str, Callable[[Any], bool]] = {
    TABLE: lambda value: isinstance(value, Mapping),
    FUNCTION: callable,
    SLIPS: lambda value: isinstance(value, list) and all(isinstance(one, ChosenSlip) for one in value),
}


def check_words(exercise: str, file: Path, words: Mapping[str, Any]) -> None:
    """Raise KeygenError, at the line of the author's file that says it, for the first word that will not do."""
    for word, kinds in KINDS.items():
        if word in words and not any(FITS[kind](words[word]) for kind in kinds):
            raise KeygenError(
                f"{word} is no {' and no '.join(kind.removeprefix('a ') for kind in kinds)}", exercise=exercise,
                expected=" or ".join(kinds), found=repr(words[word])[:80], **line_where(file, rf"^{word}\b"),
            )  # fmt: skip
    axes, given = words.get("axes", {}), words.get("given", {})
    checks: tuple[tuple[str, Callable[[], object]], ...] = (
        ("axes", lambda: check_axes(axes)),
        ("given", lambda: check_given(given, axes)),
        ("problems", lambda: check_problems(words.get("problems", {}))),
        ("meant", lambda: check_meant(words.get("meant", {}))),
        ("band", lambda: checked_band(words.get("band", {}))),
    )
    for word, check in checks:
        try:
            check()
        except KeygenError as error:
            raise error.within(exercise=exercise, **place(file, word, error)) from error


def place(file: Path, word: str, error: KeygenError) -> dict[str, Any]:
    """The line of the name that the error quotes, below the word's own; else the word's."""
    quoted = error.what.partition("'")[2].partition("'")[0]
    found = line_where(file, rf"""["']{re.escape(quoted)}["']""", after=f"{word} =") if quoted else {}
    return found if "line" in found else line_where(file, rf"^{word}\b")


def check_axes(axes: Mapping[str, Any]) -> None:
    """Raise for an axis whose length no list can have."""
    for name, size in axes.items():
        check_name(name, "axis")
        for length in lengths_of(size):
            if not whole(length) or not 1 <= length <= LONGEST:
                raise KeygenError(
                    f"the axis {name!r} has no length that a list can have", found=repr(length)[:80],
                    expected=f"a whole number from 1 to {LONGEST}, or a choice(...) of such",
                )  # fmt: skip


def lengths_of(size: Any) -> tuple[Any, ...]:
    """The lengths that an axis may have."""
    return (*size.options, size.published) if isinstance(size, Choice) else (size,)


def check_given(given: Mapping[str, Any], axes: Mapping[str, Any]) -> None:
    """Raise for what is no distribution, and for data that do not fit their axes: published or drawn."""
    published = sizes(axes, None)
    for name, distribution in given.items():
        check_name(name, "name of given")
        if name in axes:
            raise KeygenError(f"{name!r} stands in axes and in given", repair="rename one")
        match distribution:
            case Grid():
                check_grid(name, distribution, axes, published)
            case Permutation():
                check_order(name, distribution, axes, published)
            case Choice():
                pass
            case _:
                raise KeygenError(
                    f"{name!r} in given is no distribution", found=repr(distribution)[:80],
                    expected="integers(...), decimals(...), choice(...) or order(...)",
                )  # fmt: skip


def check_grid(name: str, grid: Grid, axes: Mapping[str, Any], published: Mapping[str, int]) -> None:
    """Raise for published numbers of another shape, and for a list longer than there are numbers for."""
    shape = shape_of(grid.axes, published)
    if shape_of_value(grid.published) != shape:
        raise KeygenError(
            f"the published {name!r} does not fit its axes {grid.axes!r}", expected=in_words(shape),
            found=described(grid.published), repair="write the published numbers row by row, or other axes",
        )  # fmt: skip
    for lengths in extremes(grid.axes, axes):
        (*_, longest) = (0, *shape_of(grid.axes, lengths))
        if grid.increasing and longest > grid.distinct:
            raise KeygenError(
                f"{name!r} cannot increase along {grid.axes!r}: there are too few different numbers",
                expected=f"{longest} of them", found=str(grid.distinct), repair="widen the limits",
            )  # fmt: skip


def check_order(name: str, order: Permutation, axes: Mapping[str, Any], published: Mapping[str, int]) -> None:
    """Raise for an order of more items than the axis has, published or drawn."""
    (items,) = shape_of(order.axis, published)
    if max(order.published, default=0) > items or len(order.published) != (order.take or items):
        raise KeygenError(
            f"the published {name!r} is no order of the axis {order.axis!r}",
            expected=f"{order.take or items} of the numbers 1..{items}", found=repr(order.published)[:80],
        )  # fmt: skip
    for lengths in extremes(order.axis, axes):
        (items,) = shape_of(order.axis, lengths)
        if order.take > items:
            raise KeygenError(
                f"{name!r} takes {order.take} of the {items} items that {order.axis!r} may have",
                repair=f"take at most {items}",
            )  # fmt: skip


def extremes(names: str, axes: Mapping[str, Any]) -> Iterator[dict[str, int]]:
    """The shortest and the longest that the axes named may be."""
    for choose in (min, max):
        yield {name: choose(lengths_of(axes[name])) for name in names.split() if name in axes}


def check_problems(problems: Mapping[str, Any]) -> None:
    """Raise for what is no distribution of formulas."""
    if not problems:
        return
    from keygen.matrix.parse import Form  # whose rules most exercises have no use for

    for name, form in problems.items():
        if not isinstance(form, Form):
            raise KeygenError(
                f"{name!r} in problems is no distribution of formulas", found=repr(form)[:80],
                expected="those of differentials.formulas(...)",
            )  # fmt: skip


def check_meant(meant: Any) -> None:
    """Raise KeygenError for what is no table of reasons, each with what it is the reason of."""
    right = isinstance(meant, Mapping) and all(
        isinstance(why, str) and isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
        for why, names in meant.items()
    )
    if not right:
        raise KeygenError(
            "`meant` is no table of reasons", found=repr(meant)[:80],
            expected='a table such as {"the numbers of the source": ["x", "the gradients differ"]}',
        )  # fmt: skip


def check_name(name: Any, what: str) -> None:
    """Raise for what no variable can be called."""
    if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
        raise KeygenError(
            f"{name!r} is no {what}", expected="a name of letters, digits and _ that begins with a letter"
        )
