"""No option of a command is silently without effect: it does something, or it is wrong use and told why."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from keygen.cli import main
from keygen.course.option_rules import RULES, option_name
from tests.courses import keygen

VALUES = {
    "--seed": "3", "--roster": "r.csv", "--id-column": "id", "--name-column": "name", "--group": "group",
    "--sort": "group", "--student": "1", "--replace": "1", "--variants": "2", "--from": "m.json",
    "--manifest": "m.json", "--cluster": "tcp://127.0.0.1:1", "--jobs": "1", "--lang": "en", "--out": "there",
    "--seeds": "1..2", "--port": "8000", "--junit": "j.xml", "--tex": "1",
    "--tests": "otter", "--carried": "0.5", "--slip": "0.25", "--digits": "4",
}  # fmt: skip
CHOICES = {("build", "--format"): "html", ("check", "--format"): "github", ("grade", "--from"): "moodle"}
TARGETS = {"show": "rnn/bptt"}
ALWAYS = {"export": ["--to", "moodle"], "grade": ["--manifest", "m.json"]}
ANSWERS = "r.csv"


def words(command: str, *options: str) -> list[str]:
    """A command with a target and these options."""
    found = [command]
    if "SHEET" in options or "--from" not in options or command == "grade":
        found.append(TARGETS.get(command, "sheet1"))
    found += ALWAYS.get(command, [])
    if "ANSWERS" in options:
        found.append(ANSWERS)
    for option in options:
        if option.startswith("--"):
            value = CHOICES.get((command, option), VALUES.get(option))
            found += [option] if value is None else [option, value]
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new course with a roster, and a file that is no manifest."""
    monkeypatch.chdir(tmp_path)
    assert keygen("init", ".", "--lang", "en").exit_code == 0
    (tmp_path / "r.csv").write_text("id,name,group\n1,Ann,A\n")
    (tmp_path / "m.json").write_text("{}")
    return tmp_path


def test_the_rules_speak_of_every_option_of_every_command() -> None:
    assert set(RULES) == set(main.commands)
    for name, command in main.commands.items():
        params = {option_name(param) for param in command.params}
        params |= {name for param in command.params for name in param.secondary_opts}
        assert params == RULES[name].known, name


def test_what_has_no_effect_and_is_let_pass_is_told_by_the_help() -> None:
    for name, rules in RULES.items():
        helps = {option_name(param): getattr(param, "help", "") for param in main.commands[name].params}
        assert [option for option, said in rules.told.items() if said not in helps[option]] == []


APART = [(name, *pair) for name, rules in RULES.items() for pair in rules.apart]


@pytest.mark.parametrize(("command", "one", "other"), APART, ids=str)
def test_two_options_that_exclude_each_other_are_wrong_use_and_nothing_is_written(
    command: str, one: str, other: str, here: Path
) -> None:
    rules = RULES[command]
    needed = chain.from_iterable(rules.needs[option][0][:1] for option in (one, other) if option in rules.needs)
    result = keygen(*words(command, *dict.fromkeys((one, other, *needed))))
    assert result.exit_code == 2
    assert "do not go together: " in result.stderr
    assert not (here / "build").exists()
    assert not (here / "there").exists()


NEEDS = [(name, option) for name, rules in RULES.items() for option in rules.needs]


@pytest.mark.parametrize(("command", "option"), NEEDS, ids=str)
def test_an_option_that_needs_another_is_wrong_use_without_it(command: str, option: str, here: Path) -> None:
    result = keygen(*words(command, option))
    others, why = RULES[command].needs[option]
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert f"{option} is for {' or '.join(others)}: {why}" in said
    assert not (here / "build").exists()


def test_what_is_so_by_default_may_be_said_of_a_class(here: Path) -> None:
    result = keygen("build", "sheet1", "--variants", "1", "--format", "pdf", "--lang", "xx")
    assert "do not go together" not in result.stderr


def test_whom_to_replace_is_said_to_be_a_matter_of_the_whole_class(here: Path) -> None:
    result = keygen("build", "sheet1", "--roster", "r.csv", "--replace", "1", "--student", "1")
    assert result.exit_code == 2
    assert "--replace and --student do not go together" in result.stderr
    assert "leave out --student" in " ".join(result.stderr.split())
