"""A display ends with the mark that its sentence needs, in every medium; nobody types it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

from keygen.document.nodes import Blocks, DisplayedFormula, InlineNumber, walked
from keygen.document.punctuation import punctuated
from keygen.document.typesetter import Beside, Typesetter
from keygen.document.words import CLOSE, OPEN, nodes_of
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Chain, Literal, Name, apply
from keygen.writers.html import HtmlWriter
from keygen.writers.latex import LatexWriter
from keygen.writers.text import TextWriter
from tests.courses import EN, RU

X, Y = Name("x"), Name("y")
ONE, TWO = (rf"\[ {OPEN}{place}{CLOSE} \]" for place in (0, 1))


def page(text: str, language: object = EN) -> Blocks:
    read = nodes_of(text, (X, Beside((X, Y))), InlineNumber, Path("en.tex"), 1)
    return punctuated(read, language)  # type: ignore[arg-type]


def marks(text: str, language: object = EN) -> list[str]:
    return [node.mark for node in walked(page(text, language)) if isinstance(node, DisplayedFormula)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Let\n{ONE}", ["."]),
        (f"Let\n{ONE}\nThen\n{ONE}", [".", "."]),
        (f"Let\n{ONE}\n{ONE}\n\\emph{{Then}} all.", [",", "."]),
        (f"Let\n{ONE}\nwhere all is well.", [","]),
        (f"It takes\n{ONE}\nmultiplications.", [""]),
        (f"It is\n{ONE}\n--- no more.", [""]),
        (f"One.\n{ONE}\n\nmore words", ["."]),
        (f"\\begin{{kgwhere}}\n{ONE}\n{ONE}\n\\end{{kgwhere}}\nHere all.", [",", "."]),
        (f"\\begin{{kgwhere}}\n{ONE}\n\\end{{kgwhere}}\nand so on", [","]),
        (f"\\begin{{itemize}}\n\\item one {ONE}\n\\item two {ONE}\n\\end{{itemize}}", [".", "."]),
        (f"{ONE}\n\\kgstephead{{one}} more", ["."]),
    ],
)
def test_the_mark_is_what_comes_next_asks_for(text: str, found: list[str]) -> None:
    assert marks(text) == found


def test_which_words_begin_a_clause_is_the_languages_own() -> None:
    assert marks(f"{ONE}\nа затем") == [""]
    assert marks(f"{ONE}\nа затем", RU) == [","]


@pytest.mark.parametrize("text", [rf"\[ {OPEN}0{CLOSE}. \]", f"{ONE}.", f"{ONE}\n, and"])
def test_a_mark_that_is_typed_is_refused(text: str) -> None:
    with pytest.raises(KeygenError, match="a mark of its own"):
        page(text)


def test_every_medium_writes_the_mark_behind_the_last_of_a_row() -> None:
    blocks, typesetter = page(f"Let\n{TWO}\nso that all is well."), Typesetter(Policy(), language=EN)
    assert r"\[ \kgbeside{\kgitem{x,}\kgitem{y,}} \]" in LatexWriter(typesetter).blocks(blocks)
    assert "    x,   y," in TextWriter(typesetter, 60).blocks(blocks)
    assert HtmlWriter(typesetter).blocks(blocks).count(">,</mo>") == 2


def test_the_mark_of_a_broken_line_stands_in_its_last_row() -> None:
    line = Chain((apply("add", Literal(2), Literal(3)), Literal(5)))
    typesetter = Typesetter(Policy(), language=EN)
    node = DisplayedFormula((line,), ".")
    assert LatexWriter(typesetter).write(node) == r"\[ \kgchain{2 + 3}{\kglink{=}{5}}. \]"
    assert TextWriter(typesetter, 60).write(node) == ["    2 + 3 = 5."]
    assert "<mn>5</mn><mi>.</mi>" in HtmlWriter(typesetter).write(node)


GOLDEN = Path(__file__).parents[1] / "golden"
DISPLAYS = ("\\[", "\\begin{kglines}", "\\kgderivation")
ANNOUNCED = {
    "en": r"(Take|Set|Now|Move|Substitute|Check|Compute|Forward pass|Backward pass)\b",
    "ru": r"(Возьмём|Приравняем|Переходим|Перенесём|Подставим|Проверка|Вычисляем|Прямой проход|Обратный проход)\b",
}
"""How a sentence begins that is not whole without the display behind it; a law is, and may end with a full stop."""


@pytest.mark.parametrize("language", ANNOUNCED)
def test_a_sentence_that_announces_a_display_ends_with_no_full_stop(language: str) -> None:
    announced = re.compile(rf"(?:^|[.:!?] ){ANNOUNCED[language]}[^.!?]*\.$")
    pages = sorted(GOLDEN.glob(f"*.{language}.tex"))
    assert pages
    found = []
    for page in pages:
        lines = page.read_text("utf-8").splitlines()
        found += [
            f"{page.name}: {before}"
            for before, after in pairwise(lines)
            if after.startswith(DISPLAYS) and announced.search(before)
        ]
    assert not found
