"""Gradients by a vector or a matrix, and one Jacobian, each read off a differential."""

from keygen.author import differentials

problems = differentials.problems("matrix/gradients_by_vector", *"abcdef")


def show(s):
    worked = {part: differentials.Worked(problem) for part, problem in s.problems.items()}
    return {"parts": worked, "numbers": [part for part, w in worked.items() if w.wrt.shape == (1, 1)]}


def answers(s):
    parts = s.shown["parts"]
    return {
        part: w.answers(gradient="jacobian", jacobian="jacobian") if part == "f" else w.answers(gradient="gradient")
        for part, w in parts.items()
    }
