"""A cell as somebody has typed it, made plain: one minus, one multiplication sign, no invisible characters; and what a
spreadsheet may have made of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from keygen.builds.key_csv import as_meant

LONGEST = 20_000
"""Characters of a cell that is read; nobody types more."""
DEEPEST = 40
"""Brackets within each other."""


class UnreadableError(ValueError):
    """What was typed has no meaning, or two; the message says why, for a person who looks at it."""


@dataclass(frozen=True, slots=True)
class Damage:
    """What a spreadsheet has made of a cell, in words; `lost` where what was typed cannot be told any more."""

    said: str
    lost: bool


MINUSES = dict.fromkeys(map(ord, "−–—―‐‑‒﹘﹣－⁻"), "-")
TIMES = dict.fromkeys(map(ord, "×⋅∙•"), "·")
SPACES = dict.fromkeys(map(ord, "\t\u00a0\u2007\u2008\u2009\u202f\u200a\u2002\u2003\u2005\u2006"), " ")
NOTHING = dict.fromkeys(map(ord, '\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f$"'), "")
OTHERS = {ord("⁄"): "/", ord("∕"): "/", ord("÷"): "/", ord("∗"): "*", ord("，"): ",", ord("；"): ";", ord("′"): "'"}
ONE_SIGN = {**MINUSES, **TIMES, **SPACES, **NOTHING, **OTHERS}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
LOWERED = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
TYPESET = re.compile(r"\\(?:left|right|displaystyle|,|;|!|:|quad|qquad)(?![a-zA-Z])|\\[()\[\]]")
FRACTION = re.compile(r"(\d*)([¼½¾⅓⅔⅛])")
FRACTIONS = {"¼": "1/4", "½": "1/2", "¾": "3/4", "⅓": "1/3", "⅔": "2/3", "⅛": "1/8"}
NAMED = re.compile(r"\s*\\?[^\W\d][\w\\{}^ ]{0,30}\s*=(?!=)\s*")
MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)\w*\.?"
DATE = re.compile(
    rf"\d{{1,2}}[-. /]{MONTHS}(?:[-. /]\d{{2,4}})?|{MONTHS}[-. /]\d{{1,4}}|\d{{4}}-\d\d-\d\d(?:[T ][\d:.]+)?"
    r"|\d{1,2}([./])\d{1,2}\1(?:\d{2}|\d{4})",
    re.IGNORECASE,
)
POWERED = re.compile(r"[-+]?\d(?:[.,]\d+)?E[+-]\d\d+")
BROKEN = re.compile(r"#+|#(?:NAME|VALUE|DIV/0|REF|N/A|NUM|ИМЯ|ЗНАЧ|ДЕЛ/0|ССЫЛКА|Н/Д|ЧИСЛО)[?!]?", re.IGNORECASE)


def plain(cell: str) -> str:
    """The text of a cell with one sign for each thing. Raises UnreadableError for one that is too long, or in which
    brackets stand within brackets without end."""
    if len(cell) > LONGEST:
        raise UnreadableError(f"{len(cell):,} characters, more than the {LONGEST:,} that are read")
    text = unquoted(cell).translate(ONE_SIGN)
    text = re.sub(r"[⁰¹²³⁴⁵⁶⁷⁸⁹-]*[⁰¹²³⁴⁵⁶⁷⁸⁹]+", raised, text).translate(LOWERED)
    text = FRACTION.sub(lambda found: f"({found[1]}{'+' if found[1] else ''}{FRACTIONS[found[2]]})", text)
    text = TYPESET.sub(" ", text).strip()
    require_shallow(text)
    return text


def raised(found: re.Match[str]) -> str:
    """A raised number as an exponent; a minus that stands on the line stays where it is."""
    marks = found[0]
    sign = re.match(r"-*", marks)
    before = "" if sign is None else sign[0]
    return f"^({before}{marks[len(before) :].translate(RAISED)})"


def unquoted(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from running it."""
    return as_meant(cell.strip())


def require_shallow(text: str) -> None:
    """Raise UnreadableError for brackets that stand deeper than anybody means."""
    depth = 0
    for character in text:
        if character in "([{":
            depth += 1
            if depth > DEEPEST:
                raise UnreadableError(f"brackets stand within each other more than {DEEPEST} deep")
        elif character in ")]}":
            depth -= 1


def unnamed(text: str) -> str:
    """What stands behind "H =", if anything does."""
    found = NAMED.match(text)
    return text[found.end() :] if found and text[found.end() :].strip() else text


def damage(cell: str) -> Damage | None:
    """What a spreadsheet has made of a cell, as far as the cell shows it: a date, a number cut to powers of ten, an
    error; None where nothing shows."""
    text = unquoted(cell)
    if len(text) > 40:
        return None
    if DATE.fullmatch(text):
        return Damage(f"{text}: a spreadsheet has made a date of what was typed", lost=True)
    if BROKEN.fullmatch(text):
        return Damage(f"{text}: a spreadsheet's error stands in the place of what was typed", lost=True)
    if POWERED.fullmatch(text):
        return Damage(f"{text}: a spreadsheet shows a number by powers of ten, and may have lost digits", lost=False)
    return None
