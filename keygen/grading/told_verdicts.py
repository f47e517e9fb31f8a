"""A verdict in words, for the student whose answer it is: what was decided, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from keygen.builds.request import SheetRequest
from keygen.document.template import words
from keygen.grading.decisions import DECIDED
from keygen.grading.reasons import REASONS, in_language
from keygen.grading.summary_page import FEW, REASONS_FILE, ways_said
from keygen.grading.verdicts import AnswerVerdict

UNREAD = REASONS["unread"].format("")
"""What the word for the verdict says already."""


@dataclass(frozen=True, slots=True)
class ToldVerdict:
    """The word for a verdict, and a note beside it, "" where nothing is to be said."""

    word: str
    note: str


def told_verdict(one: AnswerVerdict, order: SheetRequest, say: Mapping[str, str]) -> ToldVerdict:
    """What a student is told of an answer, in the language of the sheet, whose words for grading are `say`."""
    return ToldVerdict(say[word_for(one)], "; ".join(notes(one, order, say)))


def word_for(one: AnswerVerdict) -> str:
    """The name of the word for a verdict. A student hears of a slip that others make as well, not of a table that
    knows it."""
    match one.kind:
        case "coarse" if one.replay:
            return "coarse_carried"
        case "slip":
            return "common" if one.slips else "common_perhaps"
    return one.kind


def notes(one: AnswerVerdict, order: SheetRequest, say: Mapping[str, str]) -> Iterator[str]:
    """That it is the first wrong step, how it may have come about, why it could not be read or nothing is paid; what
    is for a person alone is left out."""
    if one.first:
        yield say["first"]
    if one.kind == "slip" and 0 < len(one.slips) <= FEW:
        lead = "" if one.slips[0][0] not in spoken(order) else f"{say['comes']} "
        yield lead + ways_said(one.slips, say)
    if one.person.startswith(DECIDED):
        yield say["decided"]
    elif one.person and one.kind != "slip" and not one.credit and order.language.has(f"{REASONS_FILE}.tex"):
        told = in_language(one.person.removeprefix(UNREAD), words(REASONS_FILE, order.language), say)
        yield from () if told is None else (told,)


def spoken(order: SheetRequest) -> Mapping[str, str]:
    """The words for slips that go on after `if you`; those for mistakes in formulas are sentences."""
    own = words("slips", order.language) if order.language.has("slips.tex") else {}
    return {**own, "later_path_left_out": "", "first_path_left_out": ""}
