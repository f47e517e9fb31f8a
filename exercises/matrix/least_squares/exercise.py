"""Least squares: the differential, the normal equations, the gradient step, the second differential."""

from keygen.author import differentials

problems = differentials.problems("matrix/least_squares", "a", tall=True)


def show(s):
    return {"loss": differentials.Worked(s.problems["a"], "L")}


def answers(s):
    kinds = {"a": "gradient", "b": "optimum", "c": "step", "d": "hessian"}
    return {part: s.shown["loss"].answers(**{kind: kind}) for part, kind in kinds.items()}
