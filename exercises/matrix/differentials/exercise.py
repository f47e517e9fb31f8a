"""The differentials of the inverse, the determinant and the trace."""

from keygen.author import differentials

problems = differentials.problems("matrix/differentials", *"abc")


def show(s):
    return {
        "parts": {part: differentials.Worked(problem) for part, problem in s.problems.items()},
        "inverse": differentials.origin_of_inverse(),
        "determinant": differentials.origin_of_det(),
    }


def answers(s):
    return {part: w.answers(differential="differential") for part, w in s.shown["parts"].items()}
