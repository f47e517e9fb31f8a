"""The pieces of mathematics of a finished page."""

from __future__ import annotations

import pytest

from keygen.checking.finished import cells, pieces_in
from keygen.checking.tex_tokens import printed, tokens


def test_a_chain_is_taken_apart_at_its_links() -> None:
    chain = r"\kgchain{p}{\kglink{=}{\sigma(z)}\kglink{\approx}{0{,}73}}"
    text = "%@ a/b exercises/a/b/ru.tex:7\n" + rf"\[ \kgbeside{{\kgitem{{{chain}.}}}} \]"
    (piece,) = pieces_in(text, "a")
    assert (piece.kind, piece.links, piece.relations) == ("chain", ("p", r"\sigma(z)", "0{,}73"), ("=", r"\approx"))
    assert (piece.part, piece.file, piece.line) == ("a", "exercises/a/b/ru.tex", 7)


def test_formulas_of_a_sentence_are_taken_one_by_one() -> None:
    found = [piece.text for piece in pieces_in(r"for \( 1{,}\allowbreak\ 10 \) and \( {\lambda} \).", "a")]
    assert found == ["1", "10", r"\lambda"]


def test_a_table_has_its_cells_and_a_figure_its_labels() -> None:
    table, figure = pieces_in(
        "\\kgtable{c|c}{k & 1 \\\\ \\hline L & 0{,}5}\n\\begin{kgfigure}\n\\put(1,2){$-6$}\n\\end{kgfigure}", "b"
    )
    assert cells(table.links[0]) == [["k", "1"], ["L", "0{,}5"]]
    assert figure.links == ("-6",)


def test_a_program_on_the_page_is_no_formula() -> None:
    assert not list(pieces_in("\\begin{verbatim}\nx = $y$\n\\end{verbatim}", "a"))


@pytest.mark.parametrize(
    ("text", "figures", "unit"),
    [("0.0250", 3, "1/10000"), ("9.080e-5", 4, "1/100000000"), ("12", 2, "1"), ("0", 0, "1")],
)
def test_a_printed_number_has_figures_and_a_last_place(text: str, figures: int, unit: str) -> None:
    shown = printed(text)
    assert (shown.figures, str(shown.unit)) == (figures, unit)


def test_the_longest_sign_of_a_variable_is_its_name() -> None:
    found = [token.text for token in tokens(r"w_{1,2}^{(1)}\,w_1 + f(t_0)", ["w_{1,2}^{(1)}", "w_1", "w", "f(t_0)"])]
    assert found == ["w_{1,2}^{(1)}", r"\,", "w_1", "+", "f(t_0)"]


def test_a_russian_formula_has_the_tokens_of_the_english_one() -> None:
    assert tokens(r"(0{,}5;\ 1)") == tokens(r"(0.5,\ 1)")
