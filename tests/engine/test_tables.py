"""A primitive is a record and a row in each reading: no table has a hole, no other list speaks of primitives."""

from __future__ import annotations

import ast
import pkgutil
import re
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from string import Formatter
from typing import Any

import autograd_reading
import pytest
import witnesses
from grammar import computations
from hypothesis import assume, given, settings

import keygen
from keygen.engine.backprop import PULLBACKS, Slope, backprop
from keygen.engine.domains import Domain
from keygen.engine.primitives import PRIMITIVES, READINGS, Reading
from keygen.mathematics.operators import OPERATORS

ROOM = Path(keygen.__file__).parent
TEMPLATES = Path(__file__).parents[2] / "templates"
MODULES = [
    import_module(module.name)
    for module in pkgutil.walk_packages(keygen.__path__, "keygen.")
    if module.name != "keygen.__main__"
]
"""All of them, so that every reading has been made."""
ALL_READINGS = list(READINGS)


def named(reading: Reading[Any]) -> str:
    return reading.what


def takes(rule: object, count: int) -> bool:
    """Whether the rule can be called with so many arguments."""
    try:
        signature(rule).bind(*range(count))
    except TypeError:
        return False
    return True


@pytest.mark.parametrize("primitive", PRIMITIVES)
def test_every_primitive_says_its_law_of_shapes(primitive: str) -> None:
    record = PRIMITIVES[primitive]
    assert record.name == primitive
    assert record.shape.__doc__
    assert takes(record.shape, record.arguments)


@pytest.mark.parametrize("reading", ALL_READINGS, ids=named)
def test_a_reading_has_a_row_of_every_primitive_that_needs_one(reading: Reading[Any]) -> None:
    assert [name for name, record in PRIMITIVES.items() if reading.needs(record) and name not in reading] == []


@pytest.mark.parametrize("reading", ALL_READINGS, ids=named)
def test_a_reading_speaks_of_primitives_alone(reading: Reading[Any]) -> None:
    assert reading.beyond or reading.keys() <= PRIMITIVES.keys()


@pytest.mark.parametrize("reading", [reading for reading in ALL_READINGS if reading.takes], ids=named)
def test_a_row_takes_what_a_step_has_for_it(reading: Reading[Any]) -> None:
    assert reading.takes is not None
    assert [name for name, row in reading.items() if not takes(row, reading.takes(PRIMITIVES[name]))] == []


def test_the_readings_of_every_room_are_found() -> None:
    """Where a table is made, it is a reading, and where it is one, it is found: at the very least these are."""
    found = {name for module in MODULES for name, value in vars(module).items() if isinstance(value, Reading)}
    assert found >= {"RULES", "PULLBACKS", "OPERATORS", "SIDED", "FOLDS"}
    assert {id(value) for module in MODULES for value in vars(module).values() if isinstance(value, Reading)} <= {
        *map(id, ALL_READINGS)
    }
    assert autograd_reading.READING in ALL_READINGS
    assert witnesses.WITNESSES in ALL_READINGS


def test_every_number_kind_reads_the_elementary_functions() -> None:
    kinds = {id(value): value for module in MODULES for value in vars(module).values() if isinstance(value, Domain)}
    assert len(kinds) >= 5
    elementary = {name for name, record in PRIMITIVES.items() if record.elementary}
    assert all(domain.functions.keys() == elementary for domain in kinds.values())


OWN_OPERATIONS = ("matrix",)  # the matrix differentials have operations of their own, on other expressions


def lists_of_primitives(source: str) -> list[str]:
    """The displays of a module, outside of readings, all of whose texts (or keys) name primitives, two or more."""
    tree = ast.parse(source)
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    inside = {id(part) for call in called if call.func.id == "Reading" for part in ast.walk(call)}  # type: ignore[attr-defined]  # a Name
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Set(elts=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) if id(node) not in inside:
                pass
            case ast.Dict(keys=parts) if id(node) not in inside:
                pass
            case _:
                continue
        texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        if len(texts) > 1 and set(texts) <= PRIMITIVES.keys():
            found.append(f"line {node.lineno}: {', '.join(texts)}")
    return found


SOURCES = sorted(path for path in ROOM.rglob("*.py") if path.relative_to(ROOM).parts[0] not in OWN_OPERATIONS)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOM)))
def test_no_list_beside_the_records_speaks_of_primitives(path: Path) -> None:
    assert lists_of_primitives(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "stray", ['KINKED = frozenset({"relu", "elu"})', 'if x in ("add", "sub"): pass', 'EFFORT = {"add": 1, "mul": 2}']
)
def test_a_stray_list_of_primitives_is_seen(stray: str) -> None:
    assert len(lists_of_primitives(stray)) == 1
    assert lists_of_primitives('Reading("rows", {"add": 1, "mul": 2})') == []


@pytest.mark.parametrize("primitive", PRIMITIVES)
def test_every_primitive_has_a_pullback_for_each_input(primitive: str) -> None:
    row, record = PULLBACKS[primitive], PRIMITIVES[primitive]
    assert len(row) == record.arity
    assert all(pullback is None or takes(pullback, 2 + record.arguments) for pullback in row)
    assert all(takes(slope.of, 1 + record.arguments) for slope in row if isinstance(slope, Slope))


@pytest.mark.parametrize("primitive", PRIMITIVES)
def test_every_primitive_has_a_sign_with_a_place_for_each_input(primitive: str) -> None:
    sign = OPERATORS[primitive]
    assert len(sign.allowed) == PRIMITIVES[primitive].arity
    inputs = {str(place) for place in range(len(sign.allowed))}
    for pattern in (sign.tex, sign.python, sign.formula or sign.python):
        fields = {field for _, field, _, _ in Formatter().parse(pattern) if field is not None}
        assert fields - {"p"} == inputs


def emitted_laws() -> list[str]:
    """Every law that a backward pass can name."""
    return ["fan_out", *(name for name, row in PULLBACKS.items() if any(pullback is not None for pullback in row))]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("law", emitted_laws())
def test_every_law_has_its_sentence(law: str, language: str) -> None:
    text = (TEMPLATES / language / "laws.tex").read_text(encoding="utf-8")
    sentences = re.findall(rf"^%% law {law}$\n(.+?)\n^%% endlaw$", text, re.M | re.S)
    assert len(sentences) == 1
    assert sentences[0].strip().endswith(".")


def test_both_languages_tell_the_same_laws() -> None:
    told = [
        re.findall(r"^%% law (\w+)$", (TEMPLATES / language / "laws.tex").read_text(encoding="utf-8"), re.M)
        for language in ("ru", "en")
    ]
    assert sorted(told[0]) == sorted(told[1])
    assert len(set(told[0])) == len(told[0])


def test_a_backward_pass_names_no_other_law() -> None:
    met: set[str] = set()

    @settings(derandomize=True, database=None, deadline=None, max_examples=60)
    @given(computations())
    def collect(computation: object) -> None:
        t = computation.record()
        by = computation.reached()
        assume(by)
        backprop(t, "L", by)
        met.update(step.law for step in t.trace().steps)

    collect()
    assert met - {""} <= set(emitted_laws())
    assert "fan_out" in met


def test_pullbacks_take_no_argument_by_name() -> None:
    """A row is read by eye against a calculus book: g, z, the inputs, the parameter, in this order."""
    for row in PULLBACKS.values():
        for pullback in row:
            if pullback is not None:
                kinds = {parameter.kind for parameter in signature(pullback).parameters.values()}
                assert kinds <= {Parameter.POSITIONAL_OR_KEYWORD, Parameter.VAR_POSITIONAL}


@pytest.mark.parametrize("primitive", [name for name, row in PULLBACKS.items() if row])
def test_a_record_says_whether_a_gradient_goes_through(primitive: str) -> None:
    assert PRIMITIVES[primitive].flat == (set(PULLBACKS[primitive]) == {None})
