"""Where a side of a line may break on a screen: before a plus or a minus that no bracket encloses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

TOKEN = re.compile(r"\\(?:begin|end)\{\w+\}|\\[A-Za-z]+|\\.|[{}()\[\]]| (?P<sign>[+-]) ", re.DOTALL)
OPENING = re.compile(r"\\begin|\\l(?:vert|Vert|ceil|floor)\b|\\?[{(\[]")
CLOSING = re.compile(r"\\end|\\r(?:vert|Vert|ceil|floor)\b|\\?[})\]]")


def summands(tex: str) -> Iterator[str]:
    """The outermost summands of a formula, each but the first with its sign."""
    depth = start = 0
    for token in TOKEN.finditer(tex):
        if token["sign"]:
            if not depth:
                yield tex[start : token.start()]
                start = token.start() + 1
        elif OPENING.match(token[0]):
            depth += 1
        elif CLOSING.match(token[0]):
            depth -= 1
    yield tex[start:]


def broken(tex: str, wide: Callable[[str], bool]) -> list[str]:
    """A formula in pieces that are not `wide`, as far as its outermost signs allow; all but the first begin with a
    sign."""
    pieces: list[str] = []
    for summand in summands(tex):
        if pieces and not wide(together := f"{pieces[-1]} {summand}"):
            pieces[-1] = together
        else:
            pieces.append(summand)
    return pieces


def linked(sign: str, tex: str, wide: Callable[[str], bool]) -> Iterator[str]:
    """A side of a line behind its relation, and the pieces that may stand under it, as links of the style."""
    first, *rest = broken(tex, wide)
    yield rf"\kglink{{{sign}}}{{{first}}}"
    for piece in rest:
        yield rf"\kglink{{{piece[0]}}}{{{piece[2:]}}}"
