"""Pages for a person to read: on a terminal set by rich and leafed through in a pager, elsewhere as they are."""

from __future__ import annotations

import io
import os
import re
from contextlib import redirect_stdout

import click

from keygen.system.terminal import columns, output, say

FILE = re.compile(r"^(```\w+) +(\S+)$", re.MULTILINE)
"""The head of a block that is a file."""
LESS = "FRX"
"""Of `less`: colours as they are, a page that fits is simply shown and stays on the screen."""


def read_by_person(markdown: str) -> None:
    """Show a page of Markdown; where stdout is no terminal, its text itself."""
    if not output().isatty() or os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        say(markdown.rstrip("\n"))
        return
    os.environ.setdefault("LESS", LESS)
    with redirect_stdout(output()):
        click.echo_via_pager(rendered(markdown, columns()), color=True)


def rendered(markdown: str, width: int) -> str:
    """The page with the colours of a terminal; rich is imported here, for no other command needs it so."""
    from rich.console import Console
    from rich.markdown import Markdown
    from rich.theme import Theme

    plain = Theme({"markdown.code": "bold cyan", "markdown.code_block": "none"})  # on a paper of any colour
    paper = io.StringIO()
    console = Console(file=paper, width=width, force_terminal=True, color_system="standard", theme=plain)
    said = FILE.sub(r"`\2`:\n\n\1", markdown)
    console.print(Markdown(said, hyperlinks=False, code_theme="ansi_light"))
    return "\n".join(line.rstrip() for line in paper.getvalue().splitlines()) + "\n"
