"""Every rule of every number domain broken in turn: `keygen check --deep` or another way to the same number sees it.

The mutants are made from the tables: each rule's result negated, made one larger, changed a little in one entry, its
entries in another order, its arguments swapped, its parameter another. Each is tried on the witness of its primitive.
Those of pullbacks are in `engine/test_mutants`, those of brackets in `notation/test_signs` and `test_deep`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from test_deep import read
from witnesses import WITNESSES, witness

from keygen.calculus.claims import entry_of
from keygen.checking import rules as oracle
from keygen.checking import tex_value
from keygen.checking.finished import PageFormula, braced, piece
from keygen.checking.finished_page import FinishedPage
from keygen.checking.reader import VariantReader
from keygen.checking.slopes import SIDED, certify_slopes
from keygen.engine import backprop as rules
from keygen.engine import evaluate, symbolic
from keygen.engine.domains import COMPLEX, EXACT, FLOAT, POLYNOMIAL
from keygen.engine.polynomial import Polynomial
from keygen.engine.primitives import PRIMITIVES
from keygen.engine.real import function, in_decimals
from keygen.engine.surd import Surd
from keygen.errors import KeygenError
from keygen.mathematics import eval_scope, number_format
from keygen.mathematics.answers import numbers as answer_of
from keygen.mathematics.latex import chain_tex, tex
from keygen.mathematics.number_cache import numerals_of
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.mathematics.skeleton import skeletons_of
from keygen.mathematics.terms import Chain, Literal, Name
from keygen.variants.solve import evaluated, solve
from keygen.variants.solved import Evaluated, Solved, Variant
from tests.courses import EN, SHIPPED

Rule = Callable[..., Any]

LITTLE = Fraction(1, 10**9)
POLICY = Policy()
TRIED = sorted(WITNESSES.keys() - {"apply"})  # a function that is only named has no rule


# --- the house's checks


def inputs_of(primitive: str) -> list[str]:
    return [f"x{place}" for place in range(PRIMITIVES[primitive].arity)]


def variant(primitive: str) -> Solved:
    """The witness of a primitive with its gradients, solved exactly."""
    recorder, data = witness(primitive)
    rules.backprop(recorder, "z", inputs_of(primitive), incoming="w")
    exact = {name: EXACT.enter(np.vectorize(Fraction, otypes=[object])(value)[()]) for name, value in data.items()}
    found, trace = Variant(None, {}, {}, exact), recorder.trace()
    values, calls = evaluated("mutants", found, trace)
    return Solved(SHIPPED.exercise("backprop/computation_graph"), found, Evaluated(trace, dict(values), calls))


def failing(primitive: str, checks: tuple[str, ...]) -> Iterator[str]:
    """The checks that a witness does not pass, each when it is asked for."""
    try:
        solved = variant(primitive)
        for name in checks:
            if not CHECKS[name](solved):
                yield name
    except (KeygenError, ArithmeticError, ValueError, TypeError, LookupError, AttributeError) as error:
        yield f"an error: {error}"


def kinds_agree(solved: Solved) -> bool:
    """Whether float64 and the numbers of the complex step have the exact values."""
    return all(
        same_in_floats(solved, evaluate.evaluate(solved.trace, floats(solved), kind)) for kind in (FLOAT, COMPLEX)
    )


def sympy_agrees(solved: Solved) -> bool:
    """Whether sympy has the exact values."""
    return same_in_floats(solved, symbolic.evaluate(solved.trace, solved.variant.data))


def floats(solved: Solved) -> dict[str, Any]:
    return {name: evaluate.as_float(value) for name, value in solved.variant.data.items()}


def same_in_floats(solved: Solved, values: Mapping[str, Any]) -> bool:
    def real(x: Any) -> float:
        return x.real if isinstance(x, complex) else float(x)

    for name, value in solved.values.items():
        found = np.vectorize(real, otypes=[float])(values[name])
        exact = np.asarray(evaluate.as_float(value), dtype=float)
        if found.shape != exact.shape or not np.allclose(found, exact, rtol=1e-12, atol=1e-14):
            return False
    return True


def slopes_agree(solved: Solved) -> bool:
    """Whether the gradients are those of central differences."""
    return certify_slopes(solved) > 0


def lines_are_true(solved: Solved) -> bool:
    """Whether every line is read back on exact numbers."""
    proofs = Proofs(solved.values, POLICY, solved.calls, exactly=True)
    for name in solved.trace.named:
        proofs.require(solved.chain(name))
    return proofs.equalities > 0


def page_is_true(solved: Solved) -> bool:
    """Whether every line is true as it stands on a page, and every number has the oracle's digits."""
    chains = tuple(solved.chain(name) for name in solved.trace.named)
    return page_of(solved, chains)


def page_of(solved: Solved, chains: tuple[Chain, ...]) -> bool:
    reader = VariantReader(solved, chains)
    page = FinishedPage(reader, POLICY, EN)
    for chain in chains:
        page.line(finished(chain_tex(chain, page.printer)))
    return not reader.false and not reader.unread


def finished(text: str) -> PageFormula:
    return piece("kgchain", text, braced(text, text.index("{"), 2)[0], "a")


def answers_are_true(solved: Solved) -> bool:
    """Whether every number of the answers is the oracle's, to the last digit."""
    reader = VariantReader(solved, ())
    for name in solved.trace.named:
        reader.read_answer(name, name, answer_of(solved.values[name], lambda place: None), POLICY)
    return not reader.false and not reader.unproven


CHECKS: Mapping[str, Callable[[Solved], bool]] = {
    "kinds": kinds_agree,
    "sympy": sympy_agrees,
    "slopes": slopes_agree,
    "answers": answers_are_true,
    "lines": lines_are_true,
    "page": page_is_true,
}
DEEP = ("slopes", "answers", "lines", "page")
"""What `keygen check --deep` does; the others are these tests' own."""


# --- mutants


def nudged(value: Any, by: Any = LITTLE) -> Any:
    """The value with its last entry a little larger."""
    if not isinstance(value, np.ndarray) or not value.shape:
        return value + by
    made = np.array(value)
    made[(-1,) * made.ndim] = made[(-1,) * made.ndim] + by
    return made


def turned(value: Any) -> Any:
    """The entries in another order."""
    return value[::-1] if isinstance(value, np.ndarray) and value.shape else value


RESULTS: Mapping[str, Callable[[Any], Any]] = {
    "negated": lambda value: -value,
    "one more": lambda value: value + 1,
    "a little more": nudged,
    "turned": turned,
    "transposed": lambda value: value.T if isinstance(value, np.ndarray) else value,
}


def changed_param(param: Any) -> Any:
    """Another parameter of its kind."""
    match param:
        case int() | Fraction():
            return param + 1
        case (int() as row, int() as column):
            return (row, 1 - column)
        case ((int() as row, int() as column), shape):
            return ((row, 1 - column), shape)
    return param


class Mutant:
    """A rule that gives another result, and whether it ever did."""

    def __init__(self, rule: Rule, how: str, first: int, parametric: bool) -> None:
        self.rule, self.how, self.first, self.parametric = rule, how, first, parametric
        self.differs = False

    def __call__(self, *args: Any) -> Any:
        """The wrong result."""
        true = self.rule(*args)
        try:
            found = self.broken(true, list(args))
        except (ArithmeticError, ValueError):
            self.differs = True
            raise
        self.differs = self.differs or not alike(found, true)
        return found

    def broken(self, true: Any, args: list[Any]) -> Any:
        inputs = slice(self.first, len(args) - self.parametric)
        match self.how:
            case "swapped":
                return self.rule(*args[: self.first], *args[inputs][::-1], *args[inputs.stop :])
            case "of the first":
                return args[self.first] if np.shape(args[self.first]) == np.shape(true) else true
            case "another parameter":
                return self.rule(*args[:-1], changed_param(args[-1]))
        return RESULTS[self.how](true)


def alike(found: Any, true: Any) -> bool:
    one, other = np.asarray(found, dtype=object), np.asarray(true, dtype=object)
    return one.shape == other.shape and all(bool(a == b) for a, b in zip(one.flat, other.flat, strict=True))


def ways(inputs: int, parametric: bool) -> list[str]:
    """How a rule with so many inputs may be wrong."""
    more = ["swapped"] * (inputs > 1) + ["of the first"] * (inputs > 0) + ["another parameter"] * parametric
    return [*RESULTS, *more]


@pytest.fixture
def forgotten() -> Iterator[Callable[[], None]]:
    """Forget what has been made with the rules of before."""

    def forget() -> None:
        for made in (eval_scope.functions, number_format.rational, numerals_of, skeletons_of, tex):
            made.cache_clear()

    forget()
    yield forget
    forget()


def survivors(
    table: Any, key: str, tried: list[str], made: list[Mutant], forget: Callable[[], None], *checks: str
) -> tuple[list[str], int]:
    """The mutants of a rule in a table that pass the checks of these primitives' witnesses, and how many differ."""
    found, different = [], 0
    for mutant in made:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(table, key, mutant)
            forget()
            caught = any(next(failing(primitive, checks or DEEP), None) for primitive in tried)
        different += mutant.differs
        if mutant.differs and not caught:
            found.append(mutant.how)
    forget()
    return found, different


def made_of(rule: Rule, primitive: str, first: int) -> list[Mutant]:
    record = PRIMITIVES[primitive]
    return [Mutant(rule, how, first, record.parametric) for how in ways(record.arity, record.parametric)]


@pytest.mark.parametrize("primitive", TRIED)
def test_true_rules_pass_every_check(primitive: str) -> None:
    assert not list(failing(primitive, tuple(CHECKS)))


@pytest.mark.parametrize("primitive", TRIED)
def test_every_mutant_of_a_rule_of_the_engine_is_caught(primitive: str, forgotten: Any) -> None:
    made = made_of(evaluate.RULES[primitive], primitive, 1)
    assert survivors(evaluate.RULES, primitive, [primitive], made, forgotten)[0] == []


@pytest.mark.parametrize("kind", [EXACT, FLOAT, COMPLEX], ids=lambda kind: kind.name)
@pytest.mark.parametrize("name", EXACT.functions)
def test_every_mutant_of_a_function_of_a_kind_is_caught(kind: Any, name: str, forgotten: Any) -> None:
    made = [Mutant(kind.functions[name], how, 0, False) for how in ways(1, False)]
    checks = DEEP if kind is EXACT else ("kinds",)
    left, different = survivors(kind.functions, name, [name], made, forgotten, *checks)
    assert (left, different > 2) == ([], True)


@pytest.mark.parametrize("name", [*POLYNOMIAL.functions, "max"])
def test_what_leaves_the_polynomials_is_refused(name: str) -> None:
    rule = POLYNOMIAL.functions.get(name, POLYNOMIAL.max)
    with pytest.raises(KeygenError, match="of a polynomial is not a polynomial"):
        rule(Polynomial.variable("x"))


@pytest.mark.parametrize("primitive", TRIED)
def test_every_mutant_of_the_oracle_raises_an_alarm(primitive: str, forgotten: Any) -> None:
    made = made_of(oracle.RULES[primitive], primitive, 0)
    assert survivors(oracle.RULES, primitive, [primitive], made, forgotten)[0] == []


@pytest.mark.parametrize("primitive", TRIED)
def test_every_mutant_of_sympy_raises_an_alarm(primitive: str, forgotten: Any) -> None:
    made = made_of(symbolic.RULES[primitive], primitive, 0)
    assert survivors(symbolic.RULES, primitive, [primitive], made, forgotten, "sympy")[0] == []


@pytest.mark.parametrize("name", sorted(SIDED.keys() - {"step"}))
def test_every_mutant_of_a_piece_by_which_a_kink_is_passed_raises_an_alarm(name: str, forgotten: Any) -> None:
    """That of the step function is flat on either side: a mutant of it has the same slope."""
    made = [Mutant(SIDED[name], how, 1, False) for how in RESULTS if how not in ("one more", "a little more")]
    left, different = survivors(SIDED, name, [name], made, forgotten)
    assert left == []
    assert different


PAGES = (
    "backprop/computation_graph", "backprop/layered_network", "activations/relu_and_friends", "outputs/heads",
    "outputs/sigmoid", "outputs/softmax", "dropout/how_many",
)  # fmt: skip
"""Exercises with kinds of text that no single step has: limits, slopes, general entries, lists."""


def page_passes(source: str) -> bool:
    """Whether the lines of a primitive's witness, or of a published exercise, are true as they stand on a page."""
    try:
        if source in TRIED:
            solved = variant(source)
            entry = (
                entry_of(Name("x0", solved.trace.shapes["x0"]), solved.values["x0"], (0, 1))
                if source == "add"
                else None
            )
            return page_is_true(solved) and (entry is None or page_of(solved, (entry.chain,)))
        found = read(solve(SHIPPED.exercise(source), "sheet", None))
        return not found.false and not found.unread
    except (KeygenError, ArithmeticError, ValueError, TypeError, LookupError):
        return False


@cache
def read_on() -> Mapping[str, str]:
    """A page that has a tree of this kind, by kind."""
    found: dict[str, str] = {}
    for source in (*TRIED, *PAGES):
        with pytest.MonkeyPatch.context() as patch:
            for kind, rule in tex_value.KINDS.items():

                def watched(*args: Any, rule: Rule = rule, kind: str = kind, source: str = source) -> Any:
                    found.setdefault(kind, source)
                    return rule(*args)

                patch.setitem(tex_value.KINDS, kind, watched)  # type: ignore[arg-type]  # a dict
            assert page_passes(source), source
    return found


CANCELLED = {
    "entry": ("negated",),  # two of them stand in every product under a sum
    "factorial": ("one more", "a little more"),  # it stands on both sides of its line
}


@pytest.mark.parametrize("kind", tex_value.KINDS)
def test_every_mutant_of_the_meaning_of_a_sign_raises_an_alarm(kind: str, forgotten: Any) -> None:
    source, true = read_on()[kind], tex_value.KINDS[kind]
    for how in {"one more", "a little more", "negated"}.difference(CANCELLED.get(kind, ())):
        with pytest.MonkeyPatch.context() as patch:

            def wrong(*args: Any, how: str = how) -> tex_value.TexValue:
                return replaced(true(*args), RESULTS[how])

            patch.setitem(tex_value.KINDS, kind, wrong)  # type: ignore[arg-type]  # a dict
            assert not page_passes(source), how


def replaced(value: tex_value.TexValue, change: Rule) -> tex_value.TexValue:
    return tex_value.TexValue(change(value.array), value.free)


# --- rounding


NUMBERS = [
    Fraction(1, 3), Fraction(-22, 7), Fraction(20003, 3), Fraction("4.12345"), Fraction("-0.000012345"),
    Fraction(99999, 100001), Fraction(10**9, 7), Fraction("20.25"), Fraction(-100005, 10**7),
    function("exp")(Fraction(-40)), function("sigmoid")(Fraction(1)), -function("exp")(Fraction(12)),
    in_decimals(Fraction("4.125")), in_decimals(Fraction("-1234.5")), in_decimals(Fraction(2, 3)),
    Surd(Fraction(-3, 4), 10), Surd(Fraction(7), 2), Surd(Fraction(1, 1009), 7),
]  # fmt: skip

Changes = Mapping[str, Callable[[Any], Any]]


def last_figure(text: str, up: int) -> str:
    """The last figure of a text one up or down."""
    place = max(place for place, letter in enumerate(text) if letter.isdigit())
    return text[:place] + str((int(text[place]) + up) % 10) + text[place + 1 :]


DIGITS: Changes = {
    "another sign": lambda shown: shown._replace(negative=not shown.negative),
    "= for approx, or approx for =": lambda shown: shown._replace(exact=not shown.exact),
    "a figure up": lambda shown: shown._replace(text=last_figure(shown.text, 1)),
    "a figure down": lambda shown: shown._replace(text=last_figure(shown.text, -1)),
    "ten times": lambda shown: shown._replace(exponent=shown.exponent + 1),
    "another root": lambda shown: shown._replace(root=shown.root + 1),
}
FIGURES: Changes = {
    "a figure up": lambda found: (last_figure(found[0], 1), *found[1:]),
    "a figure down": lambda found: (last_figure(found[0], -1), *found[1:]),
    "ten times": lambda found: (found[0], found[1] + 1, *found[2:]),
}
ROUNDING: Mapping[str, Changes] = {
    "root_form": DIGITS,
    "rounded_real": DIGITS,
    "rational": DIGITS,
    "scientific": DIGITS,
    "figures": FIGURES,
    "decimal_places": {"one fewer": lambda places: places and places - 1, "none": lambda places: places or 0},
}
MUTANTS = [(name, how) for name, changes in ROUNDING.items() for how in changes]


def shows_truly(x: Any) -> bool:
    """Whether a line that says what a number is passes the read-back and the reading of its page."""
    chain = Chain((Name("number"), Literal(x)), at={"number": x})
    try:
        Proofs({}, POLICY, {}, exactly=True).require(chain)
        return page_of(variant("add"), (chain,))
    except (KeygenError, ValueError):
        return False


def test_numbers_are_shown_truly() -> None:
    assert all(map(shows_truly, NUMBERS))


@pytest.mark.parametrize(("name", "how"), MUTANTS)
def test_every_mutant_of_rounding_is_caught(name: str, how: str, monkeypatch: Any, forgotten: Any) -> None:
    true, change = getattr(number_format, name), ROUNDING[name][how]
    monkeypatch.setattr(number_format, name, lambda *args: change(true(*args)))
    monkeypatch.setattr(number_format.rational, "cache_clear", lambda: None, raising=False)
    assert not all(map(shows_truly, NUMBERS))


def half_to_even(top: int, bottom: int, significant: int) -> tuple[str, int]:
    """The figures of a rational, ties to even."""
    text, scale = FIGURES_OF(top, bottom, significant)
    unit = Fraction(10) ** (scale + 1 - significant)
    whole = round(Fraction(top, bottom) / unit)
    return (text, scale) if len(str(whole)) != significant else (str(whole), scale)


def downwards(top: int, bottom: int, significant: int) -> tuple[str, int]:
    """The figures of a rational, cut off."""
    text, scale = FIGURES_OF(top, bottom, significant)
    whole = int(Fraction(top, bottom) / Fraction(10) ** (scale + 1 - significant))
    return (text, scale) if len(str(whole)) != significant else (str(whole), scale)


FIGURES_OF = number_format.figures


@pytest.mark.parametrize("mode", [half_to_even, downwards])
def test_another_mode_of_rounding_is_caught(mode: Rule, monkeypatch: Any, forgotten: Any) -> None:
    monkeypatch.setattr(number_format, "figures", mode)
    assert not all(
        map(shows_truly, [Fraction(100045, 10**7) * 10, Fraction(20000500, 10**3 * 3 * 10**4) * 3, *NUMBERS])
    )
