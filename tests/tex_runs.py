"""What the tests of TeX share: a small style, a sheet around a line, one cache for all of them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from keygen.errors import KeygenError
from keygen.tex.pdf import Pdf, compile_tex

STYLE = rb"""\ProvidesPackage{style}
\RequirePackage[10pt]{type1ec}
\RequirePackage[T2A]{fontenc}
\RequirePackage{amsmath,xcolor,pict2e}
\newcommand{\shout}{\textbf{\undefinedinstyle}}
"""
PREAMBLE = "\\documentclass{article}\n\\usepackage{style}\n"


def document(body: str, preamble: str = PREAMBLE) -> str:
    """A sheet whose `body` stands on line 13 of a template."""
    marker = "%@ backprop/chain exercises/backprop/chain/ru.tex:12"
    return f"{preamble}\\begin{{document}}\n{marker}\nПроизводная:\n{body}\n\\end{{document}}\n"


GOOD = document(r"\textcolor{red}{\textbf{сигмоида}} \(\sigma'(0) = \frac{1}{4}\)")


def shared_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all tests and all of their processes, so that METAFONT makes each font once."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "keygen-cache"


def built(source: str, cache: Path, **options: object) -> Pdf:
    return compile_tex(source, style={"style.sty": STYLE}, cache=cache, **options)


def message(source: str, cache: Path, **options: object) -> str:
    with pytest.raises(KeygenError) as caught:
        built(source, cache, **options)
    return str(caught.value)


def lines(*rows: str) -> str:
    """A whole message, written a row a line."""
    return "\n".join(rows)


def read(tool: str, data: bytes, tmp_path: Path, *after: str) -> str:
    (tmp_path / "page.pdf").write_bytes(data)
    return subprocess.run([tool, str(tmp_path / "page.pdf"), *after], check=True, capture_output=True, text=True).stdout


def stub(folder: Path, name: str, script: str) -> None:
    """A program of that name that runs `script` instead of setting anything."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
