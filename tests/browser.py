"""Headless Chromium: a page in a frame of a given width, what a script finds in it, and the page on paper."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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


# --- a page that goes on living, steered over a pipe by the protocol of Chromium's developer tools


PIPED = """import fcntl, os, sys
read, write = (fcntl.fcntl(int(one), fcntl.F_DUPFD, 10) for one in sys.argv[1:3])
os.dup2(read, 3), os.dup2(write, 4)
os.execv(sys.argv[3], sys.argv[3:])"""
"""Chromium reads commands from the descriptor 3 and writes answers to 4."""


class Tab:
    """A page of a browser that runs: scripts may be run in it one after the other."""

    def __init__(self, process: subprocess.Popen[bytes], commands: int, answers: int) -> None:
        self.process, self.commands, self.answers, self.count, self.rest = process, commands, answers, 0, b""
        targets = self.ask("Target.getTargets")["targetInfos"]
        page = next(one["targetId"] for one in targets if one["type"] == "page")
        self.session = self.ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]

    session: str = ""

    def ask(self, method: str, **parameters: Any) -> Any:
        """What the browser answers to a command; what it says of its own accord is not heard."""
        self.count += 1
        asked: dict[str, Any] = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            asked["sessionId"] = self.session
        os.write(self.commands, json.dumps(asked).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                more = os.read(self.answers, 1 << 20)
                assert more, "the browser has gone"
                self.rest += more
            said, _, self.rest = self.rest.partition(b"\0")
            answer = json.loads(said)
            if answer.get("id") == self.count:
                assert "error" not in answer, answer
                return answer["result"]

    def found(self, script: str) -> Any:
        """What a script returns, as JSON; in it `page` is the document."""
        text = f"(() => {{ const page = document; {script} }})()"
        answer = self.ask("Runtime.evaluate", expression=text, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def wait(self, script: str, seconds: float = 20) -> Any:
        """What a script returns as soon as that is something true; on the way the page may be another."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := self.found(f"try {{ {script} }} catch (error) {{ return null; }}"):
                return found
            time.sleep(0.01)
        raise AssertionError(f"{script}: {self.found('return page.body.innerText.slice(0, 600);')}")


@contextmanager
def opened(address: str, folder: Path, *, width: int = 1200, height: int = 900) -> Iterator[Tab]:
    """A page at an address, in a browser of its own."""
    program = str(next(filter(None, map(shutil.which, NAMES))))
    (read, commands), (answers, write) = os.pipe(), os.pipe()
    options = (*OPTIONS, f"--user-data-dir={folder / 'profile'}", f"--window-size={width},{height}")
    words = [program, *options, "--remote-debugging-pipe", address]
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", PIPED, str(read), str(write), *words],
        pass_fds=(read, write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(read)
    os.close(write)
    try:
        yield Tab(process, commands, answers)
    finally:
        os.close(commands)
        os.close(answers)
        process.terminate()
        process.wait(10)
