"""What TeX has to say of a variant's page: boxes that stick out, glyphs that no font has, errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

from keygen.builds.request import SheetRequest
from keygen.builds.sheet import SheetItem, page_of, policy_of, solved
from keygen.checking.verify import languages
from keygen.document.covers import sheet_page
from keygen.document.kinds import PageKind
from keygen.document.tex_parts import Document
from keygen.errors import KeygenError
from keygen.tex.pdf import compile_tex


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw of one variant's page, solutions included; `kind` is that of `texlog.TexWarning`, or "error"."""

    exercise: str
    seed: int | None
    language: str
    kind: str
    message: str


def flaws(order: SheetRequest, item: SheetItem) -> list[Flaw]:
    """Set one exercise of an order in TeX, in the language asked for or in all it has, and read the log."""
    sheet, style, seed = order.sheet, order.course.style_files(), order.seed
    found = solved(order, item)
    seen = []
    for wanted in languages(found, order):
        policy = policy_of(sheet, wanted)
        page, _ = page_of(found, replace(order, lang=wanted.code), item)
        source = sheet_page((Document(item.entry.id, "", "", wanted, order.code, (page,)),), policy, PageKind.SOLUTIONS)
        try:
            warnings = compile_tex(source, style=style, engine=sheet.engine).warnings
            seen += [Flaw(item.entry.id, seed, wanted.code, warning.kind, str(warning)) for warning in warnings]
        except KeygenError as error:
            seen.append(Flaw(item.entry.id, seed, wanted.code, "error", str(error)))
    return seen
