"""What an author reads of each mistake: the whole message of `keygen check`, with file, line and repair."""

# ruff: noqa: E501 - whole messages, as they are read

from __future__ import annotations

from pathlib import Path

import pytest

from tests.courses import keygen, laid
from tests.test_bad_input import EXERCISE as COMPUTATION
from tests.test_bad_input import SHEET
from tests.test_bad_input import TEMPLATE as GRADIENT

STATEMENT = r"""%% statement
A layer is given: \( \val{ line.x } \), \( \val{ line.w } \), \( \val{ line.y } \), \( \val{ formula.yhat } \).
%% endstatement
"""
WORDS = GRADIENT.replace("%% part a", f"{STATEMENT}%% part a")
TEMPLATE, EXERCISE = "en.tex", "exercise.py"
MISTAKES = [
    (
        TEMPLATE,
        "Find the gradient",
        "Find 50% of the gradient",
        (
            "keygen: the character % among words",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find 50% of the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     write \\%",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find R&D, the gradient",
        (
            "keygen: the character & among words",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find R&D, the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     write \\&",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find a_b, the gradient",
        (
            "keygen: the character _ among words",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find a_b, the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     write \\_",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find #1, the gradient",
        (
            "keygen: the character # among words",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find #1, the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     write \\#",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find $2+2=5$, the gradient",
        (
            "keygen: the character $ among words",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find $2+2=5$, the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     write \\( \\val{ ... } \\) for a formula, \\$ for the sign",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find the \\textbf{gradient",
        (
            "keygen: a brace that is never closed",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find the \\textbf{gradient of \\( \\val{ formula.L } \\).",
            "  mend:     add } before the formula below",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find the \\foo gradient",
        (
            "keygen: \\foo is no command of templates",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find the \\foo gradient of \\( \\val{ formula.L } \\).",
            "  mend:     TeX of your own goes into \\begin{kgtex}{words for other media} ... \\end{kgtex}",
        ),
    ),
    (
        TEMPLATE,
        "formula.L } \\)",
        "formula.L }",
        (
            "keygen: \\( has no \\)",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find the gradient of \\( \\val{ formula.L }.",
            "  mend:     close the formula with \\)",
        ),
    ),
    (
        TEMPLATE,
        "\\( \\val{ formula.L }",
        "\\( \\val{ formula.L",
        (
            "keygen: \\val{ is never closed",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find the gradient of \\( \\val{ formula.L \\).",
            "  mend:     add }",
        ),
    ),
    (
        TEMPLATE,
        "\\( \\val{ formula.L",
        "\\val{ formula.L",
        (
            "keygen: \\) has no \\(",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find the gradient of \\val{ formula.L } \\).",
            "  mend:     open the formula with \\(",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find \\( 1 + 1 = 3 \\), the gradient",
        (
            "keygen: mathematics typed by hand",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find \\( 1 + 1 = 3 \\), the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     let the exercise say it: \\val{ line.NAME }, \\val{ value.NAME }, \\val{ name.NAME }, or a claim of `show`; or write `%% by hand` on the line before, for what nobody can check",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find \\( \\frac{1}{2} \\), the gradient",
        (
            "keygen: mathematics typed by hand",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find \\( \\frac{1}{2} \\), the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     let the exercise say it: \\val{ line.NAME }, \\val{ value.NAME }, \\val{ name.NAME }, or a claim of `show`; or write `%% by hand` on the line before, for what nobody can check",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "\\begin{equation} 1+1=3 \\end{equation} Find the gradient",
        (
            "keygen: the environment 'equation' is unknown",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     \\begin{equation} 1+1=3 \\end{equation} Find the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     write \\[ \\val{ line.NAME } \\]",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "\\begin{kgtex}{a sum} $1+1=3$ \\end{kgtex}\nFind the gradient",
        (
            "keygen: mathematics typed by hand",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     \\begin{kgtex}{a sum} $1+1=3$ \\end{kgtex}",
            "  mend:     let the exercise say it: \\val{ line.NAME }, \\val{ value.NAME }, \\val{ name.NAME }, or a claim of `show`; or write `%% by hand` on the line before, for what nobody can check",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "\\begin{center} Find \\end{center} the gradient",
        (
            "keygen: the environment 'center' is unknown",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     \\begin{center} Find \\end{center} the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     did you mean 'enumerate'? TeX of your own goes into \\begin{kgtex}{words for other media}",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find \\( \\val{ '2+2=5' } \\), the gradient",
        (
            "keygen: what \\val{ } prints here is typed, not computed",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find \\( \\val{ '2+2=5' } \\), the gradient of \\( \\val{ formula.L } \\).",
            "  expected: a name of the exercise",
            "  mend:     let the exercise say it: \\val{ line.NAME }, \\val{ value.NAME }, \\val{ name.NAME }, or a claim of `show`",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find \\( \\val{ 7 } \\) times the gradient",
        (
            "keygen: what \\val{ } prints here is typed, not computed",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find \\( \\val{ 7 } \\) times the gradient of \\( \\val{ formula.L } \\).",
            "  expected: a name of the exercise",
            "  mend:     let the exercise say it: \\val{ line.NAME }, \\val{ value.NAME }, \\val{ name.NAME }, or a claim of `show`",
        ),
    ),
    (
        TEMPLATE,
        "\\[ \\val{ line.dL_dw } \\]",
        "\\[ \\val{ line.dL_dw } = 4 \\]",
        (
            "keygen: mathematics typed by hand",
            "  exercise: my/one",
            "  at:       en.tex:11",
            "  line:     \\[ \\val{ line.dL_dw } = 4 \\]",
            "  mend:     let the exercise say it: \\val{ line.NAME }, \\val{ value.NAME }, \\val{ name.NAME }, or a claim of `show`; or write `%% by hand` on the line before, for what nobody can check",
        ),
    ),
    (
        TEMPLATE,
        "\\[ \\val{ line.dL_dw } \\]",
        "\\[ \\val{ line.dL_dW } \\]",
        (
            "keygen: the computation has no variable 'dL_dW'",
            "  exercise: my/one",
            "  at:       en.tex:11",
            "  line:     \\[ \\val{ line.dL_dW } \\]",
            "  mend:     did you mean 'dL_dw' or 'dL_dyhat'?",
        ),
    ),
    (
        TEMPLATE,
        "\\[ \\val{ line.dL_dw } \\]",
        "\\[ \\val{ line.dL_dw }. \\]",
        (
            "keygen: a display with a mark of its own",
            "  exercise: my/one",
            "  at:       en.tex:11",
            "  line:     \\[ \\val{ line.dL_dw }. \\]",
            "  mend:     leave it out: it is set by rule",
        ),
    ),
    (
        TEMPLATE,
        "formula.L",
        "formul.L",
        (
            "keygen: the template uses an undefined name: 'formul' is undefined",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find the gradient of \\( \\val{ formul.L } \\).",
            "  mend:     did you mean 'formula' or 'result'?",
        ),
    ),
    (
        TEMPLATE,
        "\\[ \\val{ line.dL_dw } \\]",
        "\\val{ wy(line.dL_dw) }",
        (
            "keygen: the template uses an undefined name: 'wy' is undefined",
            "  exercise: my/one",
            "  at:       en.tex:11",
            "  line:     \\val{ wy(line.dL_dw) }",
            "  mend:     did you mean 'why'?",
        ),
    ),
    (
        TEMPLATE,
        "\\[ \\val{ line.dL_dw } \\]",
        "\\val{ line.dL_dw }",
        (
            "keygen: a line among words, outside any formula",
            "  exercise: my/one",
            "  at:       en.tex:10",
            "  mend:     write \\( \\val{ ... } \\), or \\[ \\val{ ... } \\] for a line of its own",
        ),
    ),
    (
        TEMPLATE,
        "%% endpart\n",
        "",
        (
            "keygen: `%% part a` has no `%% endpart`",
            "  exercise: my/one",
            "  at:       en.tex:7",
            "  line:     %% part a",
            "  mend:     add `%% endpart` before the end of the file",
        ),
    ),
    (
        TEMPLATE,
        "%% endtitle\n",
        "",
        (
            "keygen: `%% title` has no `%% endtitle`",
            "  exercise: my/one",
            "  at:       en.tex:1",
            "  line:     %% title",
            "  mend:     add `%% endtitle` before line 3, `%% statement`",
        ),
    ),
    (
        TEMPLATE,
        "%% endstatement\n",
        "",
        (
            "keygen: `%% statement` has no `%% endstatement`",
            "  exercise: my/one",
            "  at:       en.tex:4",
            "  line:     %% statement",
            "  mend:     add `%% endstatement` before line 6, `%% part a`",
        ),
    ),
    (
        TEMPLATE,
        "%% solution\n",
        "%% solution\n%% for x in [line.L]\n",
        (
            "keygen: `%% for x in [line.L]` has no `%% endfor`",
            "  exercise: my/one",
            "  at:       en.tex:10",
            "  line:     %% for x in [line.L]",
            "  mend:     add `%% endfor` before line 13, `%% endpart`",
        ),
    ),
    (
        TEMPLATE,
        "%% solution\n",
        "%% solution\n%% if holds.nothing\nWord.\n%% endif\n",
        (
            "keygen: the exercise has no condition 'nothing'",
            "  exercise: my/one",
            "  at:       en.tex:10",
            "  line:     %% if holds.nothing",
            "  mend:     known: none",
        ),
    ),
    (
        TEMPLATE,
        "%% solution",
        "%% soluton",
        (
            "keygen: `%% soluton` is no line of templates",
            "  exercise: my/one",
            "  at:       en.tex:9",
            "  line:     %% soluton",
            "  mend:     did you mean 'solution' or 'equation'?",
        ),
    ),
    (
        TEMPLATE,
        "%% title",
        "%% titel",
        (
            "keygen: `%% titel` is no line of templates",
            "  exercise: my/one",
            "  at:       en.tex:1",
            "  line:     %% titel",
            "  mend:     did you mean 'title' or 'endtitle' or 'filter'?",
        ),
    ),
    (
        TEMPLATE,
        "%% part a\n",
        "%% solution\n%% part a\n",
        (
            "keygen: `%% solution` stands in no `%% part`",
            "  exercise: my/one",
            "  at:       en.tex:7",
            "  line:     %% solution",
            "  mend:     add `%% part` above it",
        ),
    ),
    (
        TEMPLATE,
        "%% solution\n",
        "%% worth many\n%% solution\n",
        (
            "keygen: the template is not well formed: `worth` needs a whole number from 0 to 99: %% worth 2",
            "  exercise: my/one",
            "  at:       en.tex:9",
            "  line:     %% worth many",
        ),
    ),
    (
        TEMPLATE,
        "%% endpart\n",
        "%% endpart\n%% part a\nAgain.\n%% solution\nYes.\n%% endpart\n",
        (
            "keygen: part a stands twice",
            "  exercise: my/one",
            "  at:       en.tex:13",
            "  line:     %% part a",
            "  found:    the first is at line 7",
            "  mend:     give it the next letter",
        ),
    ),
    (
        TEMPLATE,
        "%% solution\n\\[ \\val{ line.dL_dyhat } \\]\n\\[ \\val{ line.dL_dw } \\]\n",
        "",
        (
            "keygen: part a has no solution",
            "  exercise: my/one",
            "  at:       en.tex:7",
            "  line:     %% part a",
            "  mend:     write `%% solution` and what the key says, above `%% endpart`",
        ),
    ),
    (
        TEMPLATE,
        "%% part a",
        "%% part b",
        (
            "keygen: an answer to part 'a', which the page has not",
            "  exercise: my/one",
            "  at:       exercise.py:20",
            '  line:     answers = {"a": {"gradient": "dL_dw"}}',
            "  expected: the parts b",
            "  mend:     known: b",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find the grаdient",
        (
            "keygen: a word with letters of two scripts: grаdient",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find the grаdient of \\( \\val{ formula.L } \\).",
            "  found:    а is cyrillic small letter a",
            "  mend:     type it again in one script",
        ),
    ),
    (
        TEMPLATE,
        "of \\( \\val{ formula.L }",
        "of \\( \\val{ formulа.L }",
        (
            "keygen: the template uses an undefined name: 'formulа' is undefined",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find the gradient of \\( \\val{ formulа.L } \\).",
            "  mend:     type it in Latin letters: а is cyrillic small letter a, and 'formula' is known",
        ),
    ),
    (
        EXERCISE,
        '{"a": {"gradient": "dL_dw"}}',
        '{"b": {"gradient": "dL_dw"}}',
        (
            "keygen: an answer to part 'b', which the page has not",
            "  exercise: my/one",
            "  at:       exercise.py:20",
            '  line:     answers = {"b": {"gradient": "dL_dw"}}',
            "  expected: the parts a",
            "  mend:     known: a",
        ),
    ),
    (
        EXERCISE,
        '{"a": {"gradient": "dL_dw"}}',
        '{"a": {"gradient": "dL_dW"}}',
        (
            "keygen: an answer names 'dL_dW', which the computation does not have",
            "  exercise: my/one",
            "  at:       exercise.py:20",
            '  line:     answers = {"a": {"gradient": "dL_dW"}}',
            "  mend:     did you mean 'dL_dw' or 'dL_dyhat'?",
        ),
    ),
    (
        EXERCISE,
        '{"a": {"gradient": "dL_dw"}}',
        "{}",
        (
            "keygen: the exercise has no answers",
            "  exercise: my/one",
            "  at:       exercise.py:20",
            "  line:     answers = {}",
            '  mend:     name what is asked for: answers = {"a": {"gradient": "dL_dw"}}',
        ),
    ),
    (
        EXERCISE,
        "published=[[1, 2]]",
        "published=[[1, 2, 3]]",
        (
            "keygen: the published 'x' does not fit its axes '1 input'",
            "  exercise: my/one",
            "  at:       exercise.py:8",
            '  line:     "x": integers("1 input", -3, 3, published=[[1, 2, 3]], nonzero=True),',
            "  expected: 1 rows of 2 numbers",
            "  found:    1 rows of 3 numbers",
            "  mend:     write the published numbers row by row, or other axes",
        ),
    ),
    (
        EXERCISE,
        "t.x @ t.w",
        "np.dot(t.x, t.w)",
        (
            "keygen: the exercise's code raised NameError: name 'np' is not defined",
            "  exercise: my/one",
            "  at:       exercise.py:15",
            "  line:     t.yhat = np.dot(t.x, t.w)",
            "  mend:     a computation takes exp, ln, sqrt, total ... from keygen.author, and @ for products of matrices",
        ),
    ),
    (
        EXERCISE,
        "t.x @ t.w",
        "exp(t.x @ t.w)",
        (
            "keygen: the exercise's code raised NameError: name 'exp' is not defined",
            "  exercise: my/one",
            "  at:       exercise.py:15",
            "  line:     t.yhat = exp(t.x @ t.w)",
            "  mend:     from keygen.author import exp",
        ),
    ),
    (
        EXERCISE,
        "    t.yhat",
        "    t.q = t.x[0:3]\n    t.yhat",
        (
            "keygen: 'x' has no part [0:3]",
            "  exercise: my/one",
            "  at:       exercise.py:15",
            "  line:     t.q = t.x[0:3]",
            "  expected: whole numbers, counted from 0: one of a list, two of a matrix",
            "  found:    slice",
            "  mend:     take the entries one by one, or a row of a matrix: row(t.X, 0)",
        ),
    ),
    (
        EXERCISE,
        "t.x @ t.w",
        "0.1 * t.x @ t.w",
        (
            "keygen: 0.1 cannot stand in a computation",
            "  exercise: my/one",
            "  at:       exercise.py:15",
            "  line:     t.yhat = 0.1 * t.x @ t.w",
            "  expected: a variable of the trace, an int or a Fraction",
            "  found:    float",
            '  mend:     from fractions import Fraction, and write Fraction("0.1"); or put the number into `given`',
        ),
    ),
    (
        EXERCISE,
        "    t.yhat",
        "    if t.x > 0:\n        pass\n    t.yhat",
        (
            "keygen: 'x' has no value yet: it is a name on a trace",
            "  exercise: my/one",
            "  at:       exercise.py:15",
            "  line:     if t.x > 0:",
            "  mend:     branch on a choice of `given` (t.choices), which is known before the trace is; what numbers decide is a step of its own: maximum, minimum, absolute, step, greater, at_least from keygen.author",
        ),
    ),
    (
        EXERCISE,
        "    t.L =",
        "    t.yhat = t.x @ t.w\n    t.L =",
        (
            "keygen: variable 'yhat' is bound twice",
            "  exercise: my/one",
            "  at:       exercise.py:16",
            "  line:     t.yhat = t.x @ t.w",
            "  mend:     give the second one a new name",
        ),
    ),
    (
        EXERCISE,
        "t.x @ t.w",
        "max(t.x @ t.w, 3)",
        (
            "keygen: a part of the computation has no value yet: it is a name on a trace",
            "  exercise: my/one",
            "  at:       exercise.py:15",
            "  line:     t.yhat = max(t.x @ t.w, 3)",
            "  mend:     branch on a choice of `given` (t.choices), which is known before the trace is; what numbers decide is a step of its own: maximum, minimum, absolute, step, greater, at_least from keygen.author",
        ),
    ),
    (
        EXERCISE,
        "t.x @ t.w",
        "t.x @ t.w.T",
        (
            "keygen: the shapes do not fit in step 'matmul(x, _1)'",
            "  exercise: my/one",
            "  at:       exercise.py:15",
            "  line:     t.yhat = t.x @ t.w.T",
            "  expected: matmul: (n, k) @ (k, m) -> (n, m)",
            "  found:    (1, 2) and (1, 2)",
            "  mend:     check the order of the factors, a missing .T, or the sizes in `given`",
        ),
    ),
    (
        EXERCISE,
        "t.x @",
        "t.х @",
        (
            "keygen: unbound variable 'х'",
            "  exercise: my/one",
            "  at:       exercise.py:15",
            "  line:     t.yhat = t.х @ t.w",
            "  mend:     type it in Latin letters: х is cyrillic small letter ha, and 'x' is known",
        ),
    ),
    (
        EXERCISE,
        "import backprop,",
        "import backprp,",
        (
            "keygen: the exercise's file does not run: ImportError: cannot import name 'backprp' from 'keygen.author'",
            "  exercise: my/one",
            "  at:       exercise.py:3",
            "  line:     from keygen.author import backprp, integers, squared_error",
            "  mend:     did you mean 'backprop' or 'apply' or 'Track'?",
        ),
    ),
    (
        EXERCISE,
        "    t.yhat =",
        "\tt.yhat =",
        (
            "keygen: the exercise's file does not run: IndentationError: unindent does not match any outer indentation level (exercise.py, line 16)",
            "  exercise: my/one",
            "  at:       exercise.py:16",
            "  line:     t.L = squared_error(t.y, t.yhat)",
            "  mend:     set lines in by four spaces each, never by tabs",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "By the Δ rule, find the gradient",
        (
            "keygen: the Greek letter Δ among words",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     By the Δ rule, find the gradient of \\( \\val{ formula.L } \\).",
            "  mend:     let the exercise say it: \\val{ line.NAME }, \\val{ value.NAME }, \\val{ name.NAME }, or a claim of `show`; or spell it out: delta",
        ),
    ),
    (
        TEMPLATE,
        "Find the gradient",
        "Find the gradiοnt",
        (
            "keygen: a word with letters of two scripts: gradiοnt",
            "  exercise: my/one",
            "  at:       en.tex:8",
            "  line:     Find the gradiοnt of \\( \\val{ formula.L } \\).",
            "  found:    ο is greek small letter omicron",
            "  mend:     type it again in one script",
        ),
    ),
    (
        EXERCISE,
        "t.yhat",
        "t.lambda",
        (
            "keygen: the exercise's file does not run: SyntaxError: invalid syntax (exercise.py, line 15)",
            "  exercise: my/one",
            "  at:       exercise.py:15",
            "  line:     t.lambda = t.x @ t.w",
            "  mend:     lambda is a word of Python's own: write lambda_, which is printed without the low line",
        ),
    ),
    (
        EXERCISE,
        "(v.yhat != v.y).all()",
        "v.w > 0",
        (
            "keygen: the condition 'the prediction is wrong' says something of each entry, not one thing",
            "  exercise: my/one (seed 0)",
            "  at:       exercise.py:24",
            '  line:     return {"the prediction is wrong": v.w > 0}',
            "  expected: True or False",
            "  found:    2 x 1 of them",
            "  mend:     say whether it is to hold of all entries or of any: (...).all() or (...).any()",
        ),
    ),
    (
        EXERCISE,
        "(v.yhat != v.y).all()",
        "v.w > 0 and v.x > 0",
        (
            "keygen: the exercise's code raised ValueError: The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()",
            "  exercise: my/one (seed 0)",
            "  at:       exercise.py:24",
            '  line:     return {"the prediction is wrong": v.w > 0 and v.x > 0}',
            "  mend:     numbers of a matrix are compared one by one: say (...).all() or (...).any(), or take an entry: v.z[0, 1]",
        ),
    ),
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an exercise without mistakes."""
    monkeypatch.chdir(tmp_path)
    return laid(tmp_path, COMPUTATION, WORDS, SHEET)


def checked(place: Path) -> list[str]:
    """What `check` says on stderr, files named from the exercise's folder."""
    said = keygen("check", "mine", "--seeds", "1", "--jobs", "1")
    assert "Traceback" not in said.output
    return said.stderr.replace(f"{place}/", "").splitlines()


def test_without_a_mistake_nothing_is_said(place: Path) -> None:
    assert checked(place) == []
    assert keygen("lint", "mine").stdout == ""


@pytest.mark.parametrize(("name", "old", "new", "said"), MISTAKES, ids=[repr(new)[:60] for _, _, new, _ in MISTAKES])
def test_a_mistake_is_told_with_its_line_and_its_repair(
    place: Path, name: str, old: str, new: str, said: tuple[str, ...]
) -> None:
    text = (place / name).read_text(encoding="utf-8")
    assert old in text
    (place / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert checked(place) == list(said)


OF_MATRIX = """
from keygen.author import relation


def conditions(s):
    return {"on": s.whether(relation(s.name("yhat"), ">", 0))}
"""
TO_SHOW = """
from keygen.author import relation


def show(s):
    return {"order": relation(s.name("w"), "<", s.name("x"))}
"""
COMPARED = (
    '  mend:     take one entry, as s.claim("z", 0, 1), or a number that the computation makes of them, as total does; if it was to be a number, look at how it is computed: @ or *, and the axes in `given`',
)


@pytest.mark.parametrize(
    ("product", "found"),
    [
        ("t.x * t.w", "yhat is 2 x 2, by line 15: t.yhat = t.x * t.w"),
        ("t.x.T @ t.w.T", "yhat is 2 x 2, by line 15: t.yhat = t.x.T @ t.w.T"),
    ],
)
def test_a_relation_of_a_matrix_says_its_shape_and_where_it_is_computed(place: Path, product: str, found: str) -> None:
    (place / EXERCISE).write_text(COMPUTATION.replace("t.x @ t.w", product) + OF_MATRIX, encoding="utf-8")
    assert checked(place) == [
        "keygen: the relation > is between numbers, and yhat is a matrix",
        "  exercise: my/one",
        "  at:       exercise.py:30",
        '  line:     return {"on": s.whether(relation(s.name("yhat"), ">", 0))}',
        "  expected: a number on either side",
        f"  found:    {found}",
        *COMPARED,
    ]


def test_a_printed_relation_of_matrices_says_their_shapes(place: Path) -> None:
    (place / EXERCISE).write_text(COMPUTATION + TO_SHOW, encoding="utf-8")
    (place / TEMPLATE).write_text(WORDS.replace("Find the", r"As \( \val{ order } \), find the"), encoding="utf-8")
    assert checked(place) == [
        "keygen: the relation < is between numbers, and w is a matrix",
        "  exercise: my/one",
        "  at:       en.tex:8",
        r"  line:     As \( \val{ order } \), find the gradient of \( \val{ formula.L } \).",
        "  expected: a number on either side",
        "  found:    w is 2 x 1 and x is 1 x 2",
        *COMPARED,
    ]


def test_a_name_that_show_has_not_returned_is_told_with_those_that_it_has(place: Path) -> None:
    (place / EXERCISE).write_text(
        COMPUTATION + '\n\ndef show(s):\n    return {"figure": s.name("x")}\n', encoding="utf-8"
    )
    (place / TEMPLATE).write_text(WORDS.replace("Find the", r"Of \( \val{ plane } \) find the"), encoding="utf-8")
    assert checked(place) == [
        "keygen: the template uses an undefined name: 'plane' is undefined",
        "  exercise: my/one",
        "  at:       en.tex:8",
        r"  line:     Of \( \val{ plane } \) find the gradient of \( \val{ formula.L } \).",
        "  mend:     did you mean 'line' or 'law'? `show` returns 'figure'",
    ]


@pytest.mark.parametrize(
    ("line", "fault", "repair"),
    [
        ("title = Week 3", "Invalid value", 'put words in straight quotes: title = "Week 3"'),
        ("title = “Week 3”", "Invalid value", 'put words in straight quotes: title = "Week 3"'),
        ("totals = True", "Invalid value", "write it small: totals = true"),
        (
            "date = 7 May 2026",
            "Expected newline or end of document after a statement",
            'put words in straight quotes: date = "7 May 2026"',
        ),
        (
            "date = 2026-13-07",
            "Expected newline or end of document after a statement",
            "there is no such day, or it is written otherwise: year, month, day, as in 2026-09-07",
        ),
    ],
)
def test_a_line_of_a_sheet_that_is_no_toml_says_how_it_is_written(
    place: Path, line: str, fault: str, repair: str
) -> None:
    (place.parent.parent / "mine.toml").write_text(SHEET.replace("points = 2", line), encoding="utf-8")
    assert checked(place) == [
        f"keygen: the sheet is not valid TOML: {fault}",
        f"  at:       {place.parent.parent}/mine.toml:6",
        f"  line:     {line}",
        f"  mend:     {repair}",
    ]


def test_an_exercise_in_the_place_of_a_sheet_is_told_what_shows_it(place: Path) -> None:
    assert keygen("build", "my/one").stderr.splitlines() == [
        "keygen: 'my/one' is an exercise, not a sheet",
        '  mend:     look at it: keygen show my/one, or keygen preview my/one; or put it on a sheet: id = "my/one"',
    ]
    assert keygen("new", "my/two", "--like", "mine").stderr.splitlines() == [
        "keygen: 'mine' is a sheet, not an exercise",
        "  mend:     see which exercises it has: keygen list mine",
    ]


@pytest.mark.parametrize(
    "words", [("build", "mine", "--format", "tex"), ("show", "my/one"), ("answers", "mine"), ("answers", "my/one")]
)
def test_an_answer_to_a_part_that_is_not_there_stops_whatever_makes_a_key(place: Path, words: tuple[str, ...]) -> None:
    text = (place / EXERCISE).read_text(encoding="utf-8")
    assert keygen(*words).exit_code == 0
    (place / EXERCISE).write_text(text.replace('{"a": {"gradient"', '{"b": {"gradient"'), encoding="utf-8")
    result = keygen(*words)
    assert result.exit_code == 1
    assert "keygen: an answer to part 'b', which the page has not\n  exercise: my/one\n" in result.stderr


def test_what_nobody_can_check_stands_under_a_mark(place: Path) -> None:
    said = "Find\n%% by hand\nthe sum \\( 1 + 1 = 2 \\) of 2 ones and the gradient"
    (place / TEMPLATE).write_text(WORDS.replace("Find the gradient", said), encoding="utf-8")
    assert checked(place) == []
    assert keygen("lint", "mine").stdout == ""


def test_a_given_that_no_statement_shows_is_a_remark(place: Path) -> None:
    (place / EXERCISE).write_text(COMPUTATION.replace("[[1, 2]]", "[[3, 2]]"), encoding="utf-8")
    (place / TEMPLATE).write_text(WORDS.replace(r"\( \val{ line.x } \), ", ""), encoding="utf-8")
    said = keygen("check", "mine", "--seeds", "1", "--jobs", "1")
    remark = "my/one: the answers of part a are computed from 'x', which no statement shows"
    assert f"{remark} (exercises/my/one/en.tex:8)" in said.stdout.splitlines()
    assert said.exit_code == 0


def test_words_of_an_exercise_in_a_formula_are_refused(place: Path) -> None:
    prepared = COMPUTATION + '\n\ndef show(s):\n    return {"typed": "2+2=5"}\n'
    (place / EXERCISE).write_text(prepared, encoding="utf-8")
    (place / TEMPLATE).write_text(WORDS.replace("Find the", r"Find \( \val{ typed } \), the"), encoding="utf-8")
    assert checked(place)[0] == "keygen: the words '2+2=5' in a formula"


def test_a_number_among_words_is_found_by_lint(place: Path) -> None:
    (place / TEMPLATE).write_text(WORDS.replace("Find the", "It equals 17 times the"), encoding="utf-8")
    said = keygen("lint", "mine")
    assert said.exit_code == 1
    assert said.stdout.replace(f"{place}/", "").splitlines() == [
        "en.tex:8: a number typed by hand",
        "  line:     It equals 17 times the gradient of ….",
        "  found:    17",
        r"  mend:     let the exercise say it: \( \val{ value.NAME } \); or write `%% by hand` on the line before",
    ]


def test_languages_have_one_structure(place: Path) -> None:
    (place / "ru.tex").write_text(WORDS.replace(r"\[ \val{ line.dL_dyhat } \]", ""), encoding="utf-8")
    assert checked(place) == [
        "keygen: the solution of part a shows other formulas than in ru.tex",
        "  exercise: my/one",
        "  at:       en.tex:9",
        r"  line:     \val{ line.dL_dyhat }",
        r"  mend:     show in both languages what is claimed in one: \val{ line.dL_dyhat }",
    ]
    (place / "ru.tex").write_text(WORDS + "%% part b\nПочему?\n%% solution\nПотому.\n%% endpart\n", encoding="utf-8")
    assert checked(place) == [
        "keygen: the sections are not those of ru.tex",
        "  exercise: my/one",
        "  at:       en.tex:9",
        "  found:    nothing more, where ru.tex has `%% part b` at line 13",
        "  mend:     write the same parts, solutions, answers and numbered formulas in both languages",
    ]


def test_findings_are_annotations_of_github(place: Path) -> None:
    (place / TEMPLATE).write_text(WORDS.replace("Find the", "Find 50% of the"), encoding="utf-8")
    said = keygen("check", "mine", "--seeds", "1", "--jobs", "1", "--format", "github")
    assert said.exit_code == 1
    (line,) = said.stdout.splitlines()
    assert line.startswith("::error file=exercises/my/one/en.tex,line=8::the character %25 among words%0A")
    (place / EXERCISE).write_text(COMPUTATION.replace("[[1, 2]]", "[[3, 2]]"), encoding="utf-8")
    (place / TEMPLATE).write_text(WORDS.replace(r"\( \val{ line.x } \), ", ""), encoding="utf-8")
    said = keygen("check", "mine", "--seeds", "1", "--jobs", "1", "--format", "github")
    assert said.exit_code == 0
    assert said.stdout.startswith("::warning file=")
