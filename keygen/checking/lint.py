r"""A look at the words of templates, without solving anything: what a reader of many variants would stumble over.

claims     what a key says about a sign, an order, growth or lasting (the language's `claims.txt`) is under a condition
           (`%% if holds.name`), or says at the end of its line why it is true of every variant: `%# general: why`. Such
           a comment at the head of a file (or `\comment{ ... general: why }`) speaks for the file.
numbers    none is typed among words, but under `%% by hand`.
glossary   one term for one thing: none of the words that the language's `glossary.toml` has another term for. keygen's
           own words are held to it; to a course of one's own it is a remark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from keygen.checking.findings import LintFinding
from keygen.checking.structure import structural, unshown
from keygen.course.contents import contents
from keygen.course.course import Course
from keygen.course.exercise import Exercise
from keygen.course.search_path import shipped
from keygen.document.words import BY_HAND
from keygen.errors import KeygenError, line_where
from keygen.system.text import decoded, require_file, toml_of

CLAIMS, GLOSSARY = "claims.txt", "glossary.toml"
STATEMENT = re.compile(r"[ \t]*%%(.*)")
OBJECT = re.compile(r"\\\(.*?\\\)|\\\[.*?\\\]|\\(?:val|block|comment)\{[^}]*\}")
SENTENCE = re.compile(r"(?<=[.?!:;])\s+")
GENERAL = re.compile(r"(?:%#|\\comment\{).*?\bgeneral:\s*\S")
ASKING = {
    "title": True,
    "statement": True,
    "part": True,
    "solution": False,
    "remark": False,
    "answer": False,
    "caption": True,
}
CONDITION = re.compile(r"\bholds\b")
NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)?(?![\w-])")
UNSAID = re.compile(r"\\kgstephead\{[^}]*\}|\[\d\]")  # the title of a step; where a word has its argument
TYPED = r"let the exercise say it: \( \val{ value.NAME } \); or write `%% by hand` on the line before"
HOLDS = r"put it under `%% if holds.NAME`, or say why it is true of every variant: end its line with `%# general: WHY`"


class WordLine(NamedTuple):
    """A line of words: where it stands, its sentences without their formulas, and what speaks for them: a condition
    that it is under, a reason."""

    number: int
    sentences: tuple[str, ...]
    conditional: bool
    general: bool
    asking: bool  # it is of a statement, which supposes what it says
    by_hand: bool  # nobody can check it, as its author says


def lines_of(text: str) -> Iterator[WordLine]:
    """The lines of words of a template."""
    under: list[bool] = []  # of each open block, whether a condition has been asked
    head, general, asking, by_hand = True, False, False, False
    for number, line in enumerate(text.splitlines(), start=1):
        if statement := STATEMENT.match(line):
            head = False
            block = statement[1].split() or [""]
            asking = ASKING.get(block[0], asking)
            by_hand = BY_HAND.match(line) is not None
            if block[0] in ("if", "for"):
                under.append(CONDITION.search(line) is not None)
            elif block[0] in ("elif", "else") and under:
                under[-1] = under[-1] or CONDITION.search(line) is not None
            elif block[0] in ("endif", "endfor") and under:
                under.pop()
            continue
        said = GENERAL.search(line) is not None
        general = general or (head and said)
        words = OBJECT.sub("…", line.partition("%#")[0]).strip()
        if words:
            head = False
            conditional = any(under) or (r"\block{" in line and CONDITION.search(line) is not None)
            yield WordLine(number, tuple(SENTENCE.split(words)), conditional, said or general, asking, by_hand)
        by_hand = False


@dataclass(frozen=True, slots=True)
class LanguageRules:
    """What a language says of its words: those that claim something, and those that have a better term."""

    claims: re.Pattern[str] | None
    terms: tuple[tuple[str, re.Pattern[str]], ...]
    way_out: str = ""  # what else than taking the term there is to do
    held: bool = True  # whether another term is a fault, not a remark


def whole(patterns: Sequence[str], file: Path) -> re.Pattern[str]:
    """Any of some patterns, as whole words. Raises KeygenError for what is no regular expression, and for one that
    matches where there is no word."""
    try:
        found = re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)
    except re.error as error:
        raise KeygenError("not a regular expression", file=file, found=f"{' | '.join(patterns)}: {error}") from error
    if found.search(""):
        empty = next((one for one in patterns if re.fullmatch(one, "")), " | ".join(patterns))
        raise KeygenError("a pattern that matches no word at all", found=empty, **line_where(file, re.escape(empty)))
    return found


def rules_of_language(code: str, course: Course) -> LanguageRules:
    """The rules of a language; a file that it has not asks for nothing."""
    claims, terms = course.path.find("templates", code, CLAIMS), course.path.find("templates", code, GLOSSARY)
    patterns = [] if claims is None else [line for line in read(claims).splitlines() if line and line[0] != "#"]
    found = tuple(glossary(terms)) if terms else ()
    own = terms is not None and not terms.is_relative_to(shipped())
    way_out = f"strike the word from {terms}" if own else f"have a glossary of your own: keygen eject {code}/{GLOSSARY}"
    held = all(place.package or place.folder == shipped() for place in course.path.places)
    return LanguageRules(whole(patterns, claims) if patterns and claims else None, found, "" if held else way_out, held)


def glossary(file: Path) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The terms of a glossary, each with the words that stand for it nowhere; a term without such words says nothing.
    Raises KeygenError for words that are no list, and for an empty one, at its line."""
    for term, words in toml_of(file, read(file), "the glossary").items():
        if not isinstance(words, list) or not all(isinstance(one, str) and one.strip() for one in words):
            raise KeygenError(
                f"the glossary's words for {term!r} do not fit", **line_where(file, rf"^\s*[\"']?{re.escape(term)}\b"),
                expected='a list of words, such as ["neurons?"]; [] for none', found=repr(words),
            )  # fmt: skip
        if words:
            yield term, whole(words, file)


def read(path: Path) -> str:
    """The text of a file of a course."""
    require_file(path, "the file")
    return decoded(path, contents(path), "the file")


def claimed(line: WordLine, rules: LanguageRules) -> Iterator[tuple[str, str, str]]:
    """The sentences of a line that claim what nothing speaks for: sentence, words, repair."""
    if rules.claims is None or line.conditional or line.general or line.asking:
        return
    for sentence in line.sentences:
        words = dict.fromkeys(found[0] for found in rules.claims.finditer(sentence))
        if words and not sentence.endswith("?"):
            yield sentence, ", ".join(words), HOLDS


def termed(line: WordLine, rules: LanguageRules) -> Iterator[tuple[str, str, str]]:
    """The sentences of a line with words that have a better term: sentence, words, repair."""
    for sentence in line.sentences:
        for term, words in rules.terms:
            for found in words.finditer(sentence):
                yield sentence, found[0], f"the term is {term!r}" + (f"; or {rules.way_out}" if rules.way_out else "")


def counted(line: WordLine, rules: LanguageRules) -> Iterator[tuple[str, str, str]]:
    """The sentences of a line with a number that nobody computes: sentence, number, repair."""
    for sentence in line.sentences:
        numbers = dict.fromkeys(NUMBER.findall(UNSAID.sub("", sentence)))
        if numbers and not line.by_hand:
            yield sentence, ", ".join(numbers), TYPED


Rule = Callable[[WordLine, LanguageRules], Iterator[tuple[str, str, str]]]
RULES: Mapping[str, Rule] = {
    "a claim without a condition": claimed,
    "another term": termed,
    "a number typed by hand": counted,
}


def linted(path: Path, rules: LanguageRules) -> Iterator[LintFinding]:
    """What the rules find in a template."""
    for line in lines_of(read(path)):
        for name, rule in RULES.items():
            for sentence, words, repair in rule(line, rules):
                remark = rule is termed and not rules.held
                yield LintFinding(name, path, line.number, sentence, words, repair, remark)


def exercises_of(course: Course, targets: Sequence[str]) -> tuple[Exercise, ...]:
    """The exercises of some targets, each once; without targets all. Raises KeygenError for what is neither a sheet nor
    an exercise."""
    ids = [entry.id for name in targets for entry in course.target(name).exercise] or course.exercises
    return tuple(course.exercise(id) for id in dict.fromkeys(ids))


def shared_words(course: Course, code: str) -> Iterator[Path]:
    """The templates of a language that exercises share, each the nearest."""
    shared = {path.name: path for folder in reversed(course.path.templates) for path in (folder / code).glob("*.tex")}
    yield from (shared[name] for name in sorted(shared))


def lint(course: Course, targets: Sequence[str] = ()) -> tuple[LintFinding, ...]:
    """What is wrong with the templates of exercises, and what the rules of each language find in them; without targets
    in the words that all share as well."""
    exercises = exercises_of(course, targets)
    found = [finding for exercise in exercises for finding in structural(course, exercise)]
    unread = {finding.file for finding in found}
    for code in course.languages:
        paths = [path for exercise in exercises if (path := exercise.template(code)).exists()]
        found += () if targets else unshown(course.language(code))
        rules = rules_of_language(code, course)
        for path in (*paths, *(() if targets else shared_words(course, code))):
            if path not in unread:
                found.extend(linted(path, rules))
    return tuple(found)
