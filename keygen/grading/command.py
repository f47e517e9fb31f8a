"""The command `keygen grade`: words in, a call, words out. Nothing else is imported before it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from keygen.course.command_options import SHEETS, course_with, speaking
from keygen.course.path_types import FILE, FILE_OR_FOLDER, FOLDER


class Part(click.FloatRange):
    """A number from 0 to 1."""

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> float:
        """The number. Raises BadParameter, for what is no number (nan) as well."""
        found = float(super().convert(value, param, context))
        if found != found:
            self.fail(f"{value!r} is not in the range 0<=x<=1.", param, context)
        return found


PART = Part(0, 1)


@click.command()
@click.argument("sheet", shell_complete=SHEETS)
@click.argument("answers", required=False, type=FILE_OR_FOLDER)
@click.option("--manifest", type=FILE, required=True, help="The manifest.json of the run, or an export's map.")
@click.option(
    "--from",
    "source",
    type=click.Choice(["moodle", "notebook"]),
    help="What ANSWERS are: Moodle's report of responses, or a folder of notebooks.",
)
@click.option("--template", is_flag=True, help="Write an empty table of answers instead.")
@click.option("--ask", is_flag=True, help="Write a page instead that asks for the answers of papers.")
@click.option("--pdf/--no-pdf", default=True, help="Write each student's page as PDF, too, which is so unless said.")
@click.option("--carried", type=PART, default=1.0, help="Credit of what follows rightly from an earlier slip.")
@click.option("--slip", type=PART, default=0.5, help="Credit of a known slip where it is made.")
@click.option("--digits", type=click.IntRange(2, 12), default=3, help="Significant digits that were asked for.")
@click.option("--out", type=FOLDER, help="The folder; by default build/SHEET-grades.")
@speaking
def grade(
    sheet: str, answers: Path | None, manifest: Path, source: str | None, template: bool, ask: bool, pdf: bool,
    carried: float, slip: float, digits: int, out: Path | None,
) -> None:  # fmt: skip
    """Grade what the students of a SHEET typed, the CSV or JSON file ANSWERS: each answer beside the key, and beside
    what follows from the student's own earlier answers. Print the paths written.

    Exits with 1 if a row could not be graded; the others are.
    """
    from fractions import Fraction

    from keygen.grading.grade import graded
    from keygen.grading.grade_files import GradingRequest
    from keygen.grading.verdicts import Rates

    if (answers is not None) + template + ask != 1:
        raise click.UsageError("say the file of ANSWERS, or --template for an empty one, or --ask for a page that asks")
    if answers is not None and answers.is_dir() and source != "notebook":
        raise click.UsageError(f"{str(answers)!r} is a folder: name a file of answers, or say --from notebook")
    rates = Rates(Fraction(str(carried)), Fraction(str(slip)))
    if not graded(
        GradingRequest(course_with(), sheet, manifest, answers, rates, digits, out, source, ask=ask, on_paper=pdf)
    ):
        sys.exit(1)
