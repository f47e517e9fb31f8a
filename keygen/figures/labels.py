"""What stands as a label in a figure: a letter, a formula, a claim, or words; and how large it is where it is written.

A figure is laid out by the sizes of its labels alone, so one layout serves for all of one structure whose labels are as
large, and any medium may say how large they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar

from msgspec import Struct

from keygen.calculus.claims import CLAIMING, Claim, Given, Said, require_label
from keygen.calculus.quantities import Quantity
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Chain, Marked, Name

Shown = TypeVar("Shown")
Size = tuple[float, float]  # width and height in mm


class Words(Struct, frozen=True):
    """Plain text, in each language that the exercise is written in; no digit, for a number is a claim."""

    texts: tuple[tuple[str, str], ...]

    def of(self, language: str) -> str:
        """The text in a language. Raises KeygenError where there is none."""
        texts = dict(self.texts)
        if language not in texts:
            raise KeygenError(
                f"words of a figure are missing in the language {language!r}", found=", ".join(texts),
                repair=f"words({language}=..., ...)",
            )  # fmt: skip
        return texts[language]


def words(**texts: str) -> Words:
    """Words for a figure, a text a language: words(en="layer", ru="слой"). Raises KeygenError for a text that is empty
    or holds a digit."""
    if not texts:
        raise KeygenError("words of a figure have no text", repair='words(<language>="layer", ...)')
    for language, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            raise KeygenError("words of a figure are no text", expected=f"{language}=text", found=repr(text)[:80])
        if any(map(str.isdigit, text)):
            raise KeygenError(
                "words of a figure hold a number, of which nothing is said", found=text,
                repair="let the number be a label of its own: Given(number), s.claim(name)",
            )  # fmt: skip
    return Words(tuple(sorted(texts.items())))


class Sign(Struct, frozen=True):
    """The sign of an operation by itself, as a gate of a circuit has it."""

    primitive: str


class Measured(NamedTuple):
    """A label with the width and the height in mm that it takes where it is written."""

    says: Any
    width: float
    height: float


Text = Name | Apply | Marked | Chain | Claim | Given | Words | Sign | Measured | None
TEXTS = (Name, Apply, Marked, Chain, Claim, Given, Words, Sign, Measured)


def size(text: Text) -> Size:
    """The width and the height of a label in mm, of None no room at all."""
    if text is None:
        return 0.0, 0.0
    if isinstance(text, Measured):
        return text.width, text.height
    raise KeygenError("a label of a figure has not been measured", found=repr(text)[:80])


def says(text: Text) -> Any:
    """What a label says, measured or not."""
    return text.says if isinstance(text, Measured) else text


def named(text: Text) -> Text:
    """What a label is called: the left side of a line, else all of it."""
    first = text.links[0] if isinstance(text, Chain) else None
    return first if isinstance(first, Name) else text


def require_texts(what: str, texts: Iterable[Any]) -> None:
    """Raise KeygenError for a label that is neither words, nor a sign, nor a claim, nor without one."""
    for text in texts:
        if not isinstance(text, Words | Sign):
            require_label(text, what)


COORDINATES = frozenset({"points", "xs"})  # fields that hold many numbers and no label
UNSEEN = COORDINATES | {"alt", "parts"}  # and those of which nothing stands in the picture


@cache
def is_text(kind: type) -> bool:
    """Whether what is of a type is a label."""
    return issubclass(kind, TEXTS)


@cache
def held_by(kind: type) -> tuple[tuple[str, bool], ...]:
    """What a part of a figure is made of, by its type, and whether that is seen: not what it is drawn by and of which
    nothing stands in the picture, which are the fields above, and claims that the part calls `unseen`."""
    hidden = UNSEEN | getattr(kind, "unseen", frozenset())
    return tuple([(name, name not in hidden) for name in part_names(kind) or ()])


@cache
def part_names(kind: type) -> tuple[str, ...] | None:
    """What figures, tables and parts of them are made of, by their type; None for anything else."""
    if not kind.__module__.startswith("keygen.figures."):
        return None
    names: tuple[str, ...] = getattr(kind, "__struct_fields__", ()) or getattr(kind, "_fields", ())
    return names or None


def parts_of(shown: Any, *, printed: bool = False) -> Iterator[Any]:
    """What a figure, a table or a part of one is made of; of what is only drawn by a number, that too unless only what
    is `printed` is asked for."""
    hidden: frozenset[str] = getattr(shown, "unseen", frozenset()) if printed else frozenset()
    names = part_names(shown.__class__) or ()
    return (getattr(shown, name) for name in names if name not in COORDINATES and name not in hidden)


def with_texts(shown: Shown, change: Callable[[Any], Any]) -> Shown:
    """A figure with every label in it changed."""
    return changed(shown, change)  # type: ignore[no-any-return]  # of the type of what is shown


def changed(shown: Any, change: Callable[[Any], Any]) -> Any:
    """A part of a figure with every label in it changed."""
    kind = shown.__class__
    if is_text(kind):
        return change(shown)
    if held := held_by(kind):
        return kind(*[changed(getattr(shown, name), change) if seen else getattr(shown, name) for name, seen in held])
    if isinstance(shown, tuple):
        return tuple([changed(part, change) for part in shown])
    return shown


def said_in(shown: Any, *, printed: bool = False) -> Iterator[Said]:
    """Everything that is claimed inside whatever an exercise's `show` prepared: lines, cells, labels, and what figures
    are drawn by, unless only what is `printed` is asked for."""
    waiting = [shown]
    while waiting:
        part = waiting.pop()
        if isinstance(part, CLAIMING):
            yield part
        elif isinstance(part, Quantity):
            yield part.said
        elif part_names(part.__class__):
            waiting.extend(reversed([*parts_of(part, printed=printed)]))
        elif isinstance(part, list | tuple):
            waiting.extend(reversed(part))
        elif isinstance(part, Mapping):
            waiting.extend(reversed([*part.values()]))
