"""The vocabulary of exercise files: everything an `exercise.py` imports comes from here, and nothing else is needed."""

from keygen.author.optimizers import descend
from keygen.author.products import coefficients_first, marked, renamed, repeated
from keygen.calculus import api as calculus
from keygen.calculus.claims import Claim, Condition, Given, claim, relation
from keygen.calculus.quantities import quantity, unit_said
from keygen.course.draw import choice, decimals, integers, order
from keygen.engine.backprop import backprop, row_jacobian, slope
from keygen.engine.functions import (
    absolute,
    argmax,
    at_least,
    called,
    ceil,
    clip,
    elu,
    exp,
    floor,
    function,
    greater,
    half_square,
    leaky_relu,
    ln,
    logloss,
    matches,
    maximum,
    mean,
    minimum,
    mse,
    relu,
    round_,
    row,
    sigmoid,
    sign,
    softmax,
    softplus,
    sort,
    sqrt,
    square,
    squared_error,
    step,
    tanh,
    total,
)
from keygen.engine.graph import edges, paths
from keygen.engine.polynomial import Polynomial
from keygen.engine.real import in_decimals
from keygen.figures.block_diagram import Column, scheme_figure
from keygen.figures.cell import Cell, Moment, cell_figure, unrolled_figure
from keygen.figures.display import Bezier, Box, Label, Line
from keygen.figures.drawing import drawing
from keygen.figures.figure import Swatch
from keygen.figures.geometry import Shape
from keygen.figures.graph import graph_figure
from keygen.figures.labels import words
from keygen.figures.network import chain_figure, network_figure
from keygen.figures.plot import Axis, Curve, Guide, Track, plot_figure
from keygen.figures.tables import Size, Table, crossed, tensor
from keygen.mathematics.answers import expression, formula, matrices, same_as, shape, shapes, spelled
from keygen.mathematics.number_format import rounded
from keygen.mathematics.terms import Apply, Chain, Literal, Name, Term, apply, indexed, product, with_numbers, written
from keygen.mathematics.terms import total as add_up
from keygen.matrix import exercises as differentials
from keygen.variants.curve_sampling import curve_of, sampled

__all__ = [
    "Apply",
    "Axis",
    "Bezier",
    "Box",
    "Cell",
    "Chain",
    "Claim",
    "Column",
    "Condition",
    "Curve",
    "Given",
    "Guide",
    "Label",
    "Line",
    "Literal",
    "Moment",
    "Name",
    "Polynomial",
    "Shape",
    "Size",
    "Swatch",
    "Table",
    "Term",
    "Track",
    "absolute",
    "add_up",
    "apply",
    "argmax",
    "at_least",
    "backprop",
    "calculus",
    "called",
    "ceil",
    "cell_figure",
    "chain_figure",
    "choice",
    "claim",
    "clip",
    "coefficients_first",
    "crossed",
    "curve_of",
    "decimals",
    "descend",
    "differentials",
    "drawing",
    "edges",
    "elu",
    "exp",
    "expression",
    "floor",
    "formula",
    "function",
    "graph_figure",
    "greater",
    "half_square",
    "in_decimals",
    "indexed",
    "integers",
    "leaky_relu",
    "ln",
    "logloss",
    "marked",
    "matches",
    "matrices",
    "maximum",
    "mean",
    "minimum",
    "mse",
    "network_figure",
    "order",
    "paths",
    "plot_figure",
    "product",
    "quantity",
    "relation",
    "relu",
    "renamed",
    "repeated",
    "round_",
    "rounded",
    "row",
    "row_jacobian",
    "same_as",
    "sampled",
    "scheme_figure",
    "shape",
    "shapes",
    "sigmoid",
    "sign",
    "slope",
    "softmax",
    "softplus",
    "sort",
    "spelled",
    "sqrt",
    "square",
    "squared_error",
    "step",
    "tanh",
    "tensor",
    "total",
    "unit_said",
    "unrolled_figure",
    "with_numbers",
    "words",
    "written",
]  # fmt: skip
