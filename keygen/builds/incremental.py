"""A run for many, unless it has been made before and nothing has changed since."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

from keygen.builds.fingerprints import basis, basis_digest
from keygen.builds.former import former
from keygen.builds.manifest import Manifest, load_manifest
from keygen.builds.run import Run, RunReport, WorkerOptions, distinct_codes
from keygen.course.filenames import manifest_file
from keygen.system.store import digest, finished


def together(run: Run, out: Path, workers: WorkerOptions, like: Manifest | None) -> RunReport:
    """Make everything that a run asks for; what is there as it was made is not made again.

    A whole run that is to come out `like` a manifest and does not writes nothing. A person's failure is told in the
    report and stops nobody else. Raises KeygenError for what fails everybody, for a folder that is another run's, and
    when the run is interrupted; finished work is kept in the store and not lost.
    """
    distinct_codes(run)
    store, folder = finished(), out / run.folder
    made_of = basis(run.sheet, run.course.path)
    inputs = basis_digest(made_of, run.sheet.engine)
    stamp = digest("run with notes", inputs, repr(run), str(folder.absolute()))
    latest = digest("latest run", str(folder.absolute()), run.mark)
    known = store.read(stamp, tuple[dict[str, str], list[tuple[str, str]]])
    if (found := untouched(folder, known, like if run.whole else None, run.mark)) is not None:
        return found
    before = former(run, folder, again=known is not None and store.read(latest, str) == stamp)
    if run.whole:
        store.forget(latest)
    from keygen.builds.scheduler import Scheduler  # slow to import, and not wanted where everything is found

    report = Scheduler(run, folder, workers, store, made_of, inputs, before, like).done()
    if not (report.failures or report.different):
        store.write(stamp, (report.sums, report.notes))
        if run.whole:
            store.write(latest, stamp)
    store.tidy()
    return report


Kept = tuple[dict[str, str], list[tuple[str, str]]]
"""Of a run before: the SHA-256 of each file by its name, and what was to be said of it: it is still so."""


def untouched(folder: Path, known: Kept | None, like: Manifest | None, mark: str) -> RunReport | None:
    """The files of the run before, if nobody has touched them since; none where they were to come out `like` a manifest
    and have not."""
    if known is None or any(sum_of(folder / name) != sum for name, sum in known[0].items()):
        return None
    sums, notes = known
    different = [] if like is None else like.unlike(load_manifest(folder / manifest_file(mark)))
    return RunReport([] if different else [folder / name for name in sums], notes=notes, different=different)


def sum_of(path: Path) -> str:
    """The SHA-256 of a file, by which it is known to be as it was made; "" where there is none to read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
