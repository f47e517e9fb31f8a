"""What is asked for, made: one sheet in this process, many by whoever works for the run.

Little is imported where all is found.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keygen.builds.batch import BatchResult, batch_of
from keygen.builds.fingerprints import basis, basis_digest
from keygen.builds.run import Run, RunReport, WorkerOptions
from keygen.course.contents import read_once
from keygen.system.files import write_whole
from keygen.system.store import finished

if TYPE_CHECKING:
    from keygen.builds.manifest import Manifest


@read_once()
def perform_run(run: Run, out: Path, workers: WorkerOptions, like: Manifest | None = None) -> RunReport:
    """Make everything that the run asks for, in its folder of `out`. Raises KeygenError where that cannot be done."""
    if run.alone:
        return alone(run, out, workers)
    from keygen.builds.incremental import together  # of manifests, which one sheet has not

    return together(run, out, workers, like)


def alone(run: Run, out: Path, workers: WorkerOptions) -> RunReport:
    """Make one sheet, as a batch of one in this process. Nothing is written before all of it is made.

    A PDF whose course and tools are as they were comes from the store; what needs no TeX is made each time. Raises
    KeygenError at the first thing that cannot be done.
    """
    store, made = finished(), None
    batch = batch_of(run, run.people)
    if run.form == "pdf":
        made_of = basis(run.sheet, run.course.path)
        inputs = basis_digest(made_of, run.sheet.engine)
        batch = batch_of(run, run.people, made_of, inputs, store.folder.absolute())
        made = store.read(batch.place, BatchResult)
    if made is None:
        workers.note(f"solving {run.sheet.name}")
        from keygen.builds.batch_worker import make  # slow to import, and not wanted where the sheet is found

        made = make(batch, workers.note)
        store.tidy()
    stems = [stem for person in run.people for stem in run.stems(person)]
    files = {f"{stem}.{run.form}": data for stem, data in zip(stems, made.files, strict=True)}
    for name, data in {**files, **made.beside}.items():
        write_whole(out / name, data)
    alike = [(run.sheet.name, what) for _, what in run.sheet.twins()] if run.people == (None,) else []
    alike += [(run.sheet.name, text) for text in made.remarks]
    notes = [(stem, flaw) for stem, flaws in zip(stems, made.flaws, strict=False) for flaw in flaws]
    return RunReport([out / name for name in files], notes=alike + notes)
