"""A formula as a tree, and the reader of tokens that every grammar of formulas begins with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from keygen.checking.tex_tokens import END, MisreadError, TexToken, UnreadError


@dataclass(frozen=True, slots=True)
class Tree:
    """A formula: its kind, its parts, and what else the kind has (a sign, letters, places, the slot of a number)."""

    kind: str
    parts: tuple[Tree, ...] = ()
    mark: Any = None


class TokenReader:
    """The tokens of one text, from the left; `slots` counts the numbers read."""

    def __init__(self, tokens: tuple[TexToken, ...]) -> None:
        self.tokens, self.at, self.slots = tokens, 0, 0

    @property
    def next(self) -> TexToken:
        """The token that comes next."""
        return self.tokens[self.at] if self.at < len(self.tokens) else END

    def after(self, count: int) -> TexToken:
        """A later token."""
        return self.tokens[self.at + count] if self.at + count < len(self.tokens) else END

    def sees(self, *texts: str) -> bool:
        """Whether one of these signs or commands comes next."""
        return self.next.kind in ("sign", "command", "comma") and self.next.text in texts

    def take(self, *texts: str) -> str:
        """The sign or command that comes next, if it is one of these; else nothing."""
        if not self.sees(*texts):
            return ""
        self.at += 1
        return self.tokens[self.at - 1].text

    def expect(self, *texts: str) -> str:
        """The sign or command that has to come next."""
        return self.take(*texts) or self.fail(f"expected {' or '.join(texts)}")

    def fail(self, what: str) -> NoReturn:
        """Refuse the text."""
        raise MisreadError(f"{what} at {self.rest!r}")

    def unknown(self, what: str) -> NoReturn:
        """Leave a text unread."""
        raise UnreadError(f"{what} at {self.rest!r}")

    @property
    def rest(self) -> str:
        """The next few tokens."""
        return " ".join(token.text for token in self.tokens[self.at : self.at + 8])

    def raw(self) -> str:
        """The text in the braces that come next, as one string."""
        self.expect("{")
        start = self.at
        depth = 1
        while depth:
            if self.next is END:
                self.fail("a brace that does not close")
            depth += {"{": 1, "}": -1}.get(self.next.text, 0)
            self.slots += self.next.kind == "number"
            self.at += 1
        return "".join(token.text for token in self.tokens[start : self.at - 1])
