"""What TeX has to say of a variant's page: boxes that stick out, glyphs that no font has, errors."""

from __future__ import annotations

from dataclasses import dataclass

from keygen.build import Spot, page_of, policy_of, solved, style_files
from keygen.checking.verify import languages
from keygen.course.sheet import Sheet
from keygen.errors import KeygenError
from keygen.order import Order
from keygen.page.document import Document
from keygen.page.pdf import compile_tex
from keygen.page.template import sheet_page


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw of one variant's page, solutions included; `kind` is that of `texlog.TexWarning`, or "error"."""

    exercise: str
    seed: int | None
    language: str
    kind: str
    message: str


def flaws(target: str, sheet: Sheet, spot: Spot, seed: int | None, language: str | None) -> list[Flaw]:
    """Set one exercise in TeX, in one language or in all it has, and read the log."""
    order = Order(target, language, seed)
    found = solved(order, spot)
    seen = []
    for wanted in languages(found, sheet, language):
        policy = policy_of(sheet, wanted)
        page, _ = page_of(found, order, spot, sheet, wanted)
        source = sheet_page((Document(spot.entry.id, "", "", wanted, order.code, (page,)),), policy, solutions=True)
        try:
            warnings = compile_tex(source, style=style_files(), engine=sheet.engine).warnings
            seen += [Flaw(spot.entry.id, seed, wanted, warning.kind, str(warning)) for warning in warnings]
        except KeygenError as error:
            seen.append(Flaw(spot.entry.id, seed, wanted, "error", str(error)))
    return seen
