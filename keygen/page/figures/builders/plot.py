"""Plots."""

from __future__ import annotations

from keygen.course.claims import Given
from keygen.course.figures import Axis, Curve, Guide, Track
from keygen.page.figures import plot as pictures
from keygen.page.figures.display import Display
from keygen.page.figures.palette import stroke
from keygen.page.figures.scale import limits, ticks
from keygen.page.figures.spelling import Write


def plot(
    write: Write,
    curves: tuple[Curve, ...],
    x: Axis,
    y: Axis,
    guides: tuple[Guide, ...],
    tracks: tuple[Track, ...],
    size: tuple[float, float],
) -> Display:
    """Curves over axes; limits and ticks that were not given follow from the data."""
    points = [point for curve in curves for point in curve.points]
    xs = [*(at for at, _ in points), *(at for track in tracks for at in track.xs)]

    def axis(asked: Axis, data: list[float], length: float, room: float) -> pictures.Axis:
        low, high = limits(data, asked.low, asked.high, log=asked.log)
        values = asked.ticks or ticks(low, high, max(2, int(length / room)), log=asked.log)
        marks = tuple((float(value), write(Given(value)) or "") for value in values)
        return pictures.Axis(low, high, marks, write(asked.label) or "", asked.log)

    return pictures.plot(
        [
            pictures.Curve(tuple(c.points), write(c.label) or "", stroke(c.stroke), c.marks, c.line, c.arrow)
            for c in curves
        ],
        axis(x, xs, size[0], 11.5),
        axis(y, [at for _, at in points], size[1], 7.5),
        [pictures.Guide(guide.x, guide.y, write(guide.label) or "") for guide in guides],
        [pictures.Track(tuple(track.xs), write(track.label) or "", stroke(track.stroke)) for track in tracks],
        size,
    )
