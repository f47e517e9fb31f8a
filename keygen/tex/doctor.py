"""What keygen needs of this machine, whether it is there, and how to get it here."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path

from keygen.system.files import cache_folder, writable
from keygen.system.store import FOLDER, caches, size
from keygen.tex.engines import environment, lines_of
from keygen.tex.install_hints import System, this_system


@dataclass(frozen=True, slots=True)
class Need:
    """One need: what it is, what was found, whether that will do, and the repair where it will not."""

    what: str
    found: str
    ok: bool
    repair: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Needs:
    """All needs, in the order in which they are worth mending."""

    system: str
    rows: tuple[Need, ...]

    @property
    def ok(self) -> bool:
        """Whether every sheet can be built here."""
        return all(row.ok or row.optional for row in self.rows)


@dataclass(frozen=True, slots=True)
class TexFiles:
    """A need of the page, met if TeX finds all of these files."""

    what: str
    files: tuple[str, ...]


TEX_FILES = (
    TexFiles("LaTeX", ("article.cls", "fontenc.sty", "inputenc.sty", "iftex.sty")),
    TexFiles("mathematics", ("amsmath.sty", "amssymb.sty", "mathtools.sty")),
    TexFiles("layout", ("geometry.sty", "fancyhdr.sty", "xcolor.sty", "microtype.sty")),
    TexFiles("figures (pict2e, graphicx)", ("pict2e.sty", "graphicx.sty")),
    TexFiles("Russian (babel, T2A)", ("babel.sty", "russianb.ldf", "t2aenc.def")),
    TexFiles("Cyrillic metrics (lh)", ("lacodes.mf",)),
    TexFiles("Cyrillic outlines (cm-super)", ("sfrm1000.pfb", "cm-super-t2a.enc")),
)
FONT_MAP = "pdftex.map"
MAPPED = re.compile(rb"^larm1000\b", re.M)
METAFONT = ("mf-nowin", "mf")
POPPLER = ("pdftotext", "pdftoppm", "pdffonts")
DISTRIBUTION = "keygen-sheets"
OLDEST_PYTHON = (3, 11)
REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)\s*(?:>=\s*(?P<oldest>[\d.]+))?[^;]*")


def diagnose() -> Needs:
    """Look at this machine; nothing is raised and nothing is changed, but for the cache folder, which is made."""
    system = this_system()
    rows = (*_python(system), *_tex(system), *_caches(), _poppler(system))
    return Needs(system.name, rows)


def as_text(report: Needs) -> str:
    """The report for a terminal: a line a need, then each repair once."""
    width = max(len(row.what) for row in report.rows)
    lines = [f"keygen on {report.system}", ""]
    lines += [f"{_sign(row)}  {row.what:<{width}}  {row.found}" for row in report.rows]
    repairs = dict.fromkeys(row.repair for row in report.rows if not row.ok)
    if repairs:
        lines += ["", "To mend it:", *(f"  {repair}" for repair in repairs)]
    lines += ["", "Every sheet can be built here." if report.ok else "Not every sheet can be built here yet."]
    return "\n".join(lines)


def _sign(row: Need) -> str:
    return "ok" if row.ok else "--" if row.optional else "NO"


def _python(system: System) -> Iterator[Need]:
    oldest = ".".join(map(str, OLDEST_PYTHON))
    repair = f"keygen needs Python {oldest} or newer: {system.to_install('python')}"
    yield Need("Python", platform.python_version(), sys.version_info >= OLDEST_PYTHON, repair)
    try:
        requirements = requires(_distribution()) or []
    except PackageNotFoundError:
        yield Need("keygen", "not installed", False, "pip install . (in keygen's folder)")
        return
    for requirement in requirements:
        need = REQUIREMENT.fullmatch(requirement)
        if need is not None:  # what has a condition belongs to an extra
            yield _package(need["name"], need["oldest"] or "0")


def _distribution() -> str:
    """Under which name keygen is installed: that of the package whose command it is."""
    commands = entry_points(group="console_scripts", name="keygen", value="keygen.cli:main")
    return next((command.dist.name for command in commands if command.dist is not None), DISTRIBUTION)


def _package(name: str, oldest: str) -> Need:
    repair = f"pip install '{name}>={oldest}'"
    try:
        found = version(name)
    except PackageNotFoundError:
        return Need(name, "not found", False, repair)
    return Need(name, found, _numbers(found) >= _numbers(oldest), repair)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def _tex(system: System) -> Iterator[Need]:
    repair = system.to_install("tex")
    engine = shutil.which("pdflatex")
    yield Need("TeX engine (pdflatex)", engine or "not found", engine is not None, repair)
    found = _found_by_tex([*(file for need in TEX_FILES for file in need.files), FONT_MAP])
    for need in TEX_FILES:
        missing = [file for file in need.files if file not in found]
        yield Need(need.what, "no " + ", ".join(missing) if missing else "found", not missing, repair)
    mapped = FONT_MAP in found and MAPPED.search(found[FONT_MAP].read_bytes()) is not None
    yield Need("Cyrillic in TeX's font map", "found" if mapped else "not found", mapped, f"{repair} && sudo updmap-sys")
    metafont = next(filter(None, map(shutil.which, METAFONT)), None)
    yield Need("METAFONT (font metrics)", metafont or "not found", metafont is not None, repair)


def _found_by_tex(files: list[str]) -> dict[str, Path]:
    """Where TeX finds them, by name, in one call; kpsewhich prints a line for each file that it finds."""
    paths = map(Path, lines_of(["kpsewhich", *files], environment(Path())))  # a search makes nothing in the cache
    return {path.name: path for path in paths}


def _caches() -> Iterator[Need]:
    """What keygen keeps to save time; it builds without."""
    folder = cache_folder()
    held = ", ".join(f"{path.name} {bytes / 1e6:.1f} MB" for path in caches() if (bytes := size(path)))
    repair = "set KEYGEN_CACHE to a folder that you may write to"
    yield Need("cache folder", f"{folder} ({held})" if held else str(folder), writable(folder), repair, optional=True)
    if FOLDER.exists():
        found, repair = f"{FOLDER} ({size(FOLDER) / 1e6:.1f} MB)", f"let keygen write to {FOLDER}, or remove it"
        yield Need("finished work", found, writable(FOLDER), repair, optional=True)


def _poppler(system: System) -> Need:
    missing = [name for name in POPPLER if shutil.which(name) is None]
    return Need(
        "poppler (for keygen's own tests)",
        "no " + ", ".join(missing) if missing else "found",
        not missing,
        system.to_install("poppler"),
        optional=True,
    )
