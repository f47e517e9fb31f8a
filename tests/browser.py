"""Headless Chromium: a page in a frame of a given width, and what a script of the test finds in it."""

from __future__ import annotations

import json
import re
import subprocess
from html import escape, unescape
from pathlib import Path
from typing import Any

CHROMIUM = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files")
FRAME = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>frame</title></head><body style="margin:0">
<iframe id="page" srcdoc="{page}" style="border:0;width:{width}px;height:{height}px"></iframe>
<pre id="found"></pre>
<script>{library}</script>
<script>
document.getElementById("page").addEventListener("load", async () => {{
  const page = document.getElementById("page").contentDocument, view = page.defaultView;
  let found;
  try {{ found = await (async () => {{ {script} }})(); }} catch (error) {{ found = {{error: String(error)}}; }}
  document.getElementById("found").textContent = "found:" + JSON.stringify(found) + ":end";
}});
</script></body></html>"""


def found_in(
    page: str, script: str, folder: Path, *, width: int = 360, height: int = 800, dark: bool = False, library: str = ""
) -> Any:
    """What the script returns, as JSON: in it `page` is the document and `view` its window."""
    file = folder / "frame.html"
    frame = FRAME.format(page=escape(page), width=width, height=height, script=script, library=library)
    file.write_text(frame, encoding="utf-8")
    shade = ("--blink-settings=preferredColorScheme=0",) if dark else ()
    options = (f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=60000", "--window-size=1400,1000")
    done = subprocess.run(
        [*CHROMIUM, *shade, *options, "--dump-dom", file.as_uri()], capture_output=True, text=True, timeout=300
    )
    answer = re.search(r"found:(.*):end</pre>", done.stdout, re.DOTALL)
    assert answer, done.stderr[-2000:]
    return json.loads(unescape(answer[1]))
