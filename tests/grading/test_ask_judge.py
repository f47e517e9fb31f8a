"""What the page of `keygen grade --ask` judges by itself: it replays, reads and compares as Python does."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import found_in

from keygen.builds.key_csv import written
from keygen.engine.domains import FLOAT
from keygen.engine.evaluate import RULES
from keygen.engine.primitives import PRIMITIVES, Primitive
from keygen.engine.trace import Trace
from keygen.grading.arrays import Read, ShapeError, read_array
from keygen.grading.ask_data import inputs_of, layout, trace_object
from keygen.grading.exercise_grading import graded
from keygen.grading.follow_through import typed_numbers
from keygen.grading.graded_exercise import GradedExercise
from keygen.grading.replays import NO_VALUE
from keygen.grading.typed_text import UnreadableError
from keygen.grading.verdicts import Rates
from tests.courses import SHIPPED
from tests.grading.simulated import exercise, handed_in, slips_of, typed

TEMPLATES = Path(__file__).parents[2] / "templates"
PAGE = "<!DOCTYPE html><html lang='en'><title>.</title><script>{}</script></html>".format(
    "".join((TEMPLATES / name).read_text("utf-8") for name in ("typed.js", "replay.js", "judge.js"))
)
SHARED = "the same slip as in"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
PLACES = [("sheet2", 4), ("sheet4", 3), ("sheet4", 4), ("sheet4b", 2), ("sheet5", 1), ("sheet5", 3), ("sheet7", 1)]


def data_of(of: GradedExercise) -> dict[str, Any]:
    """An exercise as the page has it."""
    return {
        "digits": {"asked": of.precision.asked, "page": of.precision.page, "carried": of.precision.carried},
        "traces": [trace_object(of.trace if of.workings else Trace((), ()))],
        "layouts": [layout(of, of.columns, LETTERS)],
        "exercise": {
            "number": of.number, "trace": 0, "layout": 0, "inputs": inputs_of(of),
            "keys": [{"shown": "", "text": written(one.answer)} for one in of.columns],
        },
    }  # fmt: skip


def in_page(script: str, folder: Path, **given: Any) -> Any:
    """What a script returns that has some data."""
    held = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in given.items())
    return found_in(PAGE, held + script, folder)


def test_the_page_has_a_rule_for_each_primitive_that_has_a_value(tmp_path: Path) -> None:
    named = in_page("return view.eval('Object.keys(RULES)');", tmp_path)
    assert set(named) == PRIMITIVES.keys() - {"apply"}


EVERY = [(sheet, number) for sheet in SHIPPED.sheets for number, _ in enumerate(SHIPPED.sheet(sheet).exercise, 1)]


def test_the_page_replays_every_trace_of_the_course_as_python_does(tmp_path: Path) -> None:
    every = [exercise(sheet, number, seed) for sheet, number in EVERY for seed in (1, 2)]
    numeric = [of for of in every if of.workings is not None]
    found = in_page(
        "return all.map(one => { const of = view.opened(one, one.exercise);"
        " return Object.fromEntries(Object.entries(of.key).map(([name, value]) => [name, value.data])); });",
        tmp_path, all=[data_of(of) for of in numeric],
    )  # fmt: skip
    assert len(numeric) > 40
    for of, values in zip(numeric, found, strict=True):
        assert of.workings is not None
        for name, value in of.workings.floats.items():
            assert np.allclose(np.array(values[name], dtype=float), np.ravel(value), rtol=1e-9, atol=1e-12), name


def of_each(primitive: Primitive) -> tuple[Any, list[tuple[int, ...]]]:
    """A parameter and shapes of inputs for a primitive, such that its rule has a value."""
    shapes: dict[str, tuple[Any, list[tuple[int, ...]]]] = {
        "constant": (2.5, []), "identity": (3, []), "matmul": (None, [(2, 3), (3, 2)]), "power": (-2, [(2, 3)]),
        "scale": (0.3, [(2, 3)]), "pick": ((1, 2), [(2, 3)]), "place": (((1, 0), (2, 2)), [()]),
        "sum_to": ((1, 3), [(2, 3)]), "repeat_to": ((2, 2, 3), [(2, 1)]), "leaky_relu": (None, [(2, 3), ()]),
        "elu": (None, [(2, 3), ()]), "transpose": (None, [(2, 3)]), "sorted_by": (None, [(2, 3), (2, 3)]),
        "unsorted": (None, [(2, 3), (2, 3)]),
    }  # fmt: skip
    shapes["repeat_to"] = (2, 3), [(2, 1)]
    return shapes.get(primitive.name, (None, [(2, 3), (3,)][: primitive.arity]))


def test_every_rule_of_the_page_is_pythons(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    cases, wanted = [], []
    for name in sorted(PRIMITIVES.keys() - {"apply"}):
        param, shapes = of_each(PRIMITIVES[name])
        inputs = [np.asarray(rng.uniform(0.1, 0.9, shape)) for shape in shapes]
        if PRIMITIVES[name].decides:
            inputs = [one * 4 - 2 for one in inputs]
        plain = [one if one.shape else float(one) for one in inputs]
        wanted.append(np.asarray(RULES[name](FLOAT, *plain, *([] if param is None else [param])), dtype=float))
        cases.append([name, [one.tolist() for one in inputs], param])
    found = in_page(
        "const nested = view.eval('nested'), rules = view.eval('RULES');"
        "return cases.map(([name, inputs, param]) =>"
        " rules[name](...inputs.map(nested), ...(param === null ? [] : [param])));",
        tmp_path, cases=cases,
    )  # fmt: skip
    for (name, *_), one, value in zip(cases, found, wanted, strict=True):
        assert (name, tuple(one["shape"])) == (name, value.shape)
        assert np.allclose(one["data"], value.ravel()), name


# --- reading


def odd_texts(count: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """What people type for an answer of a shape, and what looks like it."""
    dice = random.Random(11)
    shapes = [(), (2,), (3,), (1, 2), (2, 1), (2, 2), (1, 1), (2, 3)]
    signs = ["", "", "", "-", "−", "+", "–", "- "]

    def number() -> str:
        digits = "".join(dice.choice("0123456789") for _ in range(dice.choice((1, 1, 2, 3, 4))))
        after = "".join(dice.choice("0123456789") for _ in range(dice.choice((0, 1, 2, 3))))
        kinds = [digits, f"{digits}.{after}", f"{digits},{after}", f".{after}5", f"{digits}/{after}7", f"{digits}e-2",
                 f"{digits}·10^-3", f"sqrt({digits})", f"{digits} {after}", "x", ""]  # fmt: skip
        weights = [4, 6, 4, 1, 3, 1, 1, 1, 1, 0.3, 0.3]
        return dice.choice(signs) + dice.choices(kinds, weights)[0]

    for _ in range(count):
        shape = dice.choice(shapes)
        rows, columns = {0: (1, 1), 1: (1, *shape), 2: shape}[len(shape)]
        if dice.random() < 0.1:
            columns += 1
        between, newline = dice.choice(([", ", "; "], [" ", "; "], [",", "\n"], [" ", ";"], ["; ", "; "], ["\t", "; "]))
        cells = [[number() for _ in range(columns)] for _ in range(rows)]
        match dice.choice(("plain", "plain", "lists", "pairs", "one")):
            case "lists":
                text = "[" + ", ".join("[" + ", ".join(row) + "]" for row in cells) + "]"
            case "pairs":
                text = "(" + ", ".join("(" + " ".join(row) + ")" for row in cells) + ")"
            case "one":
                text = "[" + newline.join(between.join(row) for row in cells) + "]"
            case _:
                text = newline.join(between.join(row) for row in cells)
        yield dice.choice(["", "", "", "H = ", "dW1="]) + text, shape


def read_by_python(text: str, shape: tuple[int, ...]) -> list[list[list[Any]]]:
    """Every reading of a text: value, half a unit, significant digits."""
    try:
        first = read_array(text, shape)
    except (UnreadableError, ShapeError):
        return []
    return [rows_of(one) for one in (first, *first.others)]


def rows_of(read: Read) -> list[list[Any]]:
    """The numbers of a reading."""
    return [[float(one.value), float(one.half), one.significant] for one in typed_numbers(read)]


def test_what_the_page_reads_python_reads_as_the_same_numbers(tmp_path: Path) -> None:
    texts = [*odd_texts(4000), ("1e999", ()), ("9" * 70, ()), ("-0,00", ()), ("1,234", ()), ("1 234", ()), ("", (2,))]
    found = in_page(
        "return texts.map(([text, shape]) => view.readings(text, shape).map(row =>"
        " row.map(one => [one.value, one.half, one.significant])));",
        tmp_path, texts=texts,
    )  # fmt: skip
    for (text, shape), by_page in zip(texts, found, strict=True):
        by_python = read_by_python(text, shape)
        for row in by_page:
            same = [one for one in by_python if np.allclose([x[:2] for x in one], [x[:2] for x in row], rtol=1e-14)]
            assert same, (text, shape, row, by_python)
            assert [x[2] for x in same[0]] == [x[2] for x in row], text
    read = sum(bool(read_by_python(*one)) for one in texts)
    assert sum(map(bool, found)) > 0.75 * read > 1000


# --- comparing


def answers_of(of: GradedExercise, rng: random.Random) -> Iterator[dict[str, str]]:
    """What students hand in: with a slip or without, rounded, some answers missing."""
    assert of.workings is not None
    for slip in (None, None, *slips_of(of.workings.trace, rng, dict(of.workings.floats), 6)):
        digits = rng.choice((2, 3, 4, 5, 6))
        try:
            cells = typed(of, handed_in(of, max(4, digits), slip), digits)
        except NO_VALUE:
            continue
        yield {column: text for column, text in cells.items() if rng.random() < 0.8}


def by_python(of: GradedExercise, cells: dict[str, str]) -> dict[str, str]:
    """The verdicts as far as the page tells them apart."""
    names = {"slip": "wrong", "right": "right", "coarse": "right", "shape": "unread", "person": "unread"}
    return {
        column: names.get(one.kind, one.kind)
        for column, one in graded(of, cells, Rates()).items()
        if not one.slips and SHARED not in one.slip
    }


@pytest.mark.parametrize(("sheet", "number"), PLACES)
def test_the_page_compares_and_follows_through_as_python_does(sheet: str, number: int, tmp_path: Path) -> None:
    rng = random.Random(f"page {sheet} {number}")
    every = [
        (of := exercise(sheet, number, seed), cells)
        for seed in (1, 2)
        for cells in answers_of(exercise(sheet, number, seed), rng)
    ]
    found = in_page(
        "return cases.map(([one, cells]) =>"
        " Object.fromEntries(Object.entries(view.judged(view.opened(one, one.exercise), cells))"
        ".map(([column, {kind}]) => [column, kind === 'coarse' ? 'right' : kind])));",
        tmp_path, cases=[[data_of(of), cells] for of, cells in every],
    )  # fmt: skip
    told: Counter[bool] = Counter()
    for (of, cells), by_page in zip(every, found, strict=True):
        wanted = by_python(of, cells)
        told.update(by_page[column] == kind for column, kind in wanted.items())
    assert told[True] > 50
    assert told[False] == 0
