"""The printer's files in the making: all problems in one, all solutions in the other; of each group, where there are
groups."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from keygen.course.filenames import in_folder, student_files
from keygen.tex.pdf_pages import PdfPages, PdfWriter


class PrintFiles:
    """Batches are put in by their numbers as they come, and stand one after the other in the end.

    Who comes before its turn waits in the folder: memory holds one batch at a time. `groups` has the group's folder of
    each batch, those of one group beside each other; without it all are of one file.
    """

    def __init__(self, folder: Path, kinds: int, mark: str = "", groups: Sequence[str] = ()) -> None:
        self.folder, self.kinds, self.mark, self.groups = folder, kinds, mark, groups
        self.files = ExitStack()
        self.writers: list[PdfWriter] = []
        self.made: dict[str, Path] = {}
        self.waiting: set[int] = set()
        self.turn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.files.close()

    def put(self, number: int, printed: list[bytes]) -> None:
        """The pages of a batch, a file for each kind; none where nobody of it has any."""
        if number == self.turn:
            self.add(printed)
        else:
            self.waiting.add(number)
            for kind, file in enumerate(printed):
                self.place(number, kind).write_bytes(file)
        while self.turn in self.waiting:
            self.waiting.remove(self.turn)
            places = [self.place(self.turn, kind) for kind in range(self.kinds)]
            self.add([place.read_bytes() for place in places if place.exists()])
            for place in places:
                place.unlink(missing_ok=True)

    def add(self, printed: list[bytes]) -> None:
        """The pages of the batch whose turn it is."""
        group = self.groups[self.turn] if self.groups else ""
        self.turn += 1
        if printed and in_folder(group, student_files("all", self.mark)[0]) not in self.made:
            self.begin(group)
        for writer, file in zip(self.writers, printed, strict=False):
            writer.add(PdfPages(file).part())

    def begin(self, group: str) -> None:
        """The files of a group, after those of the one before."""
        self.close()
        for name in student_files("all", self.mark)[: self.kinds]:
            path = self.folder / f"printed-{len(self.made)}.pdf"
            self.made[in_folder(group, name)] = path
            file = self.files.enter_context(path.open("wb"))
            self.writers.append(PdfWriter(file.write, contents=False))

    def close(self) -> None:
        """The files of the group at work, finished."""
        for writer in self.writers:
            writer.close()
        self.writers = []
        self.files.close()

    def place(self, number: int, kind: int) -> Path:
        """Where a batch waits."""
        return self.folder / f"{number}-{kind}.pdf"

    def done(self) -> dict[str, Path]:
        """The files, finished, by their names in the run's folder."""
        self.close()
        return self.made
