"""One unit: which weights make it the negation, which give two observations their answers, and all that do."""

from keygen.author import (
    Chain,
    Given,
    Literal,
    Name,
    Table,
    apply,
    calculus,
    choice,
    decide,
    decimals,
    equation,
    integers,
    positive,
    relation,
    same_as,
    weighted,
    with_numbers,
    witness,
)

axes = {"row": 2, "input": 3}

given = {
    "activation": choice("relu", "relu", "step", published="relu"),
    "inputs": integers("row input", -2, 3, published=[[1, 1, 2], [1, -1, 1]], nonzero=True),
    "level": decimals("", "0.5", "3", "0.5", published="0.5"),
}

signs = {"inputs": "X", "level": "t"}

NOT = ([(1, 0), (1, 1)], (1, 0))  # rows (1, x1), for the bias stands first, and the answers


def computation(t):
    pass  # nothing is computed before weights are chosen


def targets(s):
    """The answers to the two rows: a threshold knows 1 and 0 alone."""
    return (s.values["level"] if s.choices["activation"] == "relu" else 1), 0


def letters(rows):
    """w1, w2 ..."""
    return [Name(f"w{k}") for k in range(1, len(rows[0]) + 1)]


def demands(s, rows, wanted):
    """What the sum of each row must be: (left side, sign, right side)."""
    hit = "=" if s.choices["activation"] == "relu" else ">"
    sums = [weighted(row, letters(rows)) for row in rows]
    return [
        (h, hit, y if hit == "=" else 0) if y else (h, "<=", 0) for h, y in zip(sums, wanted, strict=True)
    ]  # fmt: skip


def found(s, rows, wanted):
    """Weights that do it, with sums that are below 0 where 0 is asked for; such weights exist for independent rows."""
    system = []
    for row, y in zip(rows, wanted, strict=True):
        if not y:
            system.append(positive([-x for x in row]))
        elif s.choices["activation"] == "relu":
            system += equation(row, -y)
        else:
            system.append(positive(row))
    names = [name.name for name in letters(rows)]
    return dict(zip(names, decide(system).point, strict=True))


def parts(s):
    """Rows and answers, part by part."""
    return {"a": NOT, "b": (s.values["inputs"].tolist(), targets(s))}


def answers(s):
    return {
        part: {
            "witness": witness(found(s, *data), *(relation(*demand) for demand in demands(s, *data))),
        }
        for part, data in parts(s).items()
    }


def told(s):
    return {
        "targets": same_as(targets(s)), "level": None,
        "inputs_not": same_as([x1 for _, x1 in NOT[0]]), "targets_not": same_as(NOT[1]),
    }  # fmt: skip


def unit(s, inputs):
    """The unit in letters: the activation of the weighted sum."""
    total = calculus.total(calculus.mul(w, x) for w, x in zip(letters([inputs]), inputs))
    return apply(s.choices["activation"], total)


def checks(s, rows, at):
    """The output of each row with the weights found, number by number."""
    return [
        Chain((term, with_numbers(term, at), Literal(calculus.exactly(term, **at))), at=at)
        for row in rows
        for term in (apply(s.choices["activation"], weighted(row, letters(rows))),)
    ]


def show(s):
    x = [Name(f"x_{k}") for k in (1, 2, 3)]
    data = parts(s)
    at = {part: found(s, *data[part]) for part in data}
    return {
        "y": Name("y"), "h": Name("h"), "x1": x[0], "w": letters(NOT[0]),
        "unit": {"a": Chain((Name("y"), unit(s, [calculus.ONE, x[0]])), at=ORIGIN),
                 "b": Chain((Name("y"), unit(s, x)), at=ORIGIN)},
        "table": {
            "a": Table((x[0], Name("y")), tuple((Given(row[1]), Given(y)) for row, y in zip(*NOT))),
            "b": Table((*x, Name("y")), tuple(
                (*(s.claim("inputs", i, k) for k in range(3)), Given(y)) for i, y in enumerate(targets(s))
            ), named=len(x)),
        },
        "demands": {part: [relation(*demand, **at[part]) for demand in demands(s, *data[part])] for part in data},
        "weights": {
            part: [Chain((Name(name), Literal(value)), at=found) for name, value in found.items()]
            for part, found in at.items()
        },
        "checks": {part: checks(s, rows, at[part]) for part, (rows, _) in data.items()},
        "below": {part: sum_of_zero(rows, at[part]) for part, (rows, _) in data.items()},
    }  # fmt: skip


ORIGIN = {**{f"w{k}": 0 for k in (1, 2, 3)}, **{f"x_{k}": 0 for k in (1, 2, 3)}, "y": 0}  # where the formula is tried


def sum_of_zero(rows, at):
    """The sum of the row whose answer is 0."""
    term = weighted(rows[1], letters(rows))
    value = calculus.exactly(term, **at)
    return Chain((Name("h"), term, with_numbers(term, at), Literal(value)), at={**at, "h": value})


def independent(first, second):
    return any(first[i] * second[k] != first[k] * second[i] for i in range(3) for k in range(i))


def pinnable(v):
    yield "inputs", independent(*v.inputs), "two rows that are no multiples of each other"
    yield "level", v.level > 0, "a number above 0"


def worthwhile(v):
    first, second = v.inputs
    yield "the rows are independent", independent(first, second)
    yield "the rows are not alike", sum(first == second) <= 1
    yield "no two inputs are alike", len(set(zip(first, second))) == len(first)
    yield "no input is the same in both rows up to its sign only", any(abs(first) != abs(second))
