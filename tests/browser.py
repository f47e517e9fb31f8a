"""Headless Chromium: a page in a frame of a given width, what a script finds in it, and the page on paper."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from html import escape, unescape
from pathlib import Path
from typing import Any

NODE_MODULES = Path(sys.prefix) / "node" / "node_modules"
"""What `.setup/install test` has of npm: axe-core and mathjax."""
NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--allow-file-access-from-files")
DARK = "--blink-settings=preferredColorScheme=0"
FRAME = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>frame</title></head><body style="margin:0">
<iframe id="page" srcdoc="{page}" style="border:0;width:{width}px;height:{height}px"></iframe>
<pre id="found"></pre>
<script type="text/plain" id="library">{library}</script>
<script>
document.getElementById("page").addEventListener("load", async () => {{
  const page = document.getElementById("page").contentDocument, view = page.defaultView;
  let found;
  try {{
    view.eval(document.getElementById("library").textContent);
    found = await (async () => {{ {script} }})();
  }} catch (error) {{ found = {{error: String(error)}}; }}
  document.getElementById("found").textContent = "found:" + JSON.stringify(found) + ":end";
}});
</script></body></html>"""


def chromium(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """A run of the browser, with a profile of its own."""
    program = next(filter(None, map(shutil.which, NAMES)))
    profile = f"--user-data-dir={folder / 'profile'}"
    logging = ("--enable-logging=stderr", "--log-level=0")
    command = [program, *OPTIONS, *logging, profile, "--virtual-time-budget=60000", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def found_in(
    page: str, script: str, folder: Path, *, width: int = 360, height: int = 800, dark: bool = False, library: str = ""
) -> Any:
    """What the script returns, as JSON: in it `page` is the document and `view` its window, where the library is.
    Whatever the browser says on its console is a failure."""
    file = folder / "frame.html"
    frame = FRAME.format(page=escape(page), width=width, height=height, script=script, library=library)
    file.write_text(frame, encoding="utf-8")
    done = chromium(folder, *([DARK] if dark else []), "--window-size=1400,1000", "--dump-dom", file.as_uri())
    answer = re.search(r'<pre id="found">found:(.*):end</pre>', done.stdout, re.DOTALL)
    assert answer, done.stderr[-2000:]
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert not said, "\n".join(said)
    return json.loads(unescape(answer[1]))


def on_paper(page: str, folder: Path) -> str:
    """The text of a page that is printed, in the order of the page, whatever exponents stand between its lines."""
    file, pdf = folder / "page.html", folder / "page.pdf"
    file.write_text(page, encoding="utf-8")
    done = chromium(folder, f"--print-to-pdf={pdf}", "--no-pdf-header-footer", file.as_uri())
    assert pdf.exists(), done.stderr[-2000:]
    return subprocess.run(["pdftotext", "-raw", str(pdf), "-"], capture_output=True, text=True, check=True).stdout
