"""The house: rooms stand on floors, nothing is imported in a circle, a module is read in one sitting, a name is one
thing's."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parent.parent / "keygen"
FLOORS = (
    "cli", "author", "grading", "checking", "export", "preview", "builds", "tex", "writers", "document", "certify",
    "variants", "course", "figures", "matrix", "calculus", "mathematics", "engine", "system", "tolerances",
    "errors",
)  # fmt: skip
"""From the roof down: a room imports from the rooms below it alone."""
ENTRANCE = {"keygen", "keygen.__main__"}  # the version, and `python -m keygen`
LINES = 510


@cache
def modules() -> dict[str, ast.Module]:
    """Every module by its dotted name."""
    found = {}
    for path in sorted(HOUSE.rglob("*.py")):
        parts = path.relative_to(HOUSE.parent).with_suffix("").parts
        if not {"_shipped", "scaffold"} & set(parts[1:-1]):
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = ast.parse(path.read_text("utf-8"), str(path))
    return found


def imported(name: str) -> Iterator[str]:
    """The modules of the house that a module imports, wherever it does: at its top, in a function, for types alone."""
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name}, line {node.lineno}: imports have whole names here"
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules() else str(node.module)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def own(name: str) -> set[str]:
    """What a module imports of the house itself."""
    return {other for other in imported(name) if other in modules() and other != name and other != "keygen"}


def room(name: str) -> str:
    """The room that a module stands in."""
    return name.split(".")[1]


def test_nothing_is_imported_in_a_circle_not_even_for_types_or_late() -> None:
    try:
        TopologicalSorter({name: own(name) for name in modules()}).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_every_module_stands_in_a_room_of_the_house() -> None:
    assert {room(name) for name in modules() if name not in ENTRANCE} <= set(FLOORS)


def test_a_room_imports_only_from_below() -> None:
    floor = {name: -place for place, name in enumerate(FLOORS)}
    inside = [name for name in modules() if name not in ENTRANCE]
    up = [f"{name} imports {o}" for name in inside for o in sorted(own(name)) if floor[room(o)] > floor[room(name)]]
    assert not up


@pytest.mark.parametrize("name", modules())
def test_a_module_is_read_in_one_sitting(name: str) -> None:
    path = HOUSE.parent.joinpath(*name.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    assert len(file.read_text("utf-8").splitlines()) <= LINES


def test_no_two_classes_have_one_name() -> None:
    where = defaultdict(list)
    for name, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                where[node.name].append(name)
    assert not {name: places for name, places in where.items() if len(places) > 1}


def test_a_docstring_says_what_it_is_about_without_the_one_before_it() -> None:
    documented = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    for name, tree in modules().items():
        for node in ast.walk(tree):
            text = ast.get_docstring(node) if isinstance(node, documented) else None
            assert not (text or "").startswith("The same"), f"{name}: {node.name}"  # type: ignore[union-attr]
