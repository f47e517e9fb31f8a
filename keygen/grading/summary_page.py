"""summary.html: a class on one page that needs nothing else, for whoever grades it, in the language of the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from html import escape

from keygen.builds.key_csv import Column, together
from keygen.builds.request import SheetRequest
from keygen.course.points import decimal
from keygen.course.sheet_keys import said
from keygen.document.template import words
from keygen.document.titles import headed, plain_title
from keygen.export.pool import words_of
from keygen.grading.points_plot import PointsBar, bars, plot
from keygen.grading.reasons import in_language
from keygen.grading.summary import AnswerSummary, ClassSummary, Ways, rounded
from keygen.grading.typed_text import unquoted
from keygen.grading.verdicts import AnswerVerdict, VerdictKind
from keygen.writers.html_page import framed
from keygen.writers.mathjax import table

KINDS: tuple[VerdictKind, ...] = ("right", "coarse", "carried", "slip", "wrong", "shape", "empty", "person")
WORDS = "grading"
REASONS_FILE = "reasons"
EXPORT = "export"
MISTAKE = "mistake_"
"""What the words of exports for mistakes in formulas begin with."""
WIDE = ".work { max-width: none; }\n"
"""A table with a column for each verdict takes the whole width of a window."""
FEW = 3
"""Slips of an answer that are named."""


def title_of(order: SheetRequest) -> str:
    """The sheet's title in plain text."""
    return plain_title(said(order.sheet.title, order.language), "title", order.sheet.file)


def grading_words(order: SheetRequest) -> dict[str, str]:
    """The words for people who grade and are graded, those for slips among them; what is said of mistakes in formulas
    are sentences, which stand among others here."""
    own = {name: str(text) for name, text in words_of(order, WORDS).items()}
    spoken = words("slips", order.language) if order.language.has("slips.tex") else {}
    formulas = {
        name.removeprefix(MISTAKE): within(str(text))
        for name, text in words_of(order, EXPORT).items()
        if name.startswith(MISTAKE)
    }
    return {**formulas, **spoken, **own}


def within(sentence: str) -> str:
    """A sentence as a part of another one."""
    return f"{sentence[:1].lower()}{sentence[1:].rstrip('.')}"


def ways_said(ways: Ways, say: Mapping[str, str]) -> str:
    """What may have been done, in the words of a language."""
    together, either = f" {say['together']} ", f" {say['or']} "
    return either.join(together.join(each_said(way, say)) for way in ways)


def each_said(way: Sequence[str], say: Mapping[str, str]) -> Iterator[str]:
    """The slips of one way in words, one that was made in two places once."""
    for name in dict.fromkeys(way):
        yield say.get(name, name) if way.count(name) == 1 else f"{say.get(name, name)} ({say['twice']})"


@dataclass(frozen=True)
class SummaryPage:
    """Writes the summary of a class of so many students whose sheet is `order`'s."""

    order: SheetRequest
    summary: ClassSummary
    people: int

    @cached_property
    def say(self) -> dict[str, str]:
        """The words of the page."""
        return grading_words(self.order)

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """Why a person should look, in the language of the page; nothing where it has no words for that."""
        return words(REASONS_FILE, self.order.language) if self.order.language.has(f"{REASONS_FILE}.tex") else {}

    def html(self) -> bytes:
        """The whole file."""
        asset = self.order.course.asset
        title = headed(title_of(self.order), self.say["summary"])
        style = asset("style.css").decode() + asset("preview.css").decode() + WIDE
        return framed(title, self.order.language.code, style, "\n".join(self.main(title))).encode()

    def main(self, title: str) -> Iterator[str]:
        """Head, points, answers, cells for a person."""
        counts = f"{self.say['graded']} {self.summary.people} {self.say['of']} {self.people}"
        points = (
            f"{self.say[name]} {self.number(value)}"
            for name, value in (
                ("possible", self.summary.possible), ("mean", self.summary.mean), ("median", self.summary.median)
            )
        )  # fmt: skip
        yield f"<header>\n<h1>{escape(title)}</h1>\n<p>{' · '.join(map(escape, (counts, *points)))}</p>\n</header>"
        yield f"<section>\n<h2>{self.word('spread')}</h2>\n{self.plot}\n</section>"
        yield f'<section class="work">\n<h2>{self.word("answers")}</h2>\n{self.answers}\n</section>'
        yield f"<section>\n<h2>{self.word('looks')}</h2>\n{self.looks}\n</section>\n"

    def word(self, name: str) -> str:
        """A word of the page as HTML."""
        return escape(self.say[name], quote=False)

    def number(self, points: Fraction) -> str:
        """Points as the language writes them."""
        return decimal(rounded(points), self.order.language.separator)

    # --- points

    @property
    def plot(self) -> str:
        """The points of the class; its words are the plot's text alternative."""
        shown = bars(self.summary.totals, self.summary.possible)
        edges = [self.number(bar.low) for bar in shown] + [self.number(shown[-1].high)]
        told = f"{self.say['points']}: {self.say['students']}. " + "; ".join(map(self.told, shown)) + "."
        return f"<figure>{plot(shown, edges, told, (self.say['points'], self.say['students']))}</figure>"

    def told(self, bar: PointsBar) -> str:
        """A bar in words: 2–4: 7"""
        return f"{self.number(bar.low)}–{self.number(bar.high)}: {bar.count}"

    # --- answers

    @property
    def answers(self) -> str:
        """A row an answer: how often each verdict that occurs, the mean credit, the commonest slips."""
        occurring = [kind for kind in KINDS if self.summary.verdicts[kind]]
        heads = [self.word("answer"), *map(self.word, occurring), self.word("credit"), self.word("slips")]
        rows = [[f'<th scope="col">{head}</th>' for head in heads]]
        columns = map(".".join, together(map(place_of, self.summary.answers)))
        rows += (self.answer(column, self.summary.answers[column], occurring) for column in columns)
        return scrolled(rows)

    def answer(self, column: str, one: AnswerSummary, occurring: Sequence[VerdictKind]) -> list[str]:
        """The cells of an answer."""
        counts = (f"<td>{one.verdicts[kind] or ''}</td>" for kind in occurring)
        common = "<br>".join(f"{count} × {self.slip(ways)}" for ways, count in one.slips.most_common(FEW))
        return [
            f'<th scope="row"><code>{escape(column)}</code></th>', *counts, f"<td>{self.number(one.mean)}</td>",
            f'<td style="text-align:left">{common}</td>',
        ]  # fmt: skip

    def slip(self, ways: Ways) -> str:
        """What may have been done, in words."""
        return escape(ways_said(ways, self.say), quote=False)

    # --- what a person should look at

    @property
    def looks(self) -> str:
        """The cells, each with the reason."""
        if not self.summary.cells:
            return f"<p>{self.word('nothing')}</p>"
        rows = [[f'<th scope="col">{self.word(name)}</th>' for name in ("student", "answer", "typed", "why")]]
        rows += (self.look(id, verdict) for id, verdict in self.summary.cells)
        left = self.summary.persons - len(self.summary.cells)
        more = f"<p>{self.word('more')} {left}</p>\n" if left else ""
        return f"{scrolled(rows)}\n{more}<p>{self.word('decide')}</p>"

    def look(self, id: str, verdict: AnswerVerdict) -> list[str]:
        """The cells of one of them."""
        told = in_language(verdict.person, self.reasons, self.say)
        language = f' lang="{self.word("messages")}"' if told is None else ""
        reason = f'<td{language} style="min-width:14em;text-align:left">{escape(told or verdict.person)}</td>'
        return [
            f'<th scope="row">{escape(id)}</th>', f"<td><code>{escape(verdict.column)}</code></td>",
            f'<td class="typed"><code>{escape(unquoted(verdict.typed))}</code></td>',
            reason if verdict.person else f"<td>{self.word('unread')}</td>",
        ]  # fmt: skip


def place_of(column: str) -> Column:
    """The exercise's number, the part and the name in a column: 4.a.H"""
    number, part, name = column.split(".", 2)
    return number, part, name


def scrolled(rows: Iterable[Sequence[str]]) -> str:
    """A table that scrolls where it is wide."""
    return f'<div class="table" tabindex="0">{table(rows)}</div>'
