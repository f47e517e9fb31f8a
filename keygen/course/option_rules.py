"""Which options of a command go together: one that would have no effect beside others is wrong use, never silence.

`RULES` has a row for each command: what an option needs, which two exclude each other and why, and the options that do
something whatever else is said. A test holds the rows against the commands: no option is in none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click
from click.core import ParameterSource
from msgspec import Struct, field


class OptionRules(Struct, frozen=True):
    """Of a command: `needs` has options that do something beside one of others alone (or a choice of one: `--to html`),
    with what those do; `apart` has
    pairs that exclude each other, with what to do instead; `told` has those whose help says where they have no effect,
    and what it says: scripts give them always; `free` has those that do something whatever else is said."""

    needs: Mapping[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    apart: Mapping[tuple[str, str], str] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    free: tuple[str, ...] = ()

    @property
    def known(self) -> set[str]:
        """The options that it speaks of."""
        return {*self.needs, *(option for pair in self.apart for option in pair), *self.told, *self.free}

    def wrong(self, given: set[str]) -> Iterator[str]:
        """What is wrong with options that are given together, in words."""
        for option, (others, why) in self.needs.items():
            if option in given and given.isdisjoint(others):
                yield f"{option} is for {' or '.join(others)}: {why}"
        for (one, other), why in self.apart.items():
            if {one, other} <= given:
                yield f"{one} and {other} do not go together: {why}"


CLASS = {
    "--id-column": (("--roster",), "it names a column of that file"),
    "--name-column": (("--roster",), "it names a column of that file"),
    "--public": (("--roster",), "of a class alone the numbers can be made public"),
}
"""What a roster's options need."""
MANY = {"--roster": "a class", "--variants": "so many seeds", "--from": "a run that was made before"}
TOLD = "the manifest tells it"
ONE = "it is of one sheet: leave one of the two out"
GRADING_FORMS = {"--template": "a template", "--ask": "a page that asks"}
RULES: Mapping[str, OptionRules] = {
    "build": OptionRules(
        needs={
            **CLASS,
            "--group": (("--roster",), "the groups are those of a column"),
            "--sort": (("--roster",), "the order is that of a column"),
            "--remove": (("--roster",), "it takes away the pages of who has left that"),
            "--student": (("--roster", "--from"), "say of which roster or manifest the student is"),
            "--replace": (("--roster",), "say of which roster the student is whom to draw anew"),
            "--cluster": (tuple(MANY), "one sheet is made here"),
        },
        apart={
            ("--roster", "--variants"): "students and seeds are two runs",
            ("--roster", "--from"): "the manifest has the students",
            ("--variants", "--from"): "the manifest has the seeds",
            ("--variants", "--student"): "a seed is nobody's: --seed makes one",
            ("--replace", "--student"): "with one student's new numbers what belongs to all is made again, so the run "
            "is a whole one: leave out --student",
            ("--student", "--remove"): "one student's build removes nothing",
            ("--roster", "--seed"): "a student's numbers come from the id",
            ("--from", "--seed"): TOLD,
            ("--from", "SHEET"): TOLD,
            ("--from", "--solutions"): TOLD,
            ("--from", "--lang"): TOLD,
            **{(many, "--guide"): f"the guide is of one sheet, and this is {what}" for many, what in MANY.items()},
            **{(many, "--format"): f"{what} comes as PDF alone" for many, what in MANY.items()},
            ("--cluster", "--jobs"): "the cluster has its own workers",
        },
        told={"--sort": "One --student has none.", "--jobs": "One sheet takes one."},
        free=("--out",),
    ),
    "answers": OptionRules(
        needs={
            **CLASS,
            "--out": (("--roster",), "the build there knows who was drawn anew"),
            "--student": (("--roster", "--manifest"), "say of which roster or manifest the student is"),
            "--roster": (("--student",), "say which student"),
            "--manifest": (("--student",), "say which student"),
        },
        apart={
            ("--roster", "--manifest"): "either draws the student's numbers: take one",
            ("--student", "--seed"): "a student's numbers are no seed's",
        },
        free=("SHEET|EXERCISE", "--json"),
    ),
    "show": OptionRules(
        apart={
            ("--manifest", "--seed"): "a CODE is of one variant",
            ("--manifest", "--solutions"): "what a CODE was given is told with its answers",
            ("--manifest", "--lang"): "what a CODE was given has no words",
        },
        free=("EXERCISE|CODE",),
    ),
    "preview": OptionRules(
        needs={"--port": (("--watch",), "without it nothing is served")},
        apart={("--watch", "--out"): "with --watch nothing is written"},
        free=("SHEET|EXERCISE", "--seeds", "--lang"),
    ),
    "check": OptionRules(
        needs={**CLASS, "--out": (("--roster",), "the build there knows who was drawn anew")},
        apart={
            ("--format", "--json"): "they are two forms of one output: take one",
            ("--verbose", "--json"): "the JSON has everything, what is `meant` too",
            ("--verbose", "--format"): "an annotation is of what is wrong",
        },
        free=("[SHEET|EXERCISE]...", "--seeds", "--roster", "--deep", "--junit", "--tex", "--jobs", "--lang"),
    ),
    "export": OptionRules(
        needs={
            "--quiz": (("--to html",), "it is a page that checks itself"),
            "--tests": (("--to notebook",), "it says whose tests a notebook has"),
            "--answer-page": (("--to gradescope",), "it is a page to write on"),
        },
        free=("SHEET", "--to", "--seeds", "--lang", "--strict", "--out"),
    ),
    "grade": OptionRules(
        needs=dict.fromkeys(("--pdf", "--no-pdf"), (("ANSWERS",), "a student's page says how the answers were graded")),
        apart={
            **{("ANSWERS", option): f"{what} is made without answers" for option, what in GRADING_FORMS.items()},
            **{("--from", option): "a report has its answers" for option in GRADING_FORMS},
            **{
                (credit, option): f"{what} has no credits yet"
                for option, what in GRADING_FORMS.items()
                for credit in ("--carried", "--slip")
            },
            ("--digits", "--template"): "a template has no answers to compare",
            ("--ask", "--template"): "each is a form of its own: leave one of the two out",
        },
        free=("SHEET", "--manifest", "--out"),
    ),
    "lint": OptionRules(free=("[SHEET|EXERCISE]...", "--format")),
    "derive": OptionRules(free=("FORMULA", "--wrt", "--shapes", "--lang", "--format", "--out")),
    "init": OptionRules(free=("FOLDER", "--lang")),
    "new": OptionRules(free=("TOPIC/NAME", "--like")),
    "eject": OptionRules(free=("FILE|EXERCISE",)),
    "list": OptionRules(free=("SHEET",)),
    "help": OptionRules(free=("TOPIC", "--lang")),
    "secret": OptionRules(),
    "clean": OptionRules(),
    "doctor": OptionRules(),
}
"""By the name of the command."""


def option_name(param: click.Parameter) -> str:
    """An option's long name, an argument's word in the help."""
    if isinstance(param, click.Option):
        return max(param.opts, key=len)
    return param.metavar or str(param.name).upper()


def typed_name(param: click.Parameter, value: object) -> str:
    """The name under which it was said: of --pdf and --no-pdf the one that was typed."""
    if isinstance(param, click.Option) and param.secondary_opts and value is False:
        return max(param.secondary_opts, key=len)
    return option_name(param)


def require_fitting(context: click.Context) -> None:
    """Raise UsageError where an option of the command line has no effect beside the others. What is said as it would be
    by default, `--format pdf`, is not said; a folder is."""
    rules = RULES.get(str(context.command.name))
    if rules is None:
        return
    given = set()
    for param in context.command.params:
        typed = context.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE
        choice = isinstance(param.type, click.Choice)
        if typed and not (choice and context.params.get(str(param.name)) == param.default):
            given.add(typed_name(param, context.params.get(str(param.name))))
            given |= {f"{option_name(param)} {context.params.get(str(param.name))}"} if choice else set()
    for text in rules.wrong(given):
        raise click.UsageError(text)
