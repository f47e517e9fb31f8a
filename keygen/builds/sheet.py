"""The pages of one sheet: each exercise solved and certified, then written in a medium and bound between covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keygen.builds.handout import handout_of, handout_style
from keygen.builds.request import SheetRequest
from keygen.certify.certificate import Certificate
from keygen.certify.stage import BUILD, certified
from keygen.course.fixed_data import PinError
from keygen.course.languages import Language
from keygen.course.points import decimal
from keygen.course.secret import PUBLIC
from keygen.course.sheet import Sheet
from keygen.course.sheet_keys import SheetEntry, said
from keygen.document import nodes
from keygen.document.composition import composed
from keygen.document.covers import conventions_box, rules_sheet, sheet_page
from keygen.document.kinds import PageKind
from keygen.document.template import words
from keygen.document.tex_parts import Document, TexProblem
from keygen.document.tex_text import told
from keygen.document.titles import plain_title
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.variants.solve import solve
from keygen.variants.solved import Solved
from keygen.writers.latex import conventions_tex, problem

if TYPE_CHECKING:
    from keygen.writers.html_page import HtmlSheet


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One exercise on one person's sheet: its number, and which occurrence of that exercise it is."""

    entry: SheetEntry
    number: int
    occurrence: int


def policy_of(sheet: Sheet, language: Language | None) -> Policy:
    """How the sheet writes numbers in a language; in none with a point, whatever the language, and ungrouped."""
    point, grouping = (".", 0) if language is None else (sheet.separator(language), language.grouping)
    fraction = Policy().fraction if sheet.fractions else 0
    return Policy(point, sheet.decimals, fraction, sheet.significant, grouping=grouping)


def sheet_items(sheet: Sheet) -> Iterator[SheetItem]:
    """The exercises of a sheet in their order."""
    seen: Counter[str] = Counter()
    for number, entry in enumerate(sheet.exercise, start=1):
        seen[entry.id] += 1
        yield SheetItem(entry, number, seen[entry.id])


def asked_items(order: SheetRequest) -> Iterator[SheetItem]:
    """Those that a person gets."""
    asked = order.asked
    return (item for item in sheet_items(order.sheet) if item.number in asked)


def solved(order: SheetRequest, item: SheetItem) -> Solved:
    """One exercise with this person's numbers."""
    exercise, pin = order.course.exercise(item.entry.id), item.entry.pin
    who, key = (item.entry.seed, PUBLIC) if order.who is None else (order.who, order.key)
    try:
        return solve(exercise, order.sheet.name, who, key=key, pin=pin, occurrence=item.occurrence, draw=order.draw)
    except KeygenError as error:
        name = error.pinned if isinstance(error, PinError) else next(iter(pin), None)
        where = order.sheet.place(item.number, "pin", *(() if name is None else (name,)))
        raise error.within(**where if pin and error.file is None else {}) from error


def page_of(
    found: Solved, order: SheetRequest, item: SheetItem, *, guide: bool = False
) -> tuple[TexProblem, Certificate]:
    """One exercise on the page, and the certificate that it is right."""
    language, policy = order.language, policy_of(order.sheet, order.language)
    return certified(
        found, policy, BUILD,
        lambda proofs: problem(
            found, item.number, item.entry.points, language, policy, told(order.student), proofs=proofs,
            guide=guide, wishes=order.sheet.wishes(item.number),
        ),
    )  # fmt: skip


def nodes_of(
    found: Solved, order: SheetRequest, item: SheetItem, *, guide: bool = False, before: Proofs | None = None
) -> tuple[tuple[nodes.Problem, Typesetter], Certificate]:
    """One exercise as nodes with what writes its mathematics, and the certificate that it is right. What was proven
    `before` of the same solved exercise, whose numbers were written in the same way, is not read back again."""
    language, policy = order.language, policy_of(order.sheet, order.language)
    return certified(
        found, policy, BUILD,
        lambda proofs: composed(
            found, item.number, item.entry.points, language, policy, proofs=proofs, guide=guide,
            wishes=order.sheet.wishes(item.number),
        ),
        before,
    )  # fmt: skip


def bound(order: SheetRequest, problems: Sequence[TexProblem]) -> Document:
    """The problems of a sheet between its covers, under what their answers rest on."""
    sheet, language = order.sheet, order.language
    title, course = (plain_title(said(getattr(sheet, key), language), key, sheet.file) for key in ("title", "course"))
    date = plain_title(sheet.dated(language), "date", sheet.file)
    return Document(
        title,
        course,
        date,
        language,
        order.code,
        tuple(problems),
        tuple(sheet.appendix),
        conventions_tex((name for one in problems for name in one.conventions), language, policy_of(sheet, language)),
        told(order.student),
        decimal(sheet.total(order.asked), sheet.separator(language)),
        handout_of(order),
    )


def tex_pages(order: SheetRequest, problems: Sequence[TexProblem], kinds: Sequence[PageKind]) -> list[str]:
    """One person's sheet in TeX, a file of each kind."""
    document, policy = bound(order, problems), policy_of(order.sheet, order.language)
    return [sheet_page((document,), policy, kind) for kind in kinds]


def html_pages(
    order: SheetRequest, problems: Sequence[tuple[nodes.Problem, Typesetter]], kinds: Sequence[PageKind]
) -> list[str]:
    """One person's sheet as HTML, a file of each kind."""
    from keygen.writers.html_page import page  # needed for no other medium

    made, style = html_sheet(order, problems), html_style(order)
    return [page(made, style, kind) for kind in kinds]


def html_sheet(order: SheetRequest, problems: Sequence[tuple[nodes.Problem, Typesetter]]) -> HtmlSheet:
    """One person's sheet for pages of HTML."""
    from keygen.writers.html_page import HtmlSheet

    language = order.language
    say = words("words", language)
    rules = rules_sheet(language) if "differentials" in order.sheet.appendix else None
    found = (name for one, _ in problems for name in one.conventions)
    box = conventions_box(found, language, policy_of(order.sheet, language))
    return HtmlSheet(bound(order, ()), tuple(problems), rules, say, box)


def html_style(order: SheetRequest) -> str:
    """What its pages look like."""
    return order.course.asset("style.css").decode() + handout_style(order)
