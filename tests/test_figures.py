"""The display list, the palette, the estimate of label sizes, and the LaTeX backend."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from math import dist
from pathlib import Path

import numpy as np
import pytest
from figure_checks import sticking_out, tex, tex_of
from hypothesis import given
from hypothesis import strategies as st

from keygen.errors import KeygenError
from keygen.figures import pict2e
from keygen.figures.block_diagram import Column
from keygen.figures.dashes import dashes, rows
from keygen.figures.display import Bezier, Box, DisplayList, Label, Line
from keygen.figures.geometry import Rect, Shape, cut_end, cut_start, flatten, shifted, straight
from keygen.figures.graph import Edge, Vertex
from keygen.figures.layouts import block_diagram, network
from keygen.figures.layouts.graph import computation_graph
from keygen.figures.mathbox import measure, measure_text
from keygen.figures.network import Unit
from keygen.figures.palette import DISTINCT, ROLES, distinct, role

ROOT = Path(__file__).resolve().parent.parent
LABELS = [
    *("x", "y_1^2", "c = x + y", "a = x^2", "b = -3xy", "f = d + e + g", "2(x+y)", "-2", "0{,}25", "x_1'"),
    *(r"w^1_{11}", r"w_{0}^{(1)}", r"\hat y", r"\hat y_1", "H_1", "W_1, f", r"\odot f'(Z_2)", r"\cdot\, W_3^\top"),
    *(r"\dfrac{\partial L}{\partial W_2} = H_1^\top \delta_2", r"\frac{\partial L}{\partial \hat y}", r"\frac{x}{y}"),
    *(r"\begin{pmatrix}1 & -1\\0{,}5 & 2\end{pmatrix}", r"-\frac{1}{2}", r"\left(\frac{1}{2}\right)", r"\sqrt{10}/10"),
    *(r"\tanh(w h_{t-1} + v x_t)", r"\mathrm{ReLU}(XW_1)", r"e^{-2t}", r"\delta^{L-1}", r"\sigma(z_1)", r"\boxed{w_1}"),
    *(r"\delta_3 = (\hat y - y)\odot f'(Z_3)", r"L = \frac{1}{2}(y - \hat y)^2", r"\text{ReLU}", r"\ln p_1 \leq 0"),
]


def sample(name: str, length: float = 10.0) -> DisplayList:
    """A stroke in a role."""
    return DisplayList((Line(((0.0, 0.0), (length, 0.0)), name),))


X_1, X_2, F, W, YHAT = (tex(label) for label in ("x_1", "x_2", r"\sigma", "w_1", r"\hat y"))


def figures() -> list[DisplayList]:
    """One of each kind."""
    vertices = [
        Vertex(name, tex(label)) for name, label in (("x", "x"), ("y", "y"), ("a", "a = xy"), ("b", "b = a + x"))
    ]
    edges = [Edge(*ends, tex(label)) for ends, label in (("xa", "y"), ("ya", "x"), ("xb", "1"), ("ab", "1"))]
    return [
        computation_graph(vertices, edges, [("x", "a", "b"), ("x", "b"), ("y", "a", "b")]),
        network.layered([[X_1, X_2], [F]], [[[W], [W]]], [YHAT], [X_1, F]),
        network.chain(X_1, [Unit(F, W, W)], YHAT, tex("1")),
        block_diagram.backward_scheme(
            [
                Column(X_1),
                Column(F, (W, None), tex(r"\frac{\partial L}{\partial Z}"), gradient=W, by=X_1),
            ]
        ),
        DisplayList((Label((0, 0), X_1, "l"),)),
        sample("six"),
    ]


# --- sizes of labels


@pytest.mark.parametrize("label", LABELS)
def test_a_label_has_a_width_and_a_height(label: str) -> None:
    width, height = measure(label)
    assert 0 < width < 60
    assert 1 < height < 15


@pytest.mark.parametrize(
    ("shorter", "longer"), [("x", "x + y"), ("x", "x_1"), ("x^2", "x^{22}"), ("1", r"\frac{12}{2}"), ("-2", "x - 2")]
)
def test_more_symbols_take_more_width(shorter: str, longer: str) -> None:
    assert measure(shorter)[0] < measure(longer)[0]


def test_scripts_stand_one_above_the_other() -> None:
    assert measure("w_{11}")[0] == measure("w^1_{11}")[0] == measure("w_{11}^1")[0]
    assert measure("w_1")[1] < measure("w^1_1")[1]


def test_a_unary_minus_has_no_space_and_a_binary_one_has() -> None:
    assert measure("x-1")[0] > measure("x")[0] + measure("-1")[0]
    assert measure("(-1)")[0] == pytest.approx(sum(measure(part)[0] for part in ("(", "-1", ")")))


def test_words_are_as_wide_as_their_parts() -> None:
    assert measure_text("скрытый слой")[0] == pytest.approx(sum(measure_text(part)[0] for part in ("скрытый ", "слой")))


@pytest.mark.parametrize("label", [r"\nosuchsign", r"\begin{tikzcd}x\end{tikzcd}", "{x", "x_", r"\frac{1}"])
def test_a_label_of_unknown_size_is_refused(label: str) -> None:
    with pytest.raises(KeygenError) as caught:
        measure(label)
    assert caught.value.found == label


# --- the palette


def test_roles_that_are_told_apart_differ_in_grey_and_in_dashes() -> None:
    looks = [role(name) for name in DISTINCT]
    assert all(abs(a.grey - b.grey) >= 20 for a, b in combinations(looks, 2))
    assert all(look.grey < 190 for look in looks)
    assert len({look.dash for look in looks}) == len(looks)


def test_one_colour_has_one_value() -> None:
    assert len({look.color for look in ROLES.values()}) == len({(look.color, look.rgb) for look in ROLES.values()})


def test_a_seventh_thing_to_tell_apart_is_refused() -> None:
    assert distinct(6) == DISTINCT
    with pytest.raises(KeygenError, match="too many things apart"):
        distinct(7)


def test_an_unknown_role_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(KeygenError, match="did you mean 'three'"):
        tex_of(sample("thre"))


# --- geometry


def test_the_distance_to_a_round_shape_is_zero_on_its_border() -> None:
    stadium = Shape((1, 2), 20, 8, 4)
    for point in [(11, 2), (-9, 2), (1, 6), (1, -2), (7, 6)]:
        assert stadium.distance(point) == pytest.approx(0)
    assert stadium.distance((1, 2)) == -4
    assert stadium.distance((11, 6)) > 1


def test_the_part_of_a_segment_inside_a_rectangle_is_measured() -> None:
    rect = Rect(0, 0, 4, 2)
    assert rect.inside((-1, 1), (9, 1)) == 4
    assert rect.inside((1, 1), (1, 5)) == 1
    assert rect.inside((-1, 3), (9, 3)) == rect.inside((-2, 1), (1, 4)) == 0


CORNERS = st.tuples(st.integers(-9, 9), st.integers(-9, 9))


@given(CORNERS, CORNERS, CORNERS, CORNERS)
def test_a_segment_is_inside_as_far_as_its_points_are(
    start: tuple[int, int], end: tuple[int, int], one: tuple[int, int], other: tuple[int, int]
) -> None:
    rect, count = Rect.hull([one, other]), 400
    parts = [Fraction(2 * k + 1, 2 * count) for k in range(count)]
    walk = [[a + (b - a) * part for a, b in zip(start, end, strict=True)] for part in parts]
    share = sum(rect.left <= x <= rect.right and rect.bottom <= y <= rect.top for x, y in walk) / count
    assert rect.inside(start, end) == pytest.approx(share * dist(start, end), abs=2.1 * dist(start, end) / count)


def test_a_route_is_cut_where_it_meets_the_borders() -> None:
    curve = ((0.0, 0.0), (10.0, 0.0), (20.0, 10.0), (30.0, 10.0))
    start, end = Shape((0, 0), 8, 8, 4), Shape((30, 10), 8, 8, 4)
    cut = cut_end(cut_start(curve, start.distance), end.distance)
    assert start.distance(cut[0]) == pytest.approx(0, abs=1e-3)
    assert end.distance(cut[-1]) == pytest.approx(0, abs=1e-3)


def test_a_shifted_line_runs_at_its_distance_to_the_left() -> None:
    assert shifted(straight((0, 0), (3, 0)), 1.5)[::3] == ((0, 1.5), (3, 1.5))
    assert flatten(shifted(straight((0, 0), (0, 3)), 1.0)) == ((-1, 0), (-1, 3))


# --- the display list


def test_the_picture_holds_all_of_its_items() -> None:
    for display in figures():
        assert not sticking_out(display)
        assert display.width > 0
        assert display.height > 0


@pytest.mark.parametrize("anchor", ["l", "r", "t", "b", "c"])
def test_an_anchor_names_the_side_that_lies_at_the_point(anchor: str) -> None:
    bounds = Label((3, 4), tex("x"), anchor).bounds
    sides = {"l": (bounds.left, 4), "r": (bounds.right, 4), "t": (3, bounds.top), "b": (3, bounds.bottom)}
    assert sides.get(anchor, bounds.center) == pytest.approx((3, 4))


# --- drawing


def test_drawing_twice_gives_the_same_text() -> None:
    assert [tex_of(a) for a in figures()] == [tex_of(b) for b in figures()]


def test_numbers_have_at_most_two_decimals_and_no_negative_zero() -> None:
    text = tex_of(DisplayList((Line(((-0.001, 1 / 3), (10, 2 / 3))), Label((1e-9, 2.5), tex("x")))))
    assert r"\polyline(0,0.33)(10,0.67)" in text
    assert r"\put(0,2.5){\makebox(0,0){$x$}}" in text


@given(st.floats(-200, 200), st.integers(-20000, 20000))
def test_a_coordinate_is_the_nearest_hundredth_in_its_shortest_form(x: float, hundredths: int) -> None:
    y = hundredths / 100
    text = tex_of(DisplayList((Label((x, y), tex("x")),)))
    written = re.findall(r"\\put\((.*?),(.*?)\)", text)[0]
    assert [Decimal(number) for number in written] == [Decimal(z).quantize(Decimal("0.01")) for z in (x, y)]
    assert all(re.fullmatch(r"0|-?(0|[1-9]\d*)(\.\d?[1-9])?", number) and number != "-0" for number in written)


def test_a_person_can_read_the_picture() -> None:
    items = (
        Box(Shape((0, 0), 20, 8, 4)),
        Box(Shape((30, 0), 8, 8, 4), fill="tint"),
        Line(((10, 0), (26, 0)), "forward", arrow=True),
        Label((18, 1), F, "b"),
        Label((18, -1), W, "t"),
        Bezier(((0, 4), (0, 9), (30, 9), (30, 4))),
    )
    assert tex_of(DisplayList(items)).splitlines() == [
        r"{\setlength{\unitlength}{1mm}\setlength{\fboxsep}{0.3mm}%",
        r"\begin{picture}(45.8,13.55)(-10.9,-4.9)",
        r"\color{kgink}%",
        r"\linethickness{0.2mm}",
        r"\put(0,0){\oval[4](20,8)}",
        r"\color{kgtint}%",
        r"\put(30,0){\circle*{8}}",
        r"\color{kgink}%",
        r"\put(30,0){\circle{8}}",
        r"\linethickness{0.25mm}",
        r"\polyline(10,0)(24.2,0)",
        r"\polygon*(26,0)(24,0.7)(24,-0.7)",
        r"\put(18,1){\makebox(0,0)[b]{$\sigma$}}",
        r"\put(18,-1){\makebox(0,0)[t]{$w_1$}}",
        r"\linethickness{0.2mm}",
        r"\moveto(0,4)\curveto(0,9)(30,9)(30,4)\strokepath%",
        r"\end{picture}}",
    ]


def test_a_straight_dashed_line_is_one_line_of_tex() -> None:
    text = tex_of(sample("two", 21.4))
    assert re.findall(r"\\multiput.*", text) == [r"\multiput(0,0)(3.2,0){7}{\Line(0,0)(2.2,0)}"]


@given(st.floats(3, 160), st.sampled_from([name for name in DISTINCT if ROLES[name].dash]))
def test_a_dashed_line_begins_and_ends_with_a_dash(length: float, name: str) -> None:
    pattern = ROLES[name].dash
    cut = list(dashes([(0, 0), (length / 3, 0), (length, 0)], pattern))
    assert cut[0][0] == (0, 0)
    assert cut[-1][-1] == pytest.approx((length, 0))
    assert all(a[-1][0] < b[0][0] for a, b in pairwise(cut))
    in_rows = [row.start[0] + k * row.step[0] for row in rows((0, 0), (length, 0), pattern) for k in range(row.count)]
    assert sorted(in_rows) == pytest.approx([dash[0][0] for dash in cut])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_coordinate_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(KeygenError, match="not a finite number"):
        tex_of(DisplayList((Line(((0, 0), (value, 1))),)))


def test_an_item_of_an_unknown_kind_is_refused() -> None:
    @dataclass(frozen=True)
    class Spiral:
        bounds: Rect

    with pytest.raises(KeygenError, match="cannot draw") as caught:
        tex_of(DisplayList((Spiral(Rect(0, 0, 1, 1)),)))
    assert caught.value.found == "Spiral"


# --- TeX itself


def test_tex_draws_every_figure_and_finds_no_label_larger_than_estimated(tmp_path: Path) -> None:
    sizes = "\n".join(rf"\setbox0\hbox{{${label}$}}\typeout{{@@ \the\wd0 \the\ht0 \the\dp0}}" for label in LABELS)
    drawn = "\n\n".join(tex_of(display) for display in figures()[:4])
    lines = [r"\documentclass[11pt]{article}", r"\usepackage{amsmath,xcolor,pict2e}", *pict2e.colors()]
    lines += [r"\begin{document}", sizes, drawn, r"\end{document}"]
    (tmp_path / "figures.tex").write_text("\n".join(lines), encoding="utf-8")
    command = ["pdflatex", "-draftmode", "-interaction=batchmode", "-halt-on-error", "figures.tex"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=60)
    log = (tmp_path / "figures.log").read_text(encoding="latin-1")
    assert not re.search(r"Overfull|Warning|Missing", log)
    measured = [[float(n) for n in re.findall(r"([\d.]+)pt", line)] for line in log.splitlines() if line[:2] == "@@"]
    for label, (width, height, depth) in zip(LABELS, measured, strict=True):
        estimate = measure(label)
        assert estimate[0] >= width * 25.4 / 72.27, label
        assert estimate[1] >= (height + depth) * 25.4 / 72.27, label
        assert estimate[0] <= 1.4 * width * 25.4 / 72.27 + 1, label


PAGE = r"a4paper,left=22mm,right=22mm,top=24mm,bottom=22mm,headheight=14pt,headsep=7mm"
PLAIN = [r"\usepackage{amsmath,xcolor,pict2e}", rf"\usepackage[{PAGE}]{{geometry}}", r"\setlength{\parindent}{0pt}"]
EVERY_COMMAND = DisplayList(
    (
        Box(Shape((0, 0), 20, 8, 1.5), fill="tint"),
        Box(Shape((0, 20), 7.35, 7.35, 3.675), fill="tint"),
        Box(Shape((30, 0), 20, 7.35, 3.675)),
        Line(((10, 0), (20, 0)), "forward", arrow=True),
        *(Line(((0, 30 + 4 * n), (60, 35 + 4 * n)), name) for n, name in enumerate(DISTINCT)),
        Line(((60, 0), (70, 10), (80, 0), (90, 30)), "curve"),
        Bezier(((0, 4), (0, 9), (30, 9), (30, 4)), "two"),
        *(Label((45, 20 + 3 * n), tex(anchor), anchor, backed=True) for n, anchor in enumerate("clrtb")),
    )
)


def shades(folder: Path, preamble: list[str], displays: list[DisplayList]) -> np.ndarray:
    """The grey values of a page with the figures on it."""
    drawn = "\n\n".join(tex_of(display) for display in displays)
    lines = [r"\documentclass[11pt]{article}", *preamble, r"\pagestyle{empty}", r"\begin{document}", drawn]
    (folder / "page.tex").write_text("\n".join([*lines, r"\end{document}"]), encoding="utf-8")
    command = ["pdflatex", "-interaction=batchmode", "-halt-on-error", "page.tex"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    subprocess.run(["pdftoppm", "-r", "75", "-gray", "-singlefile", "page.pdf", "page"], cwd=folder, check=True)
    return np.frombuffer((folder / "page.pgm").read_bytes()[-620 * 877 :], np.uint8).astype(int)


def test_the_style_draws_what_pict2e_draws(tmp_path: Path) -> None:
    (tmp_path / "style.sty").write_bytes((ROOT / "templates" / "style.sty").read_bytes())
    displays = [*figures()[:4], EVERY_COMMAND]
    ours = shades(tmp_path, [r"\usepackage[en]{style}", r"\parskip=0pt"], displays)
    theirs = shades(tmp_path, [*PLAIN, *pict2e.colors()], displays)
    assert (theirs < 128).sum() > 1000
    assert abs(ours - theirs).max() < 60
