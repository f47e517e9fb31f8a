"""Moodle's reading of its XML and of embedded answers (Cloze), by the rules that its import and its marking have: no
word of keygen's writer is asked."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path

OPENING = re.compile(r"\{(\d*):(NUMERICAL|NM|MULTICHOICE_V|MULTICHOICE|MC|SHORTANSWER|SA):")
SHARE = re.compile(r"=|%(-?\d+(?:[.,]\d*)?)%")
TYPED = re.compile(r"([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Alternative:
    share: float
    text: str
    feedback: str

    @property
    def key(self) -> float:
        return float(self.text.partition(":")[0])

    @property
    def tolerance(self) -> float:
        return float(self.text.partition(":")[2] or 0)

    def takes(self, number: float) -> bool:
        """Nominal tolerance, with Moodle's allowance for the last bit."""
        allowance = 1e-14 * max(abs(self.tolerance), abs(self.key), 1e-14)
        return abs(number - self.key) <= self.tolerance + allowance


@dataclass(frozen=True)
class CloseBox:
    weight: int
    kind: str
    alternatives: tuple[Alternative, ...]

    def mark(self, typed: str) -> tuple[float, str]:
        """The share of the points, and the feedback: of the first alternative that fits."""
        number = read_number(typed)
        fitting = (one for one in self.alternatives if number is not None and one.takes(number))
        found = next(fitting, None)
        return (0.0, "") if found is None else (found.share, found.feedback)


def read_number(typed: str) -> float | None:
    """On an English page: a comma stands between thousands, and what follows a number is its unit."""
    found = TYPED.fullmatch(typed.replace(" ", "").replace(",", ""))
    return None if found is None else float(found[1])


def closes(text: str, place: int, ends: str, keeps: tuple[str, ...]) -> int:
    """Where a piece ends: at one of some characters, unless another stands before it."""
    while text[place] not in ends or text[:place].endswith(keeps):
        place += 1
    return place


def unquoted(text: str) -> str:
    return html.unescape(text).replace(r"\}", "}").replace(r"\#", "#")


def boxes_in(text: str) -> list[CloseBox]:
    """The boxes of a question's text in their order."""
    found: list[CloseBox] = []
    place = 0
    while opening := OPENING.search(text, place):
        place = opening.end()
        alternatives: list[Alternative] = []
        while True:
            share = SHARE.match(text, place)
            value = 0.0
            if share:
                value = 1.0 if share[1] is None else float(share[1].replace(",", ".")) / 100
                place = share.end()
            end = closes(text, place + 1, "~#}", ("\\", "&", "&amp;"))
            answer, feedback = text[place:end], ""
            if text[end] == "#":
                place, end = end + 1, closes(text, end + 1, "~}", ("\\",))
                feedback = unquoted(text[place:end])
            alternatives.append(Alternative(value, unquoted(answer), feedback))
            place = end + 1
            if text[end] == "}":
                break
        found.append(CloseBox(int(opening[1] or 1), opening[2], tuple(alternatives)))
    return found


@dataclass(frozen=True)
class ReadQuestion:
    category: str
    name: str
    text: str
    feedback: str
    files: dict[str, dict[str, bytes]]

    @property
    def boxes(self) -> list[CloseBox]:
        return boxes_in(self.text)

    @property
    def formulas(self) -> list[str]:
        r"""The TeX that MathJax sees: between \( \) and \[ \] of both texts, boxes apart."""
        both = re.sub(r"\{\d+:[A-Z]+:.*?(?<!\\)\}", "", self.text) + self.feedback
        found = re.findall(r"\\\((.*?)\\\)|\\\[(.*?)\\\]", both, re.DOTALL)
        return [html.unescape(inline or shown) for inline, shown in found]


def read_quiz(path: Path) -> list[ReadQuestion]:
    """The questions of a file, each with the category that it comes into."""
    category = ""
    found: list[ReadQuestion] = []
    for one in ET.fromstring(path.read_bytes()):
        if one.get("type") == "category":
            category = one.findtext("category/text", "")
            continue
        assert one.get("type") == "cloze"
        texts = {name: one.findtext(f"{name}/text", "") for name in ("questiontext", "generalfeedback")}
        files = {name: files_of(one, name) for name in texts}
        found.append(ReadQuestion(category, one.findtext("name/text", ""), *texts.values(), files))
    return found


def files_of(question: ET.Element, name: str) -> dict[str, bytes]:
    """The files of a text."""
    each = question.iterfind(f"{name}/file[@encoding='base64']")
    return {file.get("name", ""): b64decode(file.text or "") for file in each}
