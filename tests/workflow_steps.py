"""A workflow of GitHub's, read from its text: what it may do, and its `run:` steps as its runner runs them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parents[1]
ONLY_THERE = "${{"  # begins what only GitHub can fill in
PATIENCE = 600  # seconds for a step


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow of one job."""

    data: dict[Any, Any]

    @property
    def events(self) -> set[str]:
        """What starts it. (YAML 1.1 takes the bare word `on` for true.)"""
        return {self.data[True]} if isinstance(self.data[True], str) else set(self.data[True])

    @property
    def job(self) -> dict[str, Any]:
        (job,) = self.data["jobs"].values()
        return dict(job)

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.job["steps"])

    @property
    def runs(self) -> list[dict[str, Any]]:
        return [step for step in self.steps if "run" in step]

    @property
    def actions(self) -> list[str]:
        return [step["uses"] for step in self.steps if "uses" in step]

    def kept(self, folder: Path) -> dict[str, list[str]]:
        """The files that each upload would keep, by the artifact's name, relative to `folder`."""
        uploads = [step["with"] for step in self.steps if step.get("uses", "").startswith("actions/upload-artifact@")]
        return {
            upload["name"]: sorted(
                path.relative_to(folder).as_posix() for glob in upload["path"].split() for path in folder.glob(glob)
            )
            for upload in uploads
        }

    def run(self, folder: Path, env: dict[str, str]) -> Iterator[subprocess.CompletedProcess[str]]:
        """Each `run:` step in its turn, until one fails; `env` goes before what the workflow says."""
        for step in self.runs:
            said = {**self.data.get("env", {}), **self.job.get("env", {}), **step.get("env", {})}
            known = {name: str(value) for name, value in said.items() if ONLY_THERE not in str(value)}
            done = subprocess.run(
                ["bash", "-e", "-c", step["run"]], cwd=folder, env={**outside(), **known, **env},
                capture_output=True, text=True, timeout=PATIENCE, check=False,
            )  # fmt: skip
            yield done
            if done.returncode:
                return


def workflow(text: str) -> Workflow:
    return Workflow(yaml.safe_load(text))


def outside() -> dict[str, str]:
    """This process's environment without what a make that has called us, or a person's own course, would add."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "KEYGEN"))}


def checkout(folder: Path) -> Path:
    """A clean copy of this repository with a virtual environment that is there already: that of these tests."""
    ignored = [line.strip("/") for line in (HERE / ".gitignore").read_text().splitlines()]
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns(".git", "build", *ignored))
    (folder / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        if not part.name.startswith("."):
            (folder / ".venv" / part.name).symlink_to(part)
    (folder / ".venv" / ".keygen").touch()  # make's mark that keygen is installed: newer than pyproject.toml
    return folder
