"""A sheet says once, on its problems and on its key, what its answers rest on: read off what its exercises print."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from keygen.builds.sheet import html_pages, nodes_of, page_of, sheet_items, solved, tex_pages
from keygen.cli import main
from keygen.document.conventions import CONVENTIONS, examples
from keygen.document.covers import conventions_box
from keygen.document.typesetter import Typesetter
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.variants.solve import solve
from tests.courses import EN, LANGUAGES, SHIPPED, ordered

BOX = re.compile(r"\\kgconventions\{.*")
SAID = {
    "sheet3": ("rounding", "mean", "sigmoid", "logarithm"),
    "sheet4": (
        "rounding", "rows", "elementwise", "bracket", "relu", "kink", "gradient", "slope", "jacobian", "prime",
        "new", "sigmoid", "logarithm",
    ),
    "sheet7": ("rounding", "bracket", "relu", "kink", "new", "length"),
}  # fmt: skip


def tex(sheet: str, language: str, seed: int | None = None) -> list[str]:
    order = ordered(sheet, language, seed)
    pages = [page_of(solved(order, item), order, item)[0] for item in sheet_items(order.sheet)]
    return tex_pages(order, pages, (False, True))


@pytest.mark.parametrize("sheet", SAID)
def test_a_sheet_says_what_its_exercises_rest_on_and_nothing_else(sheet: str) -> None:
    order = ordered(sheet, "en")
    pages = [page_of(solved(order, item), order, item)[0] for item in sheet_items(order.sheet)]
    found = {name for page in pages for name in page.conventions}
    assert tuple(name for name in CONVENTIONS if name in found) == SAID[sheet]


def test_a_function_that_a_variant_alone_calls_by_name_is_introduced_in_its_box() -> None:
    for seed in (2, 53):
        for page in tex("sheet7", "en", seed):
            (box,) = BOX.findall(page)
            assert (r"\tanh" in box) is (r"\tanh" in page.replace(box, ""))


def test_only_a_sheet_that_takes_derivatives_says_what_that_of_relu_is_at_zero() -> None:
    found = {}
    for sheet in ("sheet1", "sheet5b"):
        order = ordered(sheet, "en")
        pages = [page_of(solved(order, item), order, item)[0] for item in sheet_items(order.sheet)]
        found[sheet] = {name for page in pages for name in page.conventions} & {"relu", "kink"}
    assert found == {"sheet1": {"relu"}, "sheet5b": {"relu", "kink"}}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_box_is_on_the_problems_and_on_the_key_before_the_first_exercise(language: str) -> None:
    for page in tex("sheet4", language, 3):
        (box,) = BOX.findall(page)
        assert r"\ln 2" in box
        assert page.index(box) < page.index(r"\kgproblem")


@pytest.mark.parametrize("name", SHIPPED.exercises)
def test_a_superscript_plus_is_the_mark_of_what_is_new_alone(name: str) -> None:
    signs = solve(SHIPPED.exercise(name), "sheet", None).signs
    assert all(re.search("_(new|next)", variable) for variable, sign in signs.items() if "^{+}" in sign)


def test_the_number_of_digits_is_the_sheets_own() -> None:
    box = conventions_box(("rounding",), EN, Policy(significant=6))
    assert box is not None
    (rounding,) = box[0].items
    assert "6" in "".join(box[1].typeset(node.item) for node in rounding if hasattr(node, "item"))


def test_every_convention_has_a_sentence_in_both_languages() -> None:
    for language in LANGUAGES.values():
        box = conventions_box(CONVENTIONS, language, Policy())
        assert box is not None
        assert len(box[0].items) == len(CONVENTIONS)


def test_nothing_is_said_where_nothing_rests_on_it() -> None:
    assert conventions_box((), EN, Policy()) is None


def test_a_page_for_the_web_and_the_terminal_say_it_too() -> None:
    order = ordered("sheet7", "en")
    made = [nodes_of(solved(order, item), order, item)[0] for item in sheet_items(order.sheet)]
    for page in html_pages(order, made, (False, True)):
        assert page.count('<aside class="conventions">') == 1
        assert "full precision" in page
    shown = CliRunner().invoke(main, ["show", "rnn/bptt", "--lang", "en"]).output
    assert "• A condition in square brackets" in shown


@pytest.mark.parametrize(("significant", "shown"), [(4, "1.000"), (6, "1.00000")])
def test_the_example_of_trailing_zeros_looks_like_one_and_is_less(significant: int, shown: str) -> None:
    policy = Policy(significant=significant)
    chain = examples(policy, "")["zeros"]
    proofs = Proofs({}, policy, {})
    proofs.require(chain)
    assert Typesetter(policy, {}, proofs, EN).typeset(chain).endswith(rf"{{\kglink{{\approx}}{{{shown}}}}}")
    assert chain.links[-1].value < 1
