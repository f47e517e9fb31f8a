"""Formulas as MathML Core, from the TeX that the page's typesetter writes: what a browser shows without a script.

The conversion is `math-core`'s (a Rust wheel, MIT). Of the style's macros it is told here; a decimal comma and a frame
are put in afterwards, for TeX's way to write them is not MathML's.
"""

from __future__ import annotations

import re
from functools import lru_cache

from math_core import LatexError, LatexToMathML

from keygen.errors import KeygenError

MACROS = {
    "kgmat": "#1",
    "kgchain": "#1#2",
    "kglink": r"{}\mathrel{#1}#2",
}
"""The style's macros that stand inside formulas."""
MARK = re.compile(r"\\kgmark\{(\d)\}")
COMMA = re.compile(r"(?<=\d)\{,\}(?=\d)")
POINT = re.compile(r"(<mn>[\d\u202f]+)\.(\d+</mn>)")
GROUP = re.compile(r'(?<=\d)</mn><mspace width="0\.1\d+em"/><mn>(?=\d{3}(?!\d))')  # a thin space inside a number
COLORS = ("red", "lime", "blue")  # as which the frames pass through the conversion
FRAME = re.compile(r'<mrow style="color:#(FF0000|BFFF04|0000FF);">')
HEX = ("FF0000", "BFFF04", "0000FF")
BRACE = '<munder accentunder="true">'  # of a brace, browsers paint a part, so that the style draws it
BAR = '<mo stretchy="false">¯</mo>'  # which browsers paint upon a capital letter
INFIX = re.compile(r"(<mo>[,;]</mo><mtext>[^<]</mtext>)<mo>−</mo>")  # a sign behind a comma, taken for a difference
ENTITIES = {"&ApplyFunction;": "\u2061", "&nbsp;": "\u00a0"}


def framed(mark: re.Match[str]) -> str:
    """A frame as a colour that the conversion knows."""
    return rf"\textcolor{{{COLORS[int(mark[1]) - 1]}}}"


@lru_cache(maxsize=1)
def converter() -> LatexToMathML:
    """The converter, which takes a while to make."""
    return LatexToMathML(macros=MACROS, fancy_error=False)


@lru_cache(maxsize=8192)
def mathml(tex: str, *, display: bool = False) -> str:
    """A formula as a `<math>` element. Raises KeygenError for TeX that nobody can show on the web."""
    comma = COMMA.search(tex) is not None
    tex = tex.replace(r"\hphantom", r"\phantom")  # a row of the web has a height of its own for what is free
    try:
        made = converter().convert_with_local_state(MARK.sub(framed, COMMA.sub(".", tex)), displaystyle=display)
    except LatexError as error:
        raise KeygenError("a formula has no form on the web", found=f"{tex[:200]}: {error}") from error
    made = GROUP.sub("\u202f", made)
    if comma:
        made = POINT.sub(r"\1,\2", made)
    for entity, character in ENTITIES.items():
        made = made.replace(entity, character)
    made = made.replace(BRACE, BRACE.replace(">", ' class="brace">')).replace(BAR, BAR.replace(">", ' class="bar">', 1))
    made = INFIX.sub(r'\1<mo lspace="0" rspace="0">−</mo>', made)
    return FRAME.sub(lambda found: f'<mrow class="mark{HEX.index(found[1]) + 1}">', made)
