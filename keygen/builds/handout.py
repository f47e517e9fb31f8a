"""What one person's sheet says as a thing of paper, in the language of its pages."""

from __future__ import annotations

from collections.abc import Iterator

from keygen.builds.request import SheetRequest
from keygen.course.handout import USUAL, size_of
from keygen.course.roster import Student
from keygen.course.sheet_keys import said
from keygen.document.nodes import Foreign
from keygen.document.template import words
from keygen.document.tex_parts import FieldLine, Handout
from keygen.document.titles import plain_title

PRINTED = ("name", "id")
"""What a student's sheet says of them in any case."""


def handout_of(order: SheetRequest) -> Handout:
    """Instructions, lines to fill in, cover, foot, paper and size of letters. Raises KeygenError for characters that no
    font of the page has, and for a column that says no size."""
    sheet, language, student = order.sheet, order.language, order.student
    return Handout(
        tuple(
            plain_title(paragraph, "instructions", sheet.file)
            for paragraph in said(sheet.instructions, language).split("\n\n") if paragraph.strip()
        ),
        tuple(fields_of(order)),
        sheet.cover,
        plain_title(said(sheet.footer, language), "footer", sheet.file),
        sheet.paper,
        size_of(sheet.size, None if student is None else student.columns),
    )  # fmt: skip


def fields_of(order: SheetRequest) -> Iterator[FieldLine]:
    """The lines to fill in; on a student's sheet those of the roster are filled, and what stands there anyhow is not
    asked."""
    language, student = order.language, order.student
    known = words("words", language)
    for asked in order.sheet.fields:
        key = asked if isinstance(asked, str) else ""
        if student is not None and key in PRINTED:
            continue
        name = plain_title(
            known[f"field_{key}"] if f"field_{key}" in known else said(asked, language), "fields", order.sheet.file
        )
        yield FieldLine(name, Foreign("" if student is None else cell_of(student, key)))


def cell_of(student: Student, field: str) -> str:
    """What the roster has in the column of a field's name, capitals or not; "" where there is none."""
    called = (column for column in student.columns if column.casefold() == field.casefold())
    return student.columns.get(field) or next((student.columns[column] for column in called), "")


def handout_style(order: SheetRequest) -> str:
    """What a page for a browser needs of looks beyond the common ones; nothing for a sheet that has no such things."""
    sheet, size = order.sheet, handout_of(order).size
    special = sheet.instructions or sheet.fields or sheet.cover or sheet.footer
    roomy = any(entry.space for entry in sheet.exercise)
    found = order.course.asset("handout.css").decode() if special or roomy else ""
    if size != USUAL:
        found += f"body {{ font-size: {size / USUAL:.4g}rem; }}\n@media print {{ body {{ font-size: {size}pt; }} }}\n"
    return found
