r"""The signs of mathematics: one row a primitive, written in every medium through the same precedence.

A row says how tightly the sign binds (`level`), which levels each argument may have without brackets, and how it is
written as TeX, as Python that reads a page back, and as a formula for other programs. Brackets are decided before the
medium is: a page that drops one drops it in Python too, and the read-back sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from keygen.engine.primitives import Reading, nobody


class Precedence(IntEnum):
    """How tightly a printed term binds."""

    NEGATIVE_SUM = -1  # begins with a minus and goes on with a sign: -a + b
    NEGATIVE = 0  # begins with a minus: -3, -2 x
    SUM = 1
    QUOTIENT = 2  # a / b, where a fraction stands on one line
    HADAMARD = 3
    SCALED = 4  # a number times something
    PRODUCT = 5  # of matrices
    FRACTION = 6  # with a bar, which reaches over all it holds
    RAISED = 7  # x^2, W^T
    CALL = 8  # sigma(x), a derivative's fraction sign
    ATOM = 9


def at_least(level: Precedence) -> frozenset[Precedence]:
    """This level and everything that binds more tightly."""
    return frozenset(other for other in Precedence if other >= level)


ANY = at_least(Precedence.NEGATIVE_SUM)
TERM = at_least(Precedence.SUM)
SUMMAND = at_least(Precedence.QUOTIENT)
ENTRYWISE = at_least(Precedence.FRACTION) | {Precedence.HADAMARD}
SCALED = at_least(Precedence.SCALED)
FACTOR = at_least(Precedence.PRODUCT)
ATOM = frozenset({Precedence.ATOM})


class LinearFormat(NamedTuple):
    """How tightly a sign binds, what its arguments may be without brackets, and its Python, where it is written on one
    line."""

    level: Precedence
    allowed: tuple[frozenset[Precedence], ...]
    python: str
    leads: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Operator:
    """One primitive's row. The patterns speak of arguments {0}, {1} and the parameter {p}; in TeX `<(>` and `<)>` grow
    with what they hold, as do `<bar>`, `<low>` and `<high>` (a size, the whole number below, above) up to `</bar>` and
    so on; `<,>` stands between arguments, and `<.>` multiplies by a dot or by nearness. `formula` is Python's where it
    is not given. In `unicode`, for a terminal, `<^>` raises and `<_>` lowers what stands before `<;>`, `< >` is a space
    before what has no bracket, `<{>`, `<|>` and `<}>` stand around and between cases; `flat` are the levels where the
    sign is written on one line, `called` where a program calls a function for it, whose brackets are its own."""

    level: Precedence
    allowed: tuple[frozenset[Precedence], ...]
    tex: str
    python: str
    formula: str = ""
    unicode: str = ""
    flat: LinearFormat | None = None
    called: LinearFormat | None = None
    leads: bool = False  # the first argument stands first, so its minus is the whole term's
    followed: bool = False  # a factor stands behind the first argument
    opens: bool = False  # it reaches as far as the product does that stands behind it
    tall: bool = False  # it stands taller than a line of TeX
    many: bool = False  # any number of factors, the last of which may be what `allowed[1]` says
    barred: bool = False  # a fraction
    joined: bool = False  # factors that may stand side by side as one word: 2x
    power: str = ""  # the exponent of a power: a number, an argument, the parameter
    narrow: tuple[int, ...] = ()  # the arguments in which a fraction has a slash: of a fraction, a root, an exponent
    placed: bool = False  # the parameter says a place among entries
    subscript: bool = False  # it is an index under the name of its argument


def infix(
    level: Precedence,
    left: frozenset[Precedence],
    right: frozenset[Precedence],
    tex: str,
    python: str,
    unicode: str = "",
    *,
    joined: bool = False,
) -> Operator:
    """A sign between two arguments; on a terminal as in TeX, where it is not given."""
    followed, between = level > Precedence.SUM, unicode or tex
    return Operator(
        level, (left, right), f"{{0}}{tex}{{1}}", f"{{0}} {python} {{1}}", leads=True, followed=followed,
        unicode=f"{{0}}{between}{{1}}", joined=joined,
    )  # fmt: skip


def call(tex: str, python: str, formula: str = "", unicode: str = "") -> Operator:
    """A function of one argument in brackets of its own; on a terminal as in Python, where it is not given."""
    terminal = (unicode or python) + "<(>{0}<)>"
    return Operator(Precedence.CALL, (ANY,), tex + "<(>{0}<)>", python + "({0})", formula, terminal)


def slanted(tex: str, python: str, left: str, unicode: str) -> Operator:
    """A function of x that is x itself right of 0 and, with a parameter, `left` of it at 0 and left of it."""
    formula = f"(({{0}}) * (({{0}}) > 0) + {left} * (({{0}}) <= 0))"
    written = tex + "_{{{1}}}<(>{0}<)>"
    return Operator(
        Precedence.CALL, (ANY, ATOM), written, python + "({0}, {1})", formula, unicode + "<_>{1}<;><(>{0}<)>"
    )


def between(tex: str, python: str, formula: str, left: str, right: str) -> Operator:
    """A function of one argument that is written by what stands around it."""
    return Operator(Precedence.CALL, (ANY,), f"<{tex}>{{0}}</{tex}>", python + "({0})", formula, f"{left}{{0}}{right}")


def extreme(tex: str, python: str, relation: str, opposite: str) -> Operator:
    """One of two numbers: the first where it stands in a relation to the second."""
    first, second = f"({{0}}) * (({{0}}) {relation} ({{1}}))", f"({{1}}) * (({{0}}) {opposite} ({{1}}))"
    called = "<(>{0}<,>{1}<)>"
    return Operator(
        Precedence.CALL, (ANY, ANY), rf"\{tex}{called}", python + "({0}, {1})", f"({first} + {second})", tex + called
    )


def compared(relation: str, tex: str, python: str, unicode: str) -> Operator:
    """1 where a relation holds, 0 elsewhere."""
    return Operator(
        Precedence.CALL,
        (ANY, ANY),
        f"<[>{{0}} {tex} {{1}}<]>",
        python + "({0}, {1})",
        f"(1.0 * (({{0}}) {relation} ({{1}})))",
        f"<[>{{0}} {unicode} {{1}}<]>",
    )


def rearranged(raised: str, python: str, order: str, unicode: str) -> Operator:
    """Numbers in an order that others say: along the last axis."""
    written = rf"\mathrm{{{{sort}}}}{raised}_{{{{{{1}}}}}}<(>{{0}}<)>"
    formula = f"take_along_axis({{0}}, {order}, axis=-1)"
    terminal = f"{unicode}<_>{{1}}<;><(>{{0}}<)>"
    return Operator(Precedence.CALL, (ANY, ANY), written, python + "({0}, {1})", formula, terminal)


LEADING = frozenset({Precedence.NEGATIVE})
CLOSED: frozenset[Precedence] = frozenset()  # in brackets, whatever it is
SINGLE = at_least(Precedence.RAISED)
WHOLE = (ANY,)
OVER = LinearFormat(Precedence.QUOTIENT, (SCALED | LEADING, at_least(Precedence.RAISED)), "{0} / {1}", leads=True)

OPERATORS: Reading[Operator] = Reading(
    "its sign on a page",
    {
        "constant": Operator(Precedence.ATOM, (), "{p}", "{p}"),
        "identity": Operator(Precedence.ATOM, (), "I", "identity({p})", "I({p})", "I"),
        "add": infix(Precedence.SUM, ANY, TERM, " + ", "+"),
        "sub": infix(Precedence.SUM, ANY, SUMMAND, " - ", "-", " − "),
        "neg": Operator(Precedence.NEGATIVE, (SUMMAND,), "-{0}", "-{0}", unicode="−{0}"),
        "mul": infix(Precedence.SCALED, SCALED | LEADING, SCALED, "<.>", "*", joined=True),
        "hadamard": infix(Precedence.HADAMARD, ENTRYWISE, ENTRYWISE, r" \odot ", "*", " ∘ "),
        "matmul": infix(Precedence.PRODUCT, FACTOR | {Precedence.SCALED}, FACTOR, "<.>", "@"),
        "scale": Operator(Precedence.SCALED, (SCALED,), "{p}<.>{0}", "{p} * {0}", unicode="{p}<.>{0}", joined=True),
        "div": Operator(
            Precedence.FRACTION,
            (ANY, ANY),
            r"\frac{{{0}}}{{{1}}}",
            "(({0}) / ({1}))",
            unicode="{0} / {1}",
            flat=OVER,
            tall=True,
            barred=True,
            narrow=(0, 1),
        ),
        "power": Operator(Precedence.RAISED, (ATOM,), "{0}^{{{p}}}", "{0} ** {p}", unicode="{0}<^>{p}<;>", power="{p}"),
        "square": Operator(Precedence.RAISED, (ATOM,), "{0}^{{2}}", "{0} ** 2", unicode="{0}<^>2<;>", power="2"),
        "hadamard_square": Operator(Precedence.RAISED, (ATOM,), r"{0}^{{\odot 2}}", "{0} ** 2", unicode="{0}^(∘2)"),
        "hadamard_power": Operator(
            Precedence.RAISED, (ATOM,), r"{0}^{{\odot {p}}}", "{0} ** {p}", unicode="{0}^(∘{p})"
        ),
        "transpose": Operator(Precedence.RAISED, (ATOM,), r"{0}^\top", "{0}.T", unicode="{0}ᵀ"),
        "copy": Operator(Precedence.ATOM, (ATOM,), "{0}", "{0}", unicode="{0}"),
        "exp": Operator(
            Precedence.RAISED, (ANY,), "e^{{{0}}}", "exp({0})", unicode="e<^>{0}<;>", power="{0}", narrow=(0,)
        ),
        "sqrt": Operator(
            Precedence.CALL,
            (ANY,),
            r"\sqrt{{{0}}}",
            "sqrt({0})",
            unicode="√{0}",
            flat=LinearFormat(Precedence.CALL, (ATOM,), "sqrt({0})"),
            narrow=(0,),
        ),
        "ln": Operator(
            Precedence.CALL, (ATOM | {Precedence.FRACTION},), r"\ln {0}", "ln({0})", "log({0})", "ln< >{0}", opens=True
        ),
        "sigmoid": call(r"\sigma", "sigmoid", "(1/(1 + exp(-({0}))))", "σ"),
        "tanh": call(r"\tanh", "tanh"),
        "softplus": call(r"\mathrm{{softplus}}", "softplus", "log(1 + exp({0}))"),
        "relu": Operator(
            Precedence.CALL, (ANY,), r"\max<(>0<,>{0}<)>", "relu({0})", "(({0}) * (({0}) > 0))", "max<(>0<,>{0}<)>"
        ),
        "leaky_relu": slanted(r"\mathrm{{LeakyReLU}}", "leaky_relu", "{1} * ({0})", "LeakyReLU"),
        "elu": slanted(r"\mathrm{{ELU}}", "elu", "{1} * (exp({0}) - 1)", "ELU"),
        "step": Operator(Precedence.CALL, (ANY,), "<[>{0} > 0<]>", "step({0})", "(({0}) > 0)", "<[>{0} > 0<]>"),
        "softmax": call(r"\mathrm{{softmax}}", "softmax", "(exp({0}) / sum(exp({0}), axis=-1, keepdims=True))"),
        "max": call(r"\max", "maximum", "amax({0})", "max"),
        "where_max": Operator(
            Precedence.CALL,
            (ANY,),
            r"<[>{0} = \max<]>",
            "where_max({0})",
            "(1.0 * (({0}) == amax({0})))",
            "<[>{0} = max<]>",
        ),
        "min": call(r"\min", "min", "amin({0})", "min"),
        "where_min": Operator(
            Precedence.CALL,
            (ANY,),
            r"<[>{0} = \min<]>",
            "where_min({0})",
            "(1.0 * (({0}) == amin({0})))",
            "<[>{0} = min<]>",
        ),
        "abs": between("bar", "abs", "abs({0})", "|", "|"),
        "sign": call(r"\mathrm{{sign}}", "sign"),
        "floor": between("low", "floor", "floor({0})", "⌊", "⌋"),
        "ceil": between("high", "ceil", "(-floor(-({0})))", "⌈", "⌉"),
        "round": call(r"\mathrm{{round}}", "round", "(sign({0}) * floor(abs({0}) + 1/2))"),
        "larger": extreme("max", "larger", ">", "<="),
        "smaller": extreme("min", "smaller", "<=", ">"),
        "greater": compared(">", ">", "greater", ">"),
        "at_least": compared(">=", r"\ge", "at_least", "≥"),
        "matches": compared("==", "=", "matches", "="),
        "argmax": call(r"\mathrm{{argmax}}", "argmax", "(argmax({0}, axis=-1, keepdims=True) + 1.0)"),
        "sort": call(r"\mathrm{{sort}}", "sort", "sort({0})"),
        "sorted_by": rearranged("", "sorted_by", "argsort({1})", "sort"),
        "unsorted": rearranged("^{{-1}}", "unsorted", "argsort(argsort({1}))", "sort⁻¹"),
        "apply": Operator(Precedence.CALL, (ANY,), "{p}<(>{0}<)>", "{p}({0})", unicode="{p}<(>{0}<)>"),
        "pick": Operator(
            Precedence.ATOM, (ATOM,), "{0}_{{{p}}}", "{0}[{p}]", unicode="{0}<_>{p}<;>", placed=True, subscript=True
        ),
        "place": Operator(
            Precedence.SCALED,
            (SCALED,),
            r"{0}\,\mathbf{{e}}_{{{p}}}",
            "place({0}, {p})",
            unicode="{0} 𝐞<_>{p}<;>",
            followed=True,
            placed=True,
        ),
        "entry": Operator(  # the general one, under a sum
            Precedence.ATOM, (ATOM,), "{0}_{{{p}}}", "{0}", unicode="{0}<_>{p}<;>", subscript=True
        ),
        "row_products": Operator(  # X^T D row by row: the page's own, no step of a trace
            Precedence.SUM,
            (ATOM, ATOM),
            r"\sum_{{i}} {0}^\top\,{1}",
            "row_products({0}, {1})",
            "{0}.T @ {1}",
            "∑ᵢ {0}ᵀ {1}",
        ),
        "sum_to": Operator(
            Precedence.SCALED,
            (at_least(Precedence.HADAMARD),),
            r"\sum_{{{p}}} {0}",
            "sum_to({0}, {p})",
            "sum({0})",
            unicode="∑<_>{p}<;> {0}",
            opens=True,
        ),
        "row_sums": Operator(
            Precedence.PRODUCT,
            (FACTOR,),
            r"{0}\,\mathbf{{1}}",
            "sum_to({0}, {p})",
            "sum({0}, axis=1, keepdims=True)",
            unicode="{0} 𝟏",
            followed=True,
        ),
        "column_sums": Operator(
            Precedence.PRODUCT,
            (FACTOR,),
            r"\mathbf{{1}}^\top\,{0}",
            "sum_to({0}, {p})",
            "sum({0}, axis=0, keepdims=True)",
            unicode="𝟏ᵀ {0}",
        ),
        "repeat_to": Operator(
            Precedence.SCALED,
            (SCALED,),
            r"{0}\,\mathbf{{1}}",
            "repeat_to({0}, {p})",
            "(({0}) * ones({p}))",
            unicode="{0} 𝟏",
            followed=True,
        ),
        "number_in_row": Operator(
            Precedence.SCALED,
            (SCALED,),
            r"{0}\,\mathbf{{1}}^\top",
            "repeat_to({0}, {p})",
            "(({0}) * ones({p}))",
            unicode="{0} 𝟏ᵀ",
            followed=True,
        ),
        "number_in_matrix": Operator(
            Precedence.SCALED,
            (SCALED,),
            r"{0}\,\mathbf{{1}}\,\mathbf{{1}}^\top",
            "repeat_to({0}, {p})",
            "(({0}) * ones({p}))",
            unicode="{0} 𝟏 𝟏ᵀ",
            followed=True,
        ),
        "repeated_once": Operator(Precedence.ATOM, (ATOM,), "{0}", "repeat_to({0}, {p})", unicode="{0}"),
        "sum_of_one": Operator(Precedence.ATOM, (ATOM,), "{0}", "sum_to({0}, {p})", unicode="{0}"),
        "repeated_row": Operator(
            Precedence.PRODUCT,
            (FACTOR,),
            r"\mathbf{{1}}\,{0}",
            "repeat_to({0}, {p})",
            "(({0}) * ones({p}))",
            unicode="𝟏 {0}",
        ),
        "repeated_column": Operator(
            Precedence.PRODUCT,
            (FACTOR,),
            r"{0}\,\mathbf{{1}}^\top",
            "repeat_to({0}, {p})",
            "(({0}) * ones({p}))",
            unicode="{0} 𝟏ᵀ",
            followed=True,
        ),
        "logloss": Operator(
            Precedence.CALL,
            (ANY, ANY),
            r"\ell<(>{0}<,>{1}<)>",
            "logloss({0}, {1})",
            "(-({0}) * log({1}) - (1 - ({0})) * log(1 - ({1})))",
            unicode="ℓ<(>{0}<,>{1}<)>",
        ),
        # Signs of scalar chains, which no trace has steps for.
        "derivative": Operator(
            Precedence.RAISED, (frozenset(),), "{0}'", "slope_of({0})", "Derivative({0}, {p})", unicode="{0}′"
        ),
        "limit": Operator(
            Precedence.SCALED,
            (at_least(Precedence.HADAMARD),),
            r"\lim_{{{p}}} {0}",
            "limit({p}: {0})",
            unicode="lim({p}) {0}",
            opens=True,
        ),
        "raised": Operator(
            Precedence.RAISED,
            (ATOM, ANY),
            "{0}^{{{1}}}",
            "{0} ** ({1})",
            unicode="{0}<^>{1}<;>",
            power="{1}",
            narrow=(1,),
        ),
        "factorial": Operator(Precedence.ATOM, (ATOM,), "{0}!", "factorial({0})", unicode="{0}!"),
        "expectation": call(r"\mathrm{{E}}", "expectation", unicode="E"),
        "variance": call(r"\mathrm{{Var}}", "variance", unicode="Var"),
        "equals": Operator(
            Precedence.NEGATIVE, (ANY, ANY), "{0} = {1}", "alike({0}, {1})", "Eq({0}, {1})", "{0} = {1}"
        ),
        "cases": Operator(
            Precedence.SUM,
            (ANY, ANY, ANY),
            r"\begin{{cases}} {0}, & {2} > 0, \\ {1}, & {2} \le 0 \end{{cases}}",
            "({0} if positive({2}) else {1})",
            "Piecewise(({0}, {2} > 0), ({1}, True))",
            "<{{>{0},  {2} > 0<|>{1},  {2} ≤ 0<}}>",
        ),
        # Signs of matrix differentials: products of any number of factors, functions with brackets of the table's own.
        "product": Operator(Precedence.PRODUCT, (SINGLE, SINGLE | {Precedence.SCALED}), "", "", many=True),
        "multiple": Operator(Precedence.PRODUCT, (SINGLE, SUMMAND), "", "", many=True),  # numbers before something
        "part": Operator(  # n/2 before the rest
            Precedence.ATOM,
            (ANY, ANY),
            r"\frac{{{0}}}{{{1}}}",
            "(({0}) / ({1}))",
            unicode="({0}/{1})",
            flat=LinearFormat(Precedence.ATOM, (SCALED, SINGLE), "({0} / {1})"),
            called=LinearFormat(Precedence.ATOM, (SCALED, SINGLE), "{0}/{1}"),  # it leads a product
            tall=True,
            barred=True,
        ),
        "entrywise": infix(Precedence.HADAMARD, SINGLE, SINGLE, r" \odot ", "*", " ∘ "),
        "transposed": Operator(Precedence.RAISED, (ATOM,), r"{0}^{{\top}}", "{0}.T", unicode="{0}ᵀ"),
        "inverse": Operator(
            Precedence.RAISED,
            (ATOM,),
            r"{0}^{{-1}}",
            "{0} ** -1",
            unicode="{0}⁻¹",
            called=LinearFormat(Precedence.ATOM, WHOLE, "inv({0})"),
        ),
        "inverse_transposed": Operator(
            Precedence.RAISED,
            (ATOM,),
            r"{0}^{{-\top}}",
            "{0}.T ** -1",
            unicode="{0}⁻ᵀ",
            called=LinearFormat(Precedence.ATOM, WHOLE, "inv({0}).T"),
        ),
        "number_power": Operator(
            Precedence.RAISED, (ATOM,), r"{0}^{{{p}}}", "{0} ** ({p})", "{0}**{p}", "{0}<^>{p}<;>"
        ),
        "trace": Operator(Precedence.ATOM, (CLOSED,), r"\operatorname{{tr}}{0}", "tr{0}", unicode="tr{0}"),
        "det": Operator(Precedence.ATOM, (CLOSED,), r"\det{0}", "det{0}", unicode="det{0}"),
        "ln_det": Operator(Precedence.ATOM, (CLOSED,), r"\ln\det{0}", "ln_det{0}", "log(det{0})", "ln det{0}"),
        "ln_of": Operator(Precedence.ATOM, (CLOSED,), r"\ln{0}", "ln{0}", "log{0}", "ln{0}"),
        "exp_of": Operator(Precedence.ATOM, (CLOSED,), r"\exp{0}", "exp{0}", unicode="exp{0}"),
        "sigmoid_of": Operator(Precedence.ATOM, (CLOSED,), r"\sigma{0}", "sigmoid{0}", unicode="σ{0}"),
        "root_of": Operator(Precedence.ATOM, (ANY,), r"\sqrt{{{0}}}", "sqrt({0})", unicode="√<(>{0}<)>", tall=True),
        "norm_squared": Operator(
            Precedence.RAISED, (ANY,), r"\lVert {0} \rVert^{{2}}", "norm_squared({0})", unicode="‖{0}‖²"
        ),
        "sample_sum": Operator(
            Precedence.SCALED,
            (at_least(Precedence.HADAMARD),),
            r"\sum{p} {0}",
            "sum({0} {p})",
            unicode="∑{p} {0}",
            called=LinearFormat(Precedence.ATOM, WHOLE, "sum({0} {p})"),
            opens=True,
            tall=True,
        ),
        "differential": Operator(
            Precedence.CALL,
            (ATOM,),
            r"\mathrm{{d}}{0}",
            "_d{0}",
            unicode="d{0}",
            called=LinearFormat(Precedence.ATOM, (ATOM,), "d{0}"),
        ),
        "differential_of": Operator(Precedence.CALL, (CLOSED,), r"\mathrm{{d}}{0}", "slope_of{0}", "d{0}", "d{0}"),
        "differential_of_call": Operator(
            Precedence.CALL, (ATOM,), r"\mathrm{{d}}\,{0}", "slope_of({0})", "d({0})", "d {0}"
        ),
        "unit": Operator(Precedence.ATOM, (), r"\kgmat{{I}}", "eye({p})", "I({p})", "I"),
        "unit_of_size": Operator(Precedence.ATOM, (), r"\kgmat{{I}}_{{{p}}}", "eye({p})", "I({p})", "I<_>{p}<;>"),
        "ones": Operator(Precedence.ATOM, (), r"\mathbf{{1}}", "ones({p})", "ones(({p}, 1))", "𝟏"),
        "ones_of_size": Operator(
            Precedence.ATOM, (), r"\mathbf{{1}}_{{{p}}}", "ones({p})", "ones(({p}, 1))", "𝟏<_>{p}<;>"
        ),
        "zeros": Operator(Precedence.ATOM, (), "0", "zeros({p})", "zeros(({p}))", "0"),
        "length": Operator(Precedence.ATOM, (), "{p}", "{p}", unicode="{p}"),
    },
    beyond=True,
)

GATES: Reading[str] = Reading(
    "its sign by itself, on a gate of a circuit",
    {
        "add": "+", "sub": "-", "mul": r"\times", "matmul": r"\times", "div": ":", "neg": "-", "exp": r"\exp",
        "ln": r"\ln", "sigmoid": r"\sigma", "tanh": r"\tanh", "relu": r"\mathrm{ReLU}",
        "softmax": r"\mathrm{softmax}", "sum_to": r"\Sigma",
    },
    needs=nobody,
)  # fmt: skip

RELATIONS: dict[str, str] = {
    "=": "=",
    "!=": r"\ne",
    "<": "<",
    ">": ">",
    "<=": r"\le",
    ">=": r"\ge",
    "<=>": r"\quad\Leftrightarrow\quad",
    "~": r"\approx",
}
"""The relations of a page in TeX; ~ is = where digits were dropped."""

TERMINAL_RELATIONS: dict[str, str] = {**RELATIONS, "!=": "≠", "<=": "≤", ">=": "≥", "<=>": "⇔", "~": "≈"}
