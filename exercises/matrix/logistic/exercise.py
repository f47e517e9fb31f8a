"""Logistic regression with a penalty: the gradient, the step, the Hessian."""

from keygen.author import differentials

problems = differentials.problems("matrix/logistic", "a", tall=True)


def show(s):
    return {"loss": differentials.Worked(s.problems["a"], "L")}


def answers(s):
    kinds = {"a": "gradient", "b": "step", "c": "hessian"}
    return {part: s.shown["loss"].answers(**{kind: kind}) for part, kind in kinds.items()}
