"""The printer's files in the making: everybody's problems in one, everybody's solutions in the other."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from typing import Self

from keygen.course.filenames import student_files
from keygen.page.split import Pages, Writer


class Printing:
    """Batches are put in by their numbers as they come, and stand one after the other in the end.

    Who comes before its turn waits in the folder: memory holds one batch at a time.
    """

    def __init__(self, folder: Path, kinds: int) -> None:
        self.folder, self.names = folder, student_files("all")[:kinds]
        self.files = ExitStack()
        self.writers = [Writer(self.files.enter_context((folder / name).open("wb")).write) for name in self.names]
        self.waiting: dict[int, list[int]] = {}
        self.turn = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.files.close()

    def put(self, number: int, plain: bytes, pages: Pages | None, starts: list[int]) -> None:
        """The pages of a batch: a kind begins after each of `starts` pages. None where nobody of it has any."""
        if number == self.turn:
            self.add(pages, starts)
        else:
            self.waiting[number] = starts
            self.place(number).write_bytes(plain)
        while self.turn in self.waiting:
            starts, place = self.waiting.pop(self.turn), self.place(self.turn)
            self.add(Pages(place.read_bytes()) if starts else None, starts)
            place.unlink()

    def add(self, pages: Pages | None, starts: list[int]) -> None:
        """The pages of the batch whose turn it is."""
        self.turn += 1
        if pages is not None:
            for writer, (first, end) in zip(self.writers, pairwise([*starts, len(pages)]), strict=True):
                writer.add(pages, first, end)

    def place(self, number: int) -> Path:
        """Where a batch waits."""
        return self.folder / f"{number}.pdf"

    def done(self) -> list[Path]:
        """The files, finished."""
        for writer in self.writers:
            writer.close()
        self.files.close()
        return [self.folder / name for name in self.names]
