"""What a template names things by, `line.H`, and what its author calls the things themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from types import NoneType
from typing import Any

from keygen.calculus.claims import Claim, Condition, Given
from keygen.calculus.derivation import ReasonedChain
from keygen.errors import KeygenError
from keygen.mathematics.terms import Apply, Chain, Literal, Marked, Name

OBJECT = re.compile(r"'(?:[\w.]+\.)?(\w+)(?:' object| object')")
"""What Python and Jinja call an object in their messages."""


class Lookup:
    """Attribute and item access in templates under a `word`: `line.H`, `line["dL_dW1"]`. It has no other attributes:
    any name may be a variable's."""

    def __init__(self, word: str, find: Callable[[str], Any]) -> None:
        self.__word = word
        self.__find = find

    def __getattr__(self, name: str) -> Any:
        return self.__find(name)

    __getitem__ = __getattr__

    def __repr__(self) -> str:
        return f"`{self.__word}` without a name, as in {self.__word}.x"


CALLED: tuple[tuple[type, str], ...] = (
    (Chain, "a line"),
    (Name, "a name"),
    (Condition, "a condition"),
    (Claim, "a number"),
    (Given, "a number"),
    (Literal, "a formula"),
    (Apply, "a formula"),
    (Marked, "a formula"),
    (Lookup, "a word without a name"),
    (bool, "a truth value"),
    (int, "a number"),
    (str, "words"),
    (NoneType, "nothing"),
    (list, "a list"),
    (dict, "a table of names"),
)
"""What an author calls an object."""
KINDS = {kind.__name__: said for kind, said in CALLED} | {ReasonedChain.__name__: "a line"}
CLASS = re.compile(rf"'({'|'.join(KINDS)})'|(?:\ba )?\b({'|'.join(name for name in KINDS if name[0].isupper())})\b")
"""The class of an object in those messages, in quotes or not."""


def described(value: Any) -> str:
    """What an author calls a value."""
    if isinstance(value, Lookup):
        return repr(value)
    return next((said for kind, said in CALLED if isinstance(value, kind)), f"a {type(value).__name__}")


def in_words_of_authors(message: str) -> str:
    """A message of Python's or Jinja's with its objects called as an author does."""
    called = OBJECT.sub(lambda found: KINDS.get(found[1], f"a {found[1]}"), message)
    return CLASS.sub(lambda found: KINDS[found[1] or found[2]], called)


def of_derivation(word: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of a template that takes what `show` has worked out, and says so of anything else."""

    def checked(found: Any, *more: Any, **named: Any) -> Any:
        if isinstance(found, tuple(kind for kind, _ in CALLED)):
            raise KeygenError(
                f"`{word}` takes a derivation", expected=f"{word}(x), x being a name that `show` returns",
                found=described(found),
            )  # fmt: skip
        return function(found, *more, **named)

    return checked


def require_lines(word: str, values: Iterable[Any]) -> None:
    """Raise KeygenError unless what a function of a template is given are lines, one at least, or the laws of some."""
    found = list(values)
    strange = [value for value in found if isinstance(value, Lookup) or not hasattr(value, "laws")]
    if strange or not found:
        raise KeygenError(
            f"`{word}` takes lines", expected=f"{word}(line.x), with the name of a variable in the place of x",
            found=described(strange[0]) if strange else "nothing",
        )  # fmt: skip
