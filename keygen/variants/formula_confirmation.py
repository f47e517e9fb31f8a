"""Matrix formulas confirmed by a program: at random matrices each is held to central differences of its function."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import chain
from typing import Any

import numpy as np

from keygen.mathematics.answers import Answer
from keygen.mathematics.program import called_in
from keygen.variants.confirmation import Confirmation, ConfirmedPart
from keygen.variants.solved import Solved

SETUP = (
    "rng = np.random.default_rng({seed})",
    "def slope(f, x, dx): return (f(x + 1e-6 * dx) - f(x - 1e-6 * dx)) / 2e-6",
)
"""Random numbers, and the central difference of a function in a direction."""
BORROWED: Mapping[str, str] = {
    "I": "eye as I", "exp": "exp", "log": "log", "ones": "ones", "sqrt": "sqrt", "tr": "trace as tr", "zeros": "zeros",
}  # fmt: skip
LINEAR: Mapping[str, str] = {"det": "det", "inv": "inv"}
"""What formulas call by names of their own, and what it is in NumPy and in its linear algebra."""
HELPERS: Mapping[str, str] = {
    "general": "def general(n, k): return rng.random((n, k)) + n * (n == k) * np.eye(n, k)",
    "symmetric": "def symmetric(n, k): m = rng.random((n, k)); return m + m.T",
    "definite": "def definite(n, k): m = rng.random((n, k)); return m @ m.T + n * np.eye(n)",
    "sign": "def sign(n, k): return np.sign(rng.normal(size=(n, k)))",
}
"""Random matrices by what is said of a letter: squares are far from singular."""
TRIES = 50
"""Beginnings of random numbers that are tried until all functions have a value."""
QUESTION = frozenset({"f", "wrt", "shapes", "traits"})


def formula_confirmation(solved: Solved, kept: Collection[str] = ()) -> Confirmation | None:
    """A program for the matrix formulas of an exercise; None where it has none that is the slope of a function, or
    where a function has none. Of some parts alone, where they are `kept`."""
    parts, gradients, bound = [], dict[str, str](), dict[str, str]()
    for part, answers in solved.answers().items():
        if QUESTION - {"traits"} <= set(answers) and (not kept or part in kept):
            lines = FormulaPart(answers, solved.choices.get("constraint"), gradients)
            held = tuple(lines.held())
            if held:
                parts.append(ConfirmedPart(part, tuple(line for line in lines.drawn() if new(line, bound)), held))
    if not parts:
        return None
    called = called_in(chain.from_iterable((*part.computed, *part.held) for part in parts))
    borrowed, linear = ([how for name, how in table.items() if name in called] for table in (BORROWED, LINEAR))
    imports = [
        f"from {module} import {', '.join(names)}"
        for module, names in (("numpy", borrowed), ("numpy.linalg", linear))
        if names
    ]
    helpers = [line for name, line in HELPERS.items() if name in called]
    needs = (*imports, *SETUP, *helpers)
    drawn = [line for part in parts for line in part.computed]
    for seed in range(1, TRIES):
        seeded = tuple(line.format(seed=seed) if "{seed}" in line else line for line in needs)
        if defined(["import numpy as np", *seeded, *drawn]):
            return Confirmation((), tuple(parts), seeded)
    return None


def defined(lines: list[str]) -> bool:
    """Whether each function that a program draws letters for has a value where they are drawn."""
    names: dict[str, Any] = {}
    with np.errstate(all="ignore"):
        for line in lines:
            exec(line, names)
            called = re.match(r"def f\((\w+)\)", line)
            if called and not np.all(np.isfinite(names["f"](names[called[1]]))):
                return False
    return True


def new(line: str, bound: dict[str, str]) -> bool:
    """Whether a line gives its name another meaning than the line before that `bound` it, which is noted."""
    name = line.removeprefix("def ").split("(")[0].split(" =")[0]
    known = bound.get(name) == line
    bound[name] = line
    return not known


class FormulaPart:
    """The lines of one part. `gradients` are those of earlier parts by their function, for a step and a Hessian."""

    def __init__(self, answers: Mapping[str, Answer], constraint: Any, gradients: dict[str, str]) -> None:
        self.answers, self.constraint, self.gradients = answers, constraint, gradients
        self.wrt: str = answers["wrt"].exact
        self.moved = f"d{self.wrt}"
        self.traits = dict(text.split() for text in answers["traits"].exact) if "traits" in answers else {}

    def drawn(self) -> Iterator[str]:
        """The letters as random matrices, and the function."""
        for name, (rows, columns) in self.answers["shapes"].exact.items():
            trait = self.traits.get(name, "general")
            kind = trait if trait in HELPERS else "general"
            yield f"{name} = np.pi" if name == "pi" else f"{name} = {kind}({rows}, {columns})"
        turned, size = "", self.answers["shapes"].exact[self.wrt]
        if self.traits.get(self.wrt) in ("definite", "symmetric") or self.constraint == "symmetric":
            turned = f"; {self.moved} = {self.moved} + {self.moved}.T"
        elif self.constraint == "skew":
            turned = f"; {self.moved} = {self.moved} - {self.moved}.T"
        yield f"{self.moved} = rng.random(({size[0]}, {size[1]})){turned}"
        yield f"def f({self.wrt}): return {self.answers['f'].exact}"

    def held(self) -> Iterator[str]:
        """What each answer is held to: all but a step and a Hessian without a gradient before them, and an optimum
        over other letters too, beside which stands the one where these are given."""
        for name, answer in self.answers.items():
            given = any(other.startswith(f"{name}_given_") for other in self.answers)
            known = name not in ("hessian", "step") or self.answers["f"].exact in self.gradients
            if name not in QUESTION and known and not given:
                yield from getattr(self, name, self.optimum)(answer.exact)

    def gradient(self, text: str) -> Iterator[str]:
        """Its product with a direction is the slope in it."""
        if "jacobian" in self.answers:
            yield from self.jacobian(text, "gradient")
            return
        self.gradients[self.answers["f"].exact] = text
        yield f"gradient = {text}"
        yield self.equal(f"np.sum(gradient * {self.moved})", f"slope(f, {self.wrt}, {self.moved})")

    def jacobian(self, text: str, name: str = "jacobian") -> Iterator[str]:
        """Its product with a direction is the slope in it."""
        yield f"{name} = {text}"
        yield self.equal(f"{name} @ {self.moved}", f"slope(f, {self.wrt}, {self.moved})")

    def differential(self, text: str) -> Iterator[str]:
        """At a direction it is the slope in it."""
        yield self.equal(text, f"slope(f, {self.wrt}, {self.moved})")

    def hessian(self, text: str) -> Iterator[str]:
        """Its product with a direction is the slope of the gradient in it."""
        yield f"hessian = {text}"
        yield f"def gradient({self.wrt}): return {self.gradients[self.answers['f'].exact]}"
        yield self.equal(f"hessian @ {self.moved}", f"slope(gradient, {self.wrt}, {self.moved})")

    def step(self, text: str) -> Iterator[str]:
        """It goes down by the gradient, which an earlier part has confirmed."""
        yield f"gradient = {self.gradients[self.answers['f'].exact]}"
        yield self.equal(text, f"{self.wrt} - eta * gradient")

    def optimum(self, text: str) -> Iterator[str]:
        """There the slope is zero."""
        yield f"best = {text}"
        yield self.equal(f"slope(f, best, {self.moved})", "0")

    def equal(self, found: str, expected: str) -> str:
        """The line that stops the program where two values differ."""
        return f"assert np.allclose({found}, {expected}, 1e-4, 1e-4)"
