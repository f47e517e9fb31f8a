"""The roles that lines and fills of a figure play, and how each looks.

Six roles are for things told apart by colour. They stay apart without it: their grey values differ by at least
20 of 255, and each has a dash pattern of its own.
"""

from __future__ import annotations

from functools import cache

from msgspec import Struct

from keygen.errors import KeygenError, nearest


class Role(Struct, frozen=True):
    """A look: `color` is the name that style.sty defines with `rgb`; width and dashes in mm, () a full line."""

    color: str
    rgb: tuple[int, int, int]
    width: float = 0.2
    dash: tuple[float, ...] = ()  # dash, gap, dash, gap ...

    @property
    def grey(self) -> float:
        """The grey value in black-and-white print, 0 to 255 (ITU-R BT.601 luma)."""
        red, green, blue = self.rgb
        return 0.299 * red + 0.587 * green + 0.114 * blue

    @property
    def hex(self) -> str:
        """The colour as SVG writes it."""
        return hexadecimal(self.rgb)


@cache
def hexadecimal(rgb: tuple[int, int, int]) -> str:
    """#19191e"""
    return "#" + "".join(f"{part:02x}" for part in rgb)


ROLES: dict[str, Role] = {
    "ink": Role("kgink", (25, 25, 30), 0.2),
    "faint": Role("kgfaint", (140, 145, 155), 0.15),
    "grid": Role("kgtint", (236, 240, 246), 0.25),
    "guide": Role("kgink", (25, 25, 30), 0.15, (0.8, 0.8)),
    "curve": Role("kgink", (25, 25, 30), 0.35),
    "tint": Role("kgtint", (236, 240, 246)),
    "paper": Role("kgpaper", (255, 255, 255)),
    "one": Role("kgone", (0, 35, 110), 0.4),
    "two": Role("kgtwo", (205, 42, 30), 0.4, (2.2, 1.0)),
    "three": Role("kgthree", (20, 165, 115), 0.45, (3.4, 0.9, 0.8, 0.9)),
    "four": Role("kgfour", (240, 125, 20), 0.5, (0.9, 0.8)),
    "five": Role("kgfive", (110, 25, 130), 0.4, (4.4, 1.4)),
    "six": Role("kgsix", (120, 190, 240), 0.5, (2.6, 0.8, 0.8, 0.8, 0.8, 0.8)),
    "forward": Role("kgink", (25, 25, 30), 0.25),
    "backward": Role("kgtwo", (205, 42, 30), 0.25),
}

DARK = {  # the colours on a dark page, by name: as far apart as on a light one
    "kgink": (232, 232, 238), "kgfaint": (140, 145, 155), "kgtint": (38, 44, 56), "kgpaper": (20, 22, 28),
    "kgone": (120, 165, 255), "kgtwo": (255, 112, 98), "kgthree": (70, 205, 155), "kgfour": (255, 170, 84),
    "kgfive": (205, 130, 235), "kgsix": (165, 222, 255),
    "kgmarkone": (240, 140, 92), "kgmarktwo": (92, 178, 214), "kgmarkthree": (150, 200, 96),
}  # fmt: skip
MARKS = (  # the frames of repeated factors
    Role("kgmarkone", (196, 78, 24)),
    Role("kgmarktwo", (24, 108, 140)),
    Role("kgmarkthree", (84, 130, 40)),
)

DISTINCT = ("one", "two", "three", "four", "five", "six")


def role(name: str) -> Role:
    """The look of a role; an unknown name raises KeygenError."""
    if name not in ROLES:
        raise KeygenError(
            what=f"a figure names the role {name!r}, which the palette lacks", repair=nearest(name, ROLES)
        )
    return ROLES[name]


def distinct(count: int) -> tuple[str, ...]:
    """Names of `count` roles that can be told apart; KeygenError when there are more than six."""
    if count > len(DISTINCT):
        raise KeygenError(
            what="a figure tells too many things apart by colour",
            expected=f"at most {len(DISTINCT)}",
            found=str(count),
            repair="draw them in several figures",
        )
    return DISTINCT[:count]


def stroke(number: int) -> str:
    """The role of a stroke by its number; 0 is plain ink."""
    return distinct(number)[-1] if number else "curve"


def mark(number: int) -> Role:
    """The look of the frame of repeated factor `number`, counted from 1."""
    return MARKS[min(number, len(MARKS)) - 1]


@cache
def colours() -> dict[str, tuple[str, str]]:
    """Each colour on a light page and on a dark one, by its name."""
    light = {look.color: look.hex for look in (*ROLES.values(), *MARKS)}
    return {name: (rgb, hexadecimal(DARK[name])) for name, rgb in light.items()}
