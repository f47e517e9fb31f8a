"""Figures as SVG: well-formed, whole, readable on a light page and on a dark one, with labels as TeX would set them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from keygen.calculus.claims import Given
from keygen.checking.traversal import found_in
from keygen.document.pictures import svg
from keygen.document.template import words as sentences
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.figures import font_metrics, glyphs
from keygen.figures.display import Bezier, Box, DisplayList, Label, Line
from keygen.figures.figure import Figure
from keygen.figures.geometry import Shape
from keygen.figures.graph import graph_figure
from keygen.figures.labels import Measured, words
from keygen.figures.mathbox import boxed, measure
from keygen.figures.palette import DARK, DISTINCT, ROLES, colours, role
from keygen.figures.svg import draw, sample
from keygen.figures.svg_labels import Lettering, WrittenLabel, read_box, read_tex
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.mathematics.terms import Name
from keygen.variants.solve import solve
from tests.courses import EN, LANGUAGES, SHIPPED

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {
    "backprop/computation_graph": {"graph"},
    "backprop/layered_network": {"network", "scheme"},
    "backprop/two_sgd_steps": {"chain", "circuit"},
    "rnn/bptt": {"cell", "unrolled"},
    "optimizers/fifty_shades": {"plot"},
}
LETTERS = Lettering(str)


def pictured(name: str, language: str, seed: int | None = None) -> Iterator[tuple[Figure, Typesetter]]:
    """The figures of a variant, with the printer of its page."""
    solved = solve(SHIPPED.exercise(name), "sheet", seed)
    policy = Policy("," if language == "ru" else ".")
    typesetter = Typesetter(policy, solved.signs, Proofs(solved.values, policy, solved.calls), LANGUAGES[language])
    return ((figure, typesetter) for figure in found_in(solved.shown, Figure))


def label(text: str) -> Measured:
    return Measured(text, *measure(text))


def written(tex: str) -> ElementTree.Element:
    """A label alone."""
    return read(f"<svg>{LETTERS.svg(tex).markup}</svg>")


def read(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)


def shown(element: ElementTree.Element) -> str:
    """The characters of an element, in their order."""
    return "".join(element.itertext())


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", DRAWN)
def test_every_kind_of_figure_is_an_element_that_says_what_it_shows(name: str, language: str) -> None:
    found = dict[str, ElementTree.Element]()
    for figure, typesetter in pictured(name, language):
        picture = read(svg(figure, typesetter))
        found[figure.kind] = picture
        assert picture.get("role") == "img"
        assert picture.get("lang") == language
        assert len(picture.get("aria-label") or "") > 30
        assert picture.findtext(f"{SVG}title") == sentences("figures", LANGUAGES[language])[f"title_{figure.kind}"]
    assert set(found) == DRAWN[name]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_holds_all_of_its_labels(name: str, seed: int) -> None:
    for figure, typesetter in pictured(name, "ru", seed):
        text = svg(figure, typesetter)
        assert "nan" not in text
        assert all(math.strip() for math in ("".join(one.itertext()) for one in read(text).iter(f"{SVG}text")))
        boxes = [typesetter.text(item) for item in found_in(figure, Name)]
        assert all(boxed(tex).plain for tex in boxes)


def test_the_view_is_the_picture_in_millimetres_with_y_downwards() -> None:
    picture = read(draw(DisplayList((Line(((0.0, 0.0), (10.0, 5.0)), arrow=True),)), LETTERS.svg))
    assert (picture.get("width"), picture.get("height")) == ("13mm", "8mm")
    assert picture.get("viewBox") == "-1.5 -6.5 13 8"
    stroke, tip = picture.findall(f".//{SVG}path")
    assert (stroke.get("d") or "").startswith("M0 0L")
    assert (tip.get("d") or "").startswith("M10 -5L")


def test_each_item_is_drawn_in_its_colour_and_order() -> None:
    items = (
        Box(Shape((0, 0), 8, 8, 4), "one", "tint"),
        Bezier(((0, 4), (0, 9), (30, 9), (30, 4)), "two"),
        Label((0, 0), label("x"), role="backward", backed=True),
    )
    picture = read(draw(DisplayList(items), LETTERS.svg))
    groups = [
        (group.get("class"), [part.tag.removeprefix(SVG) for part in group]) for group in picture.findall(f"{SVG}g")
    ]
    assert groups == [
        ("kgtint", ["rect"]),
        ("kgone", ["rect"]),
        ("kgtwo", ["path"]),
        ("kgpaper", ["rect"]),
        ("kgtwo", ["g"]),
    ]
    assert picture.findall(f".//{SVG}rect")[1].get("rx") == "4"
    assert "C" in (picture.find(f".//{SVG}path").get("d") or "")  # type: ignore[union-attr]


def test_a_dashed_line_ends_with_a_dash() -> None:
    (stroke,) = read(draw(DisplayList((Line(((0.0, 0.0), (21.4, 0.0)), "two"),)), LETTERS.svg)).iter(f"{SVG}path")
    dash, gap = map(float, (stroke.get("stroke-dasharray") or "").split())
    assert (21.4 - dash) / (dash + gap) == pytest.approx(round((21.4 - dash) / (dash + gap)))


@pytest.mark.parametrize(("anchor", "side"), [("l", "start"), ("r", "end"), ("c", "middle"), ("t", "middle")])
def test_a_line_of_characters_begins_or_ends_where_its_label_does(anchor: str, side: str) -> None:
    picture = read(draw(DisplayList((Label((3.0, 4.0), label("x"), anchor),)), LETTERS.svg))  # type: ignore[arg-type]
    (group,) = picture.findall(f".//{SVG}g/{SVG}g")
    assert group.get("text-anchor") == side
    assert (group.get("transform") or "").startswith("translate(3 ")
    assert group.find(f"{SVG}text").get("x") == "0"  # type: ignore[union-attr]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_coordinate_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(KeygenError, match="not a finite number"):
        draw(DisplayList((Line(((0, 0), (value, 1))),)), LETTERS.svg)


def test_whoever_writes_labels_decides_how_large_they_are() -> None:
    figure = graph_figure([("x", Name("x")), ("a", Name("a"))], [("x", "a", None)])

    def labels(text: Name) -> WrittenLabel:
        return WrittenLabel(
            f"<foreignObject width='30' height='9'><math><mi>{text.name}</mi></math></foreignObject>", 30, 9
        )

    picture = read(svg(figure, Typesetter(Policy(), language=EN), labels))
    assert [shown(one) for one in picture.iter(f"{SVG}foreignObject")] == ["x", "a"]
    shapes = [one for one in picture.iter(f"{SVG}rect") if one.get("rx")]
    assert all(float(one.get("width") or 0) > 30 for one in shapes)


def test_a_sample_of_a_stroke_is_an_ornament() -> None:
    picture = read(sample(2))
    assert picture.get("aria-hidden") == "true"
    assert 'class="kgtwo"' in sample(2)


# --- labels


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        ("a = x^2", "a = x^2"),
        ("-2", "−2"),
        ("x - 2", "x − 2"),
        ("w^1_{11}", "w_11^1"),
        ("h_{t-1}", "h_(t−1)"),
        ("0{,}25", "0,25"),
        (r"\hat y_1", "ŷ_1"),
        (r"f'(t)", "f′(t)"),
        (r"\ln p", "ln p"),
        (r"\ln(p)", "ln(p)"),
        (r"\mathrm{ReLU}(XW_1)", "ReLU(XW_1)"),
        (r"\frac{\partial L}{\partial W_2}", "∂L/∂W_2"),
        (r"\frac{x + 1}{2}", "(x+1)/2"),
        (r"\frac{1}{2}x", "(1/2)x"),
        (r"\frac{1}{xy}", "1/(xy)"),
        (r"e^{-2t}", "e^(−2t)"),
        (r"(\frac{1}{2})^2", "((1/2))^2"),
        (r"\sqrt{10}/10", "√10/10"),
        (r"\sqrt{x + 1}", "√(x + 1)"),
        (r"\begin{pmatrix}1 & 2 \\ 3 & 4\end{pmatrix}", "(1, 2; 3, 4)"),
        (r"\mathbb{R}", "ℝ"),
        (r"\text{слой}\ 2", "слой 2"),
    ],
)
def test_a_label_reads_in_plain_text_as_it_stands(tex: str, plain: str) -> None:
    assert LETTERS.plain(tex) == plain


def test_every_symbol_whose_width_is_known_has_a_character() -> None:
    for symbol in font_metrics.WIDTH:
        text, _ = glyphs.glyph(symbol)
        assert not text.startswith("\\"), symbol
        assert text or symbol in glyphs.SPACES or symbol in glyphs.SILENT, symbol


@pytest.mark.parametrize(
    "tex",
    [
        r"w_{0,12}^{(3)} = -0{,}125", r"\left(\frac{1}{2}\right)^{2}_{3}", r"\hat{1} + \overline{23}", r"\mathbb{R}^2",
        r"\mathbf{12}x", r"(\frac{10}{21})^2", r"\sqrt{10}/10", r"\text{layer 2}\ 5\%", r"\left\{1, 22 \right\}",
        r"\begin{pmatrix} 1{,}5 & -2 \\ 30 & 4 \end{pmatrix}", r"e^{-2}'_{1}", "7", "27", r"\kgmark{2}{15}", "x",
        " + ".join(map(str, range(100, 200))), r"\text{слой 2}",
    ],
)  # fmt: skip
def test_a_label_is_the_same_whether_its_digits_are_filled_in_or_not(tex: str) -> None:
    assert read_tex(tex) == read_box(boxed(tex))
    assert measure(tex) == read_tex(tex).svg[1:3]


def test_all_digits_are_as_large() -> None:
    digits = set("0123456789")
    assert len({font_metrics.WIDTH[digit] for digit in digits}) == 1
    assert not digits & (font_metrics.LOW | font_metrics.DEEP | font_metrics.BINARY | font_metrics.RELATION)


def test_what_is_wrong_with_a_label_is_said_of_it_with_its_digits() -> None:
    with pytest.raises(KeygenError) as error:
        read_tex(r"12\strange")
    assert error.value.found == r"12\strange"


def test_letters_slant_and_digits_and_signs_do_not() -> None:
    (line,) = written("2x + W_1")
    slanted = [part.text for part in line if part.get("font-style") == "italic"]
    assert slanted == ["x", "W"]
    assert shown(line) == "2x+W1"


def test_scripts_stand_one_above_the_other_and_the_line_goes_on_at_its_height() -> None:
    (line,) = written("w^1_{11} + 1")
    steps = [float(part.get("dy", 0)) for part in line]
    up, down, back = steps[1], steps[1] + steps[2], sum(steps)
    assert up < 0 < down
    assert back == pytest.approx(0, abs=0.02)
    assert float(line[2].get("dx", 0)) < 0


def test_a_fraction_has_its_line_between_its_parts() -> None:
    picture = written(r"\frac{x}{y + 1}")
    top, line, bottom = picture
    level = float((line.get("points") or "").split()[0].split(",")[1])
    assert float(top.get("y", 0)) < level < float(bottom.get("y", 0))
    assert [shown(top), shown(bottom)] == ["x", "y+1"]


@pytest.mark.parametrize("tex", [r"\left(\frac{1}{2}\right)", r"\begin{pmatrix} 1 & 2 \end{pmatrix}", r"\bigl(x\bigr)"])
def test_tall_brackets_are_drawn_as_tall_as_what_they_hold(tex: str) -> None:
    written = LETTERS.svg(tex)
    brackets = [
        one for one in read(f"<svg>{written.markup}</svg>").iter("polyline") if len(one.get("points", "").split()) > 5
    ]
    assert len(brackets) == 2
    for one in brackets:
        ys = [float(point.split(",")[1]) for point in one.get("points", "").split()]
        assert max(ys) - min(ys) > 0.6 * written.height


@pytest.mark.parametrize("tex", [r"\left(\frac{1}{2}\right)^{2}_{3}", r"\bigl(x\bigr)^{2}_{3}"])
def test_a_tall_bracket_keeps_what_stands_above_and_below_it(tex: str) -> None:
    lines = [(shown(line), float(line.get("y", 0))) for line in written(tex).iter("text")]
    assert lines[-1][0] == "23"
    assert "^2" in LETTERS.plain(tex)


def test_an_accent_stands_over_all_of_its_letters() -> None:
    (caret,) = written(r"\widehat{xy}").iter("polyline")
    assert len(caret.get("points", "").split()) == 3
    (line,) = written(r"\underline{xy}").iter("polyline")
    assert float(line.get("points", "").split()[0].split(",")[1]) > float(written("xy")[0].get("y", 0))


def test_a_comma_between_terms_has_air_behind_it_and_a_decimal_one_has_none() -> None:
    assert shown(written("x, y")) == "x,\u2009y"
    assert shown(written("0{,}5")) == "0,5"
    assert shown(written("w_{1,2}")) == "w1,2"


def test_a_repeated_factor_is_framed_in_its_colour() -> None:
    markup = LETTERS.svg(r"\kgmark{2}{x}").markup
    assert 'class="kgmarktwo"' in markup
    assert shown(read(f"<svg>{markup}</svg>")) == "x"


def test_words_of_a_label_are_escaped() -> None:
    lettering = Lettering(str, "en")
    assert "a &lt; b &amp; c" in lettering.svg(words(en="a < b & c")).markup
    assert lettering.plain(words(en="a < b & c")) == "a < b & c"


def test_a_number_of_a_label_is_read_back() -> None:
    assert Lettering(Typesetter(Policy(",")).text).plain(Given(-3)) == "−3"


# --- colours


def luminance(rgb: tuple[int, int, int]) -> float:
    """The relative luminance of WCAG 2."""
    parts = [part / 255 for part in rgb]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_each_colour_has_one_for_a_dark_page() -> None:
    assert set(DARK) == set(colours())


@pytest.mark.parametrize("paper", ["kgpaper", "kgtint"])
def test_labels_and_strokes_are_seen_on_a_dark_page(paper: str) -> None:
    assert contrast(DARK["kgink"], DARK[paper]) > 7
    assert contrast(role("ink").rgb, role("paper" if paper == "kgpaper" else "tint").rgb) > 7
    assert all(contrast(DARK[role(name).color], DARK["kgpaper"]) > 4.5 for name in (*DISTINCT, "backward"))


def test_what_is_told_apart_by_colour_is_told_apart_on_a_dark_page() -> None:
    chosen = [DARK[role(name).color] for name in DISTINCT]
    assert all(sum(abs(a - b) for a, b in zip(*both, strict=True)) > 60 for both in pairwise(chosen))
    assert len(set(chosen)) == len(DISTINCT)


def test_a_page_may_give_the_colours_and_else_the_reader_s_taste_chooses_them() -> None:
    picture = draw(DisplayList((Line(((0.0, 0.0), (9.0, 0.0)), "two"),)), LETTERS.svg)
    style = re.search(r"<style>(.*?)</style>", picture)
    assert style is not None
    light, dark = style[1].split("@media(prefers-color-scheme:dark)")
    assert ".kgfigure .kgtwo{color:var(--kgtwo,#cd2a1e)}" in light
    assert ".kgfigure .kgtwo{color:var(--kgtwo,#ff7062)}" in dark
    assert f'class="kgtwo" color="{ROLES["two"].hex}"' in picture
