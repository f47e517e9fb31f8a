"""The vocabulary of exercise files: everything an `exercise.py` imports comes from here, and nothing else is needed."""

from keygen.course.answers import expression, formula, same_as
from keygen.course.draw import choice, decimals, integers, order
from keygen.engine.backprop import backprop, row_jacobian, slope
from keygen.engine.functions import (
    called,
    exp,
    function,
    half_square,
    ln,
    logloss,
    maximum,
    mean,
    mse,
    relu,
    sigmoid,
    softmax,
    sqrt,
    square,
    squared_error,
    tanh,
    total,
)

__all__ = [
    "backprop", "called", "choice", "decimals", "exp", "expression", "formula", "function", "half_square", "integers",
    "ln", "logloss", "maximum", "mean", "mse", "order", "relu", "row_jacobian", "same_as", "sigmoid", "slope", "softmax",
    "sqrt", "square", "squared_error", "tanh", "total",
]  # fmt: skip
