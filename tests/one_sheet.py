"""One sheet through the way that every build takes, its files as they are written."""

from __future__ import annotations

from keygen.builds.batch import batch_of
from keygen.builds.batch_worker import make
from keygen.builds.request import SheetRequest
from keygen.builds.run import Run, Who
from keygen.builds.sheet import bound, page_of, sheet_items, solved
from keygen.document.kinds import wanted
from keygen.document.tex_parts import Document


def run_of(order: SheetRequest, *, solutions: bool, guide: bool = False, form: str = "pdf") -> Run:
    """The run that makes one person's sheet alone."""
    who: Who = order.student or order.seed
    language = order.lang or order.sheet.language
    return Run(
        order.course,
        order.sheet,
        language,
        wanted(solutions=solutions, guide=guide),
        order.key,
        (who,),
        whole=False,
        form=form,
        alone=True,
    )


def sources(order: SheetRequest, *, solutions: bool, guide: bool = False, form: str = "tex") -> dict[str, str]:
    """The TeX (or the HTML) of each file, by its name without the ending."""
    run = run_of(order, solutions=solutions, guide=guide, form=form)
    made = make(batch_of(run, run.people))
    return dict(zip(run.stems(run.people[0]), (file.decode() for file in made.files), strict=True))


def document(order: SheetRequest) -> Document:
    """The sheet between its covers."""
    return bound(order, [page_of(solved(order, spot), order, spot)[0] for spot in sheet_items(order.sheet)])
