"""The symmetric or skew-symmetric matrix nearest to a given one, by the Lagrangian."""

from keygen.author import choice, differentials

given = {"constraint": choice("symmetric", "skew", published="symmetric")}

problems = differentials.problems("matrix/nearest_symmetric", "symmetric", "skew")


def show(s):
    constraint = s.choices["constraint"]
    nearest = differentials.Worked(s.problems[constraint], "F", constraint)
    multiplier = nearest.problem.symbols["L"]
    return {
        "nearest": nearest,
        "multiplier": multiplier,
        "spaces": differentials.Sizes(tuple(x for x in nearest.sizes.symbols if x != multiplier)),
        "objective": differentials.Result("function", "f", nearest.wrt, differentials.without(nearest, multiplier)),
    }


def answers(s):
    return {"a": s.shown["nearest"].answers(X="optimum", gradient="gradient")}
