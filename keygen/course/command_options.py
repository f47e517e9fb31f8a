"""What commands share: arguments that a shell completes, options, the course to work with, how a failure is said."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from keygen.course.option_rules import require_fitting
from keygen.course.seeding import GREATEST
from keygen.errors import KeygenError
from keygen.system.limits import refusal
from keygen.system.terminal import note, output_kept, tell

SEED = click.IntRange(min=0, max=GREATEST)
MANY_VARIANTS = 100_000
"""Variants that one command makes or checks at most."""
CHECKED = click.IntRange(min=0, max=MANY_VARIANTS)
JOBS = "Processes at once, no more than one for each core; by default so many."
CLUSTER = """Work on the Dask cluster of this scheduler, tcp://host:8786. It trusts everybody who reaches it: they see
names and answers, and can run programs on its machines and on yours."""


def offered(*kinds: str) -> Callable[[Any, Any, str], list[str]]:
    """What the shell completes an argument by."""

    def offer(context: Any, param: Any, begun: str) -> list[str]:
        from keygen.course.completion import completions

        return completions(begun, *kinds)

    return offer


SHEETS, TARGETS, EXERCISES = offered("sheet"), offered("sheet", "exercise"), offered("exercise")


def spoken(help: str) -> Callable[[Any], Any]:
    """The option that names a language."""
    return click.option("--lang", metavar="LANGUAGE", shell_complete=offered("language"), help=help)


def course_with(lang: str | None = None) -> Any:
    """The course to work with. Raises UsageError for a language that it has not."""
    from keygen.course.course import course_here

    course = course_here()
    if lang is not None and lang not in course.languages:
        known = ", ".join(map(repr, course.languages))
        raise click.BadParameter(f"{lang!r} is not one of {known}.", param_hint="'--lang'")
    return course


def speaking(command: Callable[..., None]) -> Callable[..., None]:
    """A failed command says one message on stderr and exits with 1; `--debug` adds the traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        require_fitting(click.get_current_context())
        try:
            try:
                with output_kept():
                    command(*args, **kwargs)
            except OSError as error:
                raise refusal(error) from error
        except KeygenError as error:
            if click.get_current_context().find_root().params["debug"]:
                raise
            tell(f"keygen: {error}")
            sys.exit(1)
        except KeyboardInterrupt:
            note("")  # the terminal has written ^C
            tell("keygen: stopped")
            sys.exit(1)

    return run
