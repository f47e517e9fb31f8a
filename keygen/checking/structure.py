"""Templates side by side, without solving anything: each read as a build reads it, each part once and with a solution,
the same in every language; and letters that look like others.

A part that depends on a condition is looked at where an exercise is solved (`wholeness`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from keygen.checking.findings import LintFinding
from keygen.course.contents import contents
from keygen.course.course import Course
from keygen.course.exercise import Exercise
from keygen.course.languages import Language
from keygen.document.covers import require_conventions
from keygen.document.loader import readable
from keygen.document.outline import Outline, misnested, outlined, parts_in, said
from keygen.errors import KeygenError, short
from keygen.system.text import decoded, require_file

SOLVE = "write `%% solution` and what the key says, above `%% endpart`"
"""What to do about a part without a solution."""
NO_PARTS = "write `%% part a`, its words, `%% solution`, what the key says, `%% endpart` (`keygen help template`)"
"""What to do about a template without any."""
WORD = re.compile(r"[^\W\d_]{2,}")
OBJECTS = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]|\\(?:val|block|comment)\{[^}]*\}|\\[A-Za-z]+|^[ \t]*%%.*|%#.*")


def structural(course: Course, exercise: Exercise, code: str | None = None) -> Iterator[LintFinding]:
    """What is wrong with the templates of an exercise, in a language or in all: of each file the first thing that keeps
    it from being read, or else everything that it lacks."""
    outlines: dict[Path, Outline] = {}
    codes = course.written_in(exercise)
    for one in codes if code is None else [one for one in codes if one == code]:
        path = exercise.template(one)
        try:
            require_file(path, "the template")
            text = readable(path, decoded(path, contents(path), "the template"), course.language(one))
        except KeygenError as error:
            yield finding(path, error.line or 1, error.what, error.source or "", error.repair or "")
            continue
        if wrong := misnested(text):
            yield at(path, text, wrong.line, wrong.what, "", wrong.repair)
            continue
        outlines[path] = outlined(text)
        if not outlines[path].parts and parts_in(text) is not None:
            yield finding(path, 1, "the template has no parts", "", NO_PARTS)
            continue
        yield from parts_of(path, text, outlines[path])
        yield from scripts(path, text)
    yield from differences(outlines)


def unshown(language: Language) -> Iterator[LintFinding]:
    """The first sentence of a language about conventions that no page could show: a sheet shows those that it has."""
    try:
        require_conventions(language)
    except KeygenError as error:
        path = Path(str(error.file or language.code))
        yield finding(path, error.line or 1, error.what, error.source or "", error.repair or "")


def finding(path: Path, line: int, rule: str, sentence: str, repair: str, words: str = "") -> LintFinding:
    """One thing that is wrong, at its line."""
    return LintFinding(rule, path, line, sentence.strip(), words, repair)


def at(path: Path, text: str, line: int, rule: str, words: str, repair: str) -> LintFinding:
    """One thing that is wrong with a line of a text."""
    lines = text.splitlines()
    return finding(path, line, rule, lines[line - 1] if line <= len(lines) else "", repair, words)


def parts_of(path: Path, text: str, outline: Outline) -> Iterator[LintFinding]:
    """Parts that stand twice, or have no solution."""
    seen: dict[str, int] = {}
    for part in outline.parts:
        if part.key in seen and not part.conditional:
            first = f"the first is at line {seen[part.key]}"
            yield at(path, text, part.line, f"part {part.key} stands twice", first, "give it the next letter")
        seen.setdefault(part.key, part.line)
        if not part.solved:
            yield at(path, text, part.line, f"part {part.key} has no solution", "", SOLVE)
    if not outline.parts:
        yield at(path, text, 1, "the template has no part", "", "write `%% part a`, `%% solution` and `%% endpart`")


def differences(outlines: dict[Path, Outline]) -> Iterator[LintFinding]:
    """What one language has and another has not: sections, then the formulas on lines of their own."""
    (first, model), *others = list(outlines.items()) or [(Path(), Outline((), (), {}, {}))]
    for path, outline in others:
        if [one[:2] for one in model.sections] != [one[:2] for one in outline.sections]:
            yield differing_sections(first, model, path, outline)
            continue
        for name, shown in model.displays.items():
            if shown != outline.displays[name]:
                one = next((one for one in outline.displays[name] if one not in shown), "")
                other = next((one for one in shown if one not in outline.displays[name]), "")
                line = outline.starts[name]
                yield finding(
                    path, line, f"{name} shows other formulas than in {first.name}", one or f"(not there) {other}",
                    f"show in both languages what is claimed in one: {short(other or one)}",
                )  # fmt: skip


def differing_sections(first: Path, model: Outline, path: Path, outline: Outline) -> LintFinding:
    """The first section that stands in one language alone."""
    for one, other in zip((*model.sections, None), (*outline.sections, None), strict=False):
        if one is None or other is None or one[:2] != other[:2]:
            break
    there = "nothing more" if one is None else f"`{said(one)}` at line {one.line}"
    here = "nothing more" if other is None else f"`{said(other)}`"
    line = other.line if other is not None else outline.sections[-1].line if outline.sections else 1
    return finding(
        path, line, f"the sections are not those of {first.name}", "",
        "write the same parts, solutions, answers and numbered formulas in both languages",
        f"{here}, where {first.name} has {there}",
    )  # fmt: skip


def scripts(path: Path, text: str) -> Iterator[LintFinding]:
    """Words with letters of two scripts: one of them looks like another and is not."""
    for number, line in enumerate(text.splitlines(), start=1):
        for word in WORD.findall(OBJECTS.sub(" ", line)):
            names = {unicodedata.name(letter, "?").split()[0] for letter in word} & {"LATIN", "CYRILLIC", "GREEK"}
            if len(names) > 1:
                odd = rarer(word)
                yield finding(
                    path, number, f"a word with letters of two scripts: {word}", line,
                    "type it again in one script", f"{odd} is {unicodedata.name(odd).lower()}",
                )  # fmt: skip


def rarer(word: str) -> str:
    """The first letter of the script that a word has least of."""
    kinds = [unicodedata.name(letter, "?").split()[0] for letter in word]
    least = min(dict.fromkeys(kinds), key=kinds.count)
    return word[kinds.index(least)]
