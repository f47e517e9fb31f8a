"""Dumped preambles: used, healed, refused, and never a condition for building."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from tex_runs import GOOD, PREAMBLE, STYLE, built, document, message, shared_cache, stub

from keygen.system.store import Store, digest
from keygen.tex import engines
from keygen.tex.format_cache import FormatFile, fingerprint, format_file
from keygen.tex.pdf import compile_tex

OWN_STYLE = Path(__file__).parents[1] / "templates" / "style.sty"


@pytest.fixture(scope="session")
def tex_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_cache(tmp_path_factory)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The command lines of all runs, as they come."""
    seen: list[list[str]] = []
    run = engines.run_tex

    def recorded(command: list[str], *rest: Any) -> engines.TexRun:
        seen.append(command)
        return run(command, *rest)

    monkeypatch.setattr(engines, "run_tex", recorded)
    return seen


def without_formats(folder: Path, tex_cache: Path) -> Path:
    """A cache in `folder` with the fonts of `tex_cache`, so that METAFONT need not make them again."""
    (tex_cache / "fonts").mkdir(parents=True, exist_ok=True)
    (folder / "fonts").symlink_to(tex_cache / "fonts")
    return folder


@pytest.fixture
def fresh(tex_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache without formats."""
    return without_formats(tmp_path_factory.mktemp("fresh"), tex_cache)


@pytest.fixture(scope="session")
def warm(tex_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with one format, that of GOOD; not to be spoilt."""
    folder = without_formats(tmp_path_factory.mktemp("warm"), tex_cache)
    built(GOOD, folder)
    return folder


@pytest.fixture
def formats(warm: Path, fresh: Path) -> Path:
    """The folder of formats in a cache that holds one, that of GOOD."""
    shutil.copytree(warm / "formats", fresh / "formats")
    return fresh / "formats"


def test_a_second_run_starts_from_the_dumped_preamble(fresh: Path, commands: list[list[str]]) -> None:
    first = built(GOOD, fresh)
    assert [("-ini" in command, any("-fmt=" in part for part in command)) for command in commands] == [
        (False, False),  # plain
        (True, False),  # dump
        (False, True),  # the same page again, to compare
    ]
    commands.clear()
    assert built(GOOD, fresh) == first
    (fmt,) = (fresh / "formats").rglob("*.fmt")
    assert len(commands) == 1
    assert f"-fmt={fmt}" in commands[0]


@pytest.mark.parametrize("harm", ["truncated", "garbage", "absent", "spoilt in secret"])
def test_a_broken_format_heals_by_itself(formats: Path, warm: Path, harm: str, commands: list[list[str]]) -> None:
    good = built(GOOD, warm)
    (fmt,) = formats.rglob("*.fmt")
    stat = fmt.stat()
    match harm:
        case "truncated":
            os.truncate(fmt, stat.st_size // 2)
        case "garbage":
            fmt.write_bytes(b"no format at all")
        case "absent":
            fmt.unlink()
        case _:  # size and time tell nothing: TeX itself must find out
            fmt.write_bytes(bytes(stat.st_size))
            os.utime(fmt, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert built(GOOD, formats.parent) == good
    commands.clear()
    assert built(GOOD, formats.parent) == good
    assert ["-fmt=" in " ".join(command) for command in commands] == [True]


def test_a_broken_document_costs_no_format(formats: Path) -> None:
    before = list(formats.rglob("*"))
    message(document(r"\foo"), formats.parent)
    assert list(formats.rglob("*")) == before


def test_another_style_and_other_packages_make_another_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(tmp_path, "kpsewhich", f"echo {tmp_path}/ls-R")
    (tmp_path / "ls-R").touch()
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    program, env = engines.program(engines.ENGINES["pdflatex"]), engines.environment(tmp_path)
    before = fingerprint(program, tmp_path, env)
    assert fingerprint(program, tmp_path, env) == before
    os.utime(tmp_path / "ls-R", (1, 1))
    after = fingerprint(program, tmp_path, env)
    keys = {
        format_file(tmp_path, preamble, style, engine).key
        for preamble in ("a", "b")
        for style in ({}, {"x": b""}, {"x": b"1"})
        for engine in (before, after)
    }
    assert len(keys) == 12


def test_the_cache_keeps_the_newest_formats_only(tmp_path: Path) -> None:
    store = Store(tmp_path, most=3 * 1032, ending=".fmt")
    slots = [FormatFile(store, digest(f"{name}")) for name in range(5)]
    for age, made in zip(range(5, 0, -1), slots, strict=True):
        made.keep(bytes(1000))
        path = made.find()
        assert path is not None
        os.utime(path, (10**9 - age, 10**9 - age))
    assert [made.find() is not None for made in slots] == [False, False, True, True, True]


def test_a_preamble_that_does_not_survive_a_dump_is_set_plainly(fresh: Path, commands: list[list[str]]) -> None:
    source = document("x", PREAMBLE + "\\pdfinfo{/Title (Backpropagation)}\n")
    first = built(source, fresh)
    assert b"(Backpropagation)" in first.data
    assert all(path.stat().st_size == 32 for path in (fresh / "formats").rglob("*.fmt"))  # a refusal
    commands.clear()
    assert built(source, fresh) == first
    assert len(commands) == 1


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_sheets_own_style_survives_a_dump(language: str, fresh: Path) -> None:
    source = document(
        r"\textbf{а} \textit{б} \(\mathbb R\)", f"\\documentclass[11pt]{{article}}\n\\usepackage[{language}]{{style}}\n"
    )
    made = compile_tex(source, style={"style.sty": OWN_STYLE.read_bytes()}, cache=fresh)
    assert made.warnings == ()
    assert [path.stat().st_size > 10**6 for path in (fresh / "formats").rglob("*.fmt")] == [True]


def test_the_engine_version_costs_no_process_at_the_second_build(
    formats: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(GOOD, formats.parent)
    monkeypatch.setattr(engines, "lines_of", None)
    monkeypatch.setattr("keygen.tex.format_cache.lines_of", None)
    assert built(GOOD, formats.parent).pages == 1


def test_a_cache_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    source = "\\documentclass{article}\n\\begin{document}\nx\n\\end{document}\n"
    for _ in range(2):
        assert compile_tex(source, style={}, cache=tmp_path / "file" / "cache").pages == 1


def test_fonts_are_made_where_home_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tex_cache: Path
) -> None:
    (tmp_path / "file").touch()
    for name in ("KEYGEN_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert compile_tex(document("x"), style={"style.sty": STYLE}).data == built(document("x"), tex_cache).data
    (kept,) = tmp_path.glob("keygen-*/fonts/??/*")
    assert b"larm1000.tfm" in kept.read_bytes()
