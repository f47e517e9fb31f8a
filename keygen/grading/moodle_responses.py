"""Moodle's report of responses as a file of answers, by the map beside an export (keygen-map/1).

The report has a row an attempt and, where the boxes "question text" and "response" were ticked, for each question a
column with its text and one with what was typed. A Cloze question's response is `part 1: 2; part 2: 1/2`
(question/type/multianswer: `subqresponse`), in the words of Moodle's language. The text of a question has the code of
its variant; each question of an attempt may be another seed's, so a student's exercises may be of several variants.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from keygen.builds.manifest import ManifestExercise
from keygen.course.code import ALPHABET
from keygen.course.course import Course
from keygen.errors import KeygenError
from keygen.export.answer_map import ExportMap, MapBox, MapExercise, MapVariant
from keygen.grading.answers_file import AnswersFile, AnswersRow
from keygen.grading.class_list import GradedPerson, load_map, order_of_map
from keygen.grading.typed_text import unquoted

CODE = re.compile(rf"(?<![A-Z\d])[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}(?![A-Z\d])")
NUMBER = re.compile(rf"(?:{CODE.pattern})\s*·\s*(\d+)")
"""A code with the number of the exercise behind it."""
LABEL = re.compile(r"(?:^|; ?)([^\W\d_][^;:：\d]{0,30}?)\s*(\d+)\s*[:：] ?")
WORD = re.compile(r"[^\W\d_]{4,}")
IDS = ("id", "id number", "idnumber", "student id", "индивидуальный номер")
"""Heads of columns that say who somebody is, in small letters; where none is there, addresses do."""
RIGHT_ANSWERS = ("right answer", "правильный ответ")
NOTHING = ("", "-")
UNANSWERED = "?"
"""What stands for an empty box among others that are filled (`exercise_grading.GAP`)."""
MARGIN = 0.1
"""By how much more of a question's words are those of its exercise than of any other."""


@dataclass(frozen=True)
class ReportedAnswers:
    """Rows that were made of a report, as often as they are asked for."""

    path: Path
    made: tuple[AnswersRow, ...]

    def columns(self) -> tuple[str, ...]:
        """The columns as they first appear."""
        return tuple(dict.fromkeys(name for row in self.made for name in row.cells))

    def rows(self) -> Iterator[AnswersRow]:
        """The rows, one after another."""
        return iter(self.made)

    def part(self, start: int, stop: int) -> tuple[ReportedAnswers, int, int]:
        """Some of the rows, and where they stand among these."""
        return ReportedAnswers(self.path, self.made[start:stop]), 0, stop - start


class Untold(ValueError):
    """What of a row cannot be graded; the message says why."""


def code_in(text: str, known: Container[str]) -> str:
    """The first code in a text, one that is `known` if there is any; "" where there is none."""
    codes = CODE.findall(text)
    return next((code for code in codes if code in known), codes[0] if codes else "")


@dataclass
class MoodleReport:
    """A report that is read by a map; what it has is found when it is first asked for."""

    course: Course
    target: str
    map_file: Path
    file: AnswersFile
    words: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def map(self) -> ExportMap:
        """The map. Raises KeygenError for one of another export."""
        found = load_map(self.course, self.target, self.map_file)
        if found.target != "moodle":
            raise KeygenError(
                "the map is not of questions for Moodle", file=self.map_file, found=f"an export to {found.target}",
                repair="take the .moodle.map.json beside the questions",
            )  # fmt: skip
        return found

    @cached_property
    def variants(self) -> Mapping[str, MapVariant]:
        """The variants by their codes."""
        return {variant.code: variant for variant in self.map.variants}

    @cached_property
    def rows(self) -> tuple[AnswersRow, ...]:
        """The rows as they stand in the file, those of attempts alone."""
        return tuple(row for row in self.file.csv_rows_of() if any(map(CODE.search, row.cells.values())))

    @cached_property
    def head(self) -> Sequence[str]:
        """The names of the columns."""
        with self.file.opened() as text:
            return tuple(self.file.header(text)[0])

    @cached_property
    def questions(self) -> Mapping[str, str]:
        """The column of each question's text, with that of its response. Raises KeygenError where there are none."""
        found = {}
        for place, name in enumerate(self.head[:-1]):
            after = self.head[place + 1]
            if any(CODE.search(row.cells.get(name, "")) for row in self.rows):
                if after.casefold().startswith(RIGHT_ANSWERS):
                    raise self.unfit(f"behind {name!r} stands {after!r}")
                found[name] = after
        if not found:
            raise self.unfit(", ".join(self.head)[:200])
        return found

    def unfit(self, found: str) -> KeygenError:
        """What is wrong with a report that lacks columns."""
        return KeygenError(
            "this is no report of responses with the questions of this map", file=self.file.path, line=1,
            expected="for each question a column with its text, in which its code stands, and one with the response",
            found=found,
            repair='in Moodle, under Results, Responses, tick "question text" and "response" and download CSV',
        )  # fmt: skip

    @cached_property
    def id_column(self) -> str:
        """The column that says whose an attempt is. Raises KeygenError where none does."""
        for name in self.head:
            if name.casefold() in IDS and all(row.cells.get(name, "") not in NOTHING for row in self.rows):
                return name
        for name in self.head:
            if name not in self.questions and all("@" in row.cells.get(name, "") for row in self.rows):
                return name
        raise KeygenError(
            "no column of the report says whose each attempt is", file=self.file.path, line=1,
            expected="the ID number of everybody, or the email address", found=", ".join(self.head)[:200],
            repair="have the report show one of them, or name the column of the students' ids: id",
        )  # fmt: skip

    # --- rows

    def read(self) -> tuple[dict[str, GradedPerson], ReportedAnswers]:
        """The people of the report, and what they answered; a row that cannot be graded says why."""
        people: dict[str, GradedPerson] = {}
        made = []
        names = self.head[: min(2, self.head.index(self.id_column))]
        self.require_questions()
        for row in self.rows:
            id = unquoted(row.cells.get(self.id_column, ""))
            name = " ".join(filter(None, (unquoted(row.cells.get(one, "")) for one in names)))
            try:
                person, cells = self.attempt(id, name, row)
            except Untold as error:
                made.append(AnswersRow(row.line, {"id": id}, row.fault or str(error)))
                continue
            people[person.id] = person
            made.append(AnswersRow(row.line, {"id": id, **cells}, row.fault))
        return people, ReportedAnswers(self.file.path, tuple(made))

    def require_questions(self) -> None:
        """Raise KeygenError where no question is of the map."""
        codes = {code_in(row.cells.get(name, ""), self.variants) for row in self.rows for name in self.questions}
        if codes.isdisjoint(self.variants):
            raise KeygenError(
                "no question of the report is of this map", file=self.file.path, found=", ".join(sorted(codes))[:200],
                expected="codes of the map, " + ", ".join(list(self.variants)[:3]) + " and so on",
                repair="take the map of the export whose questions the students had",
            )  # fmt: skip

    def attempt(self, id: str, name: str, row: AnswersRow) -> tuple[GradedPerson, dict[str, str]]:
        """One attempt: whose numbers each exercise had, and the cells. Raises Untold."""
        worked: dict[int, tuple[MapVariant, MapExercise]] = {}
        cells: dict[str, str] = {}
        for question, response in self.questions.items():
            text = row.cells.get(question, "")
            if text in NOTHING:
                continue
            code = code_in(text, self.variants)
            if code not in self.variants:
                raise Untold(f"{question} has {f'the code {code}' if code else 'no code'}, none of the map's")
            variant = self.variants[code]
            typed = boxes_of(row.cells.get(response, ""))
            if typed is None:
                raise Untold(f"{response} is no list of parts: {row.cells.get(response, '')[:40]!r}")
            found = self.exercise(question, text, variant, typed)
            if found.number in worked:
                raise Untold(f"two questions are of exercise {found.number}")
            worked[found.number] = variant, found
            cells |= cells_of(found.boxes, typed)
        return self.person(id, name, worked), cells

    def exercise(self, question: str, text: str, variant: MapVariant, typed: Sequence[str]) -> MapExercise:
        """Which exercise of its variant a question is: one with so many boxes, whose number stands behind the code, or,
        where none does, the words of whose statement it has. Raises Untold."""
        fitting = [one for one in variant.exercises if not typed or len(one.boxes) == len(typed)]
        if (numbered := NUMBER.search(text)) is not None:
            fitting = [one for one in fitting if one.number == int(numbered[1])]
        if not fitting:
            raise Untold(f"{question}: no exercise of {variant.code} has {len(typed)} boxes")
        if len(fitting) == 1:
            return fitting[0]
        said = frozenset(word.casefold() for word in WORD.findall(text))
        scores = sorted((len(said & self.spoken(one.id)) / max(1, len(said)), -one.number) for one in fitting)
        (second, _), (best, number) = scores[-2:]
        if best - second < MARGIN:
            either = " or ".join(str(one.number) for one in fitting)
            raise Untold(f"{question}: its text does not tell whether it is exercise {either}")
        return next(one for one in fitting if one.number == -number)

    def spoken(self, exercise: str) -> frozenset[str]:
        """The words of an exercise's template."""
        if exercise not in self.words:
            file = self.course.exercise(exercise).file.with_name(f"{self.map.lang}.tex")
            text = file.read_text("utf-8") if file.exists() else ""
            self.words[exercise] = frozenset(word.casefold() for word in WORD.findall(text))
        return self.words[exercise]

    def person(self, id: str, name: str, worked: Mapping[int, tuple[MapVariant, MapExercise]]) -> GradedPerson:
        """A student with the exercises of this attempt."""
        if not worked:
            raise Untold("no question of the map was seen")
        orders = {
            number: order_of_map(self.course, self.map, variant.seed) for number, (variant, _) in sorted(worked.items())
        }
        exercises = tuple(
            ManifestExercise(one.id, one.number, one.given, one.parts) for _, (_, one) in sorted(worked.items())
        )
        codes = {variant.code for variant, _ in worked.values()}
        code = codes.pop() if len(codes) == 1 else ""
        return GradedPerson(id, name, code, next(iter(orders.values())), partial(tuple, exercises), orders=orders)


def boxes_of(response: str) -> list[str] | None:
    """What was typed into each box, in their order; [] of a question that was not answered, None for another text.
    A label counts where its number is the next one, so that nothing that is typed can shift the others unseen."""
    if response in NOTHING:
        return []
    found: list[str] = []
    word, start = "", 0
    for label in LABEL.finditer(response):
        if not word and label.start():
            return None
        word = word or label[1]
        last = len(found) + (start > 0)
        if label[1] == word and int(label[2]) == last + 1:
            if start:
                found.append(response[start : label.start()].strip())
            start = label.end()
    return [*found, response[start:].strip()] if start else None


def cells_of(boxes: Sequence[MapBox], typed: Sequence[str]) -> dict[str, str]:
    """The cells of a question, put together of its boxes; nothing typed at all is an empty cell."""
    entries: dict[str, dict[tuple[int, ...], str]] = {}
    for box in boxes:
        entries.setdefault(box.column, {})[box.cell] = said(box, typed[box.box - 1]) if typed else ""
    return {column: put_together(one) for column, one in entries.items()}


def said(box: MapBox, typed: str) -> str:
    """What was typed, or what the option that was taken stands for: a formula in NumPy's signs, say."""
    taken = (one.exact for one in box.choices if one.shown.split() == typed.split())
    exact = next(taken, None)
    return typed if exact is None else str(exact)


def put_together(entries: Mapping[tuple[int, ...], str]) -> str:
    """One answer of its entries: a number as it was typed, rows in brackets with & between the entries."""
    if all(text in NOTHING for text in entries.values()):
        return ""
    nested: Any = {}
    for place, text in entries.items():
        if not place:
            return text
        level = nested
        for step in place[:-1]:
            level = level.setdefault(step, {})
        level[place[-1]] = UNANSWERED if text in NOTHING else text
    return bracketed(nested)


def bracketed(level: Mapping[int, Any]) -> str:
    """[[a & b]; [c & d]], [a & b]"""
    inside = [level[place] for place in sorted(level)]
    if all(isinstance(one, str) for one in inside):
        return f"[{' & '.join(inside)}]"
    return f"[{'; '.join(map(bracketed, inside))}]"
