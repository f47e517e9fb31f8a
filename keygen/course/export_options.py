"""What a person says on the command line of an export."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from keygen.course.command_options import spoken

TARGETS = ("html", "moodle", "canvas", "canvas-classic", "notebook", "qti21")
TOOLS = ("nbgrader", "otter")


def export_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of `keygen export`."""
    for option in reversed((
        click.option("--to", "target", type=click.Choice(TARGETS), required=True, help="What to write for."),
        click.option("--seeds", default="1..30", help="Which variants: 1..30, or 1,5,7..9."),
        spoken("The language of the questions; by default the sheet's own."),
        click.option("--quiz", is_flag=True, help="Of html: boxes that check themselves, and no solutions."),
        click.option("--tests", type=click.Choice(TOOLS), help="Of notebooks: whose tests; by default nbgrader's."),
        click.option("--strict", is_flag=True, help="Write nothing where the system does not carry all of the sheet."),
        click.option("--out", type=click.Path(path_type=Path), default=Path("build"), help="The folder to write into."),
    )):  # fmt: skip
        command = option(command)
    return command


def require_fitting(target: str, *, quiz: bool, tests: str | None) -> None:
    """Raise UsageError for an option of another target."""
    if quiz and target != "html":
        raise click.UsageError("--quiz is for --to html")
    if tests is not None and target != "notebook":
        raise click.UsageError("--tests is for --to notebook")
