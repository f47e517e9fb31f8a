"""Plots: round ticks, curves in their frame, tracks below; and the recurrent cell, folded and unrolled."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import exp, log10

import pytest
from figure_checks import boxes, labels, loose_ends, overlaps, strokes, tex, tex_of, texts, trespassing
from hypothesis import given
from hypothesis import strategies as st

from keygen.calculus.claims import Given
from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.figures.cell import Cell, Moment
from keygen.figures.display import DisplayList, Line
from keygen.figures.labels import says
from keygen.figures.layouts import cell, plot
from keygen.figures.plot import Axis, Curve, Guide, Tick, Track, plot_figure
from keygen.figures.ticks import Scale, limits, ticks
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Name
from keygen.variants.curve_sampling import sampled

POINTS = [(0.0, 0.0), (1.0, 2.0), (2.0, 1.0)]
PLAIN = Axis(tex("x"), 0.0, 2.0, marked=tuple(Tick(x, tex(f"{x:g}")) for x in (0.0, 1.0, 2.0)))


def at(*places: int | Fraction) -> list[Given]:
    return [Given(place) for place in places]


def printed(curves: list[Curve], x: Axis | None = None, point: str = ".") -> str:
    return Typesetter(Policy(point)).typeset(plot_figure(curves, x or Axis(Name("t")), Axis()))


def message(axis: Axis, curves: list[Curve] | None = None) -> str:
    with pytest.raises(KeygenError) as error:
        printed(curves if curves is not None else [Curve(POINTS)], axis)
    return str(error.value)


@given(st.floats(-1000, 1000), st.floats(0.001, 1000), st.integers(2, 12))
def test_ticks_are_round_inside_the_axis_and_not_too_many(low: float, width: float, most: int) -> None:
    high = low + width
    found = ticks(low, high, most)
    assert len(found) <= most
    assert all(low - 1e-6 * width <= tick <= high + 1e-6 * width for tick in found)
    gaps = {after - before for before, after in pairwise(found)}
    assert len(gaps) <= 1
    for gap in gaps:
        assert str(float(f"{float(gap):.6e}") / 10 ** (int(f"{float(gap):e}".split("e")[1])))[0] in "125"


def test_ticks_are_as_many_as_there_may_be() -> None:
    assert ticks(0, 1, 6) == tuple(Fraction(k, 5) for k in range(6))
    assert ticks(-6.4, 6.4, 8) == (-6, -4, -2, 0, 2, 4, 6)


def test_a_logarithmic_axis_has_ones_twos_and_fives_or_powers_of_ten() -> None:
    assert ticks(0.1, 20, 8, log=True) == tuple(Fraction(x) for x in ("0.1", "0.2", "0.5", "1", "2", "5", "10", "20"))
    assert ticks(0.1, 1000, 6, log=True) == (Fraction(1, 10), 1, 10, 100, 1000)
    assert ticks(0.001, 1000, 4, log=True) == (Fraction(1, 1000), Fraction(1, 10), 10, 1000)


def test_a_scale_lays_data_evenly_or_by_their_logarithms() -> None:
    assert Scale(-1, 3, 40).at(0) == pytest.approx(10)
    assert Scale(0.1, 10, 40, log=True).at(1) == pytest.approx(20)


def test_limits_follow_the_data_with_a_little_air_unless_they_are_given() -> None:
    assert limits([0.0, 10.0], None, None) == pytest.approx((-0.4, 10.4))
    assert limits([0.0, 10.0], 0, 12) == (0, 12)
    assert limits([0.1, 10.0], None, None, log=True) == (0.1, 10)


def test_tick_labels_have_the_decimal_sign_of_the_sheet() -> None:
    assert "$0.2$" in printed([Curve([(0, 0), (1, 1)])])
    assert "$0{,}2$" in printed([Curve([(0, 0), (1, 1)])], point=",")


def test_a_curve_is_cut_at_the_frame() -> None:
    display = plot.plot([Curve(((0.0, -1.0), (1.0, 3.0), (2.0, -1.0)), stroke=1)], PLAIN, PLAIN, frame_size=(40, 20))
    pieces = [stroke for stroke in strokes(display) if stroke.role == "one"]
    assert len(pieces) == 2
    heights = [y for piece in pieces for _, y in piece.points]
    assert min(heights) == pytest.approx(0)
    assert max(heights) == pytest.approx(20)
    assert pieces[0].points[0] == pytest.approx((5, 0))


def test_a_curve_that_lies_inside_keeps_every_point() -> None:
    (line,) = [
        stroke for stroke in strokes(plot.plot([Curve(tuple(POINTS), stroke=2)], PLAIN, PLAIN, frame_size=(40, 40)))
        if stroke.role == "two"
    ]  # fmt: skip
    assert line.points == ((0, 0), (20, 40), (40, 20))


def test_a_marker_outside_the_frame_is_left_out() -> None:
    curve = Curve(((1.0, 1.0), (5.0, 1.0)), marks=True, line=False)
    assert len(boxes(plot.plot([curve], PLAIN, PLAIN))) == 1


def test_labelled_curves_stand_in_a_legend_that_hides_nothing() -> None:
    curves = [Curve(tuple(POINTS), tex(f"f_{k}"), k) for k in (1, 2, 3)]
    display = plot.plot(curves, PLAIN, PLAIN, [Guide(y=Given(1), label=tex(r"\frac{1}{4}"))])
    legend = [label for label in labels(display) if says(label.text).startswith("f_")]
    assert [says(label.text) for label in legend] == ["f_1", "f_2", "f_3"]
    assert all(label.at[0] > 95 for label in legend)
    assert not overlaps(
        DisplayList(tuple(item for item in display.items if not isinstance(item, Line) or item.role == "one"))
    )


def test_tracks_go_down_a_stair_a_step_each_with_its_own_marker() -> None:
    tracks = [Track(at(0, 1, Fraction(1, 2)), tex(r"\mathrm{GD}"), 1), Track(at(0, 2), tex(r"\mathrm{SGD}"), 2)]
    display = plot.plot([Curve(tuple(POINTS))], PLAIN, PLAIN, tracks=tracks, frame_size=(40, 20))
    stops = [box.shape.center for box in boxes(display)]
    assert [x for x, _ in stops] == pytest.approx([0, 20, 10, 0, 40])
    assert [y for _, y in stops] == sorted((y for _, y in stops), reverse=True)
    assert max(y for _, y in stops) < 0
    assert {box.fill for box in boxes(display)} == {"one", "paper"}
    assert not overlaps(DisplayList(tuple(item for item in display.items if not isinstance(item, Line))))


def test_a_guide_at_an_x_stops_for_the_tick_labels_and_goes_on_past_the_tracks() -> None:
    display = plot.plot([], PLAIN, PLAIN, [plot.Guide(x=Given(1))], [plot.Track(at(0, 1))], frame_size=(40, 20))
    through, below = [stroke for stroke in strokes(display) if stroke.role == "guide"]
    assert [y for _, y in through.points] == [0, 20]
    assert below.points[0][1] < min(box.shape.center[1] for box in boxes(display))
    assert below.points[1][1] == -plot.bottom_labels(PLAIN)


def test_sampling_is_dense_where_a_curve_bends() -> None:
    steep = sampled(lambda t: 1 / (1 + exp(-300 * t)), -1, 1)
    near = [x for x, _ in steep if abs(x) < 0.05]
    assert len(near) > len(steep) / 2
    assert len(sampled(lambda t: 2 * t, 0, 1)) == 25
    assert all(a < b for (a, _), (b, _) in pairwise(steep))


def test_sampling_keeps_close_to_the_curve() -> None:
    points = sampled(lambda t: t**3, -1, 1)
    for (a, p), (b, q) in pairwise(points):
        assert abs((p + q) / 2 - ((a + b) / 2) ** 3) < 0.01


def test_sampling_by_logarithms_spreads_points_evenly_over_the_decades() -> None:
    xs = [log10(x) for x, _ in sampled(lambda x: log10(x), 0.01, 100, log=True)]
    gaps = [b - a for a, b in pairwise(xs)]
    assert max(gaps) == pytest.approx(min(gaps))


def test_an_axis_without_length_is_refused() -> None:
    assert message(Axis(low=2, high=2)) == ("an axis of a plot has no length\n  expected: low < high\n  found:    2, 2")


def test_a_logarithmic_axis_refuses_zero() -> None:
    assert message(Axis(low=0, high=2, log=True)) == "a logarithmic axis begins above zero\n  found:    0"
    assert message(Axis(low=1, high=2, log=True)) == (
        "a logarithmic axis has no place for this number\n  found:    0.0"
    )


def test_a_point_that_is_not_finite_is_refused() -> None:
    assert message(Axis(), [Curve([(0, 0), (1, float("nan"))])]) == (
        "a plot has a point that is not finite\n  found:    [nan]"
    )


def test_a_plot_without_data_needs_limits() -> None:
    assert message(Axis(), []) == (
        "a plot has no data to choose its limits from\n  mend:     give the axis `low` and `high`"
    )


def test_everything_a_plot_may_hold_is_drawn() -> None:
    figure = plot_figure(
        [Curve(POINTS, Name("f"), 1), Curve(POINTS, Name("g"), 2, marks=True, line=False)],
        Axis(Name("t")),
        Axis(Name("y"), low=0),
        [Guide(x=Given(1), label=Name("m")), Guide(y=Given(Fraction(3, 2)), label=Given(Fraction(3, 2)))],
        [Track(at(0, 1, 2), Name("walk"), 3)],
    )
    text = Typesetter(Policy()).typeset(figure)
    for part in ("$f$", "$g$", "$t$", "$y$", "$m$", "$1.5$", r"$\mathrm{walk}$", r"\polyline", r"\circle*"):
        assert part in text


# --- the recurrent cell

WEIGHTS = Cell(tex("w"), tex("v"), tex("u"))


def unrolled(steps: int, gradient: str = "") -> DisplayList:
    back = tex(gradient) if gradient else None
    moments = [
        Moment(*map(tex, (f"y_{k - 1}", f"h_{k}", rf"\hat y_{k}", f"L_{k}")), back, back, back if k > 1 else None)
        for k in range(1, steps + 1)
    ]
    return cell.unrolled(tex("h_0"), moments, WEIGHTS)


@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("gradient", ["", "0", "-0{,}6298"])
def test_an_unrolled_cell_fits_the_page_and_nothing_overlaps(steps: int, gradient: str) -> None:
    display = unrolled(steps, gradient)
    assert display.width <= 156.5
    assert not overlaps(display)
    assert not loose_ends(display)
    assert not trespassing(display)


def test_an_unrolled_cell_has_the_same_three_weights_at_every_step() -> None:
    found = texts(unrolled(4))
    assert [found.count(weight) for weight in "wvu"] == [4, 4, 4]


def test_gradients_run_beside_the_arrows_and_against_them() -> None:
    display = unrolled(2, "1")
    back = [stroke for stroke in strokes(display) if stroke.role == "backward"]
    forward = [stroke for stroke in strokes(display) if stroke.role == "ink"]
    assert len(back) == 5
    assert all(s.points[-1][1] < s.points[0][1] or s.points[-1][0] < s.points[0][0] for s in back)
    assert all(s.points[-1][1] > s.points[0][1] or s.points[-1][0] > s.points[0][0] for s in forward)


def test_a_folded_cell_has_a_loop_and_nothing_overlaps() -> None:
    display = cell.cell(Moment(tex("y_0"), tex("h_1"), tex(r"\hat y_1")), WEIGHTS)
    assert not overlaps(display)
    assert not loose_ends(display)
    assert r"\curveto" in tex_of(display)


def test_a_cell_with_too_many_steps_is_refused() -> None:
    with pytest.raises(KeygenError, match="an unrolled cell is too wide for the page"):
        unrolled(9, "-0{,}6298")
