"""A figure in words, for who does not see it: the sentences are a language's, what they speak of is the figure's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from keygen.errors import KeygenError, nearest


@dataclass(frozen=True)
class Telling:
    """Sentences by name, with `{part}` where a part of a figure is named, and what reads a label as plain text."""

    sentences: Mapping[str, str]
    read: Callable[[Any], str]
    language: str = ""

    def __call__(self, name: str, /, **parts: Any) -> str:
        """A sentence about parts: texts as they stand, labels, or rows of both. Raises KeygenError for one that the
        language lacks."""
        if name not in self.sentences:
            raise KeygenError(
                f"the words of figures lack {name!r}", repair=nearest(name, self.sentences) or f"add `%% word {name}`"
            )
        return self.filled(self.sentences[name], parts)

    def filled(self, sentence: str, parts: Mapping[str, Any]) -> str:
        """A sentence with its parts. Raises KeygenError for a part that it names and that is none."""
        try:
            text = sentence.format(**{part: self.text(said) for part, said in parts.items()})
        except (LookupError, ValueError, AttributeError) as error:
            raise KeygenError(
                "words of figures have a part that is not known",
                expected=", ".join(f"{{{part}}}" for part in parts), found=sentence,
            ) from error  # fmt: skip
        return " ".join(text.split())

    def text(self, said: Any) -> str:
        """A part of a sentence; nothing where there is none."""
        if said is None:
            return ""
        if isinstance(said, str):
            return said
        return self.listed(said) if isinstance(said, list) else self.read(said)

    def listed(self, parts: Iterable[Any]) -> str:
        """x, y and z; with semicolons where there are commas inside."""
        texts = [self.text(part) for part in parts if part is not None]
        if len(texts) < 2:
            return "".join(texts)
        mark = "; " if any("," in text for text in texts) else ", "
        return self("and", before=mark.join(texts[:-1]), last=texts[-1])

    def row(self, parts: Iterable[Any]) -> str:
        """x, y, z: one after another."""
        return ", ".join(map(self.text, parts))

    def after(self, *sentences: str) -> str:
        """Sentences one after another."""
        return "; ".join(sentence for sentence in sentences if sentence)
