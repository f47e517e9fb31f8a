"""Grading as a command: files written, and what is said of them."""

from __future__ import annotations

from keygen.grading.grade_files import GradingReport, GradingRequest, ask, grade, people_of, template
from keygen.system.terminal import note, progress, say, tell

MOST = 40
"""Faults that are said one by one."""


def graded(request: GradingRequest) -> bool:
    """Grade the answers, or write what they come from where there are none; whether every row could be graded."""
    people, answers = people_of(request)
    if answers is None:
        made = ask(request, people) if request.ask else template(request, people)
        say("\n".join(map(str, made.paths)))
        faults(made)
        return not made.refused
    with progress(len(people), request.sheet, "students") as advance:
        report = grade(request, people, answers, advance, note)
    say("\n".join(map(str, report.paths)))
    told(report, len(people))
    return not report.refused


def told(report: GradingReport, of: int) -> None:
    """Say what a teacher should know at once."""
    counts = ", ".join(f"{kind} {count}" for kind, count in report.summary.verdicts.most_common())
    tell(f"keygen: {report.summary.people} of {of} students graded: {counts or 'nothing was asked'}")
    if report.summary.persons:
        tell(f"keygen: answers for a person to look at: {report.summary.persons}, by the column person of verdicts.csv")
    if report.left:
        tell(f"keygen: {report.left}")
    faults(report)


def faults(report: GradingReport) -> None:
    """Say what could not be done, the first of many."""
    for fault in report.faults[:MOST]:
        tell(f"keygen: {fault}")
    if len(report.faults) > MOST:
        tell(f"keygen: and {len(report.faults) - MOST} more")
