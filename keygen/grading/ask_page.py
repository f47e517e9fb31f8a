"""ask.html: one file for whoever grades on paper. It asks for the last answers, and for those before them only where
these decide; what it saves is read by `keygen grade`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape

from keygen.builds.request import SheetRequest
from keygen.document.titles import headed
from keygen.errors import KeygenError
from keygen.export.pool import words_of
from keygen.grading.ask_data import ask_data, in_script
from keygen.grading.class_list import GradedPerson
from keygen.grading.summary_page import title_of
from keygen.writers.html_page import framed

SCRIPTS = ("typed.js", "replay.js", "judge.js", "ask.js")
STYLES = ("style.css", "ask.css")
SPOKEN = (
    "right", "coarse", "carried", "wrong", "empty", "unread", "again", "nobody", "begun", "saved", "unkept", "finished",
)  # fmt: skip
"""The words that the script says."""
WANTS = "wants_"
"""What the words for kinds of answers begin with."""
KEYS = (("Enter", "enters"), ("=", "equals"), ("↑", "back"), ("↓", "rest"), ("Esc", "leave"), ("Ctrl S", "save"))


def ask_page(
    order: SheetRequest, people: Iterable[GradedPerson], digits: int, left_out: Callable[[str, KeygenError], None]
) -> bytes:
    """The whole file, for a class whose sheet is `order`'s; who cannot be in it is told."""
    say = words_of(order, "ask")
    data = ask_data(people, digits, order.language.letters, left_out)
    spoken = {name: text for name, text in say.items() if name in SPOKEN or name.startswith(WANTS)}
    data |= {"sheet": order.sheet.name, "words": spoken}
    asset = order.course.asset
    title = headed(title_of(order), say["title"])
    scripts = "".join(asset(name).decode() for name in SCRIPTS)
    style = "".join(asset(name).decode() for name in STYLES)
    main = "\n".join(body(title, {name: escape(text, quote=False) for name, text in say.items()}))
    held = f'<script type="application/json" id="data">{in_script(data)}</script>\n<script>\n{scripts}</script>\n'
    return framed(title, order.language.code, style, f"{main}\n{held}").encode()


def body(title: str, say: Mapping[str, str]) -> Iterator[str]:
    """What the script fills: students, one student's answers, the question."""
    yield f'<header>\n<h1>{escape(title)}</h1>\n<p id="count"></p>\n</header>'
    yield f"<noscript><p>{say['still']}</p></noscript>"
    yield f"<p>{say['how']}</p>"
    keys = " · ".join(f"<kbd>{key}</kbd> {say[name]}" for key, name in KEYS)
    yield f'<p class="keys">{keys}</p>'
    yield f"""<form id="find" autocomplete="off">
<label for="student">{say["student"]}</label>
<input id="student" type="text">
</form>
<ul id="people"></ul>
<p id="status" role="status"></p>
<section id="paper" hidden>
<h2 id="whose"></h2>
<form id="ask" autocomplete="off">
<label for="answer"><span id="label"></span> <span id="shape"></span></label>
<input id="answer" type="text" aria-describedby="told" autocapitalize="off" spellcheck="false">
<p id="told">{say["key"]} <code id="key"></code></p>
<div class="buttons"><button>{say["enters"]}</button> <button type="button" id="back">{say["back"]}</button>
<button type="button" id="rest">{say["rest"]}</button> <button type="button" id="leave">{say["leave"]}</button></div>
</form>
<div id="through" hidden><p>{say["through"]}</p>
<div class="buttons"><button type="button" id="onward">{say["onward"]}</button></div></div>
<div id="table" class="table" tabindex="0" hidden><table><thead><tr><th scope="col">{say["answer"]}</th>
<th scope="col">{say["typed"]}</th><th scope="col">{say["verdict"]}</th></tr></thead>
<tbody id="typed"></tbody></table></div>
</section>
<p><button type="button" id="save">{say["save"]}</button></p>"""
