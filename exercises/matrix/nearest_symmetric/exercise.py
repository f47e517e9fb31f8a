"""The symmetric or skew-symmetric matrix nearest to a given one, by the Lagrangian."""

from keygen.author import choice, differentials

given = {"constraint": choice("symmetric", "skew", published="symmetric")}

problems = differentials.problems("matrix/nearest_symmetric", "symmetric", "skew")


def show(s):
    constraint = s.choices["constraint"]
    problem = s.problems[constraint]
    multiplier = problem.symbols["L"]
    nearest = differentials.Worked(problem, "F", constraint, others=(multiplier,))
    f = differentials.without(nearest, multiplier)
    return {
        "nearest": nearest,
        "multiplier": multiplier,
        "spaces": differentials.Sizes(tuple(x for x in nearest.sizes.symbols if x != multiplier)),
        "objective": differentials.Result("function", "f", nearest.wrt, f),
        "norm": differentials.has_norm(f),
        "reading": differentials.Reading("f", nearest.wrt),
    }


def answers(s):
    return {"a": s.shown["nearest"].answers(X="optimum", gradient="gradient")}
