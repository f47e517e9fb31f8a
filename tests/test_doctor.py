"""The doctor finds what is there, says what is not, and knows what a sheet needs."""

from __future__ import annotations

import platform
import re
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from keygen.tex import doctor, install_hints
from keygen.tex.doctor import TEX_FILES, Need, Needs, as_text, diagnose

HERE = Path(__file__).parents[1]


def test_a_machine_that_runs_these_tests_is_whole() -> None:
    report = diagnose()
    assert [row for row in report.rows if not row.ok] == []
    assert report.ok


def test_what_is_missing_is_told_with_its_repair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("KEYGEN_CACHE", str(tmp_path / "file"))
    monkeypatch.setattr(doctor, "this_system", lambda: install_hints.SYSTEMS["debian"])
    report = diagnose()
    tex = install_hints.SYSTEMS["debian"].to_install("tex")
    wrong = {row.what: (row.found, row.repair) for row in report.rows if not row.ok}
    assert wrong == {
        "TeX engine (pdflatex)": ("not found", tex),
        **{need.what: ("no " + ", ".join(need.files), tex) for need in TEX_FILES},
        "Cyrillic in TeX's font map": ("not found", f"{tex} && sudo updmap-sys"),
        "METAFONT (font metrics)": ("not found", tex),
        "cache folder": (str(tmp_path / "file"), "set KEYGEN_CACHE to a folder that you may write to"),
        "poppler (for keygen's own tests)": (
            "no pdftotext, pdftoppm, pdffonts", install_hints.SYSTEMS["debian"].to_install("poppler"),
        ),
    }  # fmt: skip
    assert not report.ok


def test_a_font_map_without_cyrillic_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pdftex.map").write_text("cmr10 CMR10 <cmr10.pfb\n")
    monkeypatch.setattr(doctor, "lines_of", lambda command, env: [str(tmp_path / name) for name in command[1:]])
    (wrong,) = [row for row in diagnose().rows if not row.ok]
    assert wrong.what == "Cyrillic in TeX's font map"


def test_a_package_too_old_or_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        if name == "igraph":
            raise PackageNotFoundError(name)
        return "3.0.10"

    monkeypatch.setattr(
        doctor, "requires", lambda name: ["jinja2>=3.1", "click>=3", "igraph", "pytest>=8; extra == 'test'"]
    )
    monkeypatch.setattr(doctor, "version", version)
    rows = {row.what: row for row in diagnose().rows}
    assert rows["jinja2"] == Need("jinja2", "3.0.10", False, "pip install 'jinja2>=3.1'")
    assert rows["click"].ok
    assert rows["igraph"] == Need("igraph", "not found", False, "pip install 'igraph>=0'")
    assert "pytest" not in rows


def test_the_report_says_each_repair_once() -> None:
    rows = (
        Need("pdflatex", "not found", False, "install TeX"),
        Need("fonts", "not found", False, "install TeX"),
        Need("cache", "/home/x", True, "none needed"),
        Need("poppler", "not found", False, "install poppler", optional=True),
    )
    assert as_text(Needs("Debian", rows)) == "\n".join([
        "keygen on Debian",
        "",
        "NO  pdflatex  not found",
        "NO  fonts     not found",
        "ok  cache     /home/x",
        "--  poppler   not found",
        "",
        "To mend it:",
        "  install TeX",
        "  install poppler",
        "",
        "Not every sheet can be built here yet.",
    ])  # fmt: skip


def test_what_is_optional_does_not_spoil_the_verdict() -> None:
    report = Needs("Debian", (Need("poppler", "not found", False, "install poppler", optional=True),))
    assert report.ok
    assert as_text(report).endswith("Every sheet can be built here.")


def test_every_package_that_the_style_loads_is_looked_for() -> None:
    style = re.sub(r"(?m)%.*$", "", (HERE / "templates" / "style.sty").read_text("utf-8"))
    loaded = {
        f"{name.strip()}.sty"
        for names in re.findall(r"\\RequirePackage(?:\[[^\]]*\])?\{([^}]*)\}", style)
        for name in names.split(",")
    }
    assert loaded - {"fontspec.sty"} <= {
        file for need in TEX_FILES for file in need.files
    }  # fontspec: not for pdflatex


@pytest.mark.parametrize(
    ("release", "family"),
    [
        ({"ID": "debian"}, "debian"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "debian"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "debian"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "fedora"),
        ({"ID": "manjaro", "ID_LIKE": "arch"}, "arch"),
        ({"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"}, "suse"),
        ({"ID": "plan9"}, "other"),
    ],
)
def test_a_system_is_known_by_its_family(release: dict[str, str], family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "freedesktop_os_release", lambda: release)
    assert install_hints.this_system() is install_hints.SYSTEMS[family]


@pytest.mark.parametrize(("name", "family"), [("darwin", "macos"), ("win32", "windows")])
def test_a_platform_is_known_by_its_name(name: str, family: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", name)
    assert install_hints.this_system() is install_hints.SYSTEMS[family]


def test_a_system_that_does_not_say_what_it_is_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent() -> dict[str, str]:
        raise OSError

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "freedesktop_os_release", silent)
    assert install_hints.this_system() is install_hints.SYSTEMS["other"]


def test_every_system_can_install_every_need() -> None:
    assert {frozenset(system.commands) for system in install_hints.SYSTEMS.values()} == {
        frozenset({"tex", "poppler", "python"})
    }
