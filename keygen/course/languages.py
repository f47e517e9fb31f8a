"""Languages: folders of `templates/`, each with a `language.toml` and its sentences.

name = "English"
letters = "abcdefghijklmnopqrst"    of the parts of an exercise
separator = "."                     between a number's whole part and its decimals
quotes = ["“", "”"]
conjunction = "and"                 before the last of several things
clauses = ["where", "and"]          words that begin a clause: a display before one is closed by a comma
months = ["January", ...]           as they stand in a date
date = "{month} {day}, {year}"
babel = "english"                   the language as babel calls it; by default the folder's name
encoding = "T2A"                    of TeX's fonts for the words: T2A has Cyrillic letters, T1 those of Latin languages
points = [["1", "point"], ["", "points"]]   what follows a number of points: the word behind the first pattern that the
                                    number fits as it is printed ("" fits any); by default the sentence `points`
shorthands = false                  whether babel takes a straight quote and what follows for a sign of its own
grouping = 5                        the figures of a whole number from which on they stand in groups of three; 0: never
numerals = ["zero", "one", "two"]   the small numbers in words, from zero on: figures where the list ends
plural = "n != 1"                   which form of a unit goes with a number n, as gettext's Plural-Forms say it

[units]                             the forms of each unit, in the order in which `plural` counts them from 0; a number
weight = ["weight", "weights"]      that is not whole has the second. One form alone goes with every number.
KiB = "KiB"

Which language a sheet is in that names none is said by `language` in the nearest `templates/settings.toml`.
"""

from __future__ import annotations

import datetime
import gettext
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from keygen.course.contents import contents, nearest_file
from keygen.course.names import fault_of, named
from keygen.course.search_path import SearchPath
from keygen.errors import KeygenError, line_where, nearest, one_of
from keygen.system.text import decoded, require_file, toml_of

FILE = "language.toml"
SETTINGS = "settings.toml"
TABLES = (
    "words.tex",
    "laws.tex",
    "law_names.tex",
    "figures.tex",
    "conventions.tex",
    "slips.tex",
    "preview.tex",
    "grading.tex",
    "export.tex",
    "quiz.tex",
    "notebook.tex",
)
"""The files of sentences: what is in one language's is to be in every other's of that name."""
SENTENCE = re.compile(r"^%% (?:law|word) ([A-Za-z]\w*)", re.MULTILINE)
FEW = 6  # missing sentences that a message names


class Language(Struct, frozen=True):
    """A language, and the folders in which its templates are looked for, nearest first."""

    code: str
    folders: tuple[Path, ...]
    name: str
    letters: str
    separator: str
    quotes: tuple[str, str]
    conjunction: str
    clauses: tuple[str, ...]
    months: tuple[str, ...]
    date: str
    babel: str
    encoding: str = ""
    shorthands: bool = False
    points: tuple[tuple[str, str], ...] = ()
    grouping: int = 0
    numerals: tuple[str, ...] = ()
    plural: str = "n != 1"
    units: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def unit(self, unit: str, number: Fraction | float) -> str:
        """The form of a unit that goes with a number. Raises KeygenError for a unit that the language lacks."""
        known = dict(self.units)
        if unit not in known:
            raise KeygenError(
                f"the language {self.code!r} has no word for the unit {unit!r}",
                file=next((file for folder in self.folders if (file := folder / self.code / FILE).exists()), None),
                expected=f'[units] with {unit} = ["..."], a form for each way to count',
                found=", ".join(known) or "no unit at all", repair=nearest(unit, known),
            )  # fmt: skip
        forms = known[unit]
        place = plural_of(self.plural)(abs(int(number))) if number == int(number) else 1
        return forms[min(place, len(forms) - 1)]

    @property
    def style(self) -> str:
        """The options of `style.sty`."""
        return ",".join(filter(None, (self.babel, self.encoding)))

    def has(self, file: str) -> bool:
        """Whether it has a file of sentences."""
        return nearest_file(self.folders, self.code, file) is not None

    def counted(self, number: str, otherwise: str) -> str:
        """So many points in words; `otherwise` follows the number in a language that says nothing of it."""
        fitting = (word for pattern, word in self.points if not pattern or re.fullmatch(pattern, number))
        return f"{number} {next(fitting, otherwise)}"

    def numeral(self, number: int | Fraction) -> str | None:
        """A whole number in words; None for one that the language leaves in figures."""
        return self.numerals[int(number)] if number in range(len(self.numerals)) else None

    def dated(self, day: datetime.date) -> str:
        """A day in words."""
        return self.date.format(day=day.day, month=self.months[day.month - 1], year=day.year)


def languages(path: SearchPath) -> tuple[str, ...]:
    """The languages that there are, the default one first: folders of `templates/` with a TOML or a table of
    sentences. Raises KeygenError for a default that there is not."""
    folders = {folder for templates in path.templates for folder in templates.iterdir() if folder.is_dir()}
    marks = (FILE, *TABLES)
    found = {folder.name for folder in folders if any((folder / name).exists() for name in marks)}
    known = sorted(name for name in found if fault_of(name) is None)
    first = default(path)
    if first not in known:
        file = path.find("templates", SETTINGS) or path.folders[-1] / "templates" / SETTINGS
        raise KeygenError(
            f"the default language {first!r} has no folder", **line_where(file, "^language"),
            repair=nearest(first, known),
        )  # fmt: skip
    return first, *(name for name in known if name != first)


def default(path: SearchPath) -> str:
    """The language of whatever names none."""
    file = path.find("templates", SETTINGS)
    if file is None:
        raise KeygenError(f"{SETTINGS} is missing", expected=f"templates/{SETTINGS}")
    language = table_of(file).get("language")
    if not isinstance(language, str):
        raise KeygenError("the settings name no language", file=file, expected='language = "..."')
    return language


def load_language(code: str, path: SearchPath) -> Language:
    """The language of this code. Raises KeygenError for an unknown one, with the nearest; for a folder without its TOML
    and for a key of it that does not fit; for a table that lacks a sentence which another language has."""
    known = languages(path)
    if named("a language", code)[0] not in known:
        raise KeygenError(f"unknown language {code!r}", repair=nearest(code, known))
    file = path.find("templates", code, FILE)
    if file is None:
        folder = path.find("templates", code)
        example = path.find("templates", known[0], FILE)
        raise KeygenError(
            f"the language {code!r} has no {FILE}", file=folder, expected="its name, letters, separator and quotes",
            repair=f"write {folder}/{FILE}" + (f"; {example} is an example" if example is not None else ""),
        )  # fmt: skip
    require_sentences(code, known, path)
    return Language(code, path.templates, **{"babel": code, **fitting(file)})


FIELDS: Mapping[str, tuple[str, type]] = {
    "name": ("a name", str), "letters": ("letters, one a part of an exercise", str), "separator": ('"." or ","', str),
    "quotes": ("two marks in a list", list), "conjunction": ("a word", str), "clauses": ("words in a list", list),
    "months": ("twelve names in a list", list),
    "date": ("words with {day}, {month} and {year}", str), "babel": ("a language of babel's", str),
    "encoding": ('"T1" or "T2A"', str),
    "shorthands": ("true or false", bool), "grouping": ("a number of figures, 4 or more, or 0 for never", int),
    "numerals": ("words in a list, the first for zero", list),
    "plural": ("a rule of gettext's: n != 1", str),
    "points": ("a list of [pattern, word], the last pattern empty", list),
    "units": ("a table of units, each with a form or a list of forms, as many as `plural` tells apart", dict),
}  # fmt: skip
OPTIONAL = ("babel", "encoding", "shorthands", "grouping", "numerals", "plural", "points", "units")
COUNTED = range(1000)
"""The numbers at which a rule of plurals is tried."""


@lru_cache(maxsize=16)
def plural_of(rule: str) -> Callable[[int], int]:
    """Which form goes with a whole number, by a rule of gettext's. Raises ValueError for what is no rule."""
    return gettext.c2py(rule)


def forms_of(plural: str) -> int:
    """How many forms a rule tells apart. Raises ValueError for what is no rule."""
    return 1 + max(map(plural_of(plural), COUNTED))


def fitting(file: Path) -> dict[str, Any]:
    """The values of a language's TOML. Raises KeygenError for a key that is missing, unknown or does not fit."""
    table = table_of(file)
    for key in table:
        if key not in FIELDS:
            raise KeygenError(
                f"the language has an unknown key {key!r}", **line_where(file, rf"^\s*{re.escape(key)}\b"),
                expected=one_of(FIELDS, "`keygen help template` has them"), repair=nearest(key, FIELDS),
            )  # fmt: skip
    for key, (expected, kind) in FIELDS.items():
        if key in table and not (type(table[key]) is kind and fits(key, table[key])):
            raise KeygenError(
                f"the language's {key} does not fit", **line_where(file, rf"^\s*{key}\b"), expected=expected,
                found=repr(table[key]),
            )  # fmt: skip
        if key not in table and key not in OPTIONAL:
            raise KeygenError(f"the language has no {key}", file=file, expected=f"{key} = {expected}")
    if "units" in table:
        table["units"] = tuple(
            (unit, tuple([forms] if isinstance(forms, str) else forms)) for unit, forms in units_of(file, table)
        )
    return {key: frozen(value) for key, value in table.items()}


def frozen(value: Any) -> Any:
    """A value whose lists are tuples, those inside them too."""
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def units_of(file: Path, table: Mapping[str, Any]) -> Iterator[tuple[str, str | list[str]]]:
    """The units of a language with their forms. Raises KeygenError for one whose forms do not fit, at its line."""
    count = forms_of(table.get("plural", "n != 1"))
    for unit, forms in table["units"].items():
        listed = [forms] if isinstance(forms, str) else forms
        if not isinstance(listed, list) or len(listed) not in (1, count) or not all(map(is_form, listed)):
            raise KeygenError(
                f"the forms of the unit {unit!r} do not fit", **line_where(file, rf"^\s*{re.escape(unit)}\b"),
                expected=f"one form, or {count} of them, as many as `plural` tells apart", found=repr(forms),
            )  # fmt: skip
        yield unit, forms


def is_form(form: Any) -> bool:
    """Whether a text may be a form of a unit: words without a digit, a line's end or TeX's signs."""
    return isinstance(form, str) and bool(form.strip()) and not re.search(r"[\d\n\\{}$%#&^_~]", form)


def fits(key: str, value: Any) -> bool:
    """Whether a value of the right type may stand for a key."""
    match key:
        case "separator":
            return value in (".", ",")
        case "quotes" | "months":
            return len(value) == {"quotes": 2, "months": 12}[key] and words_alone(value)
        case "clauses" | "numerals":
            return words_alone(value)
        case "letters":
            return value.isalpha() and len(set(value)) == len(value)
        case "date":
            fields = re.findall(r"\{(\w*)\}", value)
            return sorted(fields) == ["day", "month", "year"] and not re.search(r"[{}]", re.sub(r"\{\w+\}", "", value))
        case "grouping":
            return bool(value == 0 or value > 3)
        case "plural":
            try:
                return forms_of(str(value)) > 0
            except (ValueError, RecursionError):
                return False
        case "points":
            return bool(value) and all(map(is_ending, value)) and value[-1][0] == ""
        case "encoding":
            return value in ("T1", "T2A")
        case "babel":
            return re.fullmatch(r"[a-zA-Z]+", value) is not None
    return bool(value) or isinstance(value, bool)


def words_alone(value: list[Any]) -> bool:
    """Whether a list holds words and nothing else."""
    return all(isinstance(one, str) and one for one in value)


def is_ending(pair: Any) -> bool:
    """Whether something is a pattern and a word."""
    if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair) and pair[1]):
        return False
    try:
        re.compile(pair[0])
    except re.error:
        return False
    return True


def require_sentences(code: str, known: tuple[str, ...], path: SearchPath) -> None:
    """Raise KeygenError where a table of the language lacks sentences that stand in another language's."""
    for table in TABLES:
        file = path.find("templates", code, table)
        if file is None:
            continue  # an exercise that needs it will say so
        own = set(sentences(file))
        for other in known:
            there = path.find("templates", other, table)
            missing = [] if there is None else [name for name in sentences(there) if name not in own]
            if missing and there is not None:
                more = f" and {len(missing) - FEW} more" if len(missing) > FEW else ""
                kind = "law" if table == "laws.tex" else "word"
                raise KeygenError(
                    f"the language {code!r} lacks the sentence {missing[0]!r}", file=file,
                    expected=f"every sentence of {there}", found=f"none for {', '.join(missing[:FEW])}{more}",
                    repair=f"add `%% {kind} {missing[0]}`, the sentence, and `%% end{kind}`",
                )  # fmt: skip


def sentences(file: Path) -> Iterator[str]:
    """The names of the sentences of a table."""
    require_file(file, "the template")
    for found in SENTENCE.finditer(contents(file).decode("utf-8", "replace")):
        yield found[1]


def table_of(file: Path) -> dict[str, Any]:
    """The keys of a TOML file. Raises KeygenError for what is not TOML, at its line."""
    require_file(file, "the settings")
    return toml_of(file, decoded(file, contents(file), "the settings"), "this")
