"""The command `keygen export`: words in, a call, words out. Nothing else is imported before it runs."""

from __future__ import annotations

from pathlib import Path

import click

from keygen.course.command_options import SHEETS, course_with, speaking, spoken
from keygen.course.path_types import FOLDER
from keygen.export.targets import TARGETS, exported
from keygen.system.terminal import note, progress, say, tell


@click.command()
@click.argument("sheet", shell_complete=SHEETS)
@click.option(
    "--to",
    "target",
    type=click.Choice(list(TARGETS)),
    required=True,
    help="What to write for.",
)
@click.option("--seeds", default="1..30", help="Which variants: 1..30, or 1,5,7..9.")
@spoken("The language of the questions; by default the sheet's own.")
@click.option("--quiz", is_flag=True, help="Of pages: boxes that check themselves in the browser, and no solutions.")
@click.option(
    "--tests", type=click.Choice(["nbgrader", "otter"]), help="Of notebooks: whose tests; by default nbgrader's."
)
@click.option("--answer-page", is_flag=True, help="For Gradescope: a page with a box for each answer.")
@click.option("--strict", is_flag=True, help="Write nothing where the system does not carry all of the sheet.")
@click.option("--out", type=FOLDER, default=Path("build"), help="The folder to write into.")
@speaking
def export(
    sheet: str, target: str, seeds: str, lang: str | None, quiz: bool, tests: str | None, answer_page: bool,
    strict: bool, out: Path,
) -> None:  # fmt: skip
    """Write variants of SHEET as questions of a learning system, with their keys and worked solutions, or as pages with
    an index; print the paths.

    A pool of seeds goes out, never the numbers of a roster's students. The files hold every answer, but for a --quiz.
    """
    from keygen.builds.telling import told_of_key
    from keygen.course.seeding import seeds_of
    from keygen.export.pool import PoolRequest

    request = PoolRequest(
        course_with(lang), sheet, target, seeds_of(seeds), lang, strict, quiz=quiz, tests=tests, answer_page=answer_page
    )
    with progress(len(request.seeds), sheet, "variants") as advance:
        report = exported(request, out, advance, note)
    say("\n".join(map(str, report.paths)))
    told_of_key(report.key)
    for text in (*report.left, *report.said):
        tell(f"keygen: {text}")
