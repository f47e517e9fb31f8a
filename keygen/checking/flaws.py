"""What TeX has to say of a variant's page: boxes that stick out, glyphs that no font has, errors."""

from __future__ import annotations

from dataclasses import dataclass, replace

from keygen.build import Spot, page_of, policy_of, solved
from keygen.checking.verify import languages
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


def flaws(order: Order, spot: Spot) -> list[Flaw]:
    """Set one exercise of an order in TeX, in the language asked for or in all it has, and read the log."""
    sheet, style, seed = order.sheet, order.course.style_files(), order.seed
    found = solved(order, spot)
    seen = []
    for wanted in languages(found, order):
        policy = policy_of(sheet, wanted)
        page, _ = page_of(found, replace(order, lang=wanted.code), spot)
        source = sheet_page((Document(spot.entry.id, "", "", wanted, order.code, (page,)),), policy, solutions=True)
        try:
            warnings = compile_tex(source, style=style, engine=sheet.engine).warnings
            seen += [Flaw(spot.entry.id, seed, wanted.code, warning.kind, str(warning)) for warning in warnings]
        except KeygenError as error:
            seen.append(Flaw(spot.entry.id, seed, wanted.code, "error", str(error)))
    return seen
