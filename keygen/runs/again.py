"""A run, unless it has been made before and nothing has changed since."""

from __future__ import annotations

from pathlib import Path

import msgspec

from keygen.course.sheet import load_sheet
from keygen.inputs import basis, basis_digest
from keygen.runs.run import Hands, Report, Run, distinct_codes
from keygen.store import FOLDER, Store, digest


def perform_run(run: Run, out: Path, hands: Hands) -> Report:
    """Make everything that the run asks for, in its folder of `out`; what is there as it was made is not made again.

    A person's failure is told in the report and stops nobody else. Raises KeygenError for what fails everybody, and
    when the run is interrupted; finished work is kept in the store and not lost.
    """
    distinct_codes(run)
    store, folder = Store(FOLDER), out / run.folder
    sheet = load_sheet(run.sheet)
    made_of = basis(run.sheet, sheet)
    inputs = basis_digest(made_of, sheet.engine)
    stamp = digest("run", inputs, repr(run), str(folder.absolute()))
    known = store.get(stamp)
    if known is not None and (paths := untouched(folder, known)) is not None:
        return Report(paths)
    from keygen.runs.work import Work  # slow to import, and not wanted where everything is found

    report = Work(run, folder, hands, store, made_of, inputs).done()
    if not report.failures:
        store.put(stamp, msgspec.json.encode([(path.name, *shape_of(path)) for path in report.paths]))
    store.tidy()
    return report


def untouched(folder: Path, known: bytes) -> list[Path] | None:
    """The files of the run before, if nobody has touched them since."""
    files = msgspec.json.decode(known, type=list[tuple[str, int, int]])
    paths = [folder / name for name, *_ in files]
    same = all(shape_of(path) == (size, time) for path, (_, size, time) in zip(paths, files, strict=True))
    return paths if same else None


def shape_of(path: Path) -> tuple[int, int]:
    """Size and time of a file, by which it is known to be as it was; (-1, -1) where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return -1, -1
    return stat.st_size, stat.st_mtime_ns
