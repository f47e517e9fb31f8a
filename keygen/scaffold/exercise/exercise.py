"""One unit with two inputs: what it predicts, and how its weights should change."""

from keygen.author import Given, Name, backprop, integers, network_figure, relation, squared_error

# Lengths that the shapes below speak of.
axes = {"input": 2}

# The data: how each number is drawn for a student, and what it is on the published sheet.
given = {
    "x": integers("1 input", -3, 3, published=[[1, 2]], nonzero=True),
    "w": integers("input 1", -3, 3, published=[[2], [-1]], nonzero=True),
    "b": integers("", -2, 2, published=1, nonzero=True),
    "y": integers("1 1", -4, 4, published=[[3]]),
}


def computation(t):
    """The whole work, once. Every line and every answer of the page is read off it; nothing is computed by hand."""
    t.yhat = t.x @ t.w + t.b
    t.L = squared_error(t.y, t.yhat)
    backprop(t, "L", ["w", "b"])  # makes the gradients dL_dyhat, dL_dw and dL_db


# What is asked in each part, by the names of the computation.
answers = {"a": {"prediction": "yhat", "loss": "L"}, "b": {"dw": "dL_dw", "db": "dL_db"}}


def show(s):
    """What the page needs beyond lines: here a picture, with the weights of this variant on its arrows."""
    inputs = [Name("x_1"), Name("x_2"), Given(1)]
    arrows = [[s.claim("w", 0, 0)], [s.claim("w", 1, 0)], [s.claim("b")]]
    return {"unit": network_figure([inputs, [s.name("yhat")]], [arrows])}


def conditions(s):
    """What the words of the key depend on: `%% if holds.above` in the templates."""
    return {"above": s.whether(relation(s.name("yhat"), ">", s.name("y")))}


def worthwhile(v):
    """Which draws are worth a student's time; any other is drawn again."""
    yield "the prediction is wrong", (v.yhat != v.y).all()
    yield "the prediction is not zero", (v.yhat != 0).all()
    yield "the two weights are not changed alike", v.dL_dw[0, 0] != v.dL_dw[1, 0]
