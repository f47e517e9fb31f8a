"""A formula's TeX as boxes: how much room it takes, estimated without TeX (enough to keep labels apart, a little on the
large side); where its characters stand, for media that set them themselves; how it reads in plain text.

Boxes combine as in TeX: atoms side by side, scripts above and below, fractions about the axis. A command that no
table of `metrics` knows raises.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, zip_longest

from msgspec.structs import replace

from keygen.errors import KeygenError, nearest
from keygen.figures import font_metrics, glyphs
from keygen.figures.delimiters import AXIS, accent, fence, fences
from keygen.figures.math_boxes import Cluster, Ink, MathBox, Span, Stroke, moved

EM = 4.0  # mm: one em of an 11 pt document is 3.85 mm; the rest is for safety
EMPTY = MathBox()
SCRIPTS = frozenset("^_'")
STRETCHING = frozenset((r"\left", r"\right", *glyphs.LARGER))
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)


@lru_cache(maxsize=4096)
def boxed(tex: str) -> MathBox:
    """`$tex$`. Raises KeygenError where an unknown command or an open group makes the size unknowable."""
    return _Reader(tex).line(0, stops=("",))


@lru_cache(maxsize=4096)
def boxed_outline(pieces: tuple[str, ...]) -> MathBox:
    """The box of a formula between whose pieces stand digits, with a hole of `font_metrics` for each of them."""
    holes = font_metrics.HOLES[: len(pieces) - 1]
    return _Reader("".join(chain.from_iterable(zip_longest(pieces, holes, fillvalue=""))), holes).line(0, stops=("",))


def measure(tex: str) -> tuple[float, float]:
    """Width and height (with depth) in mm of `$tex$`. Raises KeygenError as `boxed` does."""
    box = boxed(tex)
    return box.width * EM, box.total * EM


def measure_text(text: str) -> tuple[float, float]:
    """Width and height in mm of words."""
    box = worded(text)
    return box.width * EM, box.total * EM


@lru_cache(maxsize=4096)
def worded(text: str, scale: float = 1.0) -> MathBox:
    """Words."""
    if not text:
        return MathBox()
    wide = sum(letter.isupper() or letter in font_metrics.WIDE for letter in text)
    width = (font_metrics.WIDE_LETTER * wide + font_metrics.LETTER * (len(text) - wide)) * scale
    return MathBox(width, 0.7 * scale, 0.22 * scale, (Span(0.0, 0.0, width, text, scale),), text)


class _Reader:
    """One pass over the tokens of a label; `style` is 0 for text, 1 for script, 2 for scriptscript. Each of the `holes`
    is as large as a digit."""

    def __init__(self, tex: str, holes: str = "") -> None:
        self.tex, self.holes = tex, holes
        self.tokens: list[str] = [*(token for token in _TOKEN.findall(tex) if not token.isspace()), ""]
        self.place = 0

    def peek(self) -> str:
        """The next token, "" at the end."""
        return self.tokens[self.place]

    def take(self) -> str:
        """The next token, which is thereby read."""
        token = self.tokens[self.place]
        if not token:
            raise KeygenError(what="a figure's label ends inside a group", found=self.tex)
        self.place += 1
        return token

    def line(self, style: int, stops: tuple[str, ...]) -> MathBox:
        """Atoms up to one of the tokens in `stops` ("" is the end), which stays unread."""
        width, height, depth, before = 0.0, 0.0, 0.0, ""
        atoms: list[tuple[str, float, float, MathBox]] = []  # token, space around it, its left end, its box
        while (token := self.peek()) not in stops:
            space = _space(before, token, style)
            atom = self.scripted(style)
            width += space
            if before == "," and not style and atoms[-1][3].ink:
                atoms[-1] = (*atoms[-1][:3], _aired(atoms[-1][3]))
            atoms.append((token, space, width - space / 2, atom))
            width += atom.width
            height, depth = max(height, atom.height), max(depth, atom.depth)
            before = token
        stretched = _stretched(atoms) if any(token in STRETCHING for token, *_ in atoms) else atoms
        ink = [one.moved(x, 0.0) for _, _, x, atom in stretched for one in atom.ink]
        plain = _in_plain(atoms)
        shown = [atom for *_, atom in atoms if atom.plain and atom.plain != "∂"]  # a partial derivative is one thing
        single = (len(shown) < 2 and all(atom.single for atom in shown)) or plain.isdigit()
        return MathBox(width, height, depth, tuple(ink), plain, single)

    def scripted(self, style: int) -> MathBox:
        """An atom with its superscript and subscript, which stand one above the other."""
        base, above, below = self.atom(style), EMPTY, EMPTY
        if self.peek() not in SCRIPTS:
            return base
        scale, small = font_metrics.SCALES[style], min(style + 1, 2)
        while (sign := self.peek()) in SCRIPTS:
            self.take()
            if sign == "_":
                below = below.beside(self.atom(small))
            else:
                above = above.beside(_prime(small) if sign == "'" else self.atom(small))
        if not (above.width or below.width):
            return base
        rise, drop = max(0.42 * scale, base.height - 0.4), max(0.17 * scale, base.depth - 0.1)
        if above.width:
            drop = max(0.24 * scale, drop)
        tall = any(not isinstance(one, Span) for one in base.ink)
        scripts = (*moved(above.ink, base.width, rise), *moved(below.ink, base.width, -drop))
        ink = (Cluster(base.ink), Cluster(scripts)) if tall else (*base.ink, *scripts)
        plain = base.bracketed + (f"_{below.bracketed}" if below.plain else "") + _raised(above)
        found = replace(base, ink=ink, plain=plain, single=True)
        if above.width:
            found = found.grown(height=max(0.0, above.height + max(0.42 * scale, found.height - 0.4) - found.height))
        if below.width:
            found = found.grown(depth=max(0.0, above.depth + below.depth + 0.24 * scale - found.depth))
        return found.grown(width=max(above.width, below.width) + 0.08)

    def atom(self, style: int) -> MathBox:
        """A symbol, a group, or a command with its arguments."""
        token, scale = self.take(), font_metrics.SCALES[style]
        if token == "{":
            inside = self.line(style, ("}", ""))
            self.take()
            return inside
        if token[0] != "\\":
            return self._symbol(token, scale)
        if token in font_metrics.FRACTIONS:
            return self._fraction(0 if token == r"\dfrac" else min(style + 1, 2), scale)
        if token == r"\sqrt":
            return _rooted(self.atom(style), scale)
        if token in font_metrics.ACCENTS:
            return _accented(token, self.atom(style), scale)
        if token in font_metrics.FONTS:
            inside = self.atom(style)
            return _restyled(token, inside, 0.15 * inside.width)
        if token in font_metrics.TEXTS:
            return worded(self._raw(), scale)
        if token == r"\color":
            self._raw()
            return MathBox()
        mark = self._raw() if token in font_metrics.COLORED else ""
        if token in font_metrics.COLORED or token in font_metrics.FRAMES:
            return _framed(self.atom(style), font_metrics.FRAMES.get(token, 0.0), int(mark) if mark.isdigit() else 0)
        if token == r"\begin":
            return self._rows(self._raw())
        if token in font_metrics.NAMES:
            width = (0.54 * (len(token) - 1) + 0.34) * scale
            air = 0.0 if self.peek() in ("(", r"\left", "^", "_") else 0.17 * scale
            span = Span(0.0, 0.0, width - air, token[1:], scale)
            return MathBox(width, 0.7 * scale, 0.2 * scale, (span,), token[1:])
        return self._symbol(token, scale)

    def _symbol(self, token: str, scale: float) -> MathBox:
        look = "0" if token in self.holes else token
        if look not in font_metrics.WIDTH:
            raise KeygenError(
                what=f"the width of {token} in a figure's label is not known",
                found=self.tex,
                repair=f"add it to the tables of figures/metrics.py; {nearest(token, font_metrics.WIDTH)}",
            )
        return _symbol_box(token, look, scale)

    def _raw(self) -> str:
        """The characters of a braced argument, as they stand."""
        self.take()
        start = self.place
        while self.take() != "}":
            pass
        return "".join(self.tokens[start : self.place - 1])

    def _fraction(self, style: int, scale: float) -> MathBox:
        above, below = self.atom(style), self.atom(style)
        gap = 0.1 if style else 0.2
        width = max(above.width, below.width) + 0.3
        rise, drop = (AXIS + gap) * scale + above.depth, (gap - 0.1) * scale + below.height
        ink = (
            Cluster(moved(above.ink, (width - above.width) / 2, rise)),
            Stroke(((0.08, AXIS * scale), (width - 0.08, AXIS * scale))),
            Cluster(moved(below.ink, (width - below.width) / 2, -drop)),
        )
        plain = f"{above.bracketed}/{below.bracketed}"
        return MathBox(width, above.total + (0.25 + gap) * scale, below.total + (gap - 0.1) * scale, ink, plain, False)

    def _rows(self, name: str) -> MathBox:
        if name not in font_metrics.FENCES:
            raise KeygenError(
                what=f"the size of the environment {name} in a figure's label is not known",
                expected=", ".join(font_metrics.FENCES),
                found=self.tex,
            )
        stops = ("&", r"\\", r"\end", "")
        rows = [[self.line(0, stops)]]
        while (token := self.take()) != r"\end":
            cell = self.line(0, stops)
            if token == "&":
                rows[-1].append(cell)
            else:
                rows.append([cell])
        self._raw()
        count = max(map(len, rows))
        columns = [max(row[column].width for row in rows if column < len(row)) for column in range(count)]
        depths = [max(font_metrics.ROW, 0.15 + max(cell.total for cell in row)) for row in rows]
        tall, room = sum(depths), font_metrics.FENCES[name]
        width = sum(columns) + font_metrics.COLUMN_SPACE * (count - 1) + room
        return MathBox(
            width, tall / 2 + 0.25, tall / 2 - 0.2,
            (*fences(name, width, tall), *_cells(rows, columns, depths, room if name == "cases" else room / 2)),
            "(" + "; ".join(", ".join(cell.plain for cell in row) for row in rows) + ")",
        )  # fmt: skip


@lru_cache(maxsize=2048)
def _symbol_box(token: str, look: str, scale: float) -> MathBox:
    """A symbol as large as `look`."""
    height = font_metrics.HEIGHTS[look not in font_metrics.LOW]
    depth = font_metrics.DEPTHS[look in font_metrics.DEEP]
    width = font_metrics.WIDTH[look] * scale
    text, italic = glyphs.glyph(token)
    ink = (Span(0.0, 0.0, width, text, scale, italic),) if text else ()
    return MathBox(width, height * scale, depth * scale, ink, glyphs.SPACES.get(token, text))


def _space(before: str, token: str, style: int) -> float:
    """Both sides of a relation or a binary sign at once; a sign that opens a term is unary and has none."""
    if style:
        return 0.0
    if token in font_metrics.RELATION:
        return font_metrics.RELATION_SPACE
    opens = (
        not before or before in font_metrics.OPENING or before in font_metrics.RELATION or before in font_metrics.BINARY
    )
    return font_metrics.BINARY_SPACE if token in font_metrics.BINARY and not opens else 0.0


def _aired(comma: MathBox) -> MathBox:
    """A comma with the thin space that follows it."""
    last = comma.ink[-1]
    return (
        replace(comma, ink=(*comma.ink[:-1], replace(last, text=last.text + "\u2009")))
        if isinstance(last, Span)
        else comma
    )


def _prime(style: int) -> MathBox:
    """A prime, which stands as a superscript."""
    ink = Span(
        0.12, -0.42 * font_metrics.SCALES[style - 1], 0.22, "′", font_metrics.SCALES[style - 1]
    )  # it has risen by itself
    return MathBox(0.28, 0.6, 0.0, (ink,), "′")


def _raised(above: MathBox) -> str:
    """A superscript in plain text."""
    if not above.plain:
        return ""
    return above.plain if not above.plain.strip("′") else f"^{above.bracketed}"


def _in_plain(atoms: list[tuple[str, float, float, MathBox]]) -> str:
    """Atoms in plain text: signs with air around them, a quotient in brackets where something touches it."""
    text = ""
    for place, (token, space, _, atom) in enumerate(atoms):
        after = atoms[place + 1] if place + 1 < len(atoms) else None
        touched = (place and not space and text[-1:] not in " ") or (after and not after[1])
        plain = atom.bracketed if token in font_metrics.FRACTIONS and touched else atom.plain
        if token in font_metrics.NAMES and after and not after[3].plain.startswith(("(", " ")):
            plain += " "
        text += f" {plain} " if space else plain
    return text


def _rooted(body: MathBox, scale: float) -> MathBox:
    """A root about its body."""
    found = body.grown(0.9 * scale, 0.2 * scale, 0.1 * scale)
    left, top = 0.75 * scale, body.height + 0.1 * scale
    sign = Stroke(
        (
            (0.1 * scale, 0.3 * scale),
            (0.25 * scale, 0.38 * scale),
            (0.45 * scale, -body.depth - 0.05 * scale),
            (left, top),
            (left + body.width + 0.1 * scale, top),
        )
    )
    ink = (Cluster((sign,)), Cluster(moved(body.ink, left + 0.05 * scale, 0.0)))
    return replace(found, ink=ink, plain=f"√{body.bracketed}", single=True)


def _accented(token: str, body: MathBox, scale: float) -> MathBox:
    """A body under an accent."""
    found = body.grown(0.05, 0.25 * scale)
    mark, (first, *others) = glyphs.ACCENTS[token], body.ink or (None,)
    plain = unicodedata.normalize("NFC", body.bracketed + mark)
    if isinstance(first, Span) and len(body.plain) == 1:
        text = unicodedata.normalize("NFC", first.text + mark)
        return replace(found, ink=(replace(first, text=text), *others), plain=plain)
    return replace(found, ink=(Cluster((*body.ink, accent(token, body.width, body.height, body.depth))),), plain=plain)


def _restyled(token: str, body: MathBox, wider: float) -> MathBox:
    """A body in another font, which is so much wider."""
    bold = token in (r"\mathbf", r"\boldsymbol", r"\bm")
    slanted = token in (r"\mathit", r"\boldsymbol", r"\bm", r"\mathcal")

    def styled(one: Ink) -> Ink:
        """The characters in the font."""
        if isinstance(one, Cluster):
            return Cluster(tuple(map(styled, one.ink)))
        if isinstance(one, Stroke):
            return one
        if token == r"\mathbb":
            return replace(one, text=glyphs.BLACKBOARD.get(one.text, one.text), italic=False, bold=False)
        return replace(one, bold=bold, italic=one.italic and slanted)

    plain = glyphs.BLACKBOARD.get(body.plain, body.plain) if token == r"\mathbb" else body.plain
    single = body.single or plain.isalnum()
    ink = [styled(one) for one in body.ink]
    if ink and isinstance(ink[-1], Span):
        ink[-1] = replace(ink[-1], width=ink[-1].width + wider)
    return replace(body.grown(wider), ink=tuple(ink), plain=plain, single=single)


def _framed(body: MathBox, frame: float, mark: int) -> MathBox:
    """A body in a frame, or in none where it has no width."""
    found = body.grown(2 * frame, frame, frame)
    if not frame:
        return found
    low, high, right = -found.depth + frame / 2, found.height - frame / 2, found.width - frame / 2
    corners = ((frame / 2, low), (right, low), (right, high), (frame / 2, high), (frame / 2, low))
    return replace(found, ink=(Stroke(corners, mark), Cluster(moved(body.ink, frame, 0.0))))


def _stretched(atoms: list[tuple[str, float, float, MathBox]]) -> Iterator[tuple[str, float, float, MathBox]]:
    """Atoms whose brackets after \\left and \\right are as tall as what they hold."""
    opened: list[int] = []
    tall: dict[int, tuple[float, float]] = {}
    for place, (token, *_) in enumerate(atoms):
        if token == r"\left":
            opened.append(place + 1)
        elif token == r"\right" and opened:
            start = opened.pop()
            held = [atom for *_, atom in atoms[start + 1 : place]]
            reach = max((atom.height for atom in held), default=0.0), max((atom.depth for atom in held), default=0.0)
            tall |= {start: reach, place + 1: reach}
    for place, (token, space, x, atom) in enumerate(atoms):
        before = atoms[place - 1][0] if place else ""
        if place in tall:
            yield token, space, x, _taller(token, atom, *tall[place])
        elif before in glyphs.LARGER:
            half = glyphs.LARGER[before] / 2
            yield token, space, x, _taller(token, atom, half + AXIS, half - AXIS)
        else:
            yield token, space, x, atom


def _taller(sign: str, atom: MathBox, height: float, depth: float) -> MathBox:
    """A bracket that reaches from a height to a depth, its scripts at its ends."""
    if not atom.ink:  # the invisible bracket
        return atom
    bracket, *scripts = atom.ink
    width = bracket.width if isinstance(bracket, Span) else atom.width
    up, down = max(0.0, height - font_metrics.HEIGHTS[1]), max(0.0, depth - font_metrics.DEPTHS[1])
    placed = [one.moved(0.0, up if isinstance(one, Span) and one.y > 0 else -down) for one in scripts]
    return replace(atom, ink=(*fence(sign, 0.0, width, height, depth), Cluster(tuple(placed))))


def _cells(rows: list[list[MathBox]], columns: list[float], depths: list[float], left: float) -> Iterator[Ink]:
    """Cells in the middle of their columns, each row on a baseline."""
    top = sum(depths) / 2 + AXIS
    for row, depth in zip(rows, depths, strict=True):
        height, low = max(cell.height for cell in row), max(cell.depth for cell in row)
        baseline, x = top - (depth + height - low) / 2, left
        for cell, column in zip(row, columns, strict=False):
            yield Cluster(moved(cell.ink, x + (column - cell.width) / 2, baseline))
            x += column + font_metrics.COLUMN_SPACE
        top -= depth
