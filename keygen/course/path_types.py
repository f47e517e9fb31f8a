"""Files and folders that a person names on the command line, looked at before anything is worked out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
"""A file to be read."""

FILE_OR_FOLDER = click.Path(exists=True, path_type=Path)
"""A file to be read, or a folder of them."""


class NewPath(click.Path):
    """A place to write to, where there need be nothing yet. Refuses one that lies in a file, and an empty name."""

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Any:
        """The path. Raises BadParameter."""
        source = None if context is None or param is None else context.get_parameter_source(str(param.name))
        if source is ParameterSource.DEFAULT:
            return Path(value)  # the usual place, which a command may have no use for
        if not value:
            self.fail("it names nothing.", param, context)
        found = Path(str(super().convert(value, param, context)))
        above = list(found.parents) if self.file_okay else [found, *found.parents]
        there = next((path for path in above if os.path.lexists(path)), None)
        if there is not None and not there.is_dir():
            self.fail(f"{str(there)!r} is no folder, and there can be none of this name.", param, context)
        return found


FOLDER = NewPath(file_okay=False, path_type=Path)
"""A folder to be written into, or one that was."""
REPORT = NewPath(dir_okay=False, path_type=Path)
"""A file to be written."""
