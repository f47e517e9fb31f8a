"""The computation graph's figure: layout, routes, labels, coloured paths."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from figure_checks import (
    boxes,
    doubtful,
    labels,
    loose_ends,
    overlaps,
    points,
    sticking_out,
    strokes,
    tex,
    tex_of,
    trespassing,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from keygen.document.typesetter import Typesetter
from keygen.errors import KeygenError
from keygen.figures.arrange import displayed
from keygen.figures.display import Bezier, DisplayList
from keygen.figures.geometry import Rect
from keygen.figures.graph import Edge, GraphFigure, Vertex
from keygen.figures.labels import Text
from keygen.figures.layouts import layout_cache
from keygen.figures.layouts.edges import choice_beside
from keygen.figures.layouts.graph import computation_graph
from keygen.figures.layouts.label_placement import LabelChoice, LabelSpot, Obstacles, place
from keygen.figures.layouts.sugiyama import LayeredLayout, layered
from keygen.figures.mathbox import measure
from keygen.figures.palette import role
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.variants.solve import solve
from tests.courses import LANGUAGES, SHIPPED


def vertex_of(name: str, label: str) -> Vertex:
    return Vertex(name, tex(label))


def edge_of(source: str, target: str, label: str | None = None) -> Edge:
    return Edge(source, target, None if label is None else tex(label))


FORMULAS = {"a": "x^2", "b": "xy", "c": "x + y", "d": "a + b", "e": "c^2", "f": "d + e"}
VERTICES = [
    vertex_of("x", "x"),
    vertex_of("y", "y"),
    *(vertex_of(name, f"{name} = {f}") for name, f in FORMULAS.items()),
]
EDGES = [
    *(
        edge_of("x", "a", "2x"),
        edge_of("x", "b", "y"),
        edge_of("y", "b", "x"),
        edge_of("x", "c", "1"),
        edge_of("y", "c", "1"),
    ),
    *(
        edge_of("a", "d", "1"),
        edge_of("b", "d", "1"),
        edge_of("c", "e", "2(x+y)"),
        edge_of("d", "f", "1"),
        edge_of("e", "f", "1"),
    ),
]
SHIPPED_GRAPHS = [("backprop/computation_graph", "sheet4"), ("backprop/graph_rules", "sheet4")]
PATHS = ["xadf", "xbdf", "xcef", "ybdf", "ycef"]
WIDTH = 165.0


def flaws(display: DisplayList, width: float = WIDTH) -> list[object]:
    """All that must not be: overlaps, loose ends, lines through vertices, items outside, too wide a picture."""
    found = [*overlaps(display), *loose_ends(display), *trespassing(display), *sticking_out(display)]
    return found + ([f"{display.width} mm wide"] if display.width > width else [])


def center(display: DisplayList, label: Text) -> tuple[float, float]:
    return next(item.at for item in labels(display) if item.text == label)


@pytest.mark.parametrize("paths", [[], PATHS[:3], PATHS[3:], PATHS])
@pytest.mark.parametrize("labelled", [True, False])
def test_the_published_graph_is_drawn_without_a_flaw(paths: list[str], labelled: bool) -> None:
    edges = EDGES if labelled else [edge_of(edge.source, edge.target) for edge in EDGES]
    display = computation_graph(VERTICES, edges, paths)
    assert not flaws(display)
    assert len(labels(display)) == len(VERTICES) + (len(EDGES) if labelled else 0)
    assert display.height < 50


def test_inputs_stand_at_the_left_and_the_output_at_the_right() -> None:
    display = computation_graph(VERTICES, EDGES)
    xs = {vertex.id: center(display, vertex.label)[0] for vertex in VERTICES}
    assert xs["x"] == xs["y"] == min(xs.values())
    assert all(xs[edge.source] < xs[edge.target] for edge in EDGES)
    assert max(xs, key=lambda name: xs[name]) == "f"


def test_no_two_edges_cross_that_need_not() -> None:
    """igraph's order of this graph crosses two pairs."""
    edges = [("y", "a"), ("x", "b"), ("y", "b"), ("x", "c"), ("y", "c"), ("a", "d"), ("b", "d"), ("c", "e")]
    layout = layered(("x", "y", "a", "b", "c", "d", "e", "f"), [*edges, ("d", "f"), ("e", "f")])
    rises = [[layout.heights[vertex] for vertex in edge] for edge in edges]
    first, second = rises[:5], rises[5:]
    crossed = [
        (one[0] - other[0]) * (one[1] - other[1]) < 0
        for pieces in (first, second)
        for place, one in enumerate(pieces)
        for other in pieces[:place]
    ]
    assert sum(crossed) == 1


def test_inputs_alone_are_tinted() -> None:
    fills = [box.fill for box in boxes(computation_graph(VERTICES, EDGES))]
    assert fills == ["tint", "tint", None, None, None, None, None, None]


def test_every_edge_has_an_arrow_from_its_source_to_its_target() -> None:
    display = computation_graph(VERTICES, EDGES)
    shapes = {vertex.id: box.shape for vertex, box in zip(VERTICES, boxes(display), strict=True)}
    for edge, stroke in zip(EDGES, strokes(display), strict=True):
        assert stroke.arrow
        assert shapes[edge.source].distance(points(stroke)[0]) == pytest.approx(0, abs=0.02)
        assert shapes[edge.target].distance(points(stroke)[-1]) == pytest.approx(0, abs=0.02)


def test_an_edge_carries_a_stroke_for_each_path_through_it() -> None:
    display = computation_graph(VERTICES, EDGES, PATHS)
    shapes = {vertex.id: box.shape for vertex, box in zip(VERTICES, boxes(display), strict=True)}
    through = {
        (edge.source, edge.target): {
            stroke.role
            for stroke in strokes(display)
            if abs(shapes[edge.source].distance(points(stroke)[0])) < 0.02
            and abs(shapes[edge.target].distance(points(stroke)[-1])) < 0.02
        }
        for edge in EDGES
    }
    roles = ("one", "two", "three", "four", "five")
    for edge, found in through.items():
        assert found == {name for name, path in zip(roles, PATHS, strict=True) if edge in pairwise(path)}
    assert len({role(name).dash for name in roles}) == len(PATHS)


def test_paths_that_share_an_edge_run_side_by_side() -> None:
    shared = [s for s in strokes(computation_graph(VERTICES, EDGES, PATHS)) if s.role in {"one", "two", "four"}]
    last = sorted(shared, key=lambda stroke: points(stroke)[-1][0])[-3:]
    (ax, ay), (bx, by) = points(last[0])[0], points(last[0])[-1]
    normal = ((ay - by) / math.dist((ax, ay), (bx, by)), (bx - ax) / math.dist((ax, ay), (bx, by)))
    offsets = sorted(sum(n * p for n, p in zip(normal, points(s)[0], strict=True)) for s in last)
    assert [b - a for a, b in pairwise(offsets)] == pytest.approx([1.3, 1.3], abs=0.01)


def test_edges_outside_all_paths_stay_in_ink() -> None:
    display = computation_graph(VERTICES, EDGES, PATHS[:1])
    assert sorted(stroke.role for stroke in strokes(display)) == ["ink"] * 7 + ["one"] * 3


def test_an_edge_that_would_run_through_a_vertex_is_bent() -> None:
    pairs = ("xa", "ya", "ab", "yb", "bc", "cd", "xd")
    display = computation_graph([vertex_of(name, name) for name in "xyabcd"], [edge_of(p, q) for p, q in pairs])
    assert not flaws(display)
    curved = [pair for pair, stroke in zip(pairs, strokes(display), strict=True) if isinstance(stroke, Bezier)]
    assert curved == ["yb"]


def test_a_graph_too_deep_for_the_width_runs_downwards() -> None:
    vertices = [vertex_of("x", "x"), *(vertex_of(name, f"{name} = \\sigma({name}_1 + x)") for name in "abcdefgh")]
    edges = [edge_of(p.id, q.id, r"\sigma'(x)") for p, q in pairwise(vertices)]
    display = computation_graph(vertices, edges)
    assert not flaws(display)
    ys = [center(display, vertex.label)[1] for vertex in vertices]
    assert ys == sorted(ys, reverse=True)
    assert display.height < 200


def test_a_graph_too_wide_for_any_layout_is_refused() -> None:
    vertices = [vertex_of("x", "x"), vertex_of("a", " + ".join("x" * 30)), vertex_of("b", " + ".join("x" * 30))]
    with pytest.raises(KeygenError, match="too wide for the page"):
        computation_graph(vertices, [edge_of("x", "a"), edge_of("x", "b")], max_width=100)


def test_the_same_graph_gives_the_same_picture() -> None:
    assert tex_of(computation_graph(VERTICES, EDGES, PATHS)) == tex_of(computation_graph(VERTICES, EDGES, PATHS))


@pytest.mark.parametrize(
    ("vertices", "edges", "paths", "message"),
    [
        ([vertex_of("x", "x"), vertex_of("x", "y")], [], [], "two vertices of a graph have the same name"),
        (VERTICES, [EDGES[0], EDGES[0]], [], "two edges of a graph join the same vertices"),
        (VERTICES, [edge_of("x", "q")], [], "edges of a graph name vertices it lacks: q"),
        (VERTICES, EDGES, ["xf"], "paths of a graph use edges it lacks: x to f"),
        (VERTICES, EDGES, PATHS + PATHS, "a figure tells too many things apart by colour"),
        (VERTICES[:2], [edge_of("x", "y"), edge_of("y", "x")], [], "the edges of a graph form a cycle"),
    ],
)
def test_a_graph_that_makes_no_sense_is_refused(
    vertices: list[Vertex], edges: list[Edge], paths: list[str], message: str
) -> None:
    with pytest.raises(KeygenError) as caught:
        computation_graph(vertices, edges, paths)
    assert caught.value.what == message


# --- graphs as they are drawn at random: two or three inputs, up to eight operations


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Vertex], list[Edge], list[Sequence[str]]]:
    """A random computation: each operation takes one or two earlier vertices, and none but the last is left unused."""
    names = draw(st.sampled_from([["x", "y"], ["x_1", "x_2"], ["x", "y", "z"]]))
    vertices, edges, unused = [vertex_of(name, name) for name in names], list[Edge](), list(names)
    count = draw(st.integers(3, 8))
    for left, name in zip(range(count, 0, -1), "abcdefgh", strict=False):
        old = st.sampled_from([vertex.id for vertex in vertices])
        free = st.lists(old, min_size=1, max_size=2, unique=True)
        arguments = unused[:2] if len(unused) > left else draw(free)
        unused = [other for other in unused if other not in arguments] + [name]
        sign, form = draw(st.sampled_from([" + ", " - ", ""])), draw(st.sampled_from(["3{}", "-2{}", r"\ln {}"]))
        label = sign.join(arguments) if len(arguments) > 1 else form.format(arguments[0])
        vertices.append(vertex_of(name, f"{name} = {label}"))
        derivatives = st.sampled_from(["1", "-3", f"2{arguments[0]}", f"2({names[0]} + {names[1]})"])
        edges += [edge_of(argument, name, draw(derivatives)) for argument in arguments]
    return vertices, edges, _paths(names[0], vertices[-1].id, edges)[:6]


def _paths(start: str, end: str, edges: list[Edge]) -> list[Sequence[str]]:
    if start == end:
        return [(end,)]
    return [(start, *rest) for edge in edges if edge.source == start for rest in _paths(edge.target, end, edges)]


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(graphs())
def test_no_random_graph_has_a_flaw(graph: tuple[list[Vertex], list[Edge], list[Sequence[str]]]) -> None:
    display = computation_graph(*graph)
    assert not flaws(display)
    assert display.height < 230


@settings(max_examples=40, deadline=None)
@given(graphs())
def test_vertices_of_a_column_keep_their_distance(
    graph: tuple[list[Vertex], list[Edge], list[Sequence[str]]],
) -> None:
    vertices, edges, _ = graph
    layout = layered([vertex.id for vertex in vertices], [edge.key for edge in edges])
    for column in set(layout.columns.values()):
        heights = sorted(layout.heights[name] for name, at in layout.columns.items() if at == column)
        assert all(b - a >= 1 for a, b in pairwise(heights))
    for edge in edges:
        assert len(layout.bends[edge.key]) == layout.columns[edge.target] - layout.columns[edge.source] - 1


# --- labels in their places


def choice(*spots: LabelSpot) -> LabelChoice:
    return LabelChoice(Rect.hull([corner for spot in spots for corner in (spot.rect[:2], spot.rect[2:])]), spots)


def test_a_label_moves_to_its_second_spot_when_the_first_is_taken() -> None:
    first, second = Rect(0, 0, 2, 2), Rect(5, 0, 7, 2)
    obstacles = Obstacles([Rect(1, 1, 3, 3)], [])
    assert place([choice(LabelSpot(first, 0), LabelSpot(second, 0, 1.0))], obstacles) == (
        [LabelSpot(second, 0, 1.0)],
        0.0,
    )


def test_a_label_leaves_its_best_spot_to_one_that_has_no_other() -> None:
    shared, aside = Rect(0, 0, 2, 2), Rect(9, 0, 11, 2)
    chosen, overlap = place(
        [choice(LabelSpot(shared, 0), LabelSpot(aside, 0, 1.0)), choice(LabelSpot(shared, 1))], Obstacles([], [])
    )
    assert ([spot.rect for spot in chosen], overlap) == ([aside, shared], 0.0)


def test_what_cannot_be_avoided_is_reported() -> None:
    choices = [choice(LabelSpot(Rect(0, 0, 2, 2), 0)), choice(LabelSpot(Rect(1, 0, 3, 2), 1))]
    assert place(choices, Obstacles([], []))[1] > 4


def test_no_spot_is_made_that_need_not_be_looked_at() -> None:
    made = []

    def spots() -> Iterator[LabelSpot]:
        for plainness in range(9):
            made.append(plainness)
            yield LabelSpot(Rect(plainness, 0, plainness + 2, 2), 0, plainness)

    place([LabelChoice(Rect(0, 0, 10, 2), spots())], Obstacles([Rect(1, 0, 1.5, 2)], []))
    assert made == [0, 1, 2, 3]  # two are taken, one is free, and the next is no better


@given(st.lists(st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=2, max_size=5, unique=True))
def test_all_spots_of_an_edge_lie_within_their_reach(line: list[tuple[float, float]]) -> None:
    room, spots, _ = choice_beside(tex(r"2x + 3y"), 0, line, 0.65)
    assert all(Rect.hull([room[:2], room[2:], spot.rect[:2], spot.rect[2:]]) == room for spot in spots)


def test_a_spot_that_others_lines_come_near_to_is_not_free() -> None:
    label, line = Rect(0, 0, 2, 2), (1, (-9.0, 4.0), (9.0, 4.0))
    aside = LabelSpot(Rect(0, -9, 2, -7), 0, 50.0, clear=3.0)
    best = LabelSpot(label, 0)
    assert place([choice(best, aside)], Obstacles([], [line]))[0] == [best]
    assert place([choice(best._replace(clear=3.0), aside)], Obstacles([], [line]))[0] == [aside]


@pytest.mark.parametrize(("exercise", "sheet"), SHIPPED_GRAPHS)
def test_a_label_stands_thrice_as_near_to_its_own_edge_as_to_any_other(exercise: str, sheet: str) -> None:
    for seed in (None, *range(1, 13)):
        solved = solve(SHIPPED.exercise(exercise), sheet, seed)
        policy = Policy()
        typesetter = Typesetter(policy, solved.signs, Proofs(solved.values, policy, solved.calls), LANGUAGES["en"])
        shown = [figure for figure in solved.shown.values() if isinstance(figure, GraphFigure)]
        assert any(edge.label for figure in shown for edge in figure.edges)
        for figure in shown:
            display = displayed(figure, lambda label, typesetter=typesetter: measure(typesetter.text(label)))
            assert not doubtful(display, figure), seed


# --- layouts kept from run to run


def remembered_layout(names: tuple[str, ...]) -> LayeredLayout:
    """The layout of a graph of four vertices, in a process that has not met it yet."""
    layout_cache.layout.cache_clear()
    a, b, c, d = names
    return layout_cache.layout(names, ((a, b), (a, c), (b, d), (c, d), (a, d)))


def test_a_layout_is_found_again_without_being_worked_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEYGEN_CACHE", str(tmp_path))
    first = remembered_layout(("a", "b", "c", "d"))
    assert first == layered("abcd", [("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("a", "d")])
    monkeypatch.delattr(layout_cache, "layered")
    assert remembered_layout(("a", "b", "c", "d")) == first
    assert remembered_layout(("x", "y", "u", "f")).heights["f"] == first.heights["d"]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-3], lambda data: b"", lambda data: data.replace(b"\x93", b"\x94", 1)]
)
def test_a_damaged_layout_is_worked_out_again(
    damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KEYGEN_CACHE", str(tmp_path))
    first = remembered_layout(("a", "b", "c", "d"))
    (file,) = (tmp_path / "layouts").glob("??/*")
    whole = file.read_bytes()
    assert damage(whole) != whole
    file.write_bytes(damage(whole))
    assert remembered_layout(("a", "b", "c", "d")) == first
    assert file.read_bytes() == whole


def test_a_graph_is_drawn_where_no_layout_can_be_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KEYGEN_CACHE", str(tmp_path))
    (tmp_path / "layouts").write_text("a file where the folder should be")
    assert remembered_layout(("a", "b", "c", "d")).columns["d"] == 2
