"""The vocabulary of exercise files: everything an `exercise.py` imports comes from here, and nothing else is needed."""

from keygen.author.checks import after_step, again, central_quotient, entry_check, quotient, step_length
from keygen.author.optimizers import descend
from keygen.author.products import coefficients_first, marked, renamed, repeated
from keygen.calculus import api as calculus
from keygen.calculus.claims import Claim, Condition, Given, claim, relation
from keygen.course.draw import choice, decimals, integers, order
from keygen.engine.backprop import backprop, row_jacobian, slope
from keygen.engine.functions import (
    called,
    elu,
    exp,
    function,
    half_square,
    leaky_relu,
    ln,
    logloss,
    maximum,
    mean,
    mse,
    relu,
    row,
    sigmoid,
    softmax,
    softplus,
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
from keygen.engine.slips import slip
from keygen.errors import KeygenError
from keygen.figures.block_diagram import Column, scheme_figure
from keygen.figures.cell import Cell, Moment, cell_figure, unrolled_figure
from keygen.figures.display import Bezier, Box, Label, Line
from keygen.figures.drawing import drawing
from keygen.figures.figure import Swatch
from keygen.figures.geometry import Shape
from keygen.figures.graph import graph_figure
from keygen.figures.grid import Window, grid_figure, grid_pane
from keygen.figures.labels import words
from keygen.figures.network import chain_figure, network_figure
from keygen.figures.plane import PlaneBox, PlaneLine, PlaneRegion, plane_figure, plane_point
from keygen.figures.plot import Axis, Curve, Guide, Track, plot_figure
from keygen.figures.tables import Size, Table
from keygen.mathematics.answers import concluded, expression, formula, matrices, same_as, shapes, spelled
from keygen.mathematics.linear_inequalities import (
    Feasible,
    Inequality,
    Infeasible,
    decide,
    equation,
    nonnegative,
    nonpositive,
    positive,
)
from keygen.mathematics.number_format import rounded
from keygen.mathematics.terms import Apply, Chain, Literal, Name, Term, apply, indexed, product, with_numbers, written
from keygen.mathematics.terms import total as add_up
from keygen.mathematics.typed_answers import (
    edge_list,
    matrices_of,
    multiple_choice,
    sequence_of,
    set_of,
    shape_of,
    table_of,
)
from keygen.mathematics.witnesses import no_witness, unknowns, weighted, witness
from keygen.matrix import exercises as differentials
from keygen.variants.circuits import circuit_figure, circuit_figures
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
    "Feasible",
    "Given",
    "Guide",
    "Inequality",
    "Infeasible",
    "KeygenError",
    "Label",
    "Line",
    "Literal",
    "Moment",
    "Name",
    "PlaneBox",
    "PlaneLine",
    "PlaneRegion",
    "Polynomial",
    "Shape",
    "Size",
    "Swatch",
    "Table",
    "Term",
    "Track",
    "Window",
    "add_up",
    "after_step",
    "again",
    "apply",
    "backprop",
    "calculus",
    "called",
    "cell_figure",
    "central_quotient",
    "chain_figure",
    "choice",
    "circuit_figure",
    "circuit_figures",
    "claim",
    "coefficients_first",
    "concluded",
    "curve_of",
    "decide",
    "decimals",
    "descend",
    "differentials",
    "drawing",
    "edge_list",
    "edges",
    "elu",
    "entry_check",
    "equation",
    "exp",
    "expression",
    "formula",
    "function",
    "graph_figure",
    "grid_figure",
    "grid_pane",
    "half_square",
    "in_decimals",
    "indexed",
    "integers",
    "leaky_relu",
    "ln",
    "logloss",
    "marked",
    "matrices",
    "matrices_of",
    "maximum",
    "mean",
    "mse",
    "multiple_choice",
    "network_figure",
    "no_witness",
    "nonnegative",
    "nonpositive",
    "order",
    "paths",
    "plane_figure",
    "plane_point",
    "plot_figure",
    "positive",
    "product",
    "quotient",
    "relation",
    "relu",
    "renamed",
    "repeated",
    "rounded",
    "row",
    "row_jacobian",
    "same_as",
    "sampled",
    "scheme_figure",
    "sequence_of",
    "set_of",
    "shape_of",
    "shapes",
    "sigmoid",
    "slip",
    "slope",
    "softmax",
    "softplus",
    "spelled",
    "sqrt",
    "square",
    "squared_error",
    "step",
    "step_length",
    "table_of",
    "tanh",
    "total",
    "unknowns",
    "unrolled_figure",
    "weighted",
    "with_numbers",
    "witness",
    "words",
    "written",
]  # fmt: skip
