"""The pages of students on paper: what `student_page` says, set by TeX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from keygen.builds.request import SheetRequest
from keygen.course.points import decimal
from keygen.course.sheet_keys import said
from keygen.document.template import rendered, template_file, words
from keygen.document.tex_parts import TeX
from keygen.document.tex_text import printed
from keygen.document.titles import headed, pdf_text, plain_title
from keygen.document.told_laws import ToldLaws, without_marks
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.grading.student_page import AnswerLabel, FirstStep
from keygen.grading.summary import rounded
from keygen.grading.summary_page import grading_words, title_of
from keygen.grading.told_verdicts import told_verdict
from keygen.grading.typed_text import unquoted
from keygen.grading.verdicts import AnswerVerdict
from keygen.mathematics.number_format import Policy
from keygen.tex.engines import engine_named
from keygen.tex.format_cache import together
from keygen.tex.pdf import Pdf, compile_tex
from keygen.tex.pdf_pages import PdfPages, file_of, plain
from keygen.tex.subsets import Documents
from keygen.tex.type1 import UnknownFont
from keygen.writers.latex import LatexWriter

TEMPLATE = "checked.tex"
SECONDS = 60
"""How long TeX may take for each student."""
BETWEEN = 6
"""Characters of what was typed, which may have no spaces, after which a line may end."""
LONGEST = 120
"""Characters of what was typed that stand on paper."""
KEPT = 1 << 12
"""Texts that are kept as TeX, the latest ones."""


@dataclass(frozen=True, slots=True)
class StudentOnPaper:
    """Whose page it is, the variant's code, and the points: had, and possible."""

    id: str
    name: str
    code: str
    points: tuple[Fraction, Fraction]


def student_tex(
    order: SheetRequest, whose: StudentOnPaper, verdicts: Iterable[AnswerVerdict], steps: Mapping[int, FirstStep],
    labels: Mapping[str, AnswerLabel],
) -> str:  # fmt: skip
    """The page of one student in TeX."""
    shown = context(order, whose, verdicts, steps, labels)
    return rendered(template_file(order.language, TEMPLATE), order.language, shown)[0]


def student_pdfs(order: SheetRequest, texts: Sequence[str]) -> Iterator[bytes | KeygenError]:
    """The file of each student of a sheet, or why TeX cannot set it.

    One run of TeX sets them all, and its file is cut apart; where that cannot be done, each page has a run of its own.
    """
    with suppress(KeygenError, UnknownFont):
        yield from cut(order, texts)
        return
    for text in texts:
        try:
            yield compiled(order, [text]).data
        except KeygenError as error:
            yield error


def cut(order: SheetRequest, texts: Sequence[str]) -> list[bytes]:
    """The files of all out of one run. Raises KeygenError or UnknownFont where that cannot be."""
    if not engine_named(order.sheet.engine).cuts:
        raise UnknownFont(f"{order.sheet.engine} makes fonts that are not cut")
    pdf = compiled(order, texts)
    documents = Documents(PdfPages(plain(pdf.data)))
    return [file_of([documents.part(*pages)]) for pages in pdf.documents]


def compiled(order: SheetRequest, texts: Sequence[str]) -> Pdf:
    """Some pages in one file. Raises KeygenError where TeX cannot set them."""
    style = order.course.style_files()
    return compile_tex(
        together(texts), style=style, engine=order.sheet.engine, timeout=SECONDS * len(texts), ahead=True
    )


def context(
    order: SheetRequest, whose: StudentOnPaper, verdicts: Iterable[AnswerVerdict], steps: Mapping[int, FirstStep],
    labels: Mapping[str, AnswerLabel],
) -> dict[str, Any]:  # fmt: skip
    """What the template shows."""
    say, page = grading_words(order), words("words", order.language)
    title = headed(title_of(order), say["checked"])
    had, possible = (decimal(rounded(one), order.language.separator) for one in whose.points)
    course = plain_title(said(order.sheet.course, order.language), "course", order.sheet.file)
    return {
        "_printer": Typesetter(Policy()), "language": order.language.style, "about": pdf_text(title),
        "code": TeX(order.language.code), "title": printed(title).tex, "course": printed(course).tex,
        "page": page["page"], "points": printed(f"{say['had']} {had} {say['of']} {possible}").tex,
        "name": printed(whose.name or whose.id).tex, "id": printed(whose.code).tex,
        "exercise": printed(say["exercise"]).tex, "answers": printed(say["answers"]).tex,
        "steps": [{"number": TeX(str(number)), "body": body(step)} for number, step in steps.items()],
        "rows": list(rows(verdicts, say, order, labels)),
    }  # fmt: skip


def body(step: FirstStep) -> TeX:
    """What is said of a first wrong step."""
    return without_marks(TeX(LatexWriter(step.typesetter).blocks(step.blocks)), ToldLaws())


def rows(
    verdicts: Iterable[AnswerVerdict], say: Mapping[str, str], order: SheetRequest, labels: Mapping[str, AnswerLabel]
) -> Iterator[Sequence[TeX]]:
    """A row an answer, under its label and a note behind its verdict, under their heads."""
    answer, typed, verdict, share = (in_one_line(say[name]) for name in ("answer", "typed", "verdict", "share"))
    yield [answer, TeX(""), TeX(""), typed, verdict, TeX(""), share]
    for one in verdicts:
        credit = decimal(rounded(one.credit), order.language.separator)
        label = labels[one.column]
        named = TeX(rf"\texttt{{{in_one_line(label.name)}}}" if label.name else "")
        told = told_verdict(one, order, say)
        yield (
            in_one_line(label.place), TeX(label.tex), named, broken(unquoted(one.typed)), in_one_line(told.word),
            note(told.note), in_one_line(credit),
        )  # fmt: skip


def note(text: str) -> TeX:
    """What stands below a verdict; nothing where nothing is said."""
    return TeX(rf"\par{{\footnotesize\color{{kgsoft}}{in_one_line(text)}\strut\par}}" if text else "")


def broken(text: str) -> TeX:
    """What was typed, in lines where it is long."""
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]} ..."
    words = ([word[at : at + BETWEEN] for at in range(0, len(word), BETWEEN)] for word in shown.split())
    return TeX(" ".join(r"\hspace{0pt}".join(in_one_line(piece) for piece in word) for word in words))


@lru_cache(maxsize=KEPT)
def in_one_line(text: str) -> TeX:
    """A text of a page as TeX; the pages of a class have much in common."""
    return printed(text).tex
