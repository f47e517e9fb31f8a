"""A linear layer on a small batch: both gradients entry by entry, then as products of matrices, then as code."""

from keygen.author import Size, backprop, choice, formula, integers, slip, total, unlike

axes = {"batch": choice(2, 3, published=2), "input": choice(2, 3, 4, published=3), "output": choice(2, 3, published=2)}

PLACES = ((1, 1), (1, 2), (2, 1), (2, 2))

given = {
    "X": integers("batch input", -3, 3, published=[[1, 2, -1], [0, 1, 3]]),
    "W": integers("input output", -3, 3, published=[[1, 0], [2, -1], [-1, 3]]),
    "dZ": integers("batch output", -3, 3, published=[[1, -1], [2, 1]]),
    "entry_W": choice(*PLACES, published=(2, 1)),
    "entry_X": choice(*PLACES, published=(1, 2)),
}

band = {"operations": (40, 80), "negatives": (20, 48)}
slips = [slip("a", "later_path_left_out"), slip("a", "transpose_left_out")]


def number(letter, i, j):
    """The name of one entry, counted from 1."""
    return f"{letter}_{i}{j}"


def computation(t):
    """The loss is any that hands the gradient dZ to the layer's output."""
    by_products(t)
    by_entries(t)


def by_products(t):
    t.Z = t.X @ t.W
    t.L = total(t.dZ * t.Z)
    backprop(t, "L", ["X", "W"])


def by_entries(t):
    """The same layer number by number, recorded from the last so that the way back meets the first first."""
    c = t.choices
    rows, inner, columns = (range(1, c[axis] + 1) for axis in ("batch", "input", "output"))
    for letter, source, places in (
        ("x", "X", (rows, inner)),
        ("w", "W", (inner, columns)),
        ("g", "dZ", (rows, columns)),
    ):
        for i in places[0]:
            for j in places[1]:
                t[number(letter, i, j)] = t[source][i - 1, j - 1]
    for i in reversed(rows):
        for j in reversed(columns):
            terms = [t[number("x", i, k)] * t[number("w", k, j)] for k in inner]
            t[number("z", i, j)] = sum(terms[1:], terms[0])
    terms = [t[number("g", i, j)] * t[number("z", i, j)] for i in rows for j in columns]
    t.l = sum(terms[1:], terms[0])
    asked = [number("w", *c["entry_W"]), number("x", *c["entry_X"])]
    arriving = {number("z", i, j): number("dl_dz", i, j) for i in rows for j in columns}
    backprop(t, "l", asked, names={asked[0]: "dL_dw", asked[1]: "dL_dx", **arriving})


answers = {
    "a": {"Z": "Z", "dL_dw": "dL_dw", "dL_dx": "dL_dx", "dL_dW": "dL_dW", "dL_dX": "dL_dX"},
    "b": {"forward": formula("Z"), "backward_X": formula("dL_dX"), "backward_W": formula("dL_dW")},
}


def signs(c):
    found = {"dZ": r"\frac{\partial L}{\partial Z}", "l": "L"}
    for i in range(1, 4):
        for j in range(1, 4):
            found |= {number(letter, i, j): f"{letter}_{{{i}{j}}}" for letter in "xwz"}
            found[number("dl_dz", i, j)] = rf"\frac{{\partial L}}{{\partial z_{{{i}{j}}}}}"
    found["dL_dw"] = rf"\frac{{\partial L}}{{\partial {found[number('w', *c['entry_W'])]}}}"
    found["dL_dx"] = rf"\frac{{\partial L}}{{\partial {found[number('x', *c['entry_X'])]}}}"
    return found


def show(s):
    c = s.choices
    (k, j), (i, m) = c["entry_W"], c["entry_X"]
    column = [number("z", row, j) for row in range(1, c["batch"] + 1)]
    row = [number("z", i, place) for place in range(1, c["output"] + 1)]
    return {
        "w": s.name(number("w", k, j)),
        "x": s.name(number("x", i, m)),
        "places": {"k": k, "j": j, "i": i, "m": m},
        "with_w": [s.chain(name).formula for name in column],
        "with_x": [s.chain(name).formula for name in row],
        "sizes": [Size(s.name(name)) for name in ("X", "W", "Z")],
        "code": {name: answer.exact for name, answer in s.answers()["b"].items()},
    }


def worthwhile(v):
    shapes = [matrix.shape for matrix in (v.X, v.W)]
    yield "neither X nor W is square, so that the sizes tell the order of the factors", all(a != b for a, b in shapes)
    yield "no two observations, inputs or outputs are alike", unlike(v.X, v.X.T, v.W, v.W.T, v.dZ, v.dZ.T)
    yield "no input is zero throughout or weighs nowhere", (v.X != 0).any(axis=0).all() and (v.W != 0).any(axis=1).all()
    yield "no observation is zero", (v.X != 0).any(axis=1).all()
    yield "few zeros among the numbers", all((a == 0).sum() <= 2 for a in (v.X, v.W, v.dZ))
    yield "no column of W repeats one number, whose sums would hide which entry met which", (v.W[0] != v.W).any(0).all()
    received = v.dZ != 0
    yield "every observation and every output receives a gradient", received.any(0).all() and received.any(1).all()
    (k, j), (i, m) = ([place - 1 for place in entry] for entry in (v.entry_W, v.entry_X))
    terms = [*(v.X[:, k] * v.dZ[:, j]), *(v.dZ[i] * v.W[m])]
    yield "every observation and every output contributes to the asked entries", all(term != 0 for term in terms)
    yield "neither asked entry is zero", v.dL_dw != 0 and v.dL_dx != 0
    yield "the asked entries differ", v.dL_dw != v.dL_dx
    yield "the gradients by input and by weights differ", v.dL_dX.tolist() != v.dL_dW.tolist()
