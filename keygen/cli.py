"""The command line: words in, a call, words out. Click alone is imported here; each command imports what it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from keygen import __version__
from keygen.errors import KeygenError

LANGUAGE = click.Choice(["ru", "en"])
SEED = click.IntRange(min=0)


def speaking(command: Callable[..., None]) -> Callable[..., None]:
    """A failed command says one message on stderr and exits with 1; `--debug` adds the traceback."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except KeygenError as error:
            if click.get_current_context().find_root().params["debug"]:
                raise
            click.echo(f"keygen: {error}", err=True)
            sys.exit(1)

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="keygen")
def main(debug: bool) -> None:
    """Problem sheets with answer keys that cannot be wrong."""


@main.command()
@click.argument("sheet")
@click.option("--solutions", is_flag=True, help="Also write the worked solutions.")
@click.option("--lang", type=LANGUAGE, help="The language of the pages; by default the sheet's own.")
@click.option("--seed", type=SEED, help="The variant; by default the published numbers.")
@click.option("--format", "form", type=click.Choice(["pdf", "tex"]), default="pdf", help="What to write.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("build"), help="The folder to write into.")
@speaking
def build(sheet: str, solutions: bool, lang: str | None, seed: int | None, form: str, out: Path) -> None:
    """Write the pages of SHEET; print the paths written, one a line."""
    from keygen.build import Order, written_files

    order = Order(sheet, lang, seed)
    for path in written_files(order, out, solutions=solutions, form=form, note=note):
        click.echo(str(path))


def note(text: str) -> None:
    """Progress, on stderr, where a person is watching."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


@main.command()
@click.argument("target", metavar="SHEET|EXERCISE")
@click.option("--seed", type=SEED, help="The variant; by default the published numbers.")
@click.option("--json", "as_json", is_flag=True, help="The answers as JSON, for scripts.")
@speaking
def answers(target: str, seed: int | None, as_json: bool) -> None:
    """The answers of a sheet or of one exercise: checked, then shown part by part."""
    from keygen.report import answers_json, answers_text

    click.echo((answers_json if as_json else answers_text)(target, seed))


@main.command()
@click.argument("formula")
@click.option("--wrt", required=True, help="The variable to differentiate by.")
@click.option("--shapes", default="", help='Shapes, and traits where needed: "A:n,n X:m,n S:k,k,definite".')
@click.option("--lang", type=LANGUAGE, default="ru", help="The language of the laws.")
@click.option("--format", "form", type=click.Choice(["text", "tex", "pdf"]), default="text", help="What to write.")
@click.option("--out", type=click.Path(path_type=Path), help="The folder to write into; text is printed without it.")
@speaking
def derive(formula: str, wrt: str, shapes: str, lang: str, form: str, out: Path | None) -> None:
    """Differentiate FORMULA, e.g. "tr(A @ X.T @ X)", step by step, and read the gradient off."""
    from keygen.derivation import Task, as_text, assumed, written_files

    task = Task(formula, wrt, shapes, lang)
    if said := assumed(task):
        click.echo(said, err=True)
    if form == "text" and out is None:
        click.echo(as_text(task))
    else:
        click.echo(str(written_files(task, out or Path("build"), form)[0]))


@main.command("list")
@click.argument("sheet", required=False)
@speaking
def list_(sheet: str | None) -> None:
    """The sheets and exercises there are, or the exercises of one SHEET."""
    from keygen.course.catalog import catalogue, contents

    click.echo(catalogue() if sheet is None else contents(sheet))


@main.command()
@speaking
def doctor() -> None:
    """What this machine has of what keygen needs, and how to get the rest."""
    from keygen.page.doctor import as_text, diagnose

    report = diagnose()
    click.echo(as_text(report))
    if not report.ok:
        sys.exit(1)
