"""Tables and lines of words for a terminal, however narrow it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

GAP = 2  # columns between two columns of a table
LEAST = 4  # columns of a cell that is cut
ELLIPSIS = "…"

Rows = Sequence[Sequence[str]]


def table(rows: Rows, width: int | None = None, *, words: Sequence[int] = (0,), cut: int | None = None) -> str:
    """Rows in columns, those of `words` to the left and all others, which are of numbers, to the right.

    Where they have no room in `width` (None: as much as it takes), first the cells of the column `cut` are cut down;
    then the columns that have none go on in a table below, behind the first column again, so that nothing else is lost.
    """
    from rich.cells import cell_len  # rich is wanted for wide letters alone

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    whole = sum(widths) + GAP * (sum(map(bool, widths)) - 1)
    if width is not None and whole > width:
        if cut is not None:
            widths[cut] = min(widths[cut], max(LEAST, width - whole + widths[cut]))
        widths[0] = min(widths[0], max(LEAST, width - GAP - max(widths[1:], default=0)))
    pieces = ("\n".join(line(row, widths, band, words) for row in rows) for band in bands(widths, width))
    return "\n\n".join(pieces)


def bands(widths: Sequence[int], width: int | None) -> Iterator[tuple[int, ...]]:
    """The places of the columns of each table, the first in all of them; one without any text is in none."""
    band, taken = [0], widths[0]
    for place, needed in enumerate(widths):
        if place == 0 or not needed:
            continue
        if width is not None and taken + GAP + needed > width and len(band) > 1:
            yield tuple(band)
            band, taken = [0], widths[0]
        band.append(place)
        taken += GAP + needed
    yield tuple(band)


def line(row: Sequence[str], widths: Sequence[int], band: Sequence[int], words: Sequence[int]) -> str:
    """Some cells of a row, each as wide as its column."""
    from rich.cells import cell_len, set_cell_size

    cells = []
    for place in band:
        room, text = widths[place], row[place]
        if cell_len(text) > room:
            text = set_cell_size(text, room - 1).rstrip() + ELLIPSIS
        left = " " * (room - cell_len(text))
        cells.append(text + left if place in words else left + text)
    return (" " * GAP).join(cells).rstrip()


def folded(text: str, width: int | None = None) -> str:
    """Lines of words, those that are wider than `width` (None: none is) folded between words, what follows set in."""
    return "\n".join(one for line in text.split("\n") for one in fold(line, width))


def fold(line: str, width: int | None) -> list[str]:
    """One line; what cannot be cut stays whole, be it too long."""
    if width is None or len(line) <= width:
        return [line]
    indent = len(line) - len(line.lstrip()) + 2
    from textwrap import wrap  # for narrow terminals alone

    return wrap(
        line, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False,
        replace_whitespace=False, drop_whitespace=True,
    )  # fmt: skip
