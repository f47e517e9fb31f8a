"""Formulas that nobody should type: told at once, in one sentence."""

from __future__ import annotations

from importlib import import_module
from time import perf_counter

import pytest
from click.testing import CliRunner, Result

from keygen.cli import main

SECONDS = 2.0  # on a machine at work


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """What the command imports, so that a sentence is timed and not Python's start."""
    import_module("keygen.builds.derive")


def derive(formula: str, *words: str, wrt: str = "X") -> Result:
    return CliRunner().invoke(main, ["derive", "--lang", "en", "--wrt", wrt, *words, formula])


@pytest.mark.parametrize(
    ("formula", "what"),
    [
        ("tr(X)/0", "a division by zero"),
        ("tr(X)**(1/0)", "an exponent that is not a number"),
        ("0/0*tr(X)", "a division by zero"),
        ("1e400*tr(X)", "a number that cannot be taken: a number of more than 300 digits"),
        ("1e99999999*tr(X)", "a number that cannot be taken: a number of more than 300 digits"),
        ("9" * 5000 + "*tr(X)", "a formula that is too long"),
        ("9" * 500 + "*tr(X)", "a number of more than 300 digits"),
        ("True*tr(X)", "this is not part of the language: True"),
        ("tr(X)**True", "an exponent that is not a number"),
        ("tr(I(True)@X)", "a size that is neither a letter nor a number"),
        ("+".join(["tr(X)"] * 300), "a formula that is nested too deeply, or a sum of too many terms"),
        ("+".join(["tr(X)"] * 3000), "a formula that is too long"),
        ("-" * 1900 + "tr(X)", "a formula that"),
        ("(" * 300 + "tr(X)" + ")" * 300, "a formula that cannot be read: too many nested parentheses"),
        ("tr(X)**1000000000", "an exponent that is too large"),
        ("tr(X)**-99999999", "an exponent that is too large"),
        ("tr(X @ I(1000000000))", "a size that no check could work with"),
        ("tr(" + "A" * 1000 + " @ X)", "a name of more than 30 characters"),
        ("tr(X)\0", "a formula that cannot be read"),
    ],
)
def test_what_no_derivation_could_carry_is_refused_at_once(formula: str, what: str) -> None:
    start = perf_counter()
    result = derive(formula)
    assert perf_counter() - start < SECONDS
    assert result.exit_code == 1
    assert result.stderr.startswith(f"keygen: {what}")


def test_a_size_that_is_too_large_is_refused_where_shapes_are_said() -> None:
    result = derive("tr(X)", "--shapes", "X:1000000000,1000000000")
    assert result.exit_code == 1
    assert result.stderr.startswith("keygen: a shape that cannot be read: X:1000000000,1000000000")
    assert derive("tr(X)", "--shapes", "X:n,n X:m,m").stderr.startswith("keygen: two shapes are said of X")


def test_a_long_product_is_read_at_once() -> None:
    start = perf_counter()
    assert "20 tr(X)¹⁹ I" in derive("*".join(["tr(X)"] * 20)).stdout
    assert perf_counter() - start < SECONDS


def test_the_power_zero_is_a_constant() -> None:
    assert "∇f = 0" in derive("tr(X)**0").stdout


@pytest.mark.parametrize("formula", ["-x.T @ x", "-h.T @ x", "-x", "--x.T@x"])
def test_a_formula_that_begins_with_a_minus_is_no_option(formula: str) -> None:
    words = ["derive", "--wrt", "x", "--lang", "en"]
    bare = CliRunner().invoke(main, [*words, formula])
    assert bare.exit_code == 0, bare.output
    assert bare.stdout == CliRunner().invoke(main, [*words, "--", formula]).stdout
    assert bare.stdout == CliRunner().invoke(main, ["derive", formula, *words[1:]]).stdout


def test_a_mistyped_option_of_derive_is_still_told() -> None:
    result = CliRunner().invoke(main, ["derive", "x.T @ x", "--wtr", "x"])
    assert result.exit_code == 2
    assert "--wtr" in result.stderr
