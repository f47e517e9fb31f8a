"""Sections of a template: `%% part a`, `%% solution`, `%% endpart` and their like, as a Jinja extension.

    %% title            %% statement          %% part a               %% remark          %% law relu
    ...                 ...                   ...                     ...                ...
    %% endtitle         %% endstatement       %% solution             %% endremark       %% endlaw
                                              ...
                                              %% endpart

    %% answer b.limit   how the table of answers says the answer `limit` of part b, in the author's own words
    ...
    %% endanswer

    %% caption b.limit  what stands before the box of the answer `limit` in a learning system, on an answer page; of
    ...                 all answers of part b whose names begin with s1_ where it is `%% caption b.s1_*`; of the one
    %% endcaption       that an expression names: `%% caption b["paths_" ~ letter]`

Two marks stand on a line of their own, right before a formula that has lines of its own:

    %% worth 2          the step that begins here has the weight 2 within its part; every other has 1
    %% equation slope   the formula has a number, which `\\val{ equation.slope }` refers to

Rendering a template fills the list `_sections` of its context with `Rendered`s, in order.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Collection, Iterator

from jinja2 import TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.parser import Parser
from msgspec import Struct

from keygen.document.nodes import EquationMark, Points, Reference
from keygen.document.outline import OF_ANSWERS, SECTIONS
from keygen.document.words import COMPUTED
from keygen.errors import KeygenError, nearest

TAGS = {*SECTIONS, "worth", "equation", "by"}
NAMED = frozenset({"part", "law", "word", *OF_ANSWERS})
OF_PARTS = frozenset({"part", "solution", *OF_ANSWERS})
ANY = "*"
"""What ends a caption's name that is the beginning of several."""
HEAVIEST = 99
"""The largest weight of a step."""


class Rendered(Struct, frozen=True):
    """A rendered piece of a template: kind, name ("" where it has none), the template's line it begins at, words."""

    kind: str
    name: str
    line: int
    text: str


class PartLetters:
    """What the parts are called on the page: `letter_of.b` is the letter of part b, which stands before it, in the
    language of the page."""

    def __init__(self, sections: list[Rendered], letters: str) -> None:
        self.__sections = sections
        self.__letters = letters

    def __getattr__(self, name: str) -> str:
        names = [one.name for one in self.__sections if one.kind == "part"]
        if name not in names:
            raise KeygenError(
                f"no part before this place is called {name!r}",
                expected="one of " + ", ".join(names) if names else "a part, above this place",
                repair=nearest(name, names),
            )
        if names.index(name) >= len(self.__letters):
            raise KeygenError(
                f"the language has no letter for part {name!r}", repair="add letters to its language.toml"
            )
        return self.__letters[names.index(name)]

    __getitem__ = __getattr__


class EquationNumbers:
    """The formulas of an exercise that have numbers, in the order of the page: `equation.slope` is a reference to one
    that stands before it. The first of exercise 2 is (2.1): no other on its sheet has that number, and none changes
    where an exercise before it does."""

    def __init__(self, exercise: int) -> None:
        self.__exercise = exercise
        self.__numbers: dict[str, str] = {}

    def mark(self, name: str) -> EquationMark:
        """The next number, for the formula of this name. Raises KeygenError for a name that another has."""
        if name in self.__numbers:
            raise KeygenError(f"two formulas are called {name!r}", repair="give one of them another name")
        self.__numbers[name] = f"{self.__exercise}.{len(self.__numbers) + 1}"
        return EquationMark(self.__numbers[name])

    def __getattr__(self, name: str) -> Reference:
        if name not in self.__numbers:
            raise KeygenError(
                f"no formula before this one is called {name!r}",
                expected=f"`%% equation {name}` on the line before the formula, above this place",
                repair=nearest(name, self.__numbers),
            )
        return Reference(self.__numbers[name])

    __getitem__ = __getattr__


class Sections(Extension):
    """The tags; a part holds a statement and, after `solution`, its solution."""

    tags = TAGS

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template. Raises KeygenError for a constant in `\\val{ }`, which is nothing's value."""
        start, named = None, False
        for token in stream:
            if token.type == "variable_begin":
                start, named = token, False
            elif token.type == "variable_end" and start is not None and not named:
                file, line = stream.filename or "", start.lineno
                raise KeygenError(
                    "what \\val{ } prints here is typed, not computed", file=file, line=line,
                    source=linecache.getline(file, line), expected="a name of the exercise", repair=COMPUTED,
                )  # fmt: skip
            named = named or token.type == "name"
            yield token

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        """One section, with a name if its kind has one; or a mark."""
        token = next(parser.stream)
        kind = token.value
        if kind == "worth":
            return self.mark(token.lineno, self.call_method("weight", [nodes.Const(weight(parser, token.lineno))]))
        if kind == "by":
            parser.stream.expect("name:hand")
            return []
        if kind == "equation":
            marked = nodes.Const(str(parser.stream.expect("name").value))
            return self.mark(token.lineno, self.call_method("numbered", [nodes.Name("equation", "load"), marked]))
        name = ""
        if kind in NAMED:
            name = parser.stream.current.value
            next(parser.stream)
        called: nodes.Expr = nodes.Const(name)
        if kind == "caption" and parser.stream.skip_if("lbracket"):
            called = nodes.Concat([nodes.Const(f"{name}."), parser.parse_expression()])
            parser.stream.expect("rbracket")
        elif kind in OF_ANSWERS:
            parser.stream.expect("dot")
            name = f"{name}.{parser.stream.expect('name').value}"
            any_ = ANY if kind == "caption" and parser.stream.skip_if("mul") else ""
            called = nodes.Const(name + any_)
        if kind != "part":
            body = parser.parse_statements((f"name:end{kind}",), drop_needle=True)
            return self.block(kind, called, token.lineno, body)
        statement = parser.parse_statements(("name:solution", "name:endpart"))
        blocks: list[nodes.Node] = [self.block("part", called, token.lineno, statement)]
        if next(parser.stream).value == "solution":
            line = parser.stream.current.lineno
            solution = parser.parse_statements(("name:endpart",), drop_needle=True)
            blocks.append(self.block("solution", called, line, solution))
        return blocks

    def block(self, kind: str, name: nodes.Expr, line: int, body: list[nodes.Node]) -> nodes.CallBlock:
        """A call that keeps the rendered body."""
        args = [
            nodes.Name("_sections", "load"),
            nodes.Name("_kept", "load"),
            nodes.Const(kind), name, nodes.Const(line),
        ]  # fmt: skip
        block = nodes.CallBlock(self.call_method("keep", args), [], [], body)
        block.set_lineno(line)
        return block

    def mark(self, line: int, call: nodes.Call) -> nodes.Output:
        """What a call gives, printed as if it stood in `\\val{ }`."""
        return nodes.Output([call], lineno=line)

    def weight(self, value: int) -> Points:
        """The mark of a step."""
        return Points(value)

    def numbered(self, equation: EquationNumbers, name: str) -> EquationMark:
        """The mark of a formula."""
        return equation.mark(name)

    def keep(
        self,
        sections: list[Rendered],
        kept: Collection[str] | None,
        kind: str,
        name: str,
        line: int,
        caller: Callable[[], str],
    ) -> str:
        """Render the body into the list, unless it belongs to a part that is not kept (None: all are); the template
        itself prints nothing."""
        if kept is not None and not belongs(kind, name, kept):
            return ""
        text = caller()
        sections.append(Rendered(kind, name, line + 1 + len(text) - len(text.lstrip("\n")), text.strip("\n")))
        return ""


def belongs(kind: str, name: str, kept: Collection[str]) -> bool:
    """Whether a section has a place where only some parts are kept; a remark speaks of the whole exercise."""
    return name.partition(".")[0] in kept if kind in OF_PARTS else kind != "remark"


def weight(parser: Parser, line: int) -> int:
    """The whole number behind `worth`."""
    token = next(parser.stream)
    found: object = token.value  # a number, where the token is one
    if not (isinstance(found, int) and 0 <= found <= HEAVIEST):
        raise TemplateSyntaxError(
            f"`worth` needs a whole number from 0 to {HEAVIEST}: %% worth 2", line, parser.name, parser.filename
        )
    return found
