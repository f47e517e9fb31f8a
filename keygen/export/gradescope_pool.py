"""A pool for Gradescope, whose papers are scanned: an outline of questions and points, the key of each variant, and an
answer page with a fixed place for each answer, whichever variant a student has.

    sheet4-gradescope/outline.csv        number, title, points: what to type into the outline
    sheet4-gradescope/key.csv            a row for each seed, columns as in a roster's key
    sheet4-gradescope/answer-page.pdf    the template, and the page that everybody gets
    sheet4-gradescope/boxes.json         where each answer's box is, in millimetres
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import msgspec

from keygen.builds.key_csv import key_csv
from keygen.builds.request import SheetRequest
from keygen.builds.sheet import asked_items, bound, nodes_of, solved
from keygen.course.points import decimal
from keygen.course.roster import Student
from keygen.document.derivations import left_side
from keygen.document.template import words
from keygen.document.tex_text import printed
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.export.answer_page import LABEL, WantedBox, answer_page, placed
from keygen.export.making import asked_of
from keygen.export.pool import PoolReport, PoolRequest, made, words_of
from keygen.export.signs import letters_of, result_said
from keygen.mathematics.answers import Answer
from keygen.system.files import write_whole
from keygen.variants.solved import Solved
from keygen.writers.latex import LatexWriter, plain_words

OUTLINE, KEY, PAGE, PLACES = "outline.csv", "key.csv", "answer-page.pdf", "boxes.json"


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """A line of the outline: an exercise, or a part of it under its letter on the page."""

    number: str
    title: str
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class ScannedVariant:
    """What one seed asks for: lines of the outline, boxes, and answers by exercise, part and name."""

    seed: int
    code: str
    outline: tuple[OutlineLine, ...]
    boxes: tuple[WantedBox, ...]
    answers: Mapping[str, Mapping[str, Mapping[str, Answer]]]


def to_gradescope(
    request: PoolRequest, out: Path, advance: Callable[[int], None], note: Callable[[str], None]
) -> PoolReport:
    """Write a pool into a folder of its own. Raises KeygenError as `made` does, and what TeX raises: then nothing is
    written."""
    done = made(request, scanned, advance, note)
    first = request.orders[0]
    folder = out / f"{first.sheet.name}{first.sheet.mark(first.language.code)}-gradescope"
    rows = [(Student(str(one.seed), "", {}, 0), one.code, one.answers) for one in done]
    lines, open_points = common([one.outline for one in done])
    files = {OUTLINE: outline(lines, words_of(first)), KEY: key_csv(rows)}
    if request.answer_page:
        files |= page(first, done)
    for name, data in files.items():
        write_whole(folder / name, data)
    report = PoolReport((folder,), (), first.key)
    return replace(report, said=(*open_points, *report.said))


def common(outlines: Sequence[Sequence[OutlineLine]]) -> tuple[list[OutlineLine], list[str]]:
    """The outline of all variants, and what is open in it: parts that are worth more in some variants than in others,
    for the points of an exercise are shared over its steps."""
    lines = {line.number: line for each in outlines for line in each}
    points = {number: {line.points for each in outlines for line in each if line.number == number} for number in lines}
    said = [
        f"{number} is worth {' or '.join(decimal(one, '.') for one in sorted(filter(None, worth)))} points, "
        "as variants go: the outline leaves it open (say `points` part by part in the sheet)"
        for number, worth in points.items()
        if len(worth) > 1
    ]
    told = [line if len(points[line.number]) == 1 else replace(line, points=None) for line in lines.values()]
    return told, said


def page(first: SheetRequest, done: Sequence[ScannedVariant]) -> dict[str, bytes]:
    """The answer page, and where its boxes are."""
    from keygen.tex.pdf import compile_tex  # only a page needs TeX

    wanted = sharing(united(done), done)
    boxes = list(placed([one[0] for one in wanted]))
    if not boxes:
        raise KeygenError("the sheet asks for no answers", repair="export without --answer-page")
    say, known = words_of(first), words("words", first.language)
    asked = [known["field_name"], known["field_id"], say["code"]]
    source = answer_page(boxes, first.language.style, printed(bound(first, ()).title).tex, asked)
    pdf = compile_tex(source, style=first.course.style_files()).data
    told = [
        {**{name: value for name, value in asdict(box).items() if name != "label"}, "column": one.column}
        for box, shared in zip(boxes, wanted, strict=True)
        for one in shared
    ]
    places = {"unit": "mm", "paper": "a4", "boxes": told}
    return {PAGE: pdf, PLACES: msgspec.json.format(msgspec.json.encode(places), indent=1) + b"\n"}


def united(done: Sequence[ScannedVariant]) -> list[WantedBox]:
    """A box for each answer that any variant asks for, by the order of exercises and parts; where variants call it by
    different letters it has its name."""
    found: dict[str, WantedBox] = {}
    for variant in done:
        for box in variant.boxes:
            known = found.setdefault(box.column, box)
            if known.label != box.label:
                found[box.column] = replace(known, label=known.named)
    order = {column: place for place, column in enumerate(found)}
    return sorted(found.values(), key=lambda box: (*part_of(box.column), order[box.column]))


def sharing(boxes: Sequence[WantedBox], done: Sequence[ScannedVariant]) -> list[list[WantedBox]]:
    """Boxes that share a place: those of a part with one label that no variant asks for together, for whoever writes
    cannot tell them apart, and need not."""
    asked = [{box.column for box in variant.boxes} for variant in done]
    places: list[list[WantedBox]] = []
    for box in boxes:
        for shared in places:
            alike = (shared[0].label, shared[0].type, part_of(shared[0].column))
            others = {one.column for one in shared}
            apart = not any(box.column in one and one & others for one in asked)
            if alike == (box.label, box.type, part_of(box.column)) and apart:
                shared.append(box)
                break
        else:
            places.append([box])
    return places


def sign_of(source: Any, found: Solved, typesetter: Typesetter) -> str:
    """The sign of an answer in TeX with the equals sign behind it: a letter, that of the first of several entries, or
    the left side of a formula by matrix differentials; "" where there is none."""
    if (formula := result_said(source)) is not None:
        return " ".join(left_side(formula))
    letters = letters_of(source, found)
    if not letters:
        return ""
    first = typesetter.typeset(next(iter(letters.values())))
    return f"{first}=" if () in letters else rf"{first},\ \dots="


def label_of(shown: str, words: str, sign: str) -> str:
    """What stands before a box, on several lines where it has words: the part, words, a sign."""
    equal = f"${sign}$" if sign else ""
    if not words:
        return rf"\small {shown}\ {equal}"
    said = f"{words}: {equal}" if equal else words
    return rf"\parbox{{{LABEL - 3}mm}}{{\raggedleft\footnotesize {shown}\ {said}}}"


def part_of(column: str) -> tuple[int, str]:
    """The exercise and the part of a column."""
    number, part, _ = column.split(".", 2)
    return int(number), part


def told_apart(boxes: Sequence[WantedBox]) -> list[WantedBox]:
    """The boxes of a part: those that one letter stands for have their names."""
    seen = Counter(box.label for box in boxes)
    return [replace(box, label=box.named) if seen[box.label] > 1 else box for box in boxes]


def outline(lines: Sequence[OutlineLine], say: Mapping[str, str]) -> bytes:
    """The outline as a file for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([say["number"], say["title"], say["points"]])
    writer.writerows([one.number, one.title, "" if one.points is None else decimal(one.points, ".")] for one in lines)
    return text.getvalue().encode("utf-8-sig")


def scanned(order: SheetRequest) -> ScannedVariant:
    """What one seed asks for, each exercise certified."""
    lines: list[OutlineLine] = []
    boxes: list[WantedBox] = []
    answers: dict[str, Mapping[str, Mapping[str, Answer]]] = {}
    for item in asked_items(order):
        found = solved(order, item)
        (problem, typesetter), _ = nodes_of(found, order, item)
        every = found.answers()
        asked: Mapping[str, Mapping[str, Any]] = asked_of(every, found, item)
        letters = dict(zip(item.entry.parts or (), ascii_lowercase, strict=False))
        lines.append(OutlineLine(str(problem.number), plain_words(problem.title, typesetter), problem.points))
        if len(problem.parts) > 1:
            lines += (OutlineLine(f"{problem.number}.{part.letter}", "", part.points) for part in problem.parts)
        for part in problem.parts:
            shown = f"{problem.number}.{part.letter}" if len(problem.parts) > 1 else str(problem.number)
            own: list[WantedBox] = []
            called = asked.get(part.key, {})
            for name, answer in called.items():
                column = f"{problem.number}.{letters.get(part.key, part.key)}.{name}"
                sign = sign_of(found.sources[part.key].get(name), found, typesetter)
                words_of_it = LatexWriter(typesetter).words(part.caption(name))
                if not words_of_it and called.keys() != {name}:
                    words_of_it = rf"\texttt{{{printed(name).tex}}}"
                named = label_of(shown, words_of_it, "")
                label = label_of(shown, words_of_it if part.caption(name) or not sign else "", sign)
                own.append(WantedBox(column, answer.type, label, named))
            boxes += told_apart(own)
        answers[str(problem.number)] = {
            part: {name: replace(one, value=None, says=None) for name, one in called.items()}
            for part, called in item.entry.asked(every).items()
        }
    assert order.seed is not None
    return ScannedVariant(order.seed, order.code, tuple(lines), tuple(boxes), answers)
