"""Pages of HTML: one file that needs nothing else, no script, no request, no TeX."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import TYPE_CHECKING

from msgspec import Struct

from keygen.document.kinds import PageKind
from keygen.document.nodes import Blocks, Conventions, Problem, Question, Section
from keygen.document.template import in_words
from keygen.document.tex_parts import Document
from keygen.document.tex_text import visible
from keygen.document.titles import headed
from keygen.document.told_laws import ToldLaws
from keygen.document.typesetter import Typesetter
from keygen.writers.html import HtmlWriter
from keygen.writers.mathml import mathml
from keygen.writers.writer import writing

if TYPE_CHECKING:
    from keygen.document.rules import RulesSheet


class HtmlSheet(Struct, frozen=True):
    """A sheet between its covers, which hold no problems in TeX: its problems with their typesetters, the rules that
    its solutions end with (None: there are none), the words of the language, and the box of conventions with its
    typesetter."""

    covers: Document
    problems: tuple[tuple[Problem, Typesetter], ...]
    rules: RulesSheet | None
    say: Mapping[str, str]
    conventions: tuple[Conventions, Typesetter] | None = None


Below = Callable[[Problem, Question, HtmlWriter], str]
"""What stands below the statement of a part, "" for nothing."""


def room_below(made: Problem, part: Question, writer: HtmlWriter) -> str:
    """Room to write in, where the sheet gives any."""
    return "" if part.room is None else writer.write(part.room)


def page(
    sheet: HtmlSheet, style: str, kind: PageKind, below: Below = room_below, around: tuple[str, str] = ("", "")
) -> str:
    """A whole file; `below` is what stands below the statement of a part whose solution is not told, `around` what
    stands before the first problem and at the end."""
    say = {name: escape(text, quote=False) for name, text in sheet.say.items()}
    covers = sheet.covers
    title = headed(covers.title, sheet.say.get(kind, ""))
    told = [
        covers.date,
        f"{sheet.say['variant']} {covers.variant}" if covers.variant else "",
        f"{sheet.say['total']} {covers.points}",
    ]
    laws = ToldLaws()
    solutions, guide = kind is PageKind.SOLUTIONS, kind is PageKind.GUIDE
    body = "\n".join(
        guide_html(one, HtmlWriter(typesetter, laws))
        if guide
        else problem_html(one, HtmlWriter(typesetter, laws), say, solutions=solutions, below=below)
        for one, typesetter in sheet.problems
    )
    before = f"<p>{say['marking']}</p>\n" if guide else ""
    if sheet.conventions is not None and not guide:
        before = HtmlWriter(sheet.conventions[1]).write(sheet.conventions[0]) + "\n"
    if kind is PageKind.PROBLEMS:
        before = opening(sheet, say) + before
    foot = f"<footer><p>{escape(covers.handout.footer)}</p></footer>\n" if covers.handout.footer else ""
    main = f"""<header>
<p>{escape(covers.course)}</p>
<h1>{escape(title)}</h1>
<p>{" · ".join(escape(one) for one in told if one)}</p>
</header>
{before}{around[0]}{body}
{appendix(sheet.rules, say) if solutions and sheet.rules else ""}{foot}{around[1]}"""
    return framed(title, covers.language.code, style, main)


def opening(sheet: HtmlSheet, say: Mapping[str, str]) -> str:
    """What the problems begin with: lines to fill in, instructions, and on a cover a table of points; "" without."""
    covers, handout = sheet.covers, sheet.covers.handout
    blanks = "".join(
        f"<div>{escape(one.name)}: <span>{escape(visible(one.filled))}</span></div>" for one in handout.fields
    )
    found = [f'<div class="fields">{blanks}</div>'] if blanks else []
    found += [f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in handout.instructions]
    if handout.cover:
        rows = "".join(cover_row(made, HtmlWriter(typesetter)) for made, typesetter in sheet.problems)
        total = f'<tr><th scope="row"></th><td>{say["total"]}</td><td>{escape(covers.points)}</td><td></td></tr>'
        found.append(f'<div class="table points"><table><tbody>{rows}{total}</tbody></table></div>')
    text = "\n".join(found)
    if not text:
        return ""
    return f'<div class="cover">\n{text}\n</div>\n' if handout.cover else f"{text}\n"


def cover_row(made: Problem, writer: HtmlWriter) -> str:
    """An exercise in the table of points, with a cell for its mark."""
    points = escape(in_words(made.points, writer.typesetter))
    return f'<tr><th scope="row">{made.number}.</th><td>{writer.words(made.title)}</td><td>{points}</td><td></td></tr>'


def derivation_page(blocks: Blocks, typesetter: Typesetter, formula: str, style: str) -> str:
    """One derivation as a file of its own, under the formula that was typed."""
    heading = f"<h1><code>{escape(formula)}</code></h1>"
    return framed(formula, typesetter.language, style, f"{heading}\n{HtmlWriter(typesetter).blocks(blocks)}\n")


def framed(title: str, language: str, style: str, main: str) -> str:
    """A file whose main part is given."""
    return f"""<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{escape(title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{main}</main>
</body>
</html>
"""


def problem_html(
    made: Problem, writer: HtmlWriter, say: Mapping[str, str], *, solutions: bool, below: Below = room_below
) -> str:
    """An exercise, each solution folded under its part."""
    asked = asked_html(made, writer, say, solutions=solutions, below=below)
    after = after_html(made, writer, say, solutions=solutions)
    return f"<section>\n{heading(made, writer)}\n{asked}{after}\n</section>"


def section_html(made: Problem, writer: HtmlWriter, one: Section) -> str:
    """A section of an exercise's template."""
    writer.told.named = False
    with writing(made.id, one):
        return writer.blocks(one.blocks)


def asked_html(
    made: Problem,
    writer: HtmlWriter,
    say: Mapping[str, str],
    *,
    solutions: bool,
    head: str = "h3",
    below: Below = room_below,
) -> str:
    """Statement and parts, each solution folded under its part, whose letter is such a heading."""

    def question(part: Question) -> str:
        statement = section_html(made, writer, part.statement)
        under = "" if solutions else below(made, part, writer)
        if len(made.parts) > 1:
            statement = f'<div class="part"><{head}>{part.letter})</{head}><div>{statement}</div></div>'
        if not (solutions and part.solution):
            return f"{statement}\n{under}" if under else statement
        answer = section_html(made, writer, part.solution)
        return f'{statement}\n<details class="solution"><summary>{say["solution"]}</summary>\n{answer}\n</details>'

    return "\n".join([section_html(made, writer, made.statement), *map(question, made.parts)])


def after_html(made: Problem, writer: HtmlWriter, say: Mapping[str, str], *, solutions: bool) -> str:
    """What follows the parts: remark, answers and check, or room to write in."""
    if not solutions:
        return "" if made.room is None else f"\n{writer.write(made.room)}"
    after = ""
    if made.remark:
        remark = section_html(made, writer, made.remark)
        after = f'\n<div class="remark"><strong>{say["remark"]}</strong>\n{remark}</div>'
    if made.answers is not None:
        after += f"\n<p><strong>{say['answers']}</strong></p>\n{writer.write(made.answers)}"
    return after + (f"\n{writer.blocks(made.confirmation)}" if made.confirmation else "")


def guide_html(made: Problem, writer: HtmlWriter) -> str:
    """An exercise for whoever marks it."""
    return f'<section class="guide">\n{heading(made, writer)}\n{writer.blocks(made.guide)}\n</section>'


def heading(made: Problem, writer: HtmlWriter) -> str:
    """Number, title and points of an exercise."""
    points = "" if made.points is None else f" <small>{escape(in_words(made.points, writer.typesetter))}</small>"
    return f"<h2>{made.number}. {writer.words(made.title)}{points}</h2>"


def appendix(sheet: RulesSheet, say: Mapping[str, str]) -> str:
    """The sheet of rules: what letters stand for, then each formula and its name."""
    letters = "; ".join(f"{mathml(one.letters)} — {escape(one.said)}" for one in sheet.letters)
    rows = "".join(f"<tr><td>{mathml(one.formula)}</td><td>{escape(one.name)}</td></tr>" for one in sheet.rules)
    table = f'<div class="table" tabindex="0"><table><tbody>{rows}</tbody></table></div>'
    return f"<section>\n<h2>{say['rules']}</h2>\n<p>{letters}.</p>\n{table}\n</section>\n"
