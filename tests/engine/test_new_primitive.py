"""A new primitive costs a record and a row in each reading; then it is solved, printed, differentiated and checked."""

from __future__ import annotations

import ast
import json
import pkgutil
from collections.abc import Iterator
from fractions import Fraction
from importlib import import_module
from inspect import getsource
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pytest

import keygen
from keygen.checking import arithmetic as mp
from keygen.checking import rules
from keygen.checking.rules import entrywise
from keygen.course.course import course_here
from keygen.engine import backprop, evaluate, slips, symbolic
from keygen.engine.backprop import Slope
from keygen.engine.primitives import PRIMITIVES, Primitive, Reading, same
from keygen.engine.real import Real
from keygen.engine.symbolic import each
from keygen.mathematics import eval_scope, operators
from keygen.mathematics.formula import formula
from keygen.mathematics.latex import chain_tex, tex
from keygen.mathematics.number_format import Policy
from keygen.mathematics.operators import call
from keygen.variants.solve import Solved, solve
from tests.courses import keygen as command
from tests.courses import laid

RECORD = Primitive("swish", 1, same, absorbs_zero=True, leaves_rationals=True)


def rows() -> dict[str, Any]:
    """A row in each reading, by its module."""
    return {
        "engine.evaluate": lambda kind, x: x * kind.functions["sigmoid"](x),
        "engine.symbolic": lambda x: x * symbolic.RULES["sigmoid"](x),
        "engine.backprop": (Slope(lambda z, x: z + x.tape.emit("sigmoid", x) * (1 - z)),),
        "notation.signs": call(r"\mathrm{{swish}}", "swish", "(({0}) / (1 + exp(-({0}))))"),
        "checking.rules": entrywise(lambda x: mp.times(x, mp.sigmoid(x))),
        "engine.slips": (),
        "engine.slips, backward": (),
    }


READINGS: dict[str, Reading[Any]] = {
    "engine.evaluate": evaluate.RULES,
    "engine.symbolic": symbolic.RULES,
    "engine.backprop": backprop.PULLBACKS,
    "notation.signs": operators.OPERATORS,
    "checking.rules": rules.RULES,
    "engine.slips": slips.MISTAKES,
    "engine.slips, backward": slips.PULLBACK_MISTAKES,
}

EXERCISE = '''"""A layer whose units are swish."""

from keygen.author import backprop, decimals, integers, total


def swish(x):
    return x.tape.emit("swish", x)


axes = {"input": 2, "unit": 2}

given = {
    "x": integers("1 input", -2, 2, published=[[1, 2]], nonzero=True),
    "W": decimals("input unit", "-1", "1", "0.5", published=[[1, "-0.5"], ["0.5", 1]]),
    "G": integers("1 unit", -3, 3, published=[[1, 2]], nonzero=True),
}


def computation(t):
    t.H = t.x @ t.W
    t.O = swish(t.H)
    t.L = total(t.G * t.O)
    backprop(t, "L", ["H", "W"])


answers = {"a": {"O": "O", "dW": "dL_dW"}}
'''

TEMPLATE = r"""%% title
Swish
%% endtitle
%% part a
Find the output and the gradients where \( \val{ line.x } \), \( \val{ line.W } \) and \( \val{ line.G } \).
%% solution
\[ \val{ line.H } \]
\[ \val{ line.O } \]
\[ \val{ line.L } \]
\[ \val{ line.dL_dH } \]
\[ \val{ line.dL_dW } \]
%% endpart
"""

SHEET = 'title = "Swish"\nlanguage = "en"\n\n[[exercise]]\nid = "my/one"\n'


@pytest.fixture
def swish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The primitive, and a course with an exercise that uses it."""
    monkeypatch.setitem(PRIMITIVES, "swish", RECORD)
    for module, row in rows().items():
        monkeypatch.setitem(READINGS[module], "swish", row)
    forget()
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    yield
    monkeypatch.undo()
    forget()


def forget() -> None:
    """Ask again which functions there are; in a package, they are there when it is imported."""
    for asked in (eval_scope.functions, eval_scope.called, eval_scope.compiled):
        asked.cache_clear()


def variant(seed: int | None = None) -> Solved:
    return solve(course_here().exercise("my/one"), "mine", seed)


def in_floats(x: np.ndarray) -> np.ndarray:
    return x / (1 + np.exp(-x))


def test_it_costs_a_record_and_seven_rows_in_seven_files_and_nothing_else() -> None:
    found = {}
    for module in pkgutil.walk_packages(keygen.__path__, "keygen."):
        if module.name != "keygen.__main__":
            for value in vars(import_module(module.name)).values():
                if isinstance(value, Reading) and value.needs(RECORD):
                    found[id(value)] = value.what
    assert sorted(found.values()) == sorted(reading.what for reading in READINGS.values())
    body = ast.parse(dedent(getsource(rows))).body[0]
    assert isinstance(body, ast.FunctionDef)
    (table,) = (node.value for node in body.body if isinstance(node, ast.Return))
    assert isinstance(table, ast.Dict)
    lines = [row.end_lineno - row.lineno + 1 for row in table.values if row.end_lineno]
    assert lines == [1] * len(READINGS) == [1] * 7


def test_it_is_solved_on_exact_numbers(swish: None) -> None:
    values = variant().values
    assert type(values["O"][0, 0]) is Real
    assert np.allclose(values["O"].astype(float), in_floats(values["H"].astype(float)), rtol=1e-15)


def test_zero_stays_zero(swish: None) -> None:
    assert evaluate.RULES["swish"](evaluate.FLOAT, 0.0) == 0


def test_it_is_differentiated(swish: None) -> None:
    values = {name: value.astype(float) for name, value in variant(3).values.items() if isinstance(value, np.ndarray)}
    step = 1e-6
    slope = (in_floats(values["H"] + step) - in_floats(values["H"] - step)) / (2 * step)
    assert np.allclose(values["dL_dH"], values["G"] * slope, rtol=1e-8)


def test_it_is_printed_on_pages_and_in_programs(swish: None) -> None:
    solved = variant()
    printer = tex(Policy(), tuple(solved.signs.items()))
    assert r"\mathrm{swish}(" in chain_tex(solved.chain("O").formula, printer)
    assert formula(solved.chain("O").links[1]) == "((H) / (1 + exp(-(H))))"


def test_every_way_of_checking_knows_it(swish: None) -> None:
    """Gradients by differences, lines read back, digits by the oracle, the finished pages."""
    result = command("check", "mine", "--seeds", "2", "--deep", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["gradients"] == 3 * 2
    assert found["digits"] > 3 * 20


def test_a_false_row_is_seen(swish: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(evaluate.RULES, "swish", lambda kind, x: x * kind.functions["tanh"](x))
    result = command("check", "mine", "--seeds", "1")
    assert result.exit_code == 1, result.output
    assert "gradient" in result.output


def test_commands_take_the_exercise(swish: None) -> None:
    answers = command("answers", "mine")
    assert answers.exit_code == 0, answers.output
    built = command("build", "mine", "--solutions", "--format", "tex")
    assert built.exit_code == 0, built.output


def test_a_zero_goes_through_it(swish: None) -> None:
    """Its record says so, and a unit that is silent before it is silent behind it."""
    assert PRIMITIVES["swish"].keeps_zero
    assert Fraction(0) == rules.RULES["swish"](Fraction(0))


def test_sympy_reads_it_entry_by_entry(swish: None) -> None:
    assert each(lambda x: x)(symbolic.RULES["swish"](0)) == 0
