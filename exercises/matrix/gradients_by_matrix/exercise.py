"""Gradients by a matrix: traces, determinants, a logarithm, an inverse."""

from keygen.author import differentials

problems = differentials.problems("matrix/gradients_by_matrix", *"abcdefg")


def show(s):
    return {"parts": {part: differentials.Worked(problem) for part, problem in s.problems.items()}}


def answers(s):
    return {part: w.answers(gradient="gradient") for part, w in s.shown["parts"].items()}
