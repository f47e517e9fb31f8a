"""What is asked for, unless it has been made before and nothing has changed since."""

from __future__ import annotations

from hashlib import file_digest
from pathlib import Path

from keygen.course.contents import read_once
from keygen.course.filenames import manifest_file
from keygen.files import write_whole
from keygen.inputs import basis, basis_digest
from keygen.runs.former import former
from keygen.runs.made import Made, batch_of
from keygen.runs.manifest import Manifest, load_manifest
from keygen.runs.run import Hands, Report, Run, distinct_codes
from keygen.store import digest, finished


@read_once()
def perform_run(run: Run, out: Path, hands: Hands, like: Manifest | None = None) -> Report:
    """Make everything that the run asks for, in its folder of `out`. Raises KeygenError where that cannot be done."""
    return alone(run, out, hands) if run.alone else together(run, out, hands, like)


def alone(run: Run, out: Path, hands: Hands) -> Report:
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
        made = store.read(batch.place, Made)
    if made is None:
        hands.note(f"solving {run.sheet.name}")
        from keygen.runs.batch import make  # slow to import, and not wanted where the sheet is found

        made = make(batch, hands.note)
        store.tidy()
    stems = [stem for person in run.people for stem in run.stems(person)]
    files = {f"{stem}.{run.form}": data for stem, data in zip(stems, made.files, strict=True)}
    for name, data in {**files, **made.beside}.items():
        write_whole(out / name, data)
    notes = [(stem, flaw) for stem, flaws in zip(stems, made.flaws, strict=False) for flaw in flaws]
    return Report([out / name for name in files], notes=notes)


def together(run: Run, out: Path, hands: Hands, like: Manifest | None) -> Report:
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
    known = store.read(stamp, tuple[dict[str, str], list[tuple[str, str]]])
    if (found := untouched(folder, known, like if run.whole else None, run.mark)) is not None:
        return found
    before = former(run, folder, again=known is not None)
    from keygen.runs.work import Work  # slow to import, and not wanted where everything is found

    report = Work(run, folder, hands, store, made_of, inputs, before, like).done()
    if not (report.failures or report.different):
        store.write(stamp, (report.sums, report.notes))
    store.tidy()
    return report


Kept = tuple[dict[str, str], list[tuple[str, str]]]
"""Of a run before: the SHA-256 of each file by its name, and what was to be said of it: it is still so."""


def untouched(folder: Path, known: Kept | None, like: Manifest | None, mark: str) -> Report | None:
    """The files of the run before, if nobody has touched them since; none where they were to come out `like` a manifest
    and have not."""
    if known is None or any(sum_of(folder / name) != sum for name, sum in known[0].items()):
        return None
    sums, notes = known
    different = [] if like is None else like.unlike(load_manifest(folder / manifest_file(mark)))
    return Report([] if different else [folder / name for name in sums], notes=notes, different=different)


def sum_of(path: Path) -> str:
    """The SHA-256 of a file, by which it is known to be as it was made; "" where there is none to read."""
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
