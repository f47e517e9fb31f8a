"""The vocabulary of exercise files: everything an `exercise.py` imports comes from here, and nothing else is needed."""

from typing import TYPE_CHECKING, Any

from keygen.author.checks import (
    after_step,
    again,
    central_quotient,
    entry_check,
    quotient,
    step_length,
    step_name,
)
from keygen.author.optimizers import descend
from keygen.author.products import coefficients_first, marked, renamed, repeated
from keygen.calculus import api as calculus
from keygen.calculus.claims import Claim, Condition, Given, claim, relation
from keygen.calculus.quantities import quantity, unit_said
from keygen.course.draw import choice, decimals, integers, order, unlike
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
from keygen.figures.tables import Size, Table, crossed, tensor
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
from keygen.mathematics.terms import (
    Apply,
    Chain,
    Literal,
    Name,
    Term,
    apply,
    indexed,
    product,
    with_decimals,
    with_numbers,
    written,
    written_as_fraction,
)
from keygen.mathematics.terms import total as add_up
from keygen.mathematics.typed_answers import (
    edge_list,
    matrices_of,
    multiple_choice,
    sequence_of,
    set_of,
    shape_of,
    shapes_of,
    table_of,
)
from keygen.mathematics.witnesses import no_witness, unknowns, weighted, witness
from keygen.variants.boundaries import boundary
from keygen.variants.circuits import circuit_figure, circuit_figures
from keygen.variants.curve_sampling import curve_of, sampled

if TYPE_CHECKING:
    from keygen.matrix import exercises as differentials

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
    "absolute",
    "add_up",
    "after_step",
    "again",
    "apply",
    "argmax",
    "at_least",
    "backprop",
    "boundary",
    "calculus",
    "called",
    "ceil",
    "cell_figure",
    "central_quotient",
    "chain_figure",
    "choice",
    "circuit_figure",
    "circuit_figures",
    "claim",
    "clip",
    "coefficients_first",
    "concluded",
    "crossed",
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
    "floor",
    "formula",
    "function",
    "graph_figure",
    "greater",
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
    "matches",
    "matrices",
    "matrices_of",
    "maximum",
    "mean",
    "minimum",
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
    "quantity",
    "quotient",
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
    "sequence_of",
    "set_of",
    "shape_of",
    "shapes",
    "shapes_of",
    "sigmoid",
    "sign",
    "slip",
    "slope",
    "softmax",
    "softplus",
    "sort",
    "spelled",
    "sqrt",
    "square",
    "squared_error",
    "step",
    "step_length",
    "step_name",
    "table_of",
    "tanh",
    "tensor",
    "total",
    "unit_said",
    "unknowns",
    "unlike",
    "unrolled_figure",
    "weighted",
    "with_decimals",
    "with_numbers",
    "witness",
    "words",
    "written",
    "written_as_fraction",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    """`differentials`, which is loaded for an exercise that names it: most have no rules of matrices."""
    if name != "differentials":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from keygen.matrix import exercises

    return exercises
