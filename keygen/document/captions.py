"""What stands before the boxes of answers where these are typed into boxes: the words of the sections `%% caption`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from keygen.document.nodes import InlineFormula, Problem, Words
from keygen.document.sections import ANY, Rendered
from keygen.document.template import words_of
from keygen.errors import KeygenError, nearest


def captioned(
    made: Problem,
    path: Path,
    sections: Iterable[Rendered],
    objects: Sequence[Any],
    sources: Mapping[str, Mapping[str, Any]],
) -> Problem:
    """An exercise whose parts have the captions of its template. Raises KeygenError for one of an answer that the
    exercise does not have. Of two captions the one of the whole name counts."""
    found: dict[tuple[str, str], Words] = {}
    for one in sorted((one for one in sections if one.kind == "caption"), key=lambda one: not one.name.endswith(ANY)):
        names = list(named(one.name, sources))
        if not names:
            known = [f"{part}.{name}" for part, answers in sources.items() for name in answers]
            raise KeygenError(
                f"a caption of the answer {one.name!r}, which the exercise has not", file=path, line=one.line - 1,
                repair=nearest(one.name, known),
            )  # fmt: skip
        found |= dict.fromkeys(names, words_of(one, path, objects))
    if not found:
        return made
    captions = [tuple((name, words) for (of, name), words in found.items() if of == part.key) for part in made.parts]
    pairs = zip(made.parts, captions, strict=True)
    return replace(made, parts=tuple(replace(part, captions=own) for part, own in pairs))


def named(caption: str, sources: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """The answers that a caption is of, part and name."""
    part, _, name = caption.partition(".")
    for answer in sources.get(part, {}):
        if answer == name or (name.endswith(ANY) and answer.startswith(name.removesuffix(ANY))):
            yield part, answer


def is_sign(caption: Words) -> bool:
    """Whether a caption is a formula alone, so that it stands before an equals sign."""
    return len(caption) == 1 and isinstance(caption[0], InlineFormula)
