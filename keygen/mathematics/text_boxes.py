"""Text that is laid out: lines beside each other on one base line, brackets as tall as what they hold.

A text of one line holds marks: `ROUND` to `END` stand for brackets, raised and lowered parts and cases; any character
from `FIRST` on for a box of its own, a matrix.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

ROUND, SQUARE, CASES, BREAK, RAISED, LOWERED, SPACE, END = map(chr, range(0xE000, 0xE008))
FIRST = 0xF0000  # of the characters that stand for boxes

RAISABLE = dict(zip(
    "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδ",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟ",
    strict=True,
))  # fmt: skip
LOWERABLE = dict(zip(
    "0123456789+-−=()∗aehijklmnoprstuvxβγρ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎⁎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨ", strict=True
))  # fmt: skip
Side = tuple[str, str, str, str]  # a bracket on one line; its upper end, its middle, its lower end
SIDES: Mapping[str, tuple[Side, Side]] = {
    ROUND: (("(", "⎛", "⎜", "⎝"), (")", "⎞", "⎟", "⎠")),
    SQUARE: (("[", "⎡", "⎢", "⎣"), ("]", "⎤", "⎥", "⎦")),
}


class TextBox(NamedTuple):
    """Lines of one width, and which of them stands on the base line of what is around."""

    lines: tuple[str, ...]
    base: int = 0

    @property
    def width(self) -> int:
        """Columns of a terminal."""
        return width(self.lines[0])


def width(line: str) -> int:
    """The columns that a line takes: an accent takes none of its own."""
    return sum(not unicodedata.combining(character) for character in line)


def padded(line: str, columns: int) -> str:
    """A line with blanks behind it."""
    return line + " " * (columns - width(line))


def stacked(lines: Sequence[str], base: int | None = None) -> TextBox:
    """Lines under each other, the middle one on the base line."""
    columns = max(map(width, lines))
    return TextBox(tuple(padded(line, columns) for line in lines), (len(lines) - 1) // 2 if base is None else base)


def beside(boxes: Sequence[TextBox]) -> TextBox:
    """Boxes from left to right on one base line."""
    if all(len(box.lines) == 1 for box in boxes):
        return TextBox(("".join(box.lines[0] for box in boxes),))
    above = max(box.base for box in boxes)
    below = max(len(box.lines) - box.base for box in boxes)

    def line(box: TextBox, place: int) -> str:
        own = place - above + box.base
        return box.lines[own] if 0 <= own < len(box.lines) else " " * box.width

    return TextBox(tuple("".join(line(box, place) for box in boxes) for place in range(above + below)), above)


def enclosed(inner: TextBox, kind: str) -> TextBox:
    """A box in brackets as tall as it is."""
    left, right = (side_of(signs, len(inner.lines)) for signs in SIDES[kind])
    return beside([TextBox(left, inner.base), inner, TextBox(right, inner.base)])


def side_of(signs: Side, height: int) -> tuple[str, ...]:
    """One bracket: the sign itself on one line, else its upper end, its middle and its lower end."""
    one, top, middle, bottom = signs
    return (one,) if height == 1 else (top, *[middle] * (height - 2), bottom)


def cases(rows: Sequence[TextBox]) -> TextBox:
    """Rows behind a brace; their conditions, behind the last comma with a wide gap, stand under each other."""
    if all(len(row.lines) == 1 for row in rows):
        rows = [TextBox((line,)) for line in aligned([row.lines[0] for row in rows])]
    lines = [line for row in rows for line in row.lines]
    middle = (len(lines) - 1) // 2
    body = stacked([" " + line for line in lines])
    if len(lines) == 1:
        return beside([TextBox(("{",)), body])
    inner = ["⎨" if place == middle else "⎪" for place in range(1, len(lines) - 1)]
    return beside([TextBox(("⎧", *inner, "⎩"), body.base), body])


def aligned(rows: Sequence[str]) -> list[str]:
    """What stands behind the last wide gap of each row, from one column on."""
    parts = [row.rpartition(",  ") for row in rows]
    columns = max(width(value + comma) for value, comma, _ in parts)
    return [padded(value + comma, columns) + condition for value, comma, condition in parts]


def grid(cells: Sequence[Sequence[str]]) -> TextBox:
    """A matrix: columns flush right, two blanks apart, in square brackets."""
    columns = [max(map(width, column)) for column in zip(*cells, strict=True)]
    rows = [
        "  ".join(" " * (size - width(cell)) + cell for size, cell in zip(columns, row, strict=True)) for row in cells
    ]
    return enclosed(stacked(rows), SQUARE)


def raised(text: str) -> str:
    """An exponent: x², e⁻ᶻ, e^0.5, x^(3/2), e^(z₁), whose index is the exponent's."""
    if all(character in RAISABLE for character in text):
        return "".join(map(RAISABLE.__getitem__, text))
    bare = len(text) == 1 or text.replace(".", "").isdecimal()
    return f"^{text}" if bare else f"^({text})"


def lowered(text: str) -> str:
    """An index: x₁, xᵢ, x[q], λ_best."""
    if all(character in LOWERABLE for character in text):
        return "".join(map(LOWERABLE.__getitem__, text))
    return f"_{text}" if len(text) > 1 and text.isalpha() else f"[{text}]"


def below(text: str) -> str:
    """An index on a page, where square brackets may stand for a condition: LeakyReLU_α, LeakyReLU_0.1, w[0,1]."""
    bare = len(text) == 1 or ("." in text and text.replace(".", "").isdecimal())
    return f"_{text}" if bare and text not in LOWERABLE else lowered(text)


INLINE: Mapping[str, Callable[[str], str]] = {RAISED: raised, LOWERED: below}


def laid_out(text: str, boxes: Sequence[TextBox] = ()) -> TextBox:
    """The box of a text with marks."""
    return TextLayout(text, boxes).whole()


class TextLayout:
    """Goes through a text once, from left to right."""

    def __init__(self, text: str, boxes: Sequence[TextBox]) -> None:
        self.text, self.boxes, self.place = text, boxes, 0

    def whole(self) -> TextBox:
        """The box of the whole text."""
        return beside(self.row() or [TextBox(("",))])

    def row(self) -> list[TextBox]:
        """The boxes up to the end of a group."""
        found: list[TextBox] = []
        while self.place < len(self.text) and (here := self.text[self.place]) not in (END, BREAK):
            self.place += 1
            if here in SIDES or here in INLINE or here == CASES:
                found.append(self.group(here))
            elif here == SPACE:
                found.append(TextBox(("" if self.text.startswith(ROUND, self.place) else " ",)))
            elif ord(here) >= FIRST:
                found.append(self.boxes[ord(here) - FIRST])
            else:
                found.append(TextBox((here,)))
        return found

    def group(self, kind: str) -> TextBox:
        """What stands up to the end of a group."""
        rows = [beside(self.row() or [TextBox(("",))])]
        while self.text[self.place : self.place + 1] == BREAK:
            self.place += 1
            rows.append(beside(self.row()))
        self.place += 1
        if kind == CASES:
            return cases(rows)
        if kind in SIDES:
            return enclosed(rows[0], kind)
        if len(rows[0].lines) > 1:  # of a matrix, which nothing raises
            return beside([TextBox(("^" if kind == RAISED else "_",)), enclosed(rows[0], ROUND)])
        return TextBox((INLINE[kind](rows[0].lines[0]),))


LOOSE, TIGHT = ("=", "+", "−"), ("·", "∘")  # signs between blanks that a line may be broken before, the first rather
OPEN, SHUT = frozenset("([{⟦⎛⎜⎝⎡⎢⎣⎧⎨⎪⎩"), frozenset(")]}⟧⎞⎟⎠⎤⎥⎦")


def broken(first: TextBox, others: Sequence[tuple[str, TextBox]], columns: int | None) -> list[str]:
    """A chain of boxes, each behind its relation, in lines that are no wider than so many columns where they can be:
    under the first relation, or indented by a little where what stands before it is long. A side that is wider than a
    line goes on below, behind its relation."""
    short = columns is None or first.width <= columns // 3
    deeper = 6  # than the relations below a long first side
    indent = TextBox((" " * (first.width if short else 3),))
    lines: list[str] = []
    *above, row = pieces(first, columns, deeper)
    lines += [line for piece in above for line in piece.lines]
    begins = short
    for sign, box in others:
        link = beside([TextBox((f" {sign} ",)), box])
        if columns is not None and not begins and row.width + link.width > columns:
            lines += row.lines
            row = indent
        row, begins = beside([row, link]), False
        if columns is not None and row.width > columns:
            hang = indent.width + len(sign) + 2
            *above, row = pieces(row, columns, hang)
            lines += [line for piece in above for line in piece.lines]
    return [line.rstrip() for line in (*lines, *row.lines)]


def pieces(box: TextBox, columns: int | None, hang: int = 0) -> list[TextBox]:
    """A box in parts that are no wider than so many columns where its signs allow: broken before a sign or behind a
    comma, in the outermost brackets that have one, else between factors; all parts but the first are `hang` columns to
    the right."""
    if columns is None or box.width <= columns:
        return [box]
    place = place_of_break(box, columns, hang)
    if place is None:
        return [box]
    rows = [cells(line) for line in box.lines]
    rest = trimmed(TextBox(tuple(" " * hang + "".join(row[place:]).removeprefix(" ") for row in rows), box.base))
    return [trimmed(TextBox(tuple("".join(row[:place]) for row in rows), box.base)), *pieces(rest, columns, hang)]


def place_of_break(box: TextBox, columns: int, hang: int) -> int | None:
    """The column before which a box is broken: the last one that fits, in as few brackets as possible, and between tall
    brackets nowhere."""
    row, depth, found = cells(box.lines[box.base]), 0, dict[tuple[int, bool], int]()
    factor: int | None = None
    for place, cell in enumerate(row[: columns + 1]):
        depth += (cell in OPEN) - (cell in SHUT)
        if cell == " " and place > hang + 3 and (depth == 0 or len(box.lines) == 1):
            mark = row[place + 1] if row[place + 2 : place + 3] == [" "] else ""
            if mark in LOOSE or mark in TIGHT or row[place - 1] in ",;":
                found[depth, mark in TIGHT] = place
            elif depth == 0 and not is_sign(row[place - 2 : place]):
                factor = place
    return found[min(found)] if found else factor


def is_sign(behind: Sequence[str]) -> bool:
    """Whether the two columns before a blank are a sign with its own blank."""
    return len(behind) == 2 and behind[0] == " " and (behind[1] in LOOSE or behind[1] in TIGHT)


def cells(line: str) -> list[str]:
    """The columns of a line: a character with its accents."""
    found: list[str] = []
    for character in line:
        if unicodedata.combining(character) and found:
            found[-1] += character
        else:
            found.append(character)
    return found


def trimmed(box: TextBox) -> TextBox:
    """A box without empty lines above and below, and blanks at the right."""
    full = [place for place, line in enumerate(box.lines) if line.strip()]
    first, last = (full[0], full[-1]) if full else (0, 0)
    return stacked([line.rstrip() for line in box.lines[first : last + 1]], box.base - first)
