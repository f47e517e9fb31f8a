"""Numbers that solve equations, found again from the numbers of their problem, by plain definitions alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from keygen.checking import arithmetic as mp

STEPS, HALVINGS = 200, 60


def logistic_regression(x: Sequence[Fraction], y: Sequence[Fraction]) -> tuple[Any, Any]:
    """b0 and b1 at which both sums of p - y and of x (p - y) vanish, p = 1 / (1 + e^-(b0 + b1 x)).

    Newton's method from 0, halving what does not shorten the gradient. Raises ArithmeticError where it does not end.
    """
    here = mp.here()
    rows = [(mp.inexact(at), mp.inexact(answer)) for at, answer in zip(x, y, strict=True)]

    def gradient(b: tuple[Any, Any]) -> tuple[Any, Any]:
        errors = [(at, 1 / (1 + here.exp(-b[0] - b[1] * at)) - answer) for at, answer in rows]
        return here.fsum(error for _, error in errors), here.fsum(at * error for at, error in errors)

    def step(b: tuple[Any, Any], g: tuple[Any, Any]) -> tuple[Any, Any]:
        odds = [(at, here.exp(-b[0] - b[1] * at)) for at, _ in rows]
        weights = [(at, q / (1 + q) ** 2) for at, q in odds]
        s0, s1, s2 = (here.fsum(w * at**n for at, w in weights) for n in range(3))
        determinant = s0 * s2 - s1 * s1
        return (s1 * g[1] - s2 * g[0]) / determinant, (s1 * g[0] - s0 * g[1]) / determinant

    b = here.mpf(0), here.mpf(0)
    g = gradient(b)
    for _ in range(STEPS):
        if length(g) < here.mpf(10) ** (10 - here.dps):
            return b
        move = step(b, g)
        for halving in range(HALVINGS):
            ahead = b[0] + move[0] / 2**halving, b[1] + move[1] / 2**halving
            if length(gradient(ahead)) < length(g):
                break
        b, g = ahead, gradient(ahead)
    raise ArithmeticError(f"no zero of the gradient: {here.nstr(length(g), 5)} at {b}")


def length(g: tuple[Any, Any]) -> Any:
    """The larger of two numbers without their signs."""
    return max(abs(g[0]), abs(g[1]))


ROOTS: Mapping[str, Callable[..., Sequence[Any]]] = {
    "logistic_regression": logistic_regression,
    "pi": lambda: (mp.here().mpf(mp.here().pi),),
}
"""The problems whose solutions the oracle finds by itself, by their names."""
