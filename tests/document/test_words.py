"""Words of templates become nodes and LaTeX again; what is no words is refused at its line, before TeX runs."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from click.testing import CliRunner, Result

from keygen import writers
from keygen.cli import main
from keygen.document.nodes import (
    Block,
    Code,
    DisplayedFormula,
    Emphasis,
    Foreign,
    Inline,
    InlineFormula,
    InlineNumber,
    Listing,
    Node,
    Paragraph,
    Picture,
    RawTeX,
    StepHeading,
    Text,
    Typed,
    Where,
    walked,
)
from keygen.document.typesetter import Typesetter
from keygen.document.words import CLOSE, OPEN, nodes_of, require_words
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.mathematics.terms import Name
from keygen.writers.html import HtmlWriter
from keygen.writers.latex import LatexWriter
from tests.builds.scratch_course import EXERCISE, TEMPLATE
from tests.courses import EN, laid

X = Name("x")
FIRST = f"{OPEN}0{CLOSE}"
WORDS = {
    "words": ("One unit.", Text("One unit.")),
    "characters": (r"5\% \& \$3 \#1 a\_b \{c\}", Text("5% & $3 #1 a_b {c}")),
    "a dash and a space": ("a --- b~c", Text("a — b\u00a0c")),
    "emphasis": (r"\emph{all}", Emphasis((Text("all"),))),
    "a formula": (rf"\( {FIRST} \)", InlineFormula((X,))),
    "a formula of the author's": (r"\( a + b \)", InlineFormula((Typed("a + b"),))),
    "a display": (rf"\[ {FIRST} \]", DisplayedFormula((X,))),
    "a step": (r"\kgstephead{One.}", StepHeading((Text("One."),))),
    "a list": (
        "\\begin{itemize}\n\\item one\n\\item two\n\\end{itemize}",
        Listing("itemize", ((Paragraph((Text("one"),)),), (Paragraph((Text("two"),)),))),
    ),
    "a program": ("\\begin{verbatim}\n{ a  $ \\b\n\\end{verbatim}", Code("{ a  $ \\b")),
}


def nodes(text: str) -> tuple[Paragraph, ...]:
    return nodes_of(text, (X,), InlineNumber, Path("en.tex"), 7)


@pytest.mark.parametrize("case", WORDS)
def test_words_become_a_node_and_the_same_words_again(case: str) -> None:
    text, node = WORDS[case]
    assert nodes(text) == (Paragraph((node,)),)
    typesetter = Typesetter(Policy(), language=EN)
    again = LatexWriter(typesetter).blocks(nodes(text))
    assert nodes(again.replace("x", FIRST) if FIRST in text else again) == nodes(text)


def test_letters_and_where_they_live_are_a_block_of_their_own() -> None:
    (paragraph,) = nodes("\\begin{kgwhere}\nHere \\( x \\).\n\\end{kgwhere}")
    (found,) = paragraph.parts
    assert found == Where((Paragraph((Text("Here "), InlineFormula((Typed("x"),)), Text("."))),))


def test_an_empty_line_parts_paragraphs_and_a_display_does_not() -> None:
    assert nodes("a\n\n\nb") == (Paragraph((Text("a"),)), Paragraph((Text("b"),)))
    (paragraph,) = nodes("a\n\\[ x \\]\nb")
    assert [type(part) for part in paragraph.parts] == [Text, DisplayedFormula, Text]


def test_an_object_stands_where_it_was_called() -> None:
    assert nodes(f"The step {FIRST}.") == (Paragraph((Text("The step "), InlineNumber(X), Text("."))),)


def test_what_a_page_says_can_be_walked() -> None:
    text = f"\\kgstephead{{\\( {FIRST} \\)}}\n\\begin{{itemize}}\n\\item \\[ {FIRST} \\]\n\\end{{itemize}}"
    said = [node.says for node in walked(nodes(text)) if isinstance(node, InlineFormula | DisplayedFormula)]
    assert said == [(X,), (X,)]


def test_tex_of_the_authors_own_is_on_the_page_and_its_words_are_elsewhere() -> None:
    blocks = nodes("\\begin{kgtex}{a picture of \\( a \\)}\n\\foo{$x_1$}\n\\end{kgtex}")
    (found,) = blocks[0].parts
    assert found == RawTeX((Typed("\\foo{$x_1$}"),), (Text("a picture of "), InlineFormula((Typed("a"),))))
    typesetter = Typesetter(Policy(), language=EN)
    assert LatexWriter(typesetter).blocks(blocks) == "\\foo{$x_1$}"
    assert HtmlWriter(typesetter).blocks(blocks) == "<p>a picture of <math><mi>a</mi></math></p>"


def test_words_are_nothing_but_words_in_html() -> None:
    typesetter = Typesetter(Policy(), language=EN)
    assert HtmlWriter(typesetter).blocks(nodes(r"a < b \& c")) == "<p>a &lt; b &amp; c</p>"
    assert HtmlWriter(typesetter).write(Foreign("<b>O'Neil</b>")) == "&lt;b&gt;O'Neil&lt;/b&gt;"


def tables() -> Iterator[Any]:
    """The writers that there are."""
    for module in pkgutil.iter_modules(writers.__path__):
        for one in vars(importlib.import_module(f"keygen.writers.{module.name}")).values():
            if isinstance(one, type) and hasattr(one, "WRITES"):
                yield one


def test_every_writer_knows_every_node() -> None:
    known = set(get_args(Node)) - {Typed}  # which stands within formulas alone
    assert known == set(get_args(Inline | Block)) | {Paragraph}
    assert {one.__name__ for one in tables()} >= {"LatexWriter", "HtmlWriter"}
    for writer in tables():
        assert set(writer.WRITES) == known, writer


def test_a_node_that_a_writer_does_not_know_is_no_silence() -> None:
    for writer in tables():
        with pytest.raises(KeyError):
            writer(Typesetter(Policy(), language=EN)).write(Picture)


# --- what is no words

BAD = {
    "an unknown command": (r"\vspace{1cm}", r"\vspace is no command of templates", "kgtex"),
    "an unknown environment": ("\\begin{center}\na\n\\end{center}", "the environment 'center' is unknown", "kgtex"),
    "a misspelt environment": ("\\begin{itemise}\na\n\\end{itemise}", "the environment 'itemise'", "itemize"),
    "a brace that opens": ("a { b", "a brace { among words", r"write \{"),
    "a brace that closes": ("a } b", "a brace } among words", r"write \}"),
    "a formula that does not open": (r"a \) b", r"\) has no \(", r"\("),
    "a formula that does not close": (r"a \( b", r"\( has no \)", r"\)"),
    "a display that does not close": ("\\[ a\n\nb \\]", r"\[ has no \]", r"\]"),
    "a formula within one": (r"\( a \( b \) \)", r"\( has no \)", r"\)"),
    "a dollar": ("a $x$ b", "the character $ among words", r"\$ for the sign"),
    "a superscript": ("a^2", "^ is no command", "kgtex"),
    "an ampersand": ("a & b", "the character & among words", r"write \&"),
    "a list without an end": ("\\begin{itemize}\n\\item a", r"\begin{itemize} has no end", r"\end{itemize}"),
    "an end without a list": ("a\n\\end{itemize}", r"\end{itemize} has no beginning", r"\begin{itemize}"),
    "words before the first item": ("\\begin{itemize}\na\n\\end{itemize}", "words before the first item", r"\item"),
    "a heading without words": (r"\kgstephead One.", r"\kgstephead needs words in braces", r"\kgstephead{...}"),
    "an emphasis that does not end": (r"\emph{a", "a brace that is never closed", "add }"),
    "a list within a line": ("\\emph{\\begin{itemize}\n\\item a\n\\end{itemize}}", "within a line", "line of its own"),
    "raw TeX without an end": ("\\begin{kgtex}{words}\na", r"\begin{kgtex} has no end", r"\end{kgtex}"),
    "raw TeX without words": ("\\begin{kgtex}\na\n\\end{kgtex}", "needs words in braces", "kgtex"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_words_is_refused_at_its_line(case: str) -> None:
    text, what, repair = BAD[case]
    with pytest.raises(KeygenError) as found:
        require_words(Path("en.tex"), f"One line.\n\\( \\val{{ name.x }} \\)\n{text}\n")
    assert what in found.value.what
    assert repair in str(found.value.repair)
    assert found.value.line is not None
    assert 3 <= found.value.line <= 3 + text.count("\n") + 1
    assert str(found.value.file) == "en.tex"


@pytest.fixture
def keygen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")  # no TeX

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, words)

    return run


SHEET = 'title = "Mine"\nlanguage = "en"\n[[exercise]]\nid = "my/one"\npoints = 1\n'
COMMANDS = (
    ("build", "mine", "--format", "html", "--solutions"),
    ("build", "mine", "--format", "tex"),
    ("check", "mine", "--seeds", "1", "--jobs", "1"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command))
@pytest.mark.parametrize("text", [r"\hfill", "\\begin{center}", "a { b", r"a \) b"])
def test_every_command_refuses_it_with_the_templates_file_and_line(
    text: str, command: tuple[str, ...], tmp_path: Path, keygen: Any
) -> None:
    laid(tmp_path, EXERCISE, TEMPLATE.replace("%% solution\n", f"%% solution\n{text}\n"), SHEET)
    result = keygen(*command)
    assert result.exit_code == 1
    line = TEMPLATE.splitlines().index("%% solution") + 2
    assert f"exercises/my/one/en.tex, line {line}" in result.stderr.replace("en.tex:", "en.tex, line ")
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "build").exists() or not list((tmp_path / "build").glob("mine*"))


def test_raw_tex_with_its_node_is_built_in_both_media(tmp_path: Path, keygen: Any) -> None:
    raw = "\\begin{kgtex}{a rule}\n\\hrule\n\\end{kgtex}\n"
    laid(tmp_path, EXERCISE, TEMPLATE.replace("%% solution\n", f"%% solution\n{raw}"), SHEET)
    for form in ("tex", "html"):
        result = keygen("build", "mine", "--solutions", "--format", form)
        assert result.exit_code == 0, result.stderr
    assert "\n\\hrule\n" in (tmp_path / "build" / "mine-solutions.tex").read_text()
    page = (tmp_path / "build" / "mine-solutions.html").read_text()
    assert "<p>a rule</p>" in page
    assert "hrule" not in page


@pytest.mark.parametrize("many", [("--roster", "students.csv"), ("--variants", "2")])
def test_html_is_for_one_sheet(many: tuple[str, ...], tmp_path: Path, keygen: Any) -> None:
    (tmp_path / "students.csv").write_text("id,name\n1,Ann\n")
    result = keygen("build", "sheet4", "--format", "html", *many)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{many[0]} and --format do not go together" in result.stderr


def test_html_is_not_for_a_student(keygen: Any) -> None:
    assert keygen("build", "sheet4", "--format", "html", "--student", "1").exit_code == 2
