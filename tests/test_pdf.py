"""TeX to PDF, with real runs: bytes, fonts, flaws, and the walls around TeX."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from tex_runs import GOOD, STYLE, built, document, message, read, shared_cache, stub


@pytest.fixture(scope="session")
def tex_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_cache(tmp_path_factory)


def test_russian_text_can_be_copied_from_the_page(tex_cache: Path, tmp_path: Path) -> None:
    text = read("pdftotext", built(GOOD, tex_cache).data, tmp_path, "-")
    assert "Производная: сигмоида" in text


def test_every_font_is_type_1(tex_cache: Path, tmp_path: Path) -> None:
    rows = read("pdffonts", built(GOOD, tex_cache).data, tmp_path).splitlines()[2:]
    assert rows
    assert all(" Type 1 " in row for row in rows)


def test_pages_are_counted(tex_cache: Path) -> None:
    assert built(document(r"a\newpage b\newpage c"), tex_cache).pages == 3


def test_the_same_source_gives_the_same_bytes_in_any_folder_home_and_time(
    tex_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = built(GOOD, tex_cache).data
    elsewhere = tmp_path / "папка with a space"
    elsewhere.mkdir()
    (elsewhere / "style.sty").write_text("not this one")
    for name in ("HOME", "TEXINPUTS", "TMPDIR"):
        monkeypatch.setenv(name, str(elsewhere))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    monkeypatch.setenv("TZ", "Asia/Vladivostok")
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    monkeypatch.chdir(elsewhere)
    assert built(GOOD, tex_cache).data == first
    assert built(GOOD, tex_cache, preamble_cache=False).data == first


def test_the_file_tells_no_date_and_no_folder(tex_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    data = built(document(r"\pdfcompresslevel0 \pdfobjcompresslevel0 x"), tex_cache).data
    assert b"/CreationDate" not in data
    assert b"/ModDate" not in data
    assert tmp_path.name.encode() not in data


def test_two_documents_have_two_identities(tex_cache: Path) -> None:
    ids = {data[data.index(b"/ID [") :][:80] for data in (built(document(body), tex_cache).data for body in "ab")}
    assert len(ids) == 2


# --- the walls around TeX


def test_tex_runs_no_command(tex_cache: Path, tmp_path: Path) -> None:
    built(document(rf"\immediate\write18{{touch {tmp_path}/evil}}x"), tex_cache)
    assert not (tmp_path / "evil").exists()


def test_tex_writes_nothing_outside_of_its_folder(tex_cache: Path, tmp_path: Path) -> None:
    assert "Not writing to" in message(document(rf"\immediate\openout15={tmp_path}/evil.txt x"), tex_cache)
    assert not (tmp_path / "evil.txt").exists()


def test_nothing_of_a_run_stays_behind(tex_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    built(GOOD, tex_cache)
    message(document(r"\foo"), tex_cache)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("engine", "line"),
    [
        ("xelatex", "-halt-on-error -interaction=batchmode -no-shell-escape -file-line-error sheet.tex"),
        ("lualatex", "-halt-on-error -interaction=batchmode -no-shell-escape -file-line-error sheet.tex"),
        ("tectonic", "--only-cached --untrusted --keep-logs --reruns=0 --chatter=minimal sheet.tex"),
    ],
)
def test_other_engines_run_once_within_the_same_walls(
    engine: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = f"{tmp_path}/told"
    stub(
        tmp_path,
        engine,
        f"""echo "$@" >> {told}; echo "$openin_any$openout_any$SOURCE_DATE_EPOCH" >> {told}
echo "Output written on sheet.pdf (2 pages, 99 bytes)." > sheet.log; cat sheet.tex style.sty > sheet.pdf""",
    )
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    made = built(GOOD, tmp_path, engine=engine)
    assert (made.data, made.pages) == (GOOD.encode() + STYLE, 2)
    assert Path(told).read_text() == f"{line}\npp0\n"


# --- flaws


def test_what_spoils_the_page_becomes_warnings(tex_cache: Path) -> None:
    body = r"""\hbox to 3cm{\hskip 4cm}
\hbox to 3cm{\hskip 3.05cm}
{\font\x=cmr10 \x\char200}
\(Ы\)
\ref{nowhere}
{\font\x=larm1095 \x Ы}
{"""
    made = built(document(body), tex_cache)
    place = "(backprop/chain, exercises/backprop/chain/ru.tex:{})"
    assert [(warning.kind, str(warning).rpartition("/fonts/")[2]) for warning in made.warnings] == [
        ("overfull", rf"Overfull \hbox (28.45276pt too wide) detected at line 6 {place.format(13)}"),
        ("glyph", r"Missing character: There is no \xc8 in font cmr10!"),
        ("glyph", r"Missing character: There is no \xdb in font cmr10!"),
        ("glyph", rf"LaTeX Warning: Command \CYRERY invalid in math mode on input line 9. {place.format(16)}"),
        ("reference", f"LaTeX Warning: Reference `nowhere' on page 1 undefined on input line 10. {place.format(17)}"),
        ("group", r"(\end occurred inside a group at level 1)"),
        ("bitmap", "pk/ljfour/lh/lh-t2a/larm1095.600pk"),
    ]
    assert made.warnings[0].amount == pytest.approx(28.45276)


def test_a_good_page_has_no_warnings(tex_cache: Path) -> None:
    assert built(GOOD, tex_cache).warnings == ()


def test_no_slow_library_is_imported() -> None:
    asked = "import sys, keygen.tex.pdf, keygen.tex.doctor; print(*{'numpy', 'sympy', 'jinja2'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
