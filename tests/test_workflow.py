"""The workflow that GitHub runs on every push: what it may do, and its own steps, run here in a clean copy."""

from __future__ import annotations

import os
import re
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import pikepdf
from tex_runs import stub
from workflow_steps import HERE, ONLY_THERE, checkout, workflow

FILE = HERE / ".github" / "workflows" / "sheets.yml"
WORKFLOW = workflow(FILE.read_text())
SHEETS = {path.stem: tomllib.loads(path.read_text()) for path in (HERE / "exercises").glob("*.toml")}


def pdfs_of(sheet: str) -> set[str]:
    """The four files of a sheet: problems and solutions, in its own language and in the other one."""
    (other,) = {"ru", "en"} - {SHEETS[sheet]["language"]}
    return {f"build/{sheet}{kind}{ending}.pdf" for kind in ("", "-solutions") for ending in ("", f".{other}")}


def test_its_steps_check_every_exercise_and_build_every_sheet_in_both_languages(tmp_path: Path) -> None:
    copy = checkout(tmp_path / "keygen")
    for done in WORKFLOW.run(copy, {"SEEDS": "1", "PYTHONPATH": str(copy)}):
        assert done.returncode == 0, f"{done.args[-1]}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    expected = sorted(name for sheet in SHEETS for name in pdfs_of(sheet))
    assert WORKFLOW.kept(copy) == {"check": ["build/check.xml"], "sheets": expected}
    for name in expected:
        with pikepdf.open(copy / name) as pdf:
            assert len(pdf.pages) > 0
    cases = ET.parse(copy / "build" / "check.xml").getroot().iter("testcase")
    checked = {(case.get("classname"), case.get("name")): list(case.iter("failure")) for case in cases}
    assert checked == {(sheet, entry["id"]): [] for sheet, data in SHEETS.items() for entry in data["exercise"]}


def test_a_sheet_that_cannot_be_built_fails_it(tmp_path: Path) -> None:
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "exercises").mkdir()
    for sheet in ("bad", "good"):
        (tmp_path / "exercises" / f"{sheet}.toml").touch()
    stub(tmp_path, "make", ":")
    stub(tmp_path / ".venv" / "bin", "keygen", f'echo "$@" >> {tmp_path}/log; [ "$2" != bad ]')
    *_, last = WORKFLOW.run(tmp_path, {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"})
    assert last.returncode != 0
    assert sorted((tmp_path / "log").read_text().splitlines()) == [
        "build bad --lang ru --solutions",
        "build good --lang ru --solutions",
        "check --seeds 200 --junit build/check.xml",
    ]


def test_it_runs_on_every_push_and_pull_request() -> None:
    assert WORKFLOW.events == {"push", "pull_request"}
    assert WORKFLOW.data[True] == {"push": None, "pull_request": None}


def test_it_may_read_the_repository_and_nothing_else_and_ends_in_an_hour() -> None:
    assert WORKFLOW.data["permissions"] == {"contents": "read"}
    assert "permissions" not in WORKFLOW.job
    assert WORKFLOW.job["timeout-minutes"] <= 60


def test_every_action_has_its_major_version() -> None:
    assert WORKFLOW.actions
    assert [action for action in WORKFLOW.actions if not re.fullmatch(r"actions/[a-z-]+@v\d+", action)] == []


def test_its_steps_are_a_shell_s_and_name_no_sheet() -> None:
    scripts = "\n".join(step["run"] for step in WORKFLOW.runs)
    assert ONLY_THERE not in scripts
    assert [sheet for sheet in SHEETS if sheet in scripts] == []
