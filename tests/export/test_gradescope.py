"""`keygen export --to gradescope`: outline, key, and an answer page whose boxes stand where they are said to."""

from __future__ import annotations

import csv
import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from keygen.export.answer_page import FOOT, LEFT, TOP, WIDTH, WantedBox, placed
from tests.courses import keygen

DPI = 72


def exported(out: Path, *more: str) -> Path:
    result = keygen("export", "sheet4", "--to", "gradescope", "--lang", "en", "--out", str(out), *more)
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{out}/sheet4.en-gradescope\n"
    return Path(result.stdout.strip())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return exported(tmp_path_factory.mktemp("out"), "--seeds", "1,2", "--answer-page")


def rows(path: Path) -> list[list[str]]:
    return list(csv.reader(path.read_text("utf-8-sig").splitlines()))


def test_the_outline_has_the_points_of_exercises_and_parts(folder: Path) -> None:
    head, *lines = rows(folder / "outline.csv")
    assert head == ["number", "title", "points"]
    found = {number: (title, points) for number, title, points in lines}
    assert found["4"] == ("Layer by layer", "8")
    parts = [float(points) for number, (_, points) in found.items() if number.startswith("4.")]
    assert len(parts) == 11
    assert sum(parts) == 8


def test_points_that_differ_from_variant_to_variant_are_left_open_and_told(tmp_path: Path) -> None:
    result = keygen("export", "sheet4", "--to", "gradescope", "--lang", "en", "--out", str(tmp_path), "--seeds", "1,7")
    found = {number: points for number, _, points in rows(tmp_path / "sheet4.en-gradescope/outline.csv")}
    assert found["1.a"] == found["1.b"] == ""
    assert found["1"] == "3"
    assert "1.a is worth 0.5 or 1 points, as variants go" in result.stderr


def test_the_key_has_a_row_for_each_seed_and_the_answers_of_keygen(folder: Path) -> None:
    head, *lines = rows(folder / "key.csv")
    assert [line[0] for line in lines] == ["1", "2"]
    said = json.loads(keygen("answers", "sheet4", "--seed", "2", "--json").stdout)["exercises"]
    (worked,) = (one for one in said if one["number"] == 4)
    assert json.loads(lines[1][head.index("4.a.H")]) == worked["parts"]["a"]["H"]["exact"]
    boxes = json.loads((folder / "boxes.json").read_text())["boxes"]
    assert sorted(box["column"] for box in boxes) == sorted(head[3:])


def test_boxes_do_not_overlap_and_stay_on_the_paper(folder: Path) -> None:
    boxes = json.loads((folder / "boxes.json").read_text())["boxes"]
    for place, one in enumerate(boxes):
        assert one["x"] >= LEFT
        assert one["x"] + one["width"] <= WIDTH - LEFT
        assert one["y"] >= TOP
        assert one["y"] + one["height"] <= FOOT
        for other in boxes[:place]:
            apart = one["page"] != other["page"] or any(
                one[at] >= other[at] + other[size] or other[at] >= one[at] + one[size]
                for at, size in (("x", "width"), ("y", "height"))
            )
            assert apart, (one, other)


def test_the_page_has_its_boxes_where_they_are_said_to_be(folder: Path, tmp_path: Path) -> None:
    subprocess.run(["pdftoppm", "-gray", "-r", str(DPI), folder / "answer-page.pdf", tmp_path / "p"], check=True)
    pages = [picture(path) for path in sorted(tmp_path.glob("*.pgm"))]
    boxes = json.loads((folder / "boxes.json").read_text())["boxes"]
    assert len(pages) == max(box["page"] for box in boxes)
    for box in boxes:
        page = pages[box["page"] - 1]
        middle = pixel(box["y"] + box["height"] / 2)
        for edge in (box["x"], box["x"] + box["width"]):
            assert page[middle, pixel(edge) - 1 : pixel(edge) + 2].min() < 128, box
        inside = page[middle, pixel(box["x"]) + 3 : pixel(box["x"] + box["width"]) - 3]
        assert inside.min() > 200


def test_a_box_is_called_by_the_letter_of_its_part_on_the_page_and_no_two_alike(folder: Path) -> None:
    russian = folder.parent / "russian"
    keygen(
        "export", "sheet4", "--to", "gradescope", "--answer-page", "--seeds", "1", "--lang", "ru", "--out", str(russian)
    )
    (pdf,) = russian.rglob("answer-page.pdf")
    said = subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
    assert not re.search(r"\b\d\.[a-z]\b", said)
    assert "_" not in said
    told = " ".join(said.split())
    assert "1.б число путей от f к x" in told
    assert [len(re.findall(rf"3 шаг {step}: L ?=", told)) for step in (1, 2)] == [1, 1]


def picture(path: Path) -> np.ndarray:
    """A grey picture of poppler's."""
    _, size, _, data = path.read_bytes().split(b"\n", 3)
    width, height = map(int, size.split())
    return np.frombuffer(data, dtype=np.uint8).reshape(height, width)


def pixel(millimetres: float) -> int:
    return round(millimetres * DPI / 25.4)


def test_one_page_has_a_box_for_whatever_any_variant_asks_for(folder: Path) -> None:
    boxes = json.loads((folder / "boxes.json").read_text())["boxes"]
    columns = [box["column"] for box in boxes]
    assert len(set(columns)) == len(columns)
    for seed in ("1", "2"):
        for one in json.loads(keygen("answers", "sheet4", "--seed", seed, "--json").stdout)["exercises"]:
            asked = {f"{one['number']}.{part}.{name}" for part, named in one["parts"].items() for name in named}
            assert asked <= set(columns)
    parts = [column.rpartition(".")[0] for column in columns]
    assert [part for place, part in enumerate(parts) if part != parts[place - 1]] == sorted(set(parts))


def test_two_pools_of_alike_variants_have_the_same_page(folder: Path, tmp_path: Path) -> None:
    def places(one: Path) -> dict[str, tuple[int, ...]]:
        boxes = json.loads((one / "boxes.json").read_text())["boxes"]
        top = min((box["page"], box["y"]) for box in boxes if box["column"].startswith("4."))
        return {
            box["column"]: (box["page"] - top[0], box["x"], box["width"], box["height"])
            for box in boxes
            if box["column"].startswith("4.")
        }

    other = exported(tmp_path, "--seeds", "7", "--answer-page")
    assert places(other).keys() == places(folder).keys()
    assert {one[1:] for one in places(other).values()} == {one[1:] for one in places(folder).values()}


def test_a_page_is_made_where_it_is_asked_for(tmp_path: Path) -> None:
    assert sorted(one.name for one in exported(tmp_path, "--seeds", "1").iterdir()) == ["key.csv", "outline.csv"]
    result = keygen("export", "sheet4", "--to", "moodle", "--answer-page")
    assert result.exit_code == 2
    assert "--answer-page is for --to gradescope" in result.stderr


def test_two_narrow_boxes_stand_in_a_row_and_a_full_page_is_followed_by_another() -> None:
    made = list(
        placed([WantedBox(str(n), kind, "") for n, kind in enumerate(["number", "number", "matrix"] + ["x"] * 12)])
    )
    assert [(box.page, box.y) for box in made[:3]] == [(1, TOP), (1, TOP), (1, TOP + 14)]
    assert made[1].x > made[0].x + made[0].width
    assert {box.page for box in made} == {1, 2, 3}


def test_answers_that_variants_call_alike_and_never_ask_for_together_share_a_place(tmp_path: Path) -> None:
    result = keygen(
        "export", "sheet1", "--to", "gradescope", "--lang", "en", "--seeds", "1..4", "--answer-page",
        "--out", str(tmp_path),
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    boxes = json.loads((tmp_path / "sheet1.en-gradescope/boxes.json").read_text())["boxes"]
    spots: dict[tuple[int, ...], list[str]] = {}
    for box in boxes:
        spots.setdefault((box["page"], box["x"], box["y"]), []).append(box["column"])
    shared = [columns for columns in spots.values() if len(columns) > 1]
    assert shared
    for seed in range(1, 5):
        said = json.loads(keygen("answers", "sheet1", "--seed", str(seed), "--json").stdout)["exercises"]
        parts = [(one["number"], part, named) for one in said for part, named in one["parts"].items()]
        asked = {f"{number}.{part}.{name}" for number, part, named in parts for name in named}
        assert all(len(asked.intersection(columns)) <= 1 for columns in shared)
