"""Why a person should look at an answer, in other languages than English: a catalogue of what this room says.

verdicts.csv has the English sentence; a page has that of its language, where there is one for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

REASONS: Mapping[str, str] = {
    "nothing": "nothing is written",
    "rows": "rows of {} entries",
    "places": "{} x {} in the place of {}",
    "many_entries": "more than {} entries",
    "transposed_rows": "rows that are not alike under a transpose",
    "commas_and_spaces": "{}: entries between commas, and between spaces",
    "bracket_not_opened": "a bracket closes that was not opened",
    "bracket_not_closed": "a bracket is not closed",
    "matrices": "{} matrices in the place of {}",
    "characters": "{} characters, more than the {} that are read",
    "deep_brackets": "brackets stand within each other more than {} deep",
    "date": "{}: a spreadsheet has made a date of what was typed",
    "spreadsheet_error": "{}: a spreadsheet's error stands in the place of what was typed",
    "spreadsheet_power": "{}: a spreadsheet shows a number by powers of ten, and may have lost digits",
    "by_zero": "{}: a division by zero",
    "undefined": "{} of a number that has none",
    "letter_for_number": "the letter {} in the place of a number",
    "sign_in_number": "{} in a number",
    "power": "a power that is neither whole nor a root",
    "exponent": "the exponent {}",
    "few_values": "the key's own formula has too few values to compare with",
    "strange_letter": "the key has no {}",
    "shapes_under": "the shapes do not fit under {}",
    "no_value": "{} has no value here: {}",
    "identity": "the identity beside a matrix that is not square",
    "unreadable": "{} cannot be read",
    "endless": "formulas within formulas, without end",
    "unexpected": "{} stands where nothing is expected",
    "missing": "{} is missing before {}",
    "quotient": "a product without a sign behind a quotient has two meanings, as 1/2x has",
    "side_by_side": "two numbers stand side by side",
    "operand": "a number or a letter is missing before {}",
    "root": "a root that is not square",
    "letter": "the letter {} is not known here",
    "argument": "the function {} has no argument",
    "arguments": "{} takes {}, and has {}",
    "ones": "ones that are no column",
    "yes_or_no": "{} is neither yes nor no",
    "options": "{} is none of the options",
    "shape": "{} is no shape",
    "shapes": "shapes are written X: 2 x 3; W: 3 x 4",
    "table": "a table is rows of cells",
    "edges": "edges are written x1 -> h1: 2; x2 -> h1: -1",
    "numbers_for": "numbers are wanted for {}",
    "network": "the numbers have other shapes than the network",
    "fraction": "a number that is no fraction",
    "unread": "cannot be read: {}",
    "comma": "the comma has two meanings",
    "perhaps_slip": "by its digits it may be a slip: {}",
    "nothing_left": "nothing is left to compute: {} is zero",
    "nothing_left_of_formula": "nothing is left to compute",
    "letter_without_value": "{} has no value here",
    "size": "no matrix with such a number of rows is read",
    "half_left": "less than half of the work is left",
    "end": "'the end'",
    "untyped": "nobody typed it, and no answer that agrees rests on all of it",
}
"""What is said, with a pair of braces for whatever differs, by the name of the word in `reasons.tex` that says it."""
EITHER = "one of these: "
"""Before slips that cannot be told apart."""
HOLE = re.compile(r"\[(\d)\]")
SLIP = re.compile(r"[a-z]+(?:_[a-z]+)+")


@cache
def patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The sentences as patterns of texts: those that begin with words of their own first, for another sentence may
    stand in a hole at the end; then those with the most words."""
    ordered = sorted(REASONS.items(), key=lambda one: (one[1].startswith("{}"), -len(one[1].replace("{}", ""))))
    return tuple((name, re.compile("(.*)".join(map(re.escape, said.split("{}"))), re.DOTALL)) for name, said in ordered)


def in_language(reason: str, say: Mapping[str, str], slips: Mapping[str, str]) -> str | None:
    """A reason in the words of a language; None where it has none for it. `slips` are the words for known slips.
    Several reasons stand behind each other, apart by semicolons."""
    if (found := sentence(reason, say, slips)) is not None:
        return found
    pieces = [sentence(piece, say, slips) for piece in reason.split("; ")]
    return None if None in pieces or len(pieces) == 1 else "; ".join(filter(None, pieces))


def sentence(reason: str, say: Mapping[str, str], slips: Mapping[str, str]) -> str | None:
    """One reason in the words of a language; None where it has none for it."""
    for name, pattern in patterns():
        if name in say and (found := pattern.fullmatch(reason)) is not None:
            return filled(say[name], [inner(name, hole, say, slips) for hole in found.groups()])
    return None


def filled(text: str, holes: Sequence[str]) -> str:
    """A sentence with what differs put into it."""
    return HOLE.sub(lambda place: holes[int(place[1]) - 1], text)


def inner(name: str, hole: str, say: Mapping[str, str], slips: Mapping[str, str]) -> str:
    """What differs in a reason: another reason, a slip, or what was typed."""
    match name:
        case "unread":
            return in_language(hole, say, slips) or hole
        case "perhaps_slip":
            return slips_said(hole, slips)
    return say["end"] if hole == REASONS["end"] and "end" in say else hole


def slips_said(told: str, slips: Mapping[str, str]) -> str:
    """Slips, one or some of which may have been made, in words."""
    ways = told.removeprefix(EITHER)
    if ways != told:
        ways = ways.replace("), ", f") {slips.get('or', 'or')} ")
    ways = ways.replace(") and ", f") {slips.get('together', 'and')} ")
    ways = ways.replace("(before ", f"({slips.get('before', 'before')} ")
    return SLIP.sub(lambda slip: slips.get(slip[0], slip[0]), ways)
