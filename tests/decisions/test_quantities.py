"""Numbers with units, groups of three, powers, shapes: as each language prints them, and read back."""

from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from keygen.calculus.claims import Claim, Given
from keygen.calculus.quantities import MULTIPLES, Quantity, quantity, unit_said
from keygen.checking.finished_page import SIZES
from keygen.checking.tex_tokens import MisreadError, printed, tokens
from keygen.checking.tex_value import evaluate_tex
from keygen.course.languages import load_language
from keygen.course.search_path import Place, SearchPath, shipped
from keygen.document.template import speech
from keygen.document.typesetter import Typesetter
from keygen.engine.real import function
from keygen.errors import KeygenError
from keygen.figures.labels import words
from keygen.figures.tables import crossed, tensor
from keygen.mathematics.latex import LatexPrinter
from keygen.mathematics.number_cache import digits_match
from keygen.mathematics.number_format import Policy, digits, grouped
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Apply, Chain, Literal, Name, apply, constant
from keygen.mathematics.unicode import block
from keygen.writers.mathml import mathml
from tests.courses import EN, LANGUAGES, RU

REPRODUCIBLE = settings(derandomize=True, database=None, deadline=None, max_examples=200)
GROUPED = Policy(grouping=5)


def tex_of(value: Any, policy: Policy) -> str:
    return LatexPrinter(policy, {}).write(Literal(value)).text


def typesetter(code: str, **values: Any) -> Typesetter:
    language = LANGUAGES[code]
    policy = Policy(language.separator, grouping=language.grouping)
    return Typesetter(policy, {}, Proofs(values, policy, {}), language)


def claimed(value: int | Fraction, name: str = "n") -> Claim:
    return Claim(Chain((Name(name), Literal(Fraction(value)))))


# --- groups


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        ("8430", "8430"), ("84301", r"84\,301"), ("1234567", r"1\,234\,567"), ("-100000", r"-100\,000"),
        ("12345.25", r"12\,345.25"), ("0.12345", "0.12345"), ("999", "999"), ("10000", r"10\,000"),
    ],
)  # fmt: skip
def test_a_whole_part_of_five_figures_stands_in_groups_of_three(number: str, wanted: str) -> None:
    assert tex_of(Fraction(number), GROUPED) == wanted
    assert block(Literal(Fraction(number)), GROUPED) == wanted.replace(r"\,", " ").replace("-", "−")


def test_a_language_says_from_which_figure_on() -> None:
    assert EN.grouping == RU.grouping == 5
    assert tex_of(Fraction(84301), Policy()) == "84301"


def test_a_small_number_in_a_sentence_is_a_word_as_far_as_the_language_counts() -> None:
    in_english, in_russian = speech(EN)["numeral"], speech(RU)["numeral"]
    assert [in_english(Given(0)), in_english(2), in_russian(Given(3))] == ["zero", "two", "три"]
    assert [in_english(one) for one in (11, -1, Fraction(1, 2))] == [11, -1, Fraction(1, 2)]
    assert speech(replace(EN, numerals=()))["numeral"](Given(2)) == Given(2)


@REPRODUCIBLE
@given(st.fractions().map(lambda x: x.limit_denominator(8) * 10**5))
def test_grouped_numbers_are_read_as_themselves(x: Fraction) -> None:
    for point in ".,":
        text = tex_of(x, Policy(point, grouping=5, decimals=9, fraction=1, significant=30))
        assert evaluate_tex(text, {}).array == digits(x, Policy(decimals=9, fraction=1, significant=30)).value()


@pytest.mark.parametrize("text", [r"2\,345", r"84\,30", r"84\,3012", r"1234\,567", r"84\,301\,2"])
def test_groups_that_are_none_are_misread(text: str) -> None:
    with pytest.raises(MisreadError):
        evaluate_tex(text, {})


def test_a_number_before_a_letter_is_a_product_still() -> None:
    assert evaluate_tex(r"84\,301\,x", {"x": Fraction(2)}).array == 168602


def test_groups_are_one_number_in_a_browser() -> None:
    assert "<mn>84\u202f301</mn>" in mathml(r"84\,301")
    assert "<mn>84\u202f301,5</mn>" in mathml(r"84\,301{,}5")
    assert "<mn>2</mn>" in mathml(r"2\,x")


@given(st.integers(0, 10**12))
@REPRODUCIBLE
def test_groups_hold_the_figures_in_their_order(n: int) -> None:
    text = grouped(str(n), 5, " ")
    assert text.replace(" ", "") == str(n)
    assert all(len(part) == 3 for part in text.split(" ")[1:])
    assert (" " in text) is (n >= 10**4)


# --- powers


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        ("300000000", r"3 \cdot 10^{8}"), ("100000000", "10^{8}"), ("84301", r"8.4301 \cdot 10^{4}"),
        ("5", "5"), ("0", "0"), ("1/1000000", "10^{-6}"), ("-2500000", r"-2.5 \cdot 10^{6}"),
        ("123456789", r"1.235 \cdot 10^{8}"),
    ],
)  # fmt: skip
def test_powers_of_ten_are_kept_where_they_are_asked_for(number: str, wanted: str) -> None:
    assert tex_of(Fraction(number), claimed(1).in_tens.policy(Policy())) == wanted


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        ("1024", "2^{10}"), ("3072", r"3 \cdot 2^{10}"), ("7", "7"), ("3/8", r"3 \cdot 2^{-3}"),
        ("1/3", r"\frac{1}{3}"),
        ("-4096", "-2^{12}"), ("2", "2"), ("0", "0"),
    ],
)  # fmt: skip
def test_powers_of_two_are_kept_where_they_are_asked_for(number: str, wanted: str) -> None:
    assert tex_of(Fraction(number), claimed(1).in_twos.policy(Policy())) == wanted


@REPRODUCIBLE
@given(st.fractions() | st.integers().map(Fraction) | st.integers(-300, 300).map(lambda n: Fraction(2) ** n),
       st.sampled_from([2, 10]))  # fmt: skip
def test_a_power_says_the_number(x: Fraction, base: int) -> None:
    shown = digits(x, Policy(powers=base))
    assert digits_match(shown, x)
    if shown.exact:
        assert shown.value() == x
        assert evaluate_tex(tex_of(x, Policy(powers=base)), {}).array == x


def test_an_irrational_number_is_rounded_before_its_power_of_ten() -> None:
    assert tex_of(function("exp")(Fraction(20)), Policy(powers=10)) == r"4.852 \cdot 10^{8}"


@pytest.mark.parametrize("policy", [Policy(powers=2), Policy(powers=10)])
def test_a_power_is_bracketed_as_a_power_is(policy: Policy) -> None:
    x = Literal(Fraction(1024 if policy.powers == 2 else 1000))
    squared, twice = apply("square", x), apply("mul", Literal(Fraction(3)), x)
    assert LatexPrinter(policy, {}).write(squared).text.startswith("(")
    assert r"\cdot" in LatexPrinter(policy, {}).write(twice).text
    for term in (squared, twice):
        text = LatexPrinter(policy, {}).write(term).text
        wanted = x.value**2 if term is squared else 3 * x.value
        assert evaluate_tex(text, {}).array == wanted


# --- units


@pytest.mark.parametrize(
    ("n", "en", "ru"),
    [
        (1, "weight", "вес"), (2, "weights", "веса"), (5, "weights", "весов"), (11, "weights", "весов"),
        (12, "weights", "весов"), (21, "weights", "вес"), (22, "weights", "веса"), (84301, "weights", "вес"),
        (84311, "weights", "весов"), (0, "weights", "весов"), (Fraction(5, 2), "weights", "веса"),
    ],
)  # fmt: skip
def test_a_unit_has_the_form_that_goes_with_the_number(n: Any, en: str, ru: str) -> None:
    assert (EN.unit("weight", n), RU.unit("weight", n)) == (en, ru)


def test_a_quantity_is_printed_in_each_language() -> None:
    said = quantity(claimed(84301), "weight")
    assert typesetter("en", n=Fraction(84301)).typeset(said) == r"84\,301\ \text{weights}"
    assert typesetter("ru", n=Fraction(84301)).typeset(said) == r"84\,301\ \text{вес}"
    assert typesetter("ru", n=Fraction(84301)).typeset(said.in_tens) == r"8{,}4301 \cdot 10^{4}\ \text{вес}"


def test_dropped_digits_are_said() -> None:
    third = quantity(claimed(Fraction(10**6, 3)), "byte")
    assert typesetter("en", n=Fraction(10**6, 3)).typeset(third) == r"\approx 3.333 \cdot 10^{5}\ \text{bytes}"


@pytest.mark.parametrize("unit", MULTIPLES)
def test_a_unit_is_as_many_of_another_as_the_standards_say(unit: str) -> None:
    one, many = unit_said(unit).sides
    assert (one.number, many.number) == (1, SIZES[unit])
    base = quantity(claimed(SIZES[unit] * 5), MULTIPLES[unit].of)
    assert base.to(unit).number == 5
    assert base.to(unit).to(MULTIPLES[unit].of).number == SIZES[unit] * 5


@pytest.mark.parametrize(("one", "other"), [*itertools.product(["byte", "KiB", "MB", "bit"], repeat=2)])
def test_one_unit_in_another_is_a_proven_claim(one: str, other: str) -> None:
    converted = quantity(claimed(48), one).to(other)
    typesetter("en", n=Fraction(48)).require(converted.said)
    sizes = {"byte": Fraction(1), **SIZES}
    assert converted.number == 48 * sizes[one] / sizes[other]


def test_a_false_conversion_is_found() -> None:
    false = Claim(Chain((apply("div", Name("n"), constant(1000)), Literal(Fraction(48, 1024)))))
    with pytest.raises(KeygenError, match="false"):
        typesetter("en", n=Fraction(48)).typeset(Quantity(false, "KiB"))


@pytest.mark.parametrize("unit", ["KiB", "MB", "GiB"])
def test_what_a_unit_means_is_said_in_powers(unit: str) -> None:
    text = typesetter("en").typeset(unit_said(unit))
    assert text == {
        "KiB": r"1\ \text{KiB} = 2^{10}\ \text{bytes}", "MB": r"1\ \text{MB} = 10^{6}\ \text{bytes}",
        "GiB": r"1\ \text{GiB} = 2^{30}\ \text{bytes}",
    }[unit]  # fmt: skip


def test_a_unit_of_something_else_is_one_error() -> None:
    with pytest.raises(KeygenError, match="not so many MB") as error:
        quantity(3, "weight").to("MB")
    assert "weight" in str(error.value.expected)
    with pytest.raises(KeygenError, match="no multiple of another"):
        unit_said("parsec")


def test_a_unit_that_the_language_lacks_is_one_error_with_its_file() -> None:
    with pytest.raises(KeygenError, match="no word for the unit 'wieght'") as error:
        typesetter("en", n=Fraction(3)).typeset(quantity(claimed(3), "wieght"))
    assert error.value.repair == "did you mean 'weight'?"
    assert str(error.value.file).endswith("en/language.toml")


def test_a_bare_number_is_no_quantity() -> None:
    with pytest.raises(KeygenError, match="a quantity is a bare number"):
        Quantity(3.5, "weight")  # type: ignore[arg-type]  # that is the mistake
    with pytest.raises(KeygenError, match="cannot be given"):
        quantity(3.5, "weight")  # type: ignore[arg-type]  # so it is


WEIGHT = 'weight = ["weight", "weights"]'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("grouping = 5", "grouping = 3", "grouping does not fit"),
        ("grouping = 5", 'grouping = "5"', "grouping does not fit"),
        ('numerals = ["zero",', 'numerals = [0,', "numerals does not fit"),
        ('plural = "n != 1"', 'plural = "n is one"', "plural does not fit"),
        ('plural = "n != 1"', 'plural = "__import__(1)"', "plural does not fit"),
        (WEIGHT, 'weight = ["a", "b", "c"]', "forms of the unit 'weight' do not fit"),
        (WEIGHT, "weight = 3", "forms of the unit 'weight' do not fit"),
        (WEIGHT, 'weight = ["\\\\weight", "weights"]', "forms of the unit 'weight' do not fit"),
        (WEIGHT, 'weight = ["2 weights", "weights"]', "forms of the unit 'weight' do not fit"),
    ],
)  # fmt: skip
def test_a_language_whose_units_do_not_fit_is_told_at_its_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = (shipped() / "templates" / "en" / "language.toml").read_text("utf-8")
    assert old in text
    (tmp_path / "exercises").mkdir()
    folder = tmp_path / "templates" / "en"
    folder.mkdir(parents=True)
    (folder / "language.toml").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(KeygenError, match=message) as error:
        load_language("en", SearchPath((Place(tmp_path), Place(shipped()))))
    assert error.value.line is not None


# --- shapes


def test_shapes_are_printed_as_sizes_and_in_brackets() -> None:
    here = typesetter("en", n=Fraction(28))
    assert here.typeset(crossed(claimed(28), claimed(28), 3)) == r"28 \times 28 \times 3"
    assert here.typeset(tensor(words(en="batch", ru="пакет"), 128, Name("d"))) == r"(\text{batch},\ 128,\ d)"
    assert typesetter("ru").typeset(tensor(Given(2), Name("d"))) == r"(2;\ d)"


def test_a_length_of_a_shape_is_no_bare_number() -> None:
    with pytest.raises(KeygenError, match="a length of a shape is a bare number"):
        tensor(Literal(Fraction(3)))  # type: ignore[arg-type]  # that is the mistake
    with pytest.raises(KeygenError, match="too few lengths"):
        crossed(3)


def test_a_false_length_is_found() -> None:
    with pytest.raises(KeygenError, match="false"):
        typesetter("en", n=Fraction(28)).require(crossed(claimed(27), 3))


def test_the_pick_of_a_length_is_a_claim_too() -> None:
    picked = Claim(Chain((Apply("pick", (Name("s", (2,)),), (1,)), Literal(Fraction(7)))))
    assert typesetter("en", s=np.array([Fraction(3), Fraction(7)])).typeset(tensor(picked)) == "(7)"


def test_a_token_of_groups_is_one_number() -> None:
    (token,) = tokens(r"84\,301{,}50")
    assert printed(token.text).value == Fraction("84301.5")
    assert printed(token.text).figures == 7
