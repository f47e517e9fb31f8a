"""A command whose argument is a formula: one that begins with a minus is no option."""

from __future__ import annotations

import re

import click

MISTYPED = re.compile(r"--[a-z][a-z-]+(=.*)?", re.DOTALL)
"""What looks like an option and is none: Click complains of it."""


class FormulaCommand(click.Command):
    """What begins with a minus and is no option of the command is its argument, with `--` before it and without."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words of the command line, the formula behind a `--`."""
        end = args.index("--") if "--" in args else len(args)
        before, formulas = args[:end], args[end + 1 :]
        flags = {name: getattr(param, "is_flag", False) for param in self.get_params(ctx) for name in param.opts}
        options: list[str] = []
        valued = False
        for word in before:
            if not valued and word.startswith("-") and word.partition("=")[0] not in flags:
                (options if MISTYPED.fullmatch(word) else formulas).append(word)
            else:
                options.append(word)
            valued = not valued and flags.get(word) is False
        return super().parse_args(ctx, [*options, "--", *formulas] if formulas else options)
