"""The command line: words in, a call, words out. Click alone is imported here; each command imports what it runs."""

from __future__ import annotations

import os
import re
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from shlex import quote as quoted
from typing import TYPE_CHECKING

import click

from keygen import __version__
from keygen.course.command_options import (
    CHECKED,
    CLUSTER,
    EXERCISES,
    JOBS,
    MANY_VARIANTS,
    SEED,
    SHEETS,
    TARGETS,
    course_with,
    offered,
    speaking,
    spoken,
)
from keygen.course.contents import read_once
from keygen.course.path_types import FILE, FOLDER, REPORT
from keygen.course.roster_options import from_roster
from keygen.errors import KeygenError
from keygen.export.command import export
from keygen.grading.command import grade
from keygen.system.formula_argument import FormulaCommand
from keygen.system.gc_tuning import look_rarely
from keygen.system.tables import folded
from keygen.system.terminal import Commands, columns, note, progress, say, tell, width

if TYPE_CHECKING:
    from keygen.course.roster_columns import RosterColumns

FORMS = ["text", "tex", "pdf", "html"]
"""As what a derivation is written."""
CODE = re.compile(r"[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(__version__, prog_name="keygen")
@speaking
def main(debug: bool) -> None:
    """Problem sheets with answer keys that cannot be wrong.

    Begin with `keygen init mycourse`; `keygen help` has pages to read.

    A course is code: keygen runs its exercises and its templates with your rights. Use courses of people you trust.
    """
    look_rarely()
    try:
        os.getcwd()
    except OSError as error:
        raise KeygenError("the working folder is no more", repair="go to one that is there") from error
    click.get_current_context().with_resource(read_once())


@main.command()
@click.argument("sheet", required=False, shell_complete=SHEETS)
@click.option("--solutions", is_flag=True, help="Also write the worked solutions.")
@click.option("--guide", is_flag=True, help="Also write the marking guide of one sheet.")
@spoken("The language of the pages; by default the sheet's own.")
@click.option("--seed", type=SEED, help="The variant; by default the published numbers. With --variants, the first.")
@from_roster(
    "A CSV file with columns id and name: a variant for every student.",
    "For a --roster: numbers that anybody can compute, without a secret.",
    "The folder to write into.",
)
@click.option("--group", metavar="COLUMN", help="For a --roster: a folder and a printer's file for each group.")
@click.option(
    "--sort",
    metavar="COLUMN",
    help="For a --roster: the order of the printer's file; by default its own. One --student has none.",
)
@click.option("--student", metavar="ID", help="Only this student of the roster or the manifest.")
@click.option("--replace", metavar="ID", help="Draw this student of the --roster anew; all else stays.")
@click.option("--remove", is_flag=True, help="Of a --roster without most of the class: remove the others' pages.")
@click.option("--variants", type=click.IntRange(min=1, max=MANY_VARIANTS), help="So many variants, a seed each.")
@click.option("--from", "manifest", type=FILE, help="Make again what this manifest.json tells of, to the same bytes.")
@click.option("--jobs", type=click.IntRange(min=1), help=f"{JOBS} One sheet takes one.")
@click.option("--cluster", metavar="ADDRESS", help=CLUSTER)
@click.option("--format", "form", type=click.Choice(["pdf", "tex", "html"]), default="pdf", help="What to write.")
@speaking
def build(
    sheet: str | None, solutions: bool, guide: bool, lang: str | None, seed: int | None, roster: Path | None,
    roster_columns: RosterColumns, public: bool, group: str | None, sort: str | None, student: str | None,
    replace: str | None, variants: int | None, manifest: Path | None, jobs: int | None, cluster: str | None, form: str,
    remove: bool, out: Path,
) -> None:  # fmt: skip
    """Write the pages of SHEET; print the paths written, one a line.

    This runs the course's code (Python and templates), as do most commands: read a stranger's first.
    """
    if sheet is None and manifest is None:
        raise click.UsageError("say which SHEET (`keygen list` shows them)")
    from keygen.builds.perform import perform_run
    from keygen.builds.requests import BuildOptions, ordered
    from keygen.builds.run import WorkerOptions
    from keygen.builds.telling import told_of, told_of_key, told_of_secret
    from keygen.document.kinds import wanted

    many = roster is not None or variants is not None or manifest is not None
    course, kinds = course_with(lang), wanted(solutions=solutions, guide=guide)
    build_options = BuildOptions(
        course, sheet, lang, kinds, seed, roster, student, variants, manifest, public, form,
        roster_columns, group, sort, replace, out, remove,
    )  # fmt: skip
    run, before = ordered(build_options)
    for text in (*run.taken, *run.told):
        tell(f"keygen: {text}")
    if many:
        told_of_key(run.key, ours=before is None)
    else:
        told_of_secret(run.key)
    with progress(len(run.people), run.sheet.name, "sheets") if many else nullcontext(no_bar) as advance:
        report = perform_run(run, out, WorkerOptions(jobs or 0, cluster or "", note, advance), before)
    try:
        if report.paths:
            say("\n".join(map(str, report.paths)))
    finally:  # whoever closes stdout is to know of failures
        told_of(report)
    if report.failures or report.different:
        sys.exit(1)


def no_bar(count: int) -> None:
    """One sheet takes no time that a bar would shorten."""


@main.command()
@click.argument("target", metavar="SHEET|EXERCISE", shell_complete=TARGETS)
@click.option("--seed", type=SEED, help="The variant; by default the published numbers.")
@click.option("--student", metavar="ID", help="A student's variant, by a roster and the course's secret or a manifest.")
@from_roster("The CSV file that the student stands in.", "With --roster: the numbers of a build with --public.")
@click.option("--manifest", type=FILE, help="The manifest.json of a run: what the student was given then.")
@click.option("--json", "as_json", is_flag=True, help="The answers as JSON, for scripts.")
@speaking
def answers(
    target: str, seed: int | None, student: str | None, roster: Path | None, roster_columns: RosterColumns,
    public: bool, out: Path, manifest: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """The answers of a sheet or of one exercise: checked, then shown part by part."""
    from keygen.builds.answer_key import AnswersRequest, answered, json_of, text_of
    from keygen.builds.telling import told_of_key, told_of_secret

    course = course_with()
    if student is not None and target in course.exercises:
        raise click.UsageError(f"{target} is an exercise: what a student was given depends on the SHEET that it is on")
    request = AnswersRequest(course, target, seed, student, roster, manifest, public, roster_columns, out)
    found = answered(request, exact=as_json)
    if student is not None:
        told_of_key(found.key, ours=manifest is None)
    elif seed is not None:
        told_of_secret(found.key)
    say((json_of if as_json else text_of)(found))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@spoken("The course's language; by default that of keygen's own sheets.")
@speaking
def init(folder: Path, lang: str | None) -> None:
    """Lay a course of one's own into FOLDER: a sheet, an exercise, a secret, a workflow for GitHub; print its files."""
    from keygen.course.scaffold import course_around, installed_from, known_languages, new_course

    known = known_languages()
    if lang is not None and lang not in known:
        raise click.BadParameter(f"{lang!r} is not one of {', '.join(map(repr, known))}.", param_hint="'--lang'")
    say("\n".join(map(str, new_course(folder, lang or known[0]))))
    if installed_from().startswith("./"):
        tell(f"keygen: the workflow installs keygen from {installed_from()}: put that file into the course")
    if (outer := course_around(folder)) is not None:
        tell(f"keygen: it lies in another course, {outer}: a command works with that of the folder where it is given")
    tell("keygen: .keygen-secret has the numbers of your students in it: keep a copy in a safe place, and out of git")
    tell(f"keygen: go on with: cd {quoted(str(folder))} && keygen build sheet1 --solutions")


@main.command()
@click.argument("id", metavar="TOPIC/NAME")
@click.option(
    "--like", metavar="EXERCISE", shell_complete=EXERCISES, help="Begin with a copy of this exercise instead."
)
@speaking
def new(id: str, like: str | None) -> None:
    """Lay an exercise that builds at once into this course; print its files."""
    from keygen.course.scaffold import new_exercise

    say("\n".join(map(str, new_exercise(Path(), course_with().path, id, like))))
    tell(f'keygen: look at it: keygen show {quoted(id)} --solutions; put it on a sheet: id = "{id}"')


@main.command()
@click.argument("what", metavar="FILE|EXERCISE", shell_complete=offered("file", "exercise"))
@speaking
def eject(what: str) -> None:
    """Copy a FILE of the templates that keygen brings (sheet.tex, style.sty, en/words.tex), a sheet's file, or an
    EXERCISE into this course, to be changed there; print the copies."""
    from keygen.course.scaffold import ejected

    say("\n".join(map(str, ejected(Path(), course_with().path, what))))


@main.command("secret")
@speaking
def secret_() -> None:
    """Make the course's secret, from which every student's numbers are derived; there may be none yet."""
    from keygen.course.secret import VARIABLE, make

    say(str(make()))
    tell(
        "keygen: 64 hex digits that only you can read. Keep a copy in a safe place, and out of git: whoever has them "
        "can compute everybody's numbers, and without them nobody can make these sheets again."
    )
    if VARIABLE in os.environ:
        tell(f"keygen: the variable {VARIABLE} is set, and goes before the file")


@main.command()
@click.argument("what", metavar="EXERCISE|CODE", shell_complete=EXERCISES)
@click.option("--seed", type=SEED, help="The variant; by default the published numbers.")
@click.option("--solutions", is_flag=True, help="Also the worked solution.")
@spoken("The language; by default the first that the exercise has.")
@click.option("--manifest", type=FILE, help="For a CODE: the manifest.json of the run.")
@speaking
def show(what: str, seed: int | None, solutions: bool, lang: str | None, manifest: Path | None) -> None:
    """An EXERCISE as text, for the terminal; or whose page has this CODE, with what numbers and what answers."""
    if manifest is not None:
        from keygen.builds.manifest import load_manifest, told_of_code

        return say(told_of_code(load_manifest(manifest), what))
    from keygen.builds.show import ShowRequest, shown

    course = course_with(lang)
    if what not in course.exercises and CODE.fullmatch(what):
        raise click.UsageError(f"to find whose page has the code {what}, give the --manifest of the run")
    return say(shown(ShowRequest(course, what, seed, lang, solutions), columns()))


@main.command()
@click.argument("target", metavar="SHEET|EXERCISE", shell_complete=TARGETS)
@click.option("--seeds", default="1..12", help="Which variants, beside the published: 1..12, or 1,5,7..9.")
@spoken("The language of the page; by default the sheet's own.")
@click.option("--watch", is_flag=True, help="Serve the page to this machine's browser, renewed with each saved file.")
@click.option("--port", type=click.IntRange(1024, 65535), help="The port for --watch; by default a free one.")
@click.option("--out", type=FOLDER, default=Path("build"), help="The folder to write into.")
@speaking
def preview(target: str, seeds: str, lang: str | None, watch: bool, port: int | None, out: Path) -> None:
    """Write one page with many variants side by side: their work, which are alike, by a click the ugliest first.

    With --watch nothing is written: the address to open is printed, and Ctrl-C ends it."""
    from keygen.course.seeding import seeds_of
    from keygen.preview.files import count_of, told_of, written
    from keygen.preview.variants import PreviewRequest

    request = PreviewRequest(course_with(lang), target, seeds_of(seeds), lang)
    if watch:
        from keygen.preview.watch import watched

        watched(request, port or 0, say)
        return
    with progress(count_of(request), target, "variants") as advance:
        report = written(request, out, advance)
    say(str(report.path))
    told_of(report)
    if report.errors:
        sys.exit(1)


main.add_command(export)
main.add_command(grade)


@main.command()
@speaking
def clean() -> None:
    """Forget what builds keep to save time: finished work in build/.cache, TeX's formats and fonts in keygen's cache
    folder (KEYGEN_CACHE names it). The PDFs stay."""
    from keygen.system.store import clean as forget

    tell(f"{forget() / 1e6:.1f} MB removed")


@main.command()
@click.argument("targets", metavar="[SHEET|EXERCISE]...", nargs=-1, shell_complete=TARGETS)
@click.option("--seeds", type=CHECKED, show_default="200; 0 with --roster", help="Variants beside the published.")
@from_roster("Draw every student of this CSV file and compare their work.", "With --roster: numbers without a secret.")
@click.option("--deep", is_flag=True, help="Read the finished pages as well, every number against an oracle.")
@click.option("-v", "--verbose", is_flag=True, help="Also show what an exercise says to be `meant`.")
@click.option("--json", "as_json", is_flag=True, help="The findings as JSON, for scripts.")
@click.option("--junit", type=REPORT, help="Also write the findings as JUnit XML, for CI.")
@click.option("--format", "form", type=click.Choice(("github",)), help="The findings as GitHub's annotations.")
@click.option("--tex", type=CHECKED, default=0, help="Variants of each exercise to set in TeX as well.")
@click.option("--jobs", type=click.IntRange(min=1), help=JOBS)
@spoken("The language of the pages; by default all.")
@speaking
def check(
    targets: tuple[str, ...], seeds: int | None, roster: Path | None, roster_columns: RosterColumns, public: bool,
    out: Path, deep: bool, verbose: bool, as_json: bool, junit: Path | None, form: str | None, tex: int,
    jobs: int | None, lang: str | None,
) -> None:  # fmt: skip
    """Solve and verify many variants of sheets or exercises (by default of every sheet); say what was checked.

    Exits with 1 at the first equality that is false (with --deep after the last), and where TeX finds a flaw on a page.
    """
    from keygen.builds.executors import cores
    from keygen.builds.telling import told_of_roster
    from keygen.checking.annotations import annotated, as_annotations
    from keygen.checking.classes import class_of
    from keygen.checking.junit import as_junit
    from keygen.checking.sweep import Request, survey, total
    from keygen.checking.sweep_report import as_json as json_of
    from keygen.checking.sweep_report import as_text
    from keygen.system.files import write_whole

    with annotated(form, say):
        course = course_with(lang)
        of_class = None
        if roster is not None:
            if not targets or set(targets) & set(course.exercises):
                raise click.UsageError("a class takes a SHEET: what students are given depends on it")
            of_class, taken = class_of(course, targets, roster, roster_columns, public, out)
            told_of_roster(taken, of_class.key)
        seeds = (0 if of_class else 200) if seeds is None else seeds
        request = Request(course, targets, seeds, lang, tex, jobs or cores(), deep, of_class)
        with progress(total(request), "checking", "variants") as advance:
            findings = survey(request, advance, note)
    if junit is not None:
        write_whole(junit, as_junit(findings))
    try:
        written = json_of if as_json else partial(as_text, width=width(), verbose=verbose)
        said = written(findings) if form is None else as_annotations(findings)
        if said:
            say(said)
    finally:
        if findings.failure is not None:
            tell(f"keygen: {findings.failure.message}")
    if not findings.ok:
        sys.exit(1)


@main.command()
@click.argument("targets", metavar="[SHEET|EXERCISE]...", nargs=-1, shell_complete=TARGETS)
@click.option("--format", "form", type=click.Choice(("github",)), help="The findings as GitHub's annotations.")
@speaking
def lint(targets: tuple[str, ...], form: str | None) -> None:
    """Look over the words of templates (by default all): claims without a condition, terms that the glossary has not.

    Exits with 1 where something is found that is no remark.
    """
    from keygen.checking.annotations import annotated, of_templates
    from keygen.checking.lint import lint as looked_over

    with annotated(form, say):
        found = looked_over(course_with(), targets)
    if found:
        say("\n\n".join(map(str, found)) if form is None else of_templates(found))
        tell(f"keygen: {len(found)} found")
    elif form is None:
        tell(f"keygen: nothing found in {', '.join(targets) or 'all templates'}")
    if not all(one.remark for one in found):
        sys.exit(1)


@main.command(cls=FormulaCommand)
@click.argument("formula")
@click.option("--wrt", required=True, help="The variable to differentiate by.")
@click.option("--shapes", default="", help='Shapes, and traits where needed: "A:n,n X:m,n S:k,k,definite".')
@spoken("The language of the laws; by default the course's.")
@click.option("--format", "form", type=click.Choice(FORMS), default="text", help="What to write.")
@click.option("--out", type=FOLDER, help="The folder to write into; text is printed without it.")
@speaking
def derive(formula: str, wrt: str, shapes: str, lang: str | None, form: str, out: Path | None) -> None:
    """Differentiate FORMULA, e.g. "tr(A @ X.T @ X)", step by step, and read the gradient off."""
    from keygen.builds.derive import DerivationRequest, as_text, assumed, written_files

    task = DerivationRequest(course_with(lang), formula, wrt, shapes, lang)
    if said := assumed(task):
        tell(said)
    if form == "text" and out is None:
        say(as_text(task))
    else:
        say(str(written_files(task, out or Path("build"), form)[0]))


@main.command("list")
@click.argument("sheet", required=False, shell_complete=SHEETS)
@speaking
def list_(sheet: str | None) -> None:
    """The sheets and exercises there are, or the exercises of one SHEET."""
    from keygen.course.catalog import catalogue, contents
    from keygen.course.search_path import search_path

    path = search_path(Path.cwd())
    say(folded(catalogue(path) if sheet is None else contents(sheet, path), width()))


@main.command("help")
@click.argument("topic", required=False, shell_complete=offered("page"))
@spoken("The page's language, if it is written in that too.")
@speaking
def help_(topic: str | None, lang: str | None) -> None:
    """Pages to read, on a TOPIC: exercise, template, sheet, numbers, figures, ...; by default which there are. For a
    command, what `--help` says of it."""
    from keygen.course.handbook import TOPICS, overview, page, spoken_in
    from keygen.system.reading import read_by_person

    language = lang or spoken_in(Path.cwd())
    if topic is None:
        say(folded(overview(language), width()))
    elif topic in main.commands and topic not in TOPICS:
        command = main.commands[topic]
        say(command.get_help(click.Context(command, info_name=f"keygen {topic}", **main.context_settings)))
    else:
        read_by_person(page(topic, language))


@main.command()
@speaking
def doctor() -> None:
    """What this machine has of what keygen needs, and how to get the rest."""
    from keygen.tex.doctor import as_text, diagnose

    report = diagnose()
    say(folded(as_text(report), width()))
    if not report.ok:
        sys.exit(1)
