"""A template's mistakes are told in its author's words: what is not known, what is nearest, at which line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keygen.document.lookups import in_words_of_authors
from tests.courses import keygen, rewrite

INTERNAL = re.compile(r"keygen\.|<|\bChain\b|Lookup|Reasoned|NoneType|KeyError|AttributeError|TypeError|'laws'|'lines'")
MISTAKES = {
    ("name.yhat", "name.yhta"): ("the computation has no variable 'yhta'", "mend:     did you mean 'yhat'"),
    ("name.yhat", "choice.inputs"): ("the exercise has no choice 'inputs'", "mend:     did you mean 'input'?"),
    ("name.yhat", "line.yhta"): ("the computation has no variable 'yhta'", "mend:     did you mean 'yhat'"),
    ("name.yhat", "value.yhta"): ("the computation has no variable 'yhta'", "mend:     did you mean 'yhat'"),
    ("name.yhat", "name"): ("a page has no form for `name` without a name, as in name.x", "expected: a line,"),
    ("line.x, line.w", "line, line.w"): ("a page has no form for `line` without a name, as in line.x", "expected: "),
    ("why(line.dL_dw)", "why(line)"): ("`why` takes lines", "expected: why(line.x), with the name of a variable"),
    ("why(line.dL_dw)", "why(name.w)"): ("`why` takes lines", "found:    a name"),
    ("why(line.dL_dw)", "why()"): ("`why` takes lines", "found:    nothing"),
    ("why(line.dL_dw)", "line.dL_dw"): (
        "the template asks for what cannot be done: a line is not iter",
        "help template",
    ),
    ("name.yhat", "steps(line.yhat)"): ("`steps` takes a derivation", "found:    a line"),
    ("name.yhat", "moves(line.yhat)"): ("`moves` takes a derivation", "found:    a line"),
    ("name.yhat", "rooted(name.yhat)"): ("`rooted` takes a derivation", "found:    a name"),
    ("line.yhat", "line.yhat(3)"): (
        "the template asks for what cannot be done: a line is not callable",
        "help template",
    ),
    ("line.yhat", "line.yhat + 1"): ("the template asks for what cannot be done: unsupported operand", "help te"),
    ("formula.yhat", "formula.yhat.foo"): ("the template uses an undefined name: a line has no attribute", "mend:  "),
    ("name.yhat", "none"): ("a page has no form for nothing", "expected: a line,"),
}


@pytest.mark.parametrize("change", MISTAKES, ids=lambda change: change[1])
def test_a_mistake_in_a_template_is_told_at_its_line_without_an_internal_name(
    change: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert keygen("init", ".", "--lang", "en").exit_code == 0
    path = rewrite(tmp_path, "mine/first/en.tex", *change)
    line = next(n for n, text in enumerate(path.read_text("utf-8").splitlines(), 1) if change[1] in text)
    result = keygen("build", "sheet1", "--solutions", "--format", "tex")
    what, more = MISTAKES[change]
    assert result.exit_code == 1
    assert result.stderr.startswith(f"keygen: {what}")
    assert f"  at:       {path}:{line}\n" in result.stderr
    assert more in result.stderr
    assert not INTERNAL.search(re.sub(r"  (at|line): .*", "", result.stderr))


def test_what_python_calls_an_object_is_said_as_an_author_says_it() -> None:
    assert in_words_of_authors("'keygen.mathematics.terms.Chain object' has no x") == "a line has no x"
    assert in_words_of_authors("'int' object is not iterable") == "a number is not iterable"
    assert in_words_of_authors("no lines in a Chain") == "no lines in a line"
    assert in_words_of_authors("for +: 'Chain' and 'NoneType'") == "for +: a line and nothing"
    assert in_words_of_authors("Named Chains of a name") == "Named Chains of a name"
