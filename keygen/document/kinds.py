"""What pages a sheet has: the problems alone, with their solutions, and a guide for whoever marks them."""

from __future__ import annotations

from enum import StrEnum


class PageKind(StrEnum):
    """One of the files of a sheet; its value is the name of the language's word for it."""

    PROBLEMS = "problems"
    SOLUTIONS = "solutions"
    GUIDE = "guide"

    @property
    def suffix(self) -> str:
        """What the file's name has behind the sheet's: nothing, -solutions, -guide."""
        return "" if self is PageKind.PROBLEMS else f"-{self.value}"


def wanted(*, solutions: bool, guide: bool = False) -> tuple[PageKind, ...]:
    """The kinds that are made: the problems in any case."""
    asked = {PageKind.PROBLEMS: True, PageKind.SOLUTIONS: solutions, PageKind.GUIDE: guide}
    return tuple(kind for kind, made in asked.items() if made)
