"""The map beside an export: which variant has which code, what its answers are, and which box asks for which of them.

    {"schema": "keygen-map/1", "version": "0.12.0", "sheet": "sheet4", "lang": "ru", "target": "moodle",
     "key": "public",
     "variants": [{"seed": 1, "code": "K7QM-2FXA",
                   "exercises": [{"id": "backprop/layer_by_layer", "number": 4, "given": {...}, "parts": {"a": {...}},
                                  "boxes": [{"box": 1, "column": "4.a.H", "cell": [0, 0], "weight": 2}, ...]}]}]}

Boxes are counted from 1 within a question, in the order of the page; columns are those of key.csv; a cell is the place
in the answer, counted from 0, [] of a number. A box with a choice has its `choices` in their order: what the system
shows of each and reports of whoever takes it, and its `exact` form, as that of the answer. `given` and `parts` are
those of `keygen answers --json`, without closed forms that take long to find; parts have the answers too for which
there are no boxes. `key` is the fingerprint of the key of the numbers, or "public".
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

MAP_SCHEMA: Literal["keygen-map/1"] = "keygen-map/1"


class MapChoice(msgspec.Struct, frozen=True):
    """One option of a box: the text that is shown, and what it stands for; None of a formula that is wrong and has no
    form in NumPy's signs."""

    shown: str
    exact: str | bool | None


class MapBox(msgspec.Struct, frozen=True, omit_defaults=True):
    """One box: its number in the question, the column and the cell of its answer, its weight; its options in their
    order, if it has some."""

    box: int
    column: str
    cell: tuple[int, ...]
    weight: int
    choices: tuple[MapChoice, ...] = ()


class MapExercise(msgspec.Struct, frozen=True):
    """One question."""

    id: str
    number: int
    given: dict[str, Any]
    parts: dict[str, dict[str, Any]]
    boxes: list[MapBox]


class MapVariant(msgspec.Struct, frozen=True):
    """The questions of one seed."""

    seed: int
    code: str
    exercises: list[MapExercise]


class ExportMap(msgspec.Struct, frozen=True):
    """All of an export."""

    schema: Literal["keygen-map/1"]
    version: str
    sheet: str
    lang: str
    target: str
    key: str
    variants: list[MapVariant]

    def encoded(self) -> bytes:
        """As JSON, the same for the same export."""
        return msgspec.json.format(msgspec.json.encode(self), indent=1) + b"\n"
