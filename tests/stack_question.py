"""A reading of STACK's questions in Moodle's XML: trees walked with what is typed. The little Maxima that they need is
worked out by Python; no word of keygen's writer is asked."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

ASSIGNED = re.compile(r"(\w+):(?!=)(.*);")
DEFINED = re.compile(r"kg\w+\([a-z,]+\):=.*;")
FAR = 1e60


class Matrix:
    def __init__(self, *rows: Sequence[Any]) -> None:
        self.rows = [list(row) for row in rows]

    def __getitem__(self, place: tuple[int, int]) -> Any:
        return self.rows[place[0] - 1][place[1] - 1]

    def entries(self) -> list[Any]:
        return [one for row in self.rows for one in row]


def step(x: float) -> int:
    return int(x > 0)


def wide(x: float) -> float:
    size = abs(float(x))
    if size < 1e-9:
        return max(1e-14, 5e-3 * size)
    return 1e-6 if abs(size - round(size)) < 1e-9 else 5 * 10.0 ** (math.floor(math.log10(size)) - 3)


def as_float(x: Any) -> Any:
    return np.array(x, dtype=float) if isinstance(x, list | np.ndarray) else float(x)


EMPTY = object()
"""What STACK has for an input that was left empty, or for each entry of a matrix."""


MAXIMA: Mapping[str, Any] = {
    "kgblank": lambda x: x is EMPTY, "kgtyped": lambda x: FAR if x is EMPTY else x,
    "kggiven": lambda x: 1 if x is EMPTY else x,
    "kgfollows": lambda given, typed, found: 0 * typed + FAR**1.5 if any(x is EMPTY for x in given) else found,
    "matrix": Matrix, "list_matrix_entries": Matrix.entries, "append": lambda *parts: [x for one in parts for x in one],
    "float": as_float, "map": lambda function, values: np.array([function(x) for x in values]), "kgstep": step,
    "kgwide": wide, "max": max, "tanh": math.tanh, "kgexp": lambda x: math.exp(x) if x <= 100 else FAR,
    "kglog": lambda x: math.log(x) if x > 0 else -FAR, "kgroot": lambda x: math.sqrt(x) if x >= 0 else FAR,
    "kgover": lambda a, b: a / b if abs(b) >= 1 / FAR else FAR,
    "floor": math.floor, "true": True, "false": False, "__builtins__": {},
}  # fmt: skip


def run(text: str, known: dict[str, Any]) -> None:
    """Assignments, one a line."""
    for line in filter(None, text.splitlines()):
        if DEFINED.fullmatch(line):
            continue
        found = ASSIGNED.fullmatch(line)
        assert found, line
        known[found[1]] = worked_out(found[2], known)


def worked_out(expression: str, known: Mapping[str, Any]) -> Any:
    """The value of an expression: whole numbers are exact, as in Maxima, but for places and powers."""
    exact = re.sub(r"(?<![\w.\^])(\d+)(?![\w.])", r"F(\1)", expression)
    places = re.sub(r"(?<=\w)\[F\((\d+)\),F\((\d+)\)\]", r"[\1,\2]", exact)
    return eval(places.replace("^", "**"), {**MAXIMA, "F": Fraction}, dict(known))


@dataclass(frozen=True)
class Verdict:
    score: float
    note: str
    said: str
    value: float


@dataclass(frozen=True)
class StackRead:
    root: ET.Element
    category: str

    def text(self, name: str) -> str:
        return self.root.findtext(f"{name}/text", "")

    @property
    def name(self) -> str:
        return self.text("name")

    @property
    def inputs(self) -> dict[str, str]:
        return {one.findtext("name", ""): one.findtext("type", "") for one in self.root.findall("input")}

    def right(self) -> dict[str, Any]:
        known: dict[str, Any] = {}
        run(self.text("questionvariables"), known)
        return {name.removeprefix("t"): value for name, value in known.items()}

    def marked(self, typed: Mapping[str, Any]) -> list[Verdict]:
        """What each tree says, in turn."""
        return [self.walked(tree, dict(typed)) for tree in self.root.findall("prt")]

    def walked(self, tree: ET.Element, known: dict[str, Any]) -> Verdict:
        run(tree.findtext("feedbackvariables/text", ""), known)
        nodes = {one.findtext("name", ""): one for one in tree.findall("node")}
        node, score, said = nodes["0"], 0.0, ""
        while True:
            assert node.findtext("answertest") == "NumAbsolute"
            sans, tans = known[node.findtext("sans", "")], worked_out(node.findtext("tans", ""), {})
            near = bool(np.all(np.abs(sans - as_float(tans)) < float(node.findtext("testoptions", ""))))
            kind = "true" if near else "false"
            score = float(node.findtext(f"{kind}score", ""))
            said = node.findtext(f"{kind}feedback/text", "")
            after = node.findtext(f"{kind}nextnode", "")
            if after == "-1":
                note = node.findtext(f"{kind}answernote", "")
                return Verdict(score, note, said, float(tree.findtext("value", "")))
            node = nodes[after]


def read_stack(path: Path) -> list[StackRead]:
    found = []
    category = ""
    for one in ET.fromstring(path.read_bytes()):
        if one.get("type") == "category":
            category = one.findtext("category/text", "")
            continue
        assert one.get("type") == "stack"
        found.append(StackRead(one, category))
    for question in found:
        complete(question)
    return found


def complete(question: StackRead) -> None:
    """Each input has its place and its validation, each tree its feedback, each figure its file."""
    text = question.text("questiontext")
    names = list(question.inputs)
    assert re.findall(r"\[\[input:(\w+)\]\]", text) == re.findall(r"\[\[validation:(\w+)\]\]", text) == names
    trees = [one.findtext("name") for one in question.root.findall("prt")]
    assert re.findall(r"\[\[feedback:(\w+)\]\]", question.text("specificfeedback")) == trees
    for name in ("questiontext", "generalfeedback"):
        said = question.text(name)
        files = {one.get("name") for one in question.root.findall(f"{name}/file")}
        assert set(re.findall(r'src="@@PLUGINFILE@@/([^"]+)"', said)) == files
        assert not re.search(r"\{[@#]|\[\[(?!(?:input|validation):)", said)
