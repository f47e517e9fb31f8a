"""How each system installs what keygen needs beside Python packages: one table."""

from __future__ import annotations

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    """A family of systems; `commands` install a need: tex (engine, packages, fonts), poppler, python."""

    name: str
    commands: Mapping[str, str]

    def to_install(self, need: str) -> str:
        """The command that installs `need` here."""
        return self.commands[need]


APT = "sudo apt-get install --no-install-recommends "
TLMGR = "sudo tlmgr install collection-langcyrillic collection-latexrecommended pict2e cm-super"

SYSTEMS: dict[str, System] = {
    "debian": System("Debian or Ubuntu", {
        "tex": APT + "texlive-latex-recommended texlive-lang-cyrillic texlive-pictures cm-super-minimal",
        "poppler": APT + "poppler-utils",
        "python": APT + "python3 python3-venv",
    }),
    "fedora": System("Fedora", {
        "tex": "sudo dnf install texlive-scheme-basic texlive-collection-latexrecommended "
               "texlive-collection-langcyrillic texlive-pict2e texlive-cm-super",
        "poppler": "sudo dnf install poppler-utils",
        "python": "sudo dnf install python3",
    }),
    "arch": System("Arch Linux", {
        "tex": "sudo pacman -S texlive-latexrecommended texlive-langcyrillic texlive-pictures "
               "texlive-fontsrecommended",
        "poppler": "sudo pacman -S poppler",
        "python": "sudo pacman -S python",
    }),
    "suse": System("openSUSE", {
        "tex": "sudo zypper install texlive-latex texlive-collection-latexrecommended "
               "texlive-collection-langcyrillic texlive-pict2e texlive-cm-super",
        "poppler": "sudo zypper install poppler-tools",
        "python": "sudo zypper install python311",
    }),
    "macos": System("macOS", {
        "tex": "brew install --cask mactex-no-gui (or: brew install --cask basictex && " + TLMGR + ")",
        "poppler": "brew install poppler",
        "python": "brew install python",
    }),
    "windows": System("Windows", {
        "tex": "winget install MiKTeX.MiKTeX, and let MiKTeX install missing packages on the fly",
        "poppler": "winget install oschwartz10612.Poppler",
        "python": "winget install Python.Python.3.12",
    }),
    "other": System("this system", {
        "tex": "install TeX Live with pdflatex, the T2A encoding, babel for Russian, pict2e and the cm-super fonts",
        "poppler": "install poppler's command-line tools",
        "python": "install Python 3.11 or newer",
    }),
}  # fmt: skip

RELATIVES = {
    "debian": "debian", "ubuntu": "debian", "fedora": "fedora", "rhel": "fedora", "arch": "arch",
    "suse": "suse", "opensuse": "suse",
}  # fmt: skip
PLATFORMS = {"darwin": "macos", "win32": "windows"}


def this_system() -> System:
    """The family of the system that this process runs on."""
    if sys.platform in PLATFORMS:
        return SYSTEMS[PLATFORMS[sys.platform]]
    try:
        release = platform.freedesktop_os_release()
    except OSError:  # a system that does not say what it is
        return SYSTEMS["other"]
    names = [release.get("ID", ""), *release.get("ID_LIKE", "").split()]
    return SYSTEMS[next((RELATIVES[name] for name in names if name in RELATIVES), "other")]
