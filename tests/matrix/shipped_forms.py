"""The formulas of the shipped exercises by differentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from keygen.matrix.parse import Form
from tests.courses import SHIPPED

NAMES = (
    "matrix/gradients_by_vector", "matrix/differentials", "matrix/gradients_by_matrix", "matrix/least_squares",
    "matrix/ridge", "matrix/logistic", "matrix/normal_likelihood", "matrix/nearest_symmetric",
)  # fmt: skip

EXERCISES: dict[str, Mapping[str, Form]] = {name: SHIPPED.exercise(name).problems for name in NAMES}
by_mean = EXERCISES["matrix/normal_likelihood"]["mu"]
EXERCISES["matrix/normal_likelihood"] = {"mu": by_mean, "Sigma": replace(by_mean, wrt="Sigma")}
PARTS = [(exercise, part) for exercise, parts in EXERCISES.items() for part in parts]
