"""Pinned data that leave nothing to ask are refused at their line of the sheet, before anything is worked out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from keygen.course.draw import decimals
from keygen.course.exercise import Exercise
from keygen.course.seeding import NumberStreams
from keygen.errors import KeygenError
from keygen.variants.conditions import require_pinnable
from keygen.variants.solve import candidate, drawn, published, solve
from tests.courses import SHIPPED, keygen

SHEET = """title = "Mine"
language = "en"

[[exercise]]
id = "outputs/temperature"

[[exercise]]
id = "{exercise}"
{pin}

[[exercise]]
id = "outputs/temperature"
"""

WRONG = [
    ("dropout/mask", "p = 1", "p", "a probability from 0, below 1"),
    ("dropout/mask", "p = 1.5", "p", "a probability from 0, below 1"),
    ("dropout/mask", "p = -0.1", "p", "a probability from 0, below 1"),
    ("dropout/mask", "D = [[1, 2, 0]]", "D", "a mask of zeros and ones"),
    ("dropout/how_many", "hidden = [300, 0, 100]", "hidden", "whole numbers from 1 to 1000"),
    ("dropout/how_many", "hidden = [1000000000000, 2, 4]", "hidden", "whole numbers from 1 to 1000"),
    ("dropout/how_many", "inputs = 0.5", "inputs", "a whole number from 1 to 1000"),
    ("dropout/how_many", "hidden = [3, 2, 4]", "hidden", "layers whose shares that are off are whole"),
    ("nets/staircase", "eps = 0", "eps", "a number above 0"),
    ("nets/staircase", "eps = 2", "eps", "an error that three steps do not reach, for three units have weights"),
    ("nets/staircase", "eps = 1e-9", "eps", "an error for which some 1000000 steps will do"),
    ("nets/staircase", "scale = 0", "scale", "a number other than 0"),
    ("nets/staircase", 'kind = "root"\nscale = 1\neps = 0.6', "eps", "an error that three steps do not reach"),
    ("nets/from_picture", "x2 = 100", "x2", "one hidden sum above 0 and one below"),
    ("counts/dense", "inputs = 0", "inputs", "a whole number from 1 to 1000000"),
    ("counts/dense", "batch = 0.5", "batch", "a whole number from 1 to 1000000"),
    ("logic/one_unit", "inputs = [[1, 1, 2], [2, 2, 4]]", "inputs", "two rows that are no multiples of each other"),
    ("logic/one_unit", "level = 0", "level", "a number above 0"),
    ("logic/gates", "tables = [[0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 1, 0]]", "tables", "both 0 and 1"),
    ("logic/gates", "tables = [[0, 0, 0, 1], [0, 1, 1, 1], [0, 1, 1, 1]]", "tables", "a function that a single unit"),
    ("logic/gates", "tables = [[0, 0, 0, 1], [0, 1, 1, 2], [0, 1, 1, 0]]", "tables", "zeros and ones"),
    ("logic/region", "lines = [[1, 1, 1], [2, 2, -1]]", "lines", "no two lines are parallel"),
    ("logic/region", 'mode = "and"\nlines = [[1, 1, 1], [1, 2, 1], [1, 3, 1]]', "lines", "no line is redundant"),
    ("logic/region", "lines = [[1, 1, 1], [-1, 1, 1], [1, -2, 1]]", "lines", "there is a region"),
    ("logic/region", "points = [[0, 2], [0, 2], [0, 0], [2, 0]]", "points", "points in different places"),
    ("logic/region", "points = [[0, 1], [0, 2], [0, 0], [2, 0]]", "points", "points that lie on no line"),
    ("logic/fewest_units", "shifts = [1, 0, 1, -1]\nfirst = 0", "shifts", "numbers other than 0"),
    ("logic/fewest_units", "start = [0.5, 0]", "start", "whole numbers"),
]


def refused(folder: Path, exercise: str, pin: str, *options: str) -> str:
    (folder / "exercises").mkdir()
    (folder / "exercises" / "mine.toml").write_text(SHEET.format(exercise=exercise, pin=pin), encoding="utf-8")
    found = keygen("answers", "mine", *options)
    assert found.exit_code == 1
    assert "Traceback" not in found.stderr
    return found.stderr


@pytest.mark.parametrize(("exercise", "pin", "name", "expected"), WRONG)
def test_a_pin_that_leaves_nothing_to_ask_is_one_error_with_its_place_and_a_repair(
    exercise: str, pin: str, name: str, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    message = refused(tmp_path, exercise, f"[exercise.pin]\n{pin}")
    line = next(line for line in pin.splitlines() if line.startswith(f"{name} ="))
    number = 1 + SHEET.format(exercise=exercise, pin=f"[exercise.pin]\n{pin}").splitlines().index(line)
    assert f"the pin of {name!r} does not fit" in message
    assert f"at:       {Path('exercises') / 'mine.toml'}:{number}" in message.replace(str(tmp_path) + "/", "")
    assert f"line:     {line}" in message
    assert expected in message
    assert "found:" in message
    assert f"mend:     pin another {name!r}" in message


@pytest.mark.parametrize("pin", ["pin = { W2 = [[1], [-2], [3]], p = 1 }", "[exercise.pin]\n# p\n'p' = 1", "pin.p = 1"])
@pytest.mark.parametrize("options", [(), ("--seed", "3")])
def test_however_a_sheet_pins_the_line_is_that_of_the_name(
    pin: str, options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert f"line:     {pin.splitlines()[-1]}" in refused(tmp_path, "dropout/mask", pin, *options)


@pytest.mark.parametrize("name", [name for name in SHIPPED.exercises if SHIPPED.exercise(name).pinnable])
def test_published_and_drawn_numbers_keep_what_pins_must(name: str) -> None:
    exercise = SHIPPED.exercise(name)
    for variant in (published(exercise), *(solve(exercise, "sheet", seed).variant for seed in range(5))):
        require_pinnable(candidate(exercise, variant), {**variant.data, **variant.choices})


def test_while_some_of_what_is_to_blame_is_drawn_it_is_drawn_again() -> None:
    def pinnable(v: Any) -> Any:
        yield "a b", v.a < v.b, "less than b"

    given = {"a": decimals("", "0", "1", "0.1", published=0), "b": decimals("", "0", "1", "0.1", published=1)}
    one = Exercise("my/one", Path("my/one"), {}, given, {}, lambda t: None, {}, pinnable=pinnable)
    found = solve(one, "sheet", 1, pin={"a": 0.8})
    assert found.values["b"] > found.values["a"]
    with pytest.raises(KeygenError, match="the pin of 'a' does not fit"):
        solve(one, "sheet", 1, pin={"a": 0.8, "b": 0.5})
    with pytest.raises(KeygenError, match="pin another 'a'"):
        solve(one, "sheet", None, pin={"a": 3})
    assert drawn(one, NumberStreams("sheet", 1), "my/one", 0, {}).data
