"""The printer's files in the making: everybody's problems in one, everybody's solutions in the other."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from keygen.course.filenames import student_files
from keygen.tex.pdf_pages import PdfPages, PdfWriter


class PrintFiles:
    """Batches are put in by their numbers as they come, and stand one after the other in the end.

    Who comes before its turn waits in the folder: memory holds one batch at a time.
    """

    def __init__(self, folder: Path, kinds: int, mark: str = "") -> None:
        self.folder, self.names = folder, student_files("all", mark)[:kinds]
        self.files = ExitStack()
        opened = [self.files.enter_context((folder / name).open("wb")) for name in self.names]
        self.writers = [PdfWriter(file.write, contents=False) for file in opened]
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
            places = [self.place(self.turn, kind) for kind in range(len(self.writers))]
            self.add([place.read_bytes() for place in places if place.exists()])
            for place in places:
                place.unlink(missing_ok=True)

    def add(self, printed: list[bytes]) -> None:
        """The pages of the batch whose turn it is."""
        self.turn += 1
        for writer, file in zip(self.writers, printed, strict=False):
            writer.add(PdfPages(file).part())

    def place(self, number: int, kind: int) -> Path:
        """Where a batch waits."""
        return self.folder / f"{number}-{kind}.pdf"

    def done(self) -> list[Path]:
        """The files, finished."""
        for writer in self.writers:
            writer.close()
        self.files.close()
        return [self.folder / name for name in self.names]
