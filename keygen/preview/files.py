"""The page as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keygen.builds.telling import told_of_secret
from keygen.errors import KeygenError
from keygen.preview.page import Pieces, PreviewWriter
from keygen.preview.variants import Previewer, PreviewPlan, PreviewRequest, PreviewVariant, planned
from keygen.system.files import write_whole
from keygen.system.terminal import tell


@dataclass(frozen=True, slots=True)
class PreviewReport:
    """The page that was written, the errors that it shows in the place of variants, and the key of its numbers."""

    path: Path
    errors: tuple[KeygenError, ...]
    key: str


def written(request: PreviewRequest, out: Path, advance: Callable[[int], None]) -> PreviewReport:
    """Write the page into a folder; `advance` hears of each variant that is done. Raises KeygenError for an unknown
    sheet or exercise, and where there is no variant without an error: then the last good page stays."""
    plan, previewer = planned(request), Previewer()
    made: dict[int, list[PreviewVariant]] = {}
    for item in plan.items:
        made[item.number] = []
        for order in plan.asked(item):
            made[item.number].append(previewer.variant(order, item))
            advance(1)
    errors = tuple(one.error for variants in made.values() for one in variants if one.error is not None)
    if errors and len(errors) == sum(map(len, made.values())):
        raise errors[0]
    writer, path = PreviewWriter(plan), out / plan.file_name
    write_whole(path, writer.page(pieces_of(plan, writer, made)).encode())
    return PreviewReport(path, errors, plan.orders[0].key)


def pieces_of(plan: PreviewPlan, writer: PreviewWriter, made: dict[int, list[PreviewVariant]]) -> Pieces:
    """All pieces of a page whose variants are made."""
    pieces = writer.whole(made)
    for item in plan.items:
        pieces |= writer.exercise(item, made[item.number])
    return pieces


def count_of(request: PreviewRequest) -> int:
    """How many variants there are to make."""
    plan = planned(request)
    return sum(len(plan.asked(item)) for item in plan.items)


def told_of(report: PreviewReport) -> None:
    """What is to be said on stderr: of the secret, and each error once, with the number of variants that have it."""
    told_of_secret(report.key)
    for where, count in Counter((error.what, error.file, error.line) for error in report.errors).items():
        first = next(error for error in report.errors if (error.what, error.file, error.line) == where)
        tell(f"keygen: {first}")
        if count > 1:
            tell(f"keygen: so have {count - 1} more of the variants")
