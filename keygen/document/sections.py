"""Sections of a template: `%% part a`, `%% solution`, `%% endpart` and their like, as a Jinja extension.

    %% title            %% statement          %% part a               %% remark          %% law relu
    ...                 ...                   ...                     ...                ...
    %% endtitle         %% endstatement       %% solution             %% endremark       %% endlaw
                                              ...
                                              %% endpart

Rendering a template fills the list `_sections` of its context with `Rendered`s, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

NAMED = frozenset({"part", "law", "word"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered piece of a template: kind, name ("" where it has none), the template's line it begins at, words."""

    kind: str
    name: str
    line: int
    text: str


class Sections(Extension):
    """The tags; a part holds a statement and, after `solution`, its solution."""

    tags = {"title", "statement", "part", "remark", "law", "word"}  # noqa: RUF012 - Jinja's own declaration

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        """One section, with a name if its kind has one."""
        token = next(parser.stream)
        kind = token.value
        name = ""
        if kind in NAMED:
            name = parser.stream.current.value
            next(parser.stream)
        if kind != "part":
            body = parser.parse_statements((f"name:end{kind}",), drop_needle=True)
            return self.block(kind, name, token.lineno, body)
        statement = parser.parse_statements(("name:solution", "name:endpart"))
        blocks: list[nodes.Node] = [self.block("part", name, token.lineno, statement)]
        if next(parser.stream).value == "solution":
            line = parser.stream.current.lineno
            solution = parser.parse_statements(("name:endpart",), drop_needle=True)
            blocks.append(self.block("solution", name, line, solution))
        return blocks

    def block(self, kind: str, name: str, line: int, body: list[nodes.Node]) -> nodes.CallBlock:
        """A call that keeps the rendered body."""
        args = [nodes.Name("_sections", "load"), *(nodes.Const(value) for value in (kind, name, line))]
        block = nodes.CallBlock(self.call_method("keep", args), [], [], body)
        block.set_lineno(line)
        return block

    def keep(self, sections: list[Rendered], kind: str, name: str, line: int, caller: Callable[[], str]) -> str:
        """Render the body into the list; the template itself prints nothing."""
        text = caller()
        sections.append(Rendered(kind, name, line + 1 + len(text) - len(text.lstrip("\n")), text.strip("\n")))
        return ""
