"""What a person says on the command line of how to grade."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PART = click.FloatRange(0, 1)


def grading_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of `keygen grade`."""
    for option in reversed((
        click.option("--manifest", type=FILE, required=True, help="The manifest.json of the run, or an export's map."),
        click.option("--template", is_flag=True, help="Write an empty table of answers instead."),
        click.option("--carried", type=PART, default=1.0, help="Credit of what follows rightly from an earlier slip."),
        click.option("--slip", type=PART, default=0.5, help="Credit of a known slip where it is made."),
        click.option("--digits", type=click.IntRange(2, 12), default=3, help="Significant digits that were asked for."),
        click.option("--out", type=click.Path(path_type=Path), help="By default build/SHEET-grades."),
    )):  # fmt: skip
        command = option(command)
    return command
