"""The nearest symmetric or skew-symmetric matrix, by the Lagrangian."""

from dataclasses import replace

from keygen.author import Name, choice, concluded, differentials

given = {"constraint": choice("symmetric", "skew", published="symmetric")}

NEAREST = (
    "{|1/2*|2*}norm({X - A|A - X})**2",
    "norm(X - A)**2 + {|2*|3*}norm(X - B)**2",
    "norm(X - A)**2 + {|2*|lam*}norm(X)**2",
    "{|1/2*}tr((X - A).T @ (X - A))",
)
SQUARE = "X:n,n A:n,n B:n,n L:n,n lam:1,1,positive"

problems = {
    "symmetric": differentials.formulas(
        "X",
        *(f"{f} + tr(L.T @ ({{X.T - X|X - X.T}}))" for f in NEAREST),
        published="norm(X - A)**2 + tr(L.T @ (X.T - X))",
        shapes=SQUARE,
    ),
    "skew": differentials.formulas(
        "X",
        *(f"{f} + tr(L.T @ ({{X.T + X|X + X.T}}))" for f in NEAREST),
        published="norm(X - A)**2 + tr(L.T @ (X.T + X))",
        shapes=SQUARE,
    ),
}


signs = differentials.signs("f", "X", matrices="A B L")


def show(s):
    constraint = s.choices["constraint"]
    problem = s.problems[constraint]
    multiplier = problem.symbols["L"]
    nearest = differentials.Worked(problem, "F", constraint, (multiplier,), multiplier)
    f = differentials.add(*(term for term in problem.f.parts if multiplier not in term.symbols))
    gradient = differentials.Worked(replace(problem, f=f), "f").value("gradient")
    subject = differentials.Subject(f, problem.wrt, gradient, nearest.optimum.solution, constraint)
    return {
        "nearest": nearest,
        "alone": not isinstance(f, differentials.Sum),
        "balance": differentials.Result("optimum", "F", multiplier, nearest.optimum.multiplier),
        "tried": differentials.try_on_numbers(subject),
        "multiplier": multiplier,
        "lagrangian": Name(nearest.letter),
        "spaces": differentials.Sizes(tuple(x for x in nearest.sizes.symbols if x != multiplier)),
        "objective": differentials.Result("function", "f", nearest.wrt, f),
        "reading": differentials.GradientReading("f", nearest.wrt),
    }


def answers(s):
    nearest = s.shown["nearest"]
    found = nearest.answers(X="optimum", gradient="gradient")
    found["X"] = concluded(found["X"], *map(nearest.result, ("function", "differential", "optimum")))
    return {"a": found}
