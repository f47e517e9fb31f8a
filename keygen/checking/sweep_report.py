"""The findings of a check for a terminal and for scripts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from statistics import median
from typing import Any

from keygen import __version__
from keygen.checking.classes import class_object, class_text
from keygen.checking.deep_report import deep_object, deep_remarks, deep_rows, deep_summary
from keygen.checking.sweep import Examined, Findings, Range
from keygen.course.band import MEASURES
from keygen.system.tables import folded, table

CHECKED = ("exercise", "variants", "equalities", "false", "gradients", "answers", "rejected", "duplicates", "ms")
SHOWN = 4  # texts of one answer that the terminal lists


def as_text(findings: Findings, width: int | None = None, *, verbose: bool = False) -> str:
    """Two tables with a row an exercise, more of the exercises that were asked for by name, and the sum.

    rejected    draws that were drawn again, of all draws
    duplicates  variants with the data of an earlier seed
    ms          the time of one variant, on average

    The second table has the measures of `course.band`, from the least to the most among the seeds, if there are any.
    Remarks follow, each in a line (if `verbose`, what is meant as well), and of a class a table with a row a student,
    in `width` columns (None: as many as it takes).
    """
    exercises = [exercise for exercise in findings.exercises if exercise.done or exercise.false]
    tables = [[CHECKED, *map(checked_row, exercises)]]
    if seeded := [exercise for exercise in exercises if exercise.seeded]:
        tables.append([("work", *MEASURES), *map(work_row, seeded)])
    if findings.request.deep:
        tables.append(list(deep_rows(exercises)))
    named = set(findings.request.targets)
    more = [details(exercise) for exercise in exercises if exercise.id in named and exercise.seeded]
    more += [unchecked] if (unchecked := "\n".join(not_checked(findings))) else []
    flaws = [f"{flaw.exercise} ({seed_word(flaw.seed)}, {flaw.language}): {flaw.message}" for flaw in findings.flaws]
    if findings.request.deep:
        more += [failure.message for failure in findings.failures[1:]] + deep_remarks(findings)
    shown = findings.noticed if verbose else findings.remarks
    remarks = ["\n".join(remark.message for remark in shown)] if shown else []
    course = findings.request.course
    classes = [class_text(table, course, width) for table in findings.classes]
    lines = [folded(text, width) for text in (*more, *flaws, *remarks)]
    shown_tables = [table(rows, width) for rows in tables if exercises]
    return "\n\n".join([*shown_tables, *lines, *classes, folded(summary(findings), width)])


def not_checked(findings: Findings) -> Iterator[str]:
    """Of which variants nobody knows what is true, a line an exercise."""
    for exercise in findings.exercises:
        seeds = [seed_word(v.seed) for v in exercise.verdicts if not v.done]
        if seeds:
            yield f"not checked, for there is an error: {exercise.id} ({', '.join(seeds)})"


def summary(findings: Findings) -> str:
    """What was counted: "412,300 equalities, 0 false"."""
    counts, false = findings.counts, findings.false
    variants = sum(len(exercise.done) for exercise in findings.exercises)
    said = [
        f"{counts.equalities:,} equalities, {false} false",
        f"{counts.gradients:,} gradients by two independent ways",
        f"{counts.answers:,} answers",
        f"{variants:,} variants; exercises: {len(findings.exercises)}",
    ]
    if findings.not_checked:
        said.append(f"not checked: {findings.not_checked}")
    if findings.request.deep:
        said.append(deep_summary(findings))
    if findings.request.tex:
        said.append(f"flaws in TeX: {len(findings.flaws)}")
    return "; ".join(said)


def checked_row(exercise: Examined) -> tuple[str, ...]:
    """One exercise in the table of what was checked."""
    counts, false = exercise.counts, exercise.false
    numbers = (len(exercise.done), counts.equalities, false, counts.gradients, counts.answers)
    return (
        exercise.id,
        *(f"{number:,}" for number in numbers),
        f"{100 * (1 - 1 / exercise.draws):.0f} %",
        str(exercise.duplicates),
        f"{1000 * mean_time(exercise):.0f}",
    )


def work_row(exercise: Examined) -> tuple[str, ...]:
    """One exercise in the table of measures."""
    return (exercise.id, *(interval(*exercise.measures(name)) for name in MEASURES))


def mean_time(exercise: Examined) -> float:
    """Seconds to solve and check a variant."""
    return sum(sum(v.seconds) for v in exercise.done) / max(len(exercise.done), 1)


def interval(low: float, high: float) -> str:
    """12-30, or the one number there is."""
    return f"{low:g}" if low == high else f"{low:g}-{high:g}"


def details(exercise: Examined) -> str:
    """Why draws were drawn again, and what values the answers take."""
    rejected = [f"  {count:6,} x {reason}" for reason, count in exercise.rejected.most_common()]
    ranges = exercise.ranges()
    width = max(map(len, ranges), default=0)
    values = [f"  {name:<{width}}  {values_of(found)}" for name, found in ranges.items()]
    return "\n".join([exercise.id, " drawn again:", *(rejected or ["  never"]), " answers:", *values])


def values_of(found: Range) -> str:
    """From the smallest number to the largest, or the most frequent texts."""
    if found.numbers is not None:
        low, high = found.numbers
        return f"{low:.6g} .. {high:.6g}"
    texts = [f"{text} ({count})" for text, count in found.texts.most_common(SHOWN)]
    more = len(found.texts) - len(texts)
    return ", ".join(texts) + (f" and {more} more" if more else "")


def seed_word(seed: int | None) -> str:
    """The variant in words."""
    return "published" if seed is None else f"seed {seed}"


def as_json(findings: Findings) -> str:
    """An object:

        {"schema": "keygen-check/2", "version": ..., "ok": bool, "seeds": N, "variants": N, COUNTS,
         "counts": {COUNTS}, "false": N, "not_checked": N (variants with an error),
         "failure": null | FAILURE (the first), "failures": [FAILURE], "flaws": [FLAW],
         "deep": null | DEEP, "remarks": [REMARK], "meant": [REMARK],
         "exercises": [{"target": the sheet or exercise asked for, "id": ..., "variants": N, COUNTS,
           "deep": null | DEEP, "draws": draws for one variant, "rejected": {condition: draws},
           "duplicates": N, "distinct": N, "seconds": {"solving": mean, "checking": mean},
           "measures": {measure: {"min": N, "median": x, "max": N}},
           "ranges": {"part.answer": {"min": x, "max": x} | {"texts": {text: variants}}}}],
         "classes": [CLASS] (with --roster, one a sheet: see `classes.class_object`)}

    COUNTS: "equalities", "gradients", "answers", "digits" (printed numbers compared with the oracle), "conditions".
    DEEP (with --deep): "lines", "cells", "labels", "answers" (the digits, by where they stand), "relations" (read off
    finished pages), "unread" and "unproven" ({what: how often}: not read, without an oracle), "calculated" (sides of
    numbers by what their own digits give beside the rounded number behind them: {"same", "one unit off", "off by more":
    N}).
    FAILURE: what, exercise, seed (null: published), file, line, source (the line), expected, found, message (all of
    it), kind ("false", "not checked"). FLAW: exercise, seed, language, kind, message. REMARK (not false, but likely a
    slip): what, exercise, file, line, meant (why, or ""). `variants` counts the published one; draws, duplicates,
    measures and ranges are those of the seeds.
    """
    counts, failure = findings.counts, findings.failure
    whole = {
        "schema": "keygen-check/2",
        "version": __version__,
        "ok": findings.ok,
        "seeds": findings.request.seeds,
        "variants": sum(len(exercise.verdicts) for exercise in findings.exercises),
        **asdict(counts),
        "counts": asdict(counts),
        "false": findings.false,
        "not_checked": findings.not_checked,
        "failure": None if failure is None else asdict(failure),
        "failures": [asdict(failure) for failure in findings.failures],
        "deep": deep_object(findings.exercises) if findings.request.deep else None,
        "flaws": [asdict(flaw) for flaw in findings.flaws],
        "remarks": [asdict(remark) for remark in findings.remarks],
        "meant": [asdict(remark) for remark in findings.meant],
        "exercises": [object_of(exercise) for exercise in findings.exercises],
        "classes": [class_object(table, findings.request.course) for table in findings.classes],
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def object_of(exercise: Examined) -> dict[str, Any]:
    """One exercise of the JSON."""
    count = max(len(exercise.verdicts), 1)
    return {
        "target": exercise.target,
        "id": exercise.id,
        "variants": len(exercise.verdicts),
        **asdict(exercise.counts),
        "deep": deep_object([exercise]) if any(v.deep for v in exercise.verdicts) else None,
        "draws": exercise.draws,
        "rejected": dict(exercise.rejected.most_common()),
        "duplicates": exercise.duplicates,
        "distinct": len(exercise.seeded) - exercise.duplicates,
        "seconds": {
            "solving": sum(v.seconds[0] for v in exercise.verdicts) / count,
            "checking": sum(v.seconds[1] for v in exercise.verdicts) / count,
        },
        "measures": {name: spread(exercise, name) for name in MEASURES},
        "ranges": {name: range_object(found) for name, found in exercise.ranges().items()},
    }


def spread(exercise: Examined, name: str) -> dict[str, float]:
    """A measure among the seeds."""
    found = [v.measure.by_name()[name] for v in exercise.seeded if v.measure is not None] or [0]
    return {"min": min(found), "median": median(found), "max": max(found)}


def range_object(found: Range) -> dict[str, Any]:
    """The values of one answer."""
    if found.numbers is None:
        return {"texts": dict(found.texts.most_common())}
    return found.numbers._asdict()
