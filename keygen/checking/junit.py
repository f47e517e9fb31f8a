"""The findings of a check as JUnit's XML, which CI services show beside a push."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree

from keygen.checking.sweep import Examined, Findings
from keygen.checking.sweep_report import seed_word


def as_junit(findings: Findings) -> bytes:
    """JUnit's XML: a suite a sheet, a case an exercise; a false line is a failure, an error that ends the check and a
    flaw of the page are others. A class is a suite more, whose cases are its students."""
    suites = ElementTree.Element("testsuites", name="keygen check")
    for target in dict.fromkeys(exercise.target for exercise in findings.exercises):
        exercises = [exercise for exercise in findings.exercises if exercise.target == target]
        suites.append(suite(target, exercises))
    for table in findings.classes:
        lacking = [student for student in table.students if student.failure is not None]
        students = ElementTree.SubElement(
            suites, "testsuite", name=f"{table.sheet}: students", tests=str(len(table.students)),
            failures=str(len(lacking)), errors="0", skipped="0",
        )  # fmt: skip
        for student in table.students:
            found = ElementTree.SubElement(students, "testcase", classname=table.sheet, name=student.id)
            if student.failure is not None:
                failure = ElementTree.SubElement(found, "failure", type="not checked", message=student.failure.what)
                failure.text = str(student.failure)
    ElementTree.indent(suites)
    text: str = ElementTree.tostring(suites, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()


def suite(target: str, exercises: Sequence[Examined]) -> ElementTree.Element:
    """The cases of one sheet."""
    cases = [case(exercise) for exercise in exercises]
    failed = sum(found.find("failure") is not None for found in cases)
    seconds = sum(float(found.get("time", 0)) for found in cases)
    whole = ElementTree.Element(
        "testsuite", name=target, tests=str(len(cases)), failures=str(failed), errors="0", skipped="0",
        time=f"{seconds:.3f}",
    )  # fmt: skip
    whole.extend(cases)
    return whole


def case(exercise: Examined) -> ElementTree.Element:
    """One exercise: its failures, and what was counted."""
    seconds = sum(sum(v.seconds) for v in exercise.verdicts)
    found = ElementTree.Element("testcase", classname=exercise.target, name=exercise.id, time=f"{seconds:.3f}")
    if exercise.failure is not None:
        failure = ElementTree.SubElement(found, "failure", type=exercise.failure.kind, message=exercise.failure.what)
        failure.text = exercise.failure.message
    for flaw in exercise.flaws:
        failure = ElementTree.SubElement(found, "failure", type=flaw.kind, message=flaw.message.splitlines()[0])
        failure.text = f"{flaw.exercise} ({seed_word(flaw.seed)}, {flaw.language}): {flaw.message}"
    counts = exercise.counts
    said = ElementTree.SubElement(found, "system-out")
    said.text = (
        f"{len(exercise.verdicts)} variants, {counts.equalities} equalities, {counts.gradients} gradients, "
        f"{counts.answers} answers, {exercise.draws:.1f} draws a variant, {exercise.duplicates} duplicates"
    )
    return found
