"""`keygen export --to html --quiz`: pages that mark themselves in the browser and hold no answer in plain."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from browser import NODE_MODULES, found_in, opened

from keygen.builds.answer_key import AnswersRequest, answered, json_of
from keygen.builds.sheet import asked_items, solved
from keygen.document.template import words
from keygen.export.html_pool import SCRIPTS
from keygen.export.making import question_of
from keygen.export.question import NeutralQuestion, NumberBox
from keygen.export.typed_number import decimal_text, typed_number
from keygen.export.typed_text import accepted, forms
from tests.courses import EN, SHIPPED, keygen, laid, ordered

TEMPLATES = Path(__file__).parents[2] / "templates"
SCRIPT = "".join((TEMPLATES / name).read_text("utf-8") for name in SCRIPTS)


@cache
def questions(sheet: str, seed: int) -> list[NeutralQuestion]:
    order = ordered(sheet, "en", seed)
    found = [(item, solved(order, item)) for item in asked_items(order)]
    return [question_of(one, one.answers(), order, item, words("export", EN)) for item, one in found]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("quiz")
    result = keygen("export", "sheet4", "--to", "html", "--quiz", "--seeds", "1", "--lang", "en", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "hold no solutions" in result.stderr
    return Path(result.stdout.strip()).with_name("sheet4-seed1.en.html").read_text("utf-8")


def marked(page: str, typed: list[list[str]], folder: Path) -> list[list[str]]:
    """The verdicts of the script on what is typed into each box in turn."""
    script = f"""
const tries = {json.dumps(typed)}, boxes = [...page.querySelectorAll("[data-accepted]")];
return tries.map((row, at) => row.map(text => {{
  const box = boxes[at];
  if (box.matches("fieldset")) box.querySelectorAll("input").forEach(one => one.checked = one.value === text);
  else box.value = text;
  return view.verdict(box);
}}));
"""
    found: list[list[str]] = found_in(page, script, folder)
    return found


# --- the form of what is typed


def odd_texts(count: int) -> Iterator[str]:
    """Numbers, and what looks like one."""
    dice = random.Random(7)
    signs = ["", "", "", "-", "+", "−", "– ", "—", "－", "- "]
    for _ in range(count):
        digits = "".join(dice.choice("0012345678999") for _ in range(dice.choice((0, 1, 2, 3, 5, 11, 14))))
        after = "".join(dice.choice("0059") for _ in range(dice.choice((0, 1, 3, 12))))
        yield dice.choice(
            [
                f"{digits}{dice.choice('.,')}{after}", digits, f"{digits}/{after}", f"{digits} ⁄ {digits[::-1]}",
                f"{digits[:2]} {after[:3]},{after}", f"{digits}e{dice.randint(-12, 12)}", f"{digits}.{after}E+3",
                f"{digits} · 10^{dice.randint(-9, 9)}", f"{digits}*10^(-4)", f"{digits}%", f"1 {digits}/{after}",
                f"{digits[:3]}\u00a0{after[:3]}\u202f000", f"\u200b{digits}\u2009", f"{digits},{after}.{digits}",
            ]
        ).join([dice.choice(signs), dice.choice(["", "", " ", "-"])])  # fmt: skip


def test_the_script_and_python_read_what_is_typed_alike(tmp_path: Path) -> None:
    texts = [*odd_texts(3000), "", "-", ".", "0", "-0,00", "1/0", "0/5", "1e999", "٣", "1/-2", "9" * 61, "0x10", "1e"]
    by_script = found_in(
        f"<!DOCTYPE html><html><script>{SCRIPT}</script></html>",
        f"return {json.dumps(texts)}.map(text => [view.forms(text), view.sha256(text)]);", tmp_path,
    )  # fmt: skip
    for text, (found, digest) in zip(texts, by_script, strict=True):
        assert (text, tuple(found)) == (text, forms(text))
        assert digest == sha256(text.encode()).hexdigest()
    assert sum(bool(found) for found, _ in by_script) > 1000


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("−0,50", "-5e-1"), ("-.5", "-5e-1"), ("-5·10^-1", "-5e-1"), ("12 345", "12345e0"), ("12345,000", "12345e0"),
        ("2/6", "1/3"), ("-4/2", "-2e0"), ("0/7", "0"), ("-0", "0"), ("1e3", "1e3"), ("1000", "1e3"),
    ],
)  # fmt: skip
def test_ways_to_type_a_number_have_one_form(typed: str, form: str) -> None:
    assert forms(typed) == (form,)


@pytest.mark.parametrize(
    "typed", ["1 1/2", "1.234,5", "1,234.5", "1/0", "abc", "--1", "1 2", "10^3", "5 %", "-", "1.2.3"]
)
def test_what_may_mean_two_things_is_no_number(typed: str) -> None:
    assert forms(typed) == ()


@pytest.mark.parametrize(
    ("value", "right", "wrong"),
    [
        (Fraction(2, 3), ("2/3", "4/6", "0.667", "0,6667", ".66666667"), ("0.66", "0.67", "0.666", "0.6668")),
        (Fraction(2, 3), ("0.66666666666666667",), ("0.66666666766666667", "0.7")),
        (Fraction(1, 8), ("1/8", "0.125", "0,1250", "125e-3"), ("0.13", "0.12", "0.126")),
        (Fraction(2469, 2000), ("1.23", "1.234", "1.235", "1.2345"), ("1.24", "1.2", "1.2346")),
        (Fraction(-2469, 2000), ("-1.23", "-1.234", "−1,235", "-2469/2000"), ("1.235", "-1.236")),
        (Fraction(7), ("7", "7.0", "14/2", "+7"), ("7.01", "6.99", "7/2", "-7")),
        (Fraction(0), ("0", "0.000", "-0", "0/3"), ("0.001", "1e-9")),
        (Fraction(29996, 10000), ("3.00", "3", "3.000", "2.9996"), ("2.99", "3.01")),
    ],
)  # fmt: skip
def test_every_right_rounding_from_three_digits_is_accepted(
    value: Fraction, right: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    key = accepted(typed_number(value))
    assert [text for text in right if not set(forms(text)) & set(key)] == []
    assert [text for text in wrong if set(forms(text)) & set(key)] == []


# --- marks


def test_right_answers_are_right_in_all_their_roundings_and_slips_are_not(page: str, tmp_path: Path) -> None:
    said = json.loads(json_of(answered(AnswersRequest(SHIPPED, "sheet4", 1), exact=False)))["exercises"]
    right: list[list[str]] = []
    wrong: list[list[str]] = []
    for question in questions("sheet4", 1):
        (worked,) = (one["parts"] for one in said if one["number"] == question.problem.number)
        for column, box in question.places:
            assert isinstance(box, NumberBox)
            _, part, name = column.split(".")
            value, exact = worked[part][name]["float"], worked[part][name]["exact"]
            for place in box.cell:
                value, exact = value[place], exact and exact[place]
            number = Decimal(repr(value))
            typed = [
                f"{Context(prec=figures).create_decimal(number):f}"
                for figures in ((12,) if box.key.whole else (3, 4, 6))
            ]
            typed += [text.replace(".", ",").replace("-", "−") for text in typed]
            fraction = exact and re.fullmatch(r"-?\d+(/\d+)?", exact)
            right.append(typed + ([exact] if fraction else []))
            wrong.append(
                [decimal_text(slip.number.decimal) for slip in box.slips] + [f"{value + 0.017 * (abs(value) + 1):.4}"]
            )
    for found in marked(page, right, tmp_path):
        assert set(found) == {"right"}
    for found in marked(page, wrong, tmp_path):
        assert not {"right", "close", "unread"} & set(found)
    assert sum(map(len, right)) > 300
    assert sum(map(len, wrong)) > 80


def test_a_verdict_says_what_is_amiss(page: str, tmp_path: Path) -> None:
    boxes = [box for question in questions("sheet4", 1) for box in question.boxes]
    at = next(
        place
        for place, box in enumerate(boxes)
        if isinstance(box, NumberBox) and box.key.decimal.denominator > 10**6 and box.key.decimal > 0
    )
    value = next(box for box in boxes[at:] if isinstance(box, NumberBox)).key.decimal
    whole, _, digits = decimal_text(value).partition(".")
    assert whole == "0"
    close = f"0.{digits[:3]}{'1' if digits[3] == '4' else '4'}"
    tries = [decimal_text(value), close, f"0.{digits[0]}", "17", "about 1", "  "]
    typed = [tries if place == at else [] for place in range(len(boxes))]
    assert marked(page, typed, tmp_path)[at] == ["right", "close", "coarse", "coarse", "unread", ""]


def test_a_part_is_checked_with_the_keyboard_and_the_count_is_told(page: str, tmp_path: Path) -> None:
    file = tmp_path / "quiz.html"
    file.write_text(page, encoding="utf-8")
    form = questions("sheet4", 1)[3].parts[0]
    keys = [decimal_text(box.key.decimal) for box in form.boxes if isinstance(box, NumberBox)]
    with opened(file.as_uri(), tmp_path) as tab:
        tab.wait("return typeof verdict === 'function';")
        first = "const boxes = [...page.querySelector('form[aria-label=\"Answer 4 a\"]').querySelectorAll('input')];"
        tab.found(f"{first} boxes[0].focus();")
        for place, key in enumerate([*keys[:-1], "17.25"]):
            tab.ask("Input.insertText", text=key)
            last = place == len(keys) - 1
            named = {"key": "Enter", "text": "\r"} if last else {"key": "Tab"}
            code = 13 if last else 9
            for kind in ("keyDown", "keyUp"):
                tab.ask("Input.dispatchKeyEvent", type=kind, windowsVirtualKeyCode=code, code=named["key"], **named)
        said = tab.wait(f"{first} return boxes[0].form.querySelector('[role=status]').textContent;")
        marks = tab.found(
            f"{first} return boxes.map(one => [page.getElementById(one.getAttribute('aria-describedby')).ariaLabel,"
            " one.getAttribute('aria-invalid')]);"
        )
    assert said == f"Right: {len(keys) - 1} / {len(keys)} · ✗ wrong"
    assert marks == [["Right", None]] * (len(keys) - 1) + [["wrong", "true"]]


# --- the file


def test_a_quiz_holds_no_solution_and_no_answer(page: str) -> None:
    assert "<details" not in page
    assert "element by element:" not in page
    boxes = [box for question in questions("sheet4", 1) for box in question.boxes]
    held = 0
    asking = "".join(re.findall(r"<form.*?</form>|<script.*?</script>", page, re.DOTALL))
    for box in boxes:
        assert isinstance(box, NumberBox)
        text = decimal_text(box.key.decimal).lstrip("-")
        if len(text.replace(".", "").strip("0")) > 3:
            for said in {text, text.replace(".", ","), text[:6], repr(float(box.key.decimal)).lstrip("-")}:
                assert said not in page
                held += 1
        assert f'value="{text}"' not in asking
        if box.exact and "/" in box.exact:
            assert box.exact not in asking
    assert held > 60
    for hashes in re.findall('data-accepted="([^"]*)"', page):
        assert re.fullmatch("[0-9a-f]{16}( [0-9a-f]{16})*", hashes)
        assert hashes.split() == sorted(hashes.split())


def test_what_the_page_does_not_check_is_told_there_and_by_the_command(page: str) -> None:
    sections = page.split("<h2>")[1:]
    assert ["This page does not check" in one for one in sections] == [True, True, False, False, True]


@pytest.mark.parametrize("sheet", ["sheet1", "sheet4", "sheet5"])
def test_a_quiz_is_whole_on_a_phone_and_in_the_dark_and_for_a_screen_reader(sheet: str, tmp_path: Path) -> None:
    out = keygen("export", sheet, "--to", "html", "--quiz", "--seeds", "1", "--out", str(tmp_path)).stdout.strip()
    (file,) = Path(out).parent.glob("*-seed1.html")
    script = """
page.querySelectorAll("form").forEach(form => {
  form.querySelectorAll("input[type=text]").forEach((one, at) => { one.value = ["", "0,5", "x"][at % 3]; });
  form.querySelectorAll("fieldset").forEach(one => { one.querySelector("input").checked = true; });
  form.requestSubmit();
});
const scrolls = one => ["auto", "scroll"].includes(view.getComputedStyle(one).overflowX);
const unreached = [...page.querySelectorAll("body *")].filter(one =>
  scrolls(one) && one.scrollWidth > one.clientWidth && one.tabIndex < 0).map(one => one.outerHTML.slice(0, 200));
const cut = [...page.querySelectorAll(".answer .table")].filter(one => one.scrollWidth > one.clientWidth &&
  (one.querySelector("td math, td fieldset") || one.querySelector("tr").cells.length <= 3))
  .map(one => one.outerHTML.slice(0, 200));
for (const math of page.querySelectorAll("math")) math.textContent = math.textContent;
const axe = await view.axe.run(page, {resultTypes: ["violations"]});
return {cut, violations: axe.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)]), unreached,
  sideways: page.documentElement.scrollWidth - page.documentElement.clientWidth,
  requests: view.performance.getEntriesByType("resource").map(one => one.name),
  unmarked: [...page.querySelectorAll("fieldset")].filter(one => !/right|wrong/.test(one.className)).length,
  told: [...page.querySelectorAll("[role=status]")].filter(one => !one.textContent).length};
"""
    axe = (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    for dark in (False, True):
        found = found_in(file.read_text("utf-8"), script, tmp_path, library=axe, dark=dark)
        assert found == {
            "cut": [], "violations": [], "unreached": [], "sideways": 0, "requests": [], "unmarked": 0, "told": 0,
        }  # fmt: skip


@pytest.mark.parametrize("width", [360, 1200])
def test_formulas_to_choose_from_stay_on_the_page_and_scroll_only_where_they_are_too_wide(
    width: int, tmp_path: Path
) -> None:
    out = keygen("export", "sheet8", "--to", "html", "--quiz", "--seeds", "1", "--out", str(tmp_path)).stdout.strip()
    text = Path(out).with_name("sheet8-seed1.html").read_text("utf-8")
    script = """
const bars = one => one.offsetHeight > one.clientHeight || one.offsetWidth > one.clientWidth;
return [page.documentElement.scrollWidth - page.documentElement.clientWidth,
  [...page.querySelectorAll("fieldset")].filter(one => one.getBoundingClientRect().right >
    one.closest("form").getBoundingClientRect().right).length,
  [...page.querySelectorAll(".quiz label span")].filter(one => bars(one) && one.scrollWidth <= one.clientWidth).length,
  [...page.querySelectorAll(".quiz label span")].filter(one => one.scrollHeight > one.clientHeight + 1).length,
  [...page.querySelectorAll(".quiz label span")].filter(one =>
    (one.tabIndex === 0) !== (one.scrollWidth > one.clientWidth)).length,
  [...page.querySelectorAll(".quiz label input")].filter(one => one.getBoundingClientRect().left < 0).length];
"""
    assert found_in(text, script, tmp_path, width=width) == [0, 0, 0, 0, 0, 0]
    assert [name for name in ("mu", "Sigma", "Sigma_given_mu") if f"<code>{name}</code>" in text] == []
    assert "десятичн" not in text.split('<p class="typing">')[1].split("</p>")[0]


def test_a_page_says_how_to_type_numbers_and_that_it_checks_no_words(page: str) -> None:
    typing = page.split('<p class="typing">')[1].split("</p>")[0]
    assert typing.startswith("Type a decimal with a point or a comma")
    assert typing.endswith("explanations, proofs and drawings it does not check.")


# --- a small course

EXERCISE = """
from keygen.author import integers, multiple_choice

given = {"a": integers("", 2, 9, published=3)}


def computation(t):
    t.h = t.a / 7


answers = {
    "a": {"h": "h"},
    "b": {"best": multiple_choice("a < b", "c & d", '"e"')},
}
"""
TEMPLATE = r"""%% title
Sevenths
%% endtitle
%% part a
Let \( \val{ line.a } \). Find \( \val{ name.h } \).
%% solution
\[ \val{ line.h } \]
%% endpart
%% part b
Which one?
%% solution
The first.
%% endpart
"""
SHEET = 'title = "Mine"\nlanguage = "en"\n[[exercise]]\nid = "my/one"\n'


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    laid(tmp_path, EXERCISE, TEMPLATE, SHEET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_choice_is_a_group_of_radio_buttons_of_which_one_is_right(course: Path) -> None:
    assert keygen("export", "mine", "--to", "html", "--quiz", "--seeds", "2").exit_code == 0
    page = Path("build/mine-html/mine-seed2.html").read_text("utf-8")
    options = re.findall(r'<label><input type="radio" name="box2" value="(\d)"> (.*?)</label>', page)
    assert [said for _, said in options] == ['"e"', "a &lt; b", "c &amp; d"]
    assert "The first" not in page
    sevenths, chosen = marked(page, [[f"{a}/7" for a in range(2, 10)], ["0", "1", "2", "9"]], course)
    assert sorted(sevenths) == ["right"] + ["wrong"] * 7
    assert chosen == ["wrong", "right", "wrong", ""]


def test_a_quiz_beside_a_former_export_leaves_no_solutions_in_the_folder(course: Path) -> None:
    keygen("export", "mine", "--to", "html", "--seeds", "1..3")
    Path("build/mine-html/my-own-solutions.html").write_text("mine", "utf-8")
    result = keygen("export", "mine", "--to", "html", "--quiz", "--seeds", "1..2")
    assert result.exit_code == 0
    assert "3 pages with solutions, of a former export, are removed" in result.stderr
    names = sorted(path.name for path in Path("build/mine-html").iterdir())
    assert names == ["index.html", "mine-seed1.html", "mine-seed2.html", "mine-seed3.html", "my-own-solutions.html"]
    index = Path("build/mine-html/index.html").read_text("utf-8")
    assert re.findall(r'href="([^"]+)"', index) == ["mine-seed1.html", "mine-seed2.html"]


def test_the_same_quiz_has_the_same_bytes(course: Path) -> None:
    for out in ("o1", "o2"):
        keygen("export", "mine", "--to", "html", "--quiz", "--seeds", "5", "--out", out)
    one, other = (Path(out, "mine-html", "mine-seed5.html").read_bytes() for out in ("o1", "o2"))
    assert one == other


def test_a_quiz_is_of_pages(course: Path) -> None:
    result = keygen("export", "mine", "--to", "moodle", "--quiz")
    assert result.exit_code == 2
    assert "--quiz is for --to html" in result.stderr


def test_a_strict_quiz_of_answers_without_boxes_is_refused(tmp_path: Path) -> None:
    result = keygen("export", "sheet1", "--to", "html", "--quiz", "--strict", "--seeds", "1", "--out", str(tmp_path))
    assert result.exit_code == 1
    assert "a quiz does not carry all of the sheet 'sheet1'" in result.stderr
    assert list(tmp_path.iterdir()) == []
