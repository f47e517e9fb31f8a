"""What a person says of a class on the command line: the roster, its columns, the key of its numbers, the folder of its
build."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from keygen.course.path_types import FILE, FOLDER

BUILT = "The folder that the roster was built into: what is there knows who was drawn anew."


def from_roster(roster: str, public: str, out: str = BUILT) -> Callable[[Any], Any]:
    """The options of a class, with what is said of three of them. The command is given `roster_columns` for the two
    that name columns, which are a roster's."""

    def with_options(command: Callable[..., None]) -> Callable[..., None]:
        @click.option("--roster", type=FILE, help=roster)
        @click.option("--id-column", metavar="COLUMN", help="The roster's column that is the id, if not called so.")
        @click.option("--name-column", metavar="COLUMN", multiple=True, help="That of the name; twice for two columns.")
        @click.option("--public", is_flag=True, help=public)
        @click.option("--out", type=FOLDER, default=Path("build"), help=out)
        @wraps(command)
        def run(*args: Any, id_column: str | None, name_column: tuple[str, ...], **kwargs: Any) -> None:
            from keygen.course.roster_columns import RosterColumns

            command(*args, roster_columns=RosterColumns(id_column, name_column), **kwargs)

        return run

    return with_options
