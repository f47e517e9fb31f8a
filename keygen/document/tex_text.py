"""Names of people in TeX: whatever a roster holds is printed, and none of it is run.

Letters go to TeX as they are; the style knows them (`\\kglatin` sets those that the Cyrillic font has not). What the
fonts lack becomes a small empty box, and is told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct

from keygen.course.roster import Student
from keygen.document.nodes import Columns, Foreign
from keygen.document.tex_parts import TeX

SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "\u00a0": "~", "\u202f": "~",
}  # fmt: skip
ALIKE = str.maketrans(
    {"‐": "-", "‑": "-", "‒": "–", "―": "—", "−": "–", "ʼ": "’", "ʹ": "’", "ʻ": "‘", "ʿ": "‘", "ӏ": "Ӏ"}
)

LATIN = frozenset(map(chr, range(0xC0, 0x180))) - set("×÷Ŀŀŉſ") | set("ƒȘșȚțẞ")
CYRILLIC = frozenset(map(chr, range(0x410, 0x450))) | set(
    "ЀЁЂЃЄЅІЇЈЉЊЋЌЍЎЏѐёђѓєѕіїјљњћќѝўџҐґҒғҖҗҘҙҚқҜҝҠҡҢңҤҥҪҫҮүҰұҲҳҶҷҸҹҺһӀӁӂӐӑӒӓӔӕӖӗӘәӚӛӜӝӞӟӢӣӤӥӦӧӨөӬӭӮӯӰӱӲӳӴӵӸӹ"
)
SIGNS = frozenset(map(chr, range(0xA1, 0xC0))) - {"\u00ad"} | set("×÷–—‘’‚“”„‹›†‡•…‰€№™")
PLAIN = frozenset(map(chr, range(0x20, 0x7F)))
PRINTED = PLAIN | LATIN | CYRILLIC | SIGNS | SPECIAL.keys()
"""What the fonts of the style have (T1, T2A, TS1), or the style makes of what they have."""

ACCENTS = {
    "\u0300": r"\`", "\u0301": r"\'", "\u0302": r"\^", "\u0303": r"\~", "\u0304": r"\=", "\u0306": r"\u",
    "\u0307": r"\.", "\u0308": r"\"", "\u030a": r"\r", "\u030b": r"\H", "\u030c": r"\v", "\u0323": r"\d",
    "\u0327": r"\c", "\u0328": r"\k", "\u0331": r"\b",
}  # fmt: skip
ABOVE = 230  # Unicode's class of such accents
WHOLE = frozenset(map(chr, range(0xC0, 0x100))) | set("ĂăЁёЙйЇїЎў")  # one glyph, so that TeX can set one more accent

DROPPED = {"Cc", "Cf", "Cs"}  # controls, writing directions, joiners, halves of characters
LOOKS = re.compile("[\ufe00-\ufe0f]")  # how the character before them should look


class TexWords(Struct, frozen=True):
    """A text as TeX for a place within a line, and the characters that no font of the page has, each once."""

    tex: TeX
    lacking: str


class TexCharacter(Struct, frozen=True):
    """One character with its accents as TeX; whether it is a letter that a Latin font has, and whether only that."""

    tex: str
    latin: bool = False
    foreign: bool = False


def printed(name: str) -> TexWords:
    """A name, or any text of a roster, in one line. Runs of space count as one; invisible characters are left out."""
    seen = [plainer for cluster in clusters(visible(name)) for plainer in plain(cluster)]
    pieces = [piece(cluster) for cluster in seen]
    runs = (set_in(list(run), latin) for latin, run in groupby(pieces, lambda one: one is not None and one.latin))
    lacking = dict.fromkeys(cluster for cluster, made in zip(seen, pieces, strict=True) if made is None)
    unjoined = re.sub(r"([-',])(?=\1)", r"\1{}", "".join(runs))  # -- '' ,, would be a dash and quotes
    return TexWords(TeX(unjoined), "".join(lacking))


def told(student: Student | None) -> Columns | None:
    """What templates know of a student: id, name and the roster's further columns; None on nobody's sheet."""
    if student is None:
        return None
    said = {**student.columns, "id": student.id, "name": student.name}
    return Columns({name: Foreign(text) for name, text in said.items()})


def visible(name: str) -> str:
    """The characters that a person sees, composed where Unicode can."""
    seen = "".join(c for c in name if c.isspace() or unicodedata.category(c) not in DROPPED)
    spaced = re.sub(r"[^\S\u00a0\u202f]+", " ", LOOKS.sub("", seen)).strip()
    return unicodedata.normalize("NFC", spaced)


def clusters(text: str) -> Iterator[str]:
    """Each character with the marks that follow it."""
    cluster = ""
    for character in text:
        if cluster and not unicodedata.category(character).startswith("M"):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def plain(cluster: str) -> list[str]:
    """A ligature, a wide or a circled letter that the fonts lack, in the plain letters that stand for it."""
    if piece(cluster) is None:
        plainer = list(clusters(unicodedata.normalize("NFKC", cluster).translate(ALIKE)))
        if all(piece(one) is not None for one in plainer):
            return plainer
    return [cluster]


def piece(cluster: str) -> TexCharacter | None:
    """The character as it is, or made of its letter and accents; None for what the fonts lack."""
    if cluster in PRINTED:
        return TexCharacter(SPECIAL.get(cluster, cluster), is_latin(cluster), cluster in LATIN)
    letter, *accents = tuple(unicodedata.normalize("NFD", cluster))
    if not letter.isalpha() or not ACCENTS.keys() >= set(accents):
        return None
    above = [accent for accent in accents if unicodedata.combining(accent) == ABOVE]
    below = [accent for accent in accents if accent not in above]
    letter = unicodedata.normalize("NFC", letter + "".join(above[:-1]))
    if letter not in PRINTED or (above[1:] and letter not in WHOLE) or below[1:]:
        return None
    tex = letter
    for accent in (*above[-1:], *below):
        tex = f"{ACCENTS[accent]}{{{tex}}}"
    return TexCharacter(tex, is_latin(letter), is_latin(letter))


def is_latin(letter: str) -> bool:
    """Whether the Latin font has this letter."""
    return letter in LATIN or (letter in PLAIN and letter.isalpha())


def set_in(run: list[TexCharacter | None], latin: bool) -> str:
    """Pieces in one font, boxes for those that are lacking. A word of plain letters needs no Latin font."""
    text = "".join(r"\kgmissing{}" if one is None else one.tex for one in run)
    return rf"\kglatin{{{text}}}" if latin and any(one is not None and one.foreign for one in run) else text
