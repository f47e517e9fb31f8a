"""What stands in front of a reader has been certified, and a manifest tells how."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from scratch_course import ROSTER, Course, built, keygen

from keygen.builds.request import SheetRequest
from keygen.builds.sheet import sheet_items
from keygen.certify import stage
from keygen.certify.certificate import Certificate, Counts
from keygen.certify.stage import ANSWERS, BUILD, certified, certify
from keygen.checking.verify import CHECK, checked
from keygen.cli import main
from keygen.course.course import course_here
from keygen.engine import backprop
from keygen.mathematics.number_format import Policy
from keygen.mathematics.readback import Proofs
from keygen.variants.solve import solve
from keygen.variants.solved import Evaluated, Solved
from keygen.writers.latex import problem
from tests.courses import EN

SEEDS = ("mine", "--variants", "2")


def said(*words: str) -> Any:
    """What a command prints, or its whole complaint."""
    return CliRunner().invoke(main, [*words], catch_exceptions=False)


def exercises(course: Course, folder: str) -> Iterator[Mapping[str, Any]]:
    """The entries of all exercises in a manifest."""
    manifest = json.loads(course.file("build", folder, "manifest.json").read_text())
    assert manifest["schema"] == "keygen-manifest/3"
    for student in manifest["students"]:
        yield from student["exercises"]


def as_former(path: Path) -> Path:
    """A manifest as version 0.3.0 has written it: without certificates."""
    manifest = json.loads(path.read_text())
    manifest["schema"] = "keygen-manifest/1"
    manifest["versions"]["keygen"] = "0.3.0"
    for student in manifest["students"]:
        del student["certificates"]
    del manifest["draws"]
    former = path.with_name("former.json")
    former.write_text(json.dumps(manifest))
    return former


def page(solved: Solved, policy: Policy) -> Certificate:
    """The certificate of an exercise that is set on a page."""
    return certified(solved, policy, BUILD, lambda proofs: problem(solved, 1, None, EN, policy, proofs=proofs))[1]


# --- the manifest


def test_a_manifest_tells_how_each_exercise_was_certified(course: Course) -> None:
    built(*SEEDS)
    manifest = json.loads(course.file("build", "mine-variants", "manifest.json").read_text())
    found = [certificate for student in manifest["students"] for certificate in student["certificates"]]
    assert len(found) == len(list(exercises(course, "mine-variants"))) == 4
    for certificate in found:
        assert certificate["counts"] == {"equalities": 10, "gradients": 1, "answers": 0, "digits": 12, "conditions": 0}
        assert certificate["bits"] == 0
        assert {kind for kind, count in certificate["counts"].items() if count} == set(certificate["ways"])
        assert certificate["ways"]["gradients"] == ["the complex step in float64"]


def test_answers_by_a_manifest_are_those_by_the_seed_and_say_nothing_of_certificates(course: Course) -> None:
    built(*SEEDS)
    manifest = str(course.file("build", "mine-variants", "manifest.json"))
    by_manifest = said("answers", "mine", "--manifest", manifest, "--student", "1", "--json")
    by_seed = said("answers", "mine", "--seed", "1", "--json")
    assert (by_manifest.exit_code, by_seed.exit_code) == (0, 0)
    assert json.loads(by_manifest.stdout)["exercises"] == json.loads(by_seed.stdout)["exercises"]


def test_a_former_manifest_is_read_and_not_built_from(course: Course) -> None:
    built(*SEEDS)
    path = course.file("build", "mine-variants", "manifest.json")
    former = as_former(path)
    code = json.loads(path.read_text())["students"][0]["code"]
    assert said("show", code, "--manifest", str(former)).stdout == said("show", code, "--manifest", str(path)).stdout
    asked = ("answers", "mine", "--student", "2")
    assert said(*asked, "--manifest", str(former)).stdout == said(*asked, "--manifest", str(path)).stdout != ""
    refused = keygen("--from", str(former))
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "keygen-manifest/1" in refused.stderr
    assert "install version 0.3.0" in refused.stderr


def test_a_run_goes_on_in_the_folder_of_a_former_one(course: Course) -> None:
    built(*ROSTER, "--student", "s1")
    built(*SEEDS)
    path = course.file("build", "mine-variants", "manifest.json")
    as_former(path).replace(path)
    built("mine", "--variants", "3")
    assert len(list(exercises(course, "mine-variants"))) == 6


def test_a_manifest_whose_certificate_is_none_was_written_by_nobody(course: Course) -> None:
    built(*SEEDS)
    path = course.file("build", "mine-variants", "manifest.json")
    manifest = json.loads(path.read_text())
    manifest["students"][0]["certificates"][0] = {"counts": {"equalities": "many"}}
    path.write_text(json.dumps(manifest))
    refused = said("show", manifest["students"][0]["code"], "--manifest", str(path))
    assert refused.exit_code == 1
    assert "not a manifest" in refused.stderr


# --- the stage


def test_answers_that_fail_certification_are_not_shown(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    pullbacks = backprop.PULLBACKS
    matmul = pullbacks["matmul"]
    monkeypatch.setitem(pullbacks, "matmul", tuple((lambda *a, f=f: -f(*a)) for f in matmul))
    for command in (
        ("answers", "mine", "--seed", "1"), ("answers", "mine", "--seed", "1", "--json"),
        ("show", "my/one", "--seed", "1"), ("build", "mine", "--seed", "1", "--format", "tex"),
        ("build", "mine", "--seed", "1", "--format", "html"),
    ):  # fmt: skip
        refused = said(*command)
        assert (refused.exit_code, refused.stdout) == (1, ""), command
        assert "the gradient dL_dw disagrees with finite differences" in refused.stderr
    assert not list(course.build.glob("*.tex")) + list(course.build.glob("*.html"))


def test_a_check_certifies_by_more_ways_than_a_build(course: Course) -> None:
    here = course_here()
    solved = solve(here.exercise("my/one"), "mine", 1)
    built, listed = page(solved, Policy()), certify(solved, Policy())
    order = SheetRequest(here, here.sheet("mine"), None, 1)
    _, thorough = checked(solved, order, next(sheet_items(order.sheet)))
    assert set(built.ways["gradients"]) < set(thorough.ways["gradients"])
    assert thorough.ways["gradients"][1] == "central differences in 150 digits"
    assert thorough.ways["equalities"] == ("read back on exact numbers",)
    assert max(built.counts.equalities, listed.counts.equalities) <= thorough.counts.equalities
    assert (built.counts.answers, listed.counts.answers, thorough.counts.answers) == (0, 0, 2)


@pytest.mark.parametrize(("name", "deep"), [("my/one", False), ("outputs/sigmoid", True), ("outputs/softmax", True)])
def test_the_precision_is_that_of_the_balls_and_none_where_numbers_are_rational(
    course: Course, name: str, deep: bool
) -> None:
    assert (page(solve(course_here().exercise(name), "sheet", 1), Policy()).bits >= 128) == deep


def test_a_digit_that_takes_more_bits_is_told(course: Course) -> None:
    solved = solve(course_here().exercise("outputs/softmax"), "sheet", 1)
    before = certify(solved, Policy()).bits
    next(stage.balls(solved.values)).at_depth(512)
    assert certify(solved, Policy()).bits == 512 > before


def test_a_certificate_does_not_depend_on_what_was_certified_before(course: Course) -> None:
    for name in ("my/one", "outputs/softmax", "backprop/two_layer_formula"):
        first, *others = [page(solve(course_here().exercise(name), "sheet", 5), Policy()) for _ in range(3)]
        certify(solve(course_here().exercise(name), "sheet", 6), Policy(), CHECK)
        assert [*others, page(solve(course_here().exercise(name), "sheet", 5), Policy())] == [first] * 3


def test_a_line_that_is_false_has_no_certificate(course: Course) -> None:
    solved = solve(course_here().exercise("my/one"), "mine", 1)
    values = {**solved.values, "L": solved.values["L"] + 1}
    wrong = replace(solved, evaluation=Evaluated(solved.trace, values, solved.calls))
    for rigour in (ANSWERS, CHECK):
        with pytest.raises(Exception, match=r"a printed line is false|disagrees"):
            certify(wrong, Policy(), rigour)


def test_digits_are_counted_alike_at_a_glance_and_exactly(course: Course) -> None:
    for name in ("my/one", "outputs/softmax", "backprop/layer_by_layer"):
        solved = solve(course_here().exercise(name), "sheet", 2)
        quick, exact = (Proofs(solved.values, Policy(), solved.calls, exactly=exactly) for exactly in (False, True))
        for proofs in (quick, exact):
            for target in solved.trace.named:
                proofs.require(solved.chain(target))
        assert quick.digits == exact.digits > 0, name


def test_certificates_add_up() -> None:
    assert Counts(1, 2, 3, 4, 5) + Counts(10, 20, 30, 40, 50) == Counts(11, 22, 33, 44, 55)
