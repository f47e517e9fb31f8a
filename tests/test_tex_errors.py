"""TeX's errors as a person reads them, whole messages compared."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tex_runs import GOOD, PREAMBLE, document, lines, message, shared_cache, stub

from keygen.errors import KeygenError
from keygen.system.terminal import unheard
from keygen.tex import engines, install_hints
from keygen.tex.pdf import compile_tex


@pytest.fixture(scope="session")
def tex_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shared_cache(tmp_path_factory)


MEND_BRACES = "look for a brace or an environment that is not closed, or closed twice"
OWN_FOLDER = "TeX may read and write its own folder only"
UNCLOSED = r"\begin{itemize} on input line 6 ended by \end{document}"

ERRORS = {
    r"so \foo{1}": lines(
        "TeX stopped: Undefined control sequence.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     so \foo{1}",
        r"  found:    \foo",
        "  mend:     mend the command's spelling, or define it in style.sty",
    ),
    r"\shout": lines(
        "TeX stopped: Undefined control sequence.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     \shout",
        r"  found:    \undefinedinstyle",
        "  mend:     mend the command's spelling, or define it in style.sty",
    ),
    "a_1": lines(
        "TeX stopped: Missing $ inserted.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        "  line:     a_1",
        r"  mend:     set formulas inside \( \) or \[ \], and leave no empty line inside \[ \]",
    ),
    "\\[ a\n\n\\]": lines(
        "TeX stopped: Missing $ inserted.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:14",
        r"  mend:     set formulas inside \( \) or \[ \], and leave no empty line inside \[ \]",
    ),
    "x}": lines(
        "TeX stopped: Too many }'s.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        "  line:     x}",
        f"  mend:     {MEND_BRACES}",
    ),
    r"\begin{itemize}\item x": lines(
        f"TeX stopped: LaTeX Error: {UNCLOSED}.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     \begin{itemize}\item x",
        f"  mend:     {MEND_BRACES}",
    ),
    r"\(\frac{1}{2\)": lines(
        r"TeX stopped: File ended while scanning use of \frac .",
        r"  found:    {2\) \end {document}",
        f"  mend:     {MEND_BRACES}",
    ),
    "2 ∂ 3": lines(
        "TeX stopped: LaTeX Error: Unicode character ∂ (U+2202) not set up for use with LaTeX.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        "  line:     2 ∂ 3",
        r"  mend:     if it is of a formula, let the exercise say it: \( \val{ ... } \); a sign among words is TeX of "
        r"your own: \begin{kgtex}{words for other media} ... \end{kgtex}",
    ),
    "1 & 2": lines(
        "TeX stopped: Misplaced alignment tab character &.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        "  line:     1 & 2",
        "  mend:     mend the template; `keygen build --format tex` writes the TeX that was set",
    ),
    r"\font\x=nosuch \x": lines(
        r"TeX stopped: Font \x=nosuch not loadable: Metric (TFM) file not found.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     \font\x=nosuch \x",
        "  mend:     install this font: `keygen doctor` says how",
    ),
    r"\input{chapter}": lines(
        "TeX stopped: LaTeX Error: File `chapter.tex' not found.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     \input{chapter}",
        "  mend:     put the text into the template: TeX sees only style.sty and its packages",
    ),
    r"\input{/etc/passwd}": lines(
        "TeX stopped: LaTeX Error: File `/etc/passwd.tex' not found.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     \input{/etc/passwd}",
        "  found:    Not reading from /etc/passwd (openin_any = p)",
        f"  mend:     {OWN_FOLDER}",
    ),
    r"\input{../up}": lines(
        "TeX stopped: LaTeX Error: File `../up.tex' not found.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     \input{../up}",
        "  found:    Not reading from ../up (openin_any = p)",
        f"  mend:     {OWN_FOLDER}",
    ),
    r"\immediate\openout15=../evil.txt x": lines(
        "TeX stopped: I can't write on file `../evil.txt'.",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     \immediate\openout15=../evil.txt x",
        "  found:    Not writing to ../evil.txt (openout_any = p)",
        f"  mend:     {OWN_FOLDER}",
    ),
    r"\def\a{\a\a}\a": lines(
        "TeX stopped: TeX capacity exceeded, sorry [input stack size=10000].",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     \def\a{\a\a}\a",
        "  mend:     mend the template; `keygen build --format tex` writes the TeX that was set",
    ),
}


@pytest.mark.parametrize("body", ERRORS)
def test_an_error_of_tex_names_exercise_template_and_line(body: str, tex_cache: Path) -> None:
    assert message(document(body), tex_cache) == ERRORS[body]


def test_an_error_without_a_marker_names_the_generated_line(tex_cache: Path) -> None:
    source = PREAMBLE + "\\begin{document}\nfirst\n\nso \\foo\n\\end{document}\n"
    assert message(source, tex_cache) == lines(
        "TeX stopped: Undefined control sequence.",
        "  at:       (the generated TeX):6",
        r"  line:     so \foo",
        r"  found:    \foo",
        "  mend:     mend the command's spelling, or define it in style.sty",
    )


def test_an_error_in_the_style_names_its_line(tex_cache: Path) -> None:
    with pytest.raises(KeygenError) as caught:
        compile_tex(GOOD, style={"style.sty": b"\\ProvidesPackage{style}\n\\RequirePakage{xcolor}\n"}, cache=tex_cache)
    assert str(caught.value) == lines(
        "TeX stopped: Undefined control sequence.",
        "  at:       style.sty:2",
        r"  line:     \RequirePakage{xcolor}",
        r"  found:    \RequirePakage",
        "  mend:     mend the command's spelling, or define it in style.sty",
    )


def test_a_missing_package_is_named(tex_cache: Path) -> None:
    source = document("x", PREAMBLE + "\\usepackage{nosuch}\n")
    assert message(source, tex_cache) == lines(
        "TeX stopped: LaTeX Error: File `nosuch.sty' not found.",
        "  at:       (the generated TeX):4",
        r"  line:     \begin{document}",
        "  mend:     install this file: `keygen doctor` says how",
    )


def test_a_document_without_an_end_is_an_error(tex_cache: Path) -> None:
    assert message(PREAMBLE + "\\begin{document}\nx", tex_cache) == lines(
        "TeX stopped: Emergency stop.",
        f"  mend:     {MEND_BRACES}",
    )


def test_an_empty_document_is_an_error(tex_cache: Path) -> None:
    assert message(PREAMBLE + "\\begin{document}\n\\end{document}\n", tex_cache) == lines(
        "TeX made no page",
        r"  mend:     put something to print below \begin{document}",
    )


@pytest.fixture
def heeding() -> Iterator[None]:
    """Interrupts as a worker has them, however the tests were started."""
    before = signal.signal(signal.SIGINT, unheard)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding")
def test_an_endless_macro_is_stopped_where_it_stands(tex_cache: Path) -> None:
    started = time.monotonic()
    assert message(document(r"\loop\iftrue\repeat"), tex_cache, timeout=6) == lines(
        "pdflatex was stopped after 6 s",
        "  exercise: backprop/chain",
        "  at:       exercises/backprop/chain/ru.tex:13",
        r"  line:     \loop\iftrue\repeat",
        "  mend:     look for a macro that never ends, or allow more time",
    )
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "begun",
    [
        "from keygen.system.terminal import politely as f; f()",
        "from keygen.builds.executors import obey as f; f('.', ())",
    ],
)
def test_a_background_job_and_a_worker_heed_no_interrupt_and_what_they_start_does(begun: str) -> None:
    text = (
        "import os, signal, subprocess; signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        f"{begun}\n"
        "os.kill(os.getpid(), signal.SIGINT)\n"
        "print(subprocess.run(['sh', '-c', 'kill -INT $$']).returncode)"
    )
    found = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert (found.stdout, found.returncode) == (f"{-signal.SIGINT}\n", 0)


def test_output_without_end_is_stopped(tex_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "MOST_BYTES", 1_000_000)
    endless = document(r"\loop\immediate\write-1{again and again and again}\iftrue\repeat")
    assert message(endless, tex_cache, preamble_cache=False) == lines(
        "pdflatex was killed by SIGXFSZ",
        "  mend:     look for a macro that never ends: its output grew beyond measure",
    )


def test_a_late_engine_is_killed_with_all_that_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(tmp_path, "xelatex", f"trap '' INT; sleep 60 & echo $! > {tmp_path}/child; wait")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert message(GOOD, tmp_path, engine="xelatex", timeout=0.2) == lines(
        "xelatex was stopped after 0.2 s",
        "  mend:     look for a macro that never ends, or allow more time",
    )
    child = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    assert not child.exists() or child.read_text().split()[2] == "Z"


def test_an_engine_killed_by_a_signal_says_which(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(tmp_path, "xelatex", "kill -9 $$")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert message(GOOD, tmp_path, engine="xelatex") == lines(
        "xelatex was killed by SIGKILL",
        "  mend:     see that there is memory to spare",
    )


def test_an_engine_that_fails_before_its_log_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub(tmp_path, "xelatex", "echo 'This is no TeX'; echo \"I can't find the format file\"; exit 1")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert message(GOOD, tmp_path, engine="xelatex") == lines(
        "xelatex failed without a word in its log",
        "  found:    I can't find the format file",
        "  mend:     `keygen doctor` looks whether TeX is whole here",
    )


@pytest.mark.parametrize(
    ("system", "mend"),
    [
        (
            "debian",
            "sudo apt-get install --no-install-recommends texlive-latex-recommended texlive-lang-cyrillic"
            " texlive-pictures cm-super-minimal",
        ),
        ("other", "install TeX Live with pdflatex, the T2A encoding, babel for Russian, pict2e and the cm-super fonts"),
    ],
)
def test_a_missing_engine_says_how_to_get_one(
    system: str, mend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(engines, "this_system", lambda: install_hints.SYSTEMS[system])
    assert message(GOOD, tmp_path) == lines(
        "no TeX engine: pdflatex is not on the PATH",
        "  expected: a TeX engine, for a PDF; `keygen build SHEET --format html` needs none, nor does `--format tex`",
        f"  mend:     {mend}; `keygen doctor` shows what is missing",
    )


def test_a_machine_without_room_for_a_run_is_told(tex_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    monkeypatch.setattr(tempfile, "_get_candidate_names", lambda: iter(["run"]))
    assert message(GOOD, tex_cache) == lines(
        "TeX has no place to work in",
        "  at:       /nowhere/keygen-run",
        "  found:    No such file or directory",
        "  mend:     free some space, or set TMPDIR to a folder that you may write to",
    )


def test_an_unknown_engine_offers_the_nearest(tmp_path: Path) -> None:
    assert message(GOOD, tmp_path, engine="pdftex") == lines(
        "unknown TeX engine 'pdftex'",
        "  expected: pdflatex, xelatex, lualatex, tectonic",
        "  mend:     did you mean 'pdflatex'?",
    )
