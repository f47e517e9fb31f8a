"""Matrix derivatives: the answers of sheet8 by NumPy alone, the laws in words, the command `derive`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from keygen.certify.stage import certify
from keygen.checking.finished import braced
from keygen.cli import main
from keygen.document.derivations import expression_tex, result_tex
from keygen.document.rules import formulas, rules_of
from keygen.document.template import words
from keygen.document.tex_parts import TeX
from keygen.document.told_laws import ToldLaws, marked, without_marks
from keygen.errors import KeygenError
from keygen.mathematics.number_format import Policy
from keygen.matrix import rules
from keygen.matrix.algebra import multiply, number
from keygen.matrix.equations import EQUATION_MOVES
from keygen.matrix.exercises import Worked, derivation_of
from keygen.matrix.laws import LAWS
from keygen.matrix.parse import parse
from keygen.tex.pdf import compile_tex
from keygen.variants.solve import solve
from tests.courses import LANGUAGES, SHIPPED, ordered
from tests.one_sheet import sources

GOLDEN = Path(__file__).parent / "golden"
SEEDS = [None, 1, 2, 3, 4, 5]
ALWAYS = {"f", "wrt", "shapes"}
NAMES = {
    "matrix/gradients_by_vector": {part: {"gradient"} for part in "abcde"} | {"f": {"gradient", "jacobian"}},
    "matrix/differentials": {part: {"differential"} for part in "abc"},
    "matrix/gradients_by_matrix": {part: {"gradient"} for part in "abcdefg"},
    "matrix/least_squares": {"a": {"gradient"}, "b": {"optimum"}, "c": {"step"}, "d": {"hessian"}},
    "matrix/ridge": {"a": {"gradient"}, "b": {"optimum"}, "c": {"step"}, "d": {"hessian"}},
    "matrix/logistic": {"a": {"gradient"}, "b": {"step"}, "c": {"hessian"}},
    "matrix/normal_likelihood": {"a": {"mu", "gradient"}, "b": {"Sigma", "Sigma_given_mu", "gradient"}},
    "matrix/nearest_symmetric": {"a": {"X", "gradient"}},
}
CALLS = {
    "inv": np.linalg.inv, "det": np.linalg.det, "tr": np.trace, "I": np.eye, "log": np.log, "exp": np.exp,
    "sqrt": np.sqrt, "ones": np.ones, "zeros": np.zeros,
}  # fmt: skip


@cache
def key(seed: int | None) -> dict[str, dict[str, Any]]:
    words = ["answers", "sheet8", "--json"] + ([] if seed is None else ["--seed", str(seed)])
    made = json.loads(CliRunner().invoke(main, words).stdout)
    return {exercise["id"]: exercise["parts"] for exercise in made["exercises"]}


def values(answers: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """Random matrices of the shapes given, positive or definite where the answers say so, at which f has a value."""
    traits = dict(trait.split() for trait in answers.get("traits", {"exact": []})["exact"])
    for attempt in range(300):
        rng = np.random.default_rng((seed, attempt))
        found = {}
        for name, (rows, columns) in answers["shapes"]["exact"].items():
            entries = rng.normal(size=(rows, columns))
            trait = traits.get(name)
            found[name] = (
                entries @ entries.T + np.eye(rows) if trait == "definite"
                else np.abs(entries) + 0.5 if trait == "positive" or name == "pi"
                else np.sign(entries) if trait == "sign"
                else entries + 2 * np.eye(rows) if rows == columns
                else entries
            )  # fmt: skip
        with np.errstate(all="ignore"):
            if np.all(np.abs(run(answers["f"]["exact"], found)) < 1e6):
                return found
    raise AssertionError("f is defined nowhere")


def run(formula: str, at: dict[str, Any]) -> Any:
    return np.atleast_2d(eval(formula, {"__builtins__": {}, **CALLS}, at))


def slope(formula: str, at: dict[str, Any], name: str, direction: Any, h: float = 1e-6) -> Any:
    ahead, behind = (run(formula, {**at, name: at[name] + sign * h * direction}) for sign in (1, -1))
    return (ahead - behind) / (2 * h)


def direction_of(answers: dict[str, Any], at: dict[str, Any]) -> Any:
    name = answers["wrt"]["exact"]
    entries = np.random.default_rng(9).normal(size=at[name].shape)
    definite = f"{name} definite" in answers.get("traits", {"exact": []})["exact"]
    return entries + entries.T if definite else entries


def close(a: Any, b: Any) -> bool:
    return bool(np.allclose(a, b, rtol=2e-5, atol=2e-5 * max(1.0, float(np.max(np.abs(b))))))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_part_has_its_answers_under_the_agreed_names(seed: int | None) -> None:
    found = {
        name: {part: set(answers) - ALWAYS - {"traits"} for part, answers in parts.items()}
        for name, parts in key(seed).items()
    }
    assert found == NAMES
    assert all(set(answers) > ALWAYS for parts in key(seed).values() for answers in parts.values())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", NAMES)
def test_every_gradient_has_the_slope_of_its_function_and_the_shape_of_its_variable(
    name: str, seed: int | None
) -> None:
    for part, answers in key(seed)[name].items():
        at = values(answers)
        wrt, direction = answers["wrt"]["exact"], direction_of(answers, at)
        expected = slope(answers["f"]["exact"], at, wrt, direction)
        if "jacobian" in answers:
            assert close(run(answers["jacobian"]["exact"], at) @ direction, expected), part
        elif "differential" in answers:
            assert close(run(answers["differential"]["exact"], {**at, f"d{wrt}": direction}), expected), part
        elif "gradient" in answers:
            gradient = run(answers["gradient"]["exact"], at)
            assert list(gradient.shape) == answers["shapes"]["exact"][wrt]
            assert close(np.sum(gradient * direction), expected), part


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", ["matrix/least_squares", "matrix/ridge", "matrix/logistic"])
def test_the_optimum_the_step_and_the_hessian_belong_to_the_gradient(name: str, seed: int | None) -> None:
    parts = {kind: answers for answers in key(seed)[name].values() for kind in answers if kind not in ALWAYS}
    gradient, at = parts["gradient"]["gradient"]["exact"], values(parts["step"])
    if "optimum" in parts:
        there = {**at, "w": run(parts["optimum"]["optimum"]["exact"], at)}
        assert np.allclose(run(gradient, there), 0, atol=1e-8)
    assert np.allclose(run(parts["step"]["step"]["exact"], at), at["w"] - at["eta"] * run(gradient, at))
    direction = np.random.default_rng(3).normal(size=at["w"].shape)
    assert close(run(parts["hessian"]["hessian"]["exact"], at) @ direction, slope(gradient, at, "w", direction))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_estimates_of_the_normal_likelihood_make_both_gradients_zero(seed: int | None) -> None:
    mean, covariance = key(seed)["matrix/normal_likelihood"].values()
    at = values(mean)
    at["mu"] = run(mean["mu"]["exact"], at)
    at["Sigma"] = run(covariance["Sigma"]["exact"], at)
    for answers in (mean, covariance):
        assert np.allclose(run(answers["gradient"]["exact"], at), 0, atol=1e-8)
    assert np.allclose(run(covariance["Sigma_given_mu"]["exact"], at), at["Sigma"])


def test_the_published_estimates_are_the_mean_and_the_covariance_of_the_sample_alone() -> None:
    mean, covariance = key(None)["matrix/normal_likelihood"].values()
    sample = np.random.default_rng(5).normal(size=covariance["shapes"]["exact"]["X"])
    assert np.allclose(run(mean["mu"]["exact"], {"X": sample})[:, 0], sample.mean(axis=0))
    assert np.allclose(run(covariance["Sigma"]["exact"], {"X": sample}), np.cov(sample.T, bias=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_nearest_matrix_obeys_its_constraint_and_no_other_is_nearer(seed: int | None) -> None:
    solved = solve(SHIPPED.exercise("matrix/nearest_symmetric"), "sheet8", seed)
    sign = {"symmetric": 1, "skew": -1}[solved.choices["constraint"]]
    (answers,) = key(seed)["matrix/nearest_symmetric"].values()
    at = values(answers)
    x = run(answers["X"]["exact"], at)
    assert np.allclose(x, sign * x.T)
    f = answers["f"]["exact"]
    for draw in range(5):
        other = np.random.default_rng(draw).normal(size=x.shape)
        assert run(f, {**at, "X": x + other + sign * other.T}) > run(f, {**at, "X": x})


@pytest.mark.parametrize("name", NAMES)
def test_a_certificate_counts_the_lines_of_every_derivation(name: str) -> None:
    solved = solve(SHIPPED.exercise(name), "sheet8", None)
    assert certify(solved, Policy()).counts.equalities >= len(solved.answers())


def test_a_false_rule_cannot_reach_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    solved = solve(SHIPPED.exercise("matrix/differentials"), "sheet8", None)
    broken = rules.Rule(lambda e, d: rules.RULES["transpose"].apply(e, d))
    monkeypatch.setitem(rules.RULES, "inverse", broken)
    derivation_of.cache_clear()  # what is kept from other tests was made by the right rule
    with pytest.raises(KeygenError, match="false line"):
        solved.answers()


def test_a_wrong_gradient_does_not_pass_the_check_by_finite_differences() -> None:
    solved = solve(SHIPPED.exercise("matrix/least_squares"), "sheet8", None)
    first = solved.shown["loss"].derivation
    solved.shown["loss"].__dict__["derivation"] = replace(first, gradient=multiply(number(2), first.gradient))
    with pytest.raises(KeygenError, match="disagrees with finite differences"):
        certify(solved, Policy())


TOLD_BEFORE = ("named_", "again_")  # by another exercise, by this one


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_law_has_a_sentence_and_a_name(language: str) -> None:
    said, called = (words(name, LANGUAGES[language]) for name in ("laws", "law_names"))
    assert {name.removeprefix("matrix_") for name in said if name.startswith("matrix_")} == set(LAWS)
    assert {name for name in called if not name.startswith(TOLD_BEFORE)} == set(LAWS)
    assert all(said[f"matrix_{law}"].strip().endswith(".") for law in LAWS)
    assert all(text.strip().endswith(".") == name.startswith(TOLD_BEFORE) for name, text in called.items())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", [None, 4])
def test_a_sheet_tells_each_law_once(language: str, seed: int | None) -> None:
    said = words("laws", LANGUAGES[language])
    text = " ".join(" ".join(sources(ordered("sheet8", language, seed), solutions=True).values()).split())
    counts = {law: text.count(sentence.strip()) for law, sentence in said.items() if law.startswith("matrix_")}
    assert max(counts.values()) == 1
    assert sum(counts.values()) > 30
    assert r"\kglaw{" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_law_of_another_sheet_that_was_told_is_called_by_its_name(language: str) -> None:
    said, called = (words(name, LANGUAGES[language]) for name in ("laws", "law_names"))
    text = " ".join(" ".join(sources(ordered("sheet5", language), solutions=True).values()).split())
    assert text.count(said["matmul"].strip()) == 1
    assert text.index(said["matmul"].strip()) < text.index(called["named_matmul"].strip())
    assert called["again_completed_square"].strip() not in text  # a step of its line, in an exercise of its own
    plain = {law for law in said if not law.startswith("matrix_")}
    assert {name.partition("_")[2] for name in called if name.startswith(TOLD_BEFORE)} <= plain


def test_what_was_told_before_leaves_no_gap() -> None:
    first = marked("matrix_trace", r"A \emph{trace} is a sum.", "")
    told = ToldLaws()
    assert without_marks(TeX(f"{first}\nHence"), told) == "A \\emph{trace} is a sum.\nHence"
    assert without_marks(TeX(f"x\n{first}\nHence {marked('ln', 'One.', 'Again one.')}"), told) == "x\nHence One."
    assert without_marks(TeX(marked("ln", "One.", "Again one.")), told) == "Again one."


def test_a_section_recalls_one_law_that_was_told_before_and_no_chain_of_them() -> None:
    told = ToldLaws({"ln", "exp"})
    both = TeX(" ".join(marked(law, f"{law}.", f"{law} again.") for law in ("ln", "new", "exp")))
    assert without_marks(both, told) == "ln again. new. "
    assert without_marks(both, told) == "ln again. "  # another section: what was new is known by now


READ_OFF = re.compile(r"[-\d/* ()]*[A-Za-z](\.T)?")


@pytest.mark.parametrize("name", ["matrix/gradients_by_vector", "matrix/gradients_by_matrix"])
def test_no_gradient_that_is_drawn_is_a_letter_of_its_formula(name: str) -> None:
    for part, form in SHIPPED.exercise(name).problems.items():
        for text in form.others:
            read = parse(text, form.shapes, form.wrt)
            first = derivation_of(read.expression, read.wrt)
            slope = first.gradient or first.jacobian
            assert not READ_OFF.fullmatch(str(slope)), (part, text, str(slope))


def test_the_trace_whose_differential_is_drawn_is_of_something_that_a_rule_is_needed_for() -> None:
    form = SHIPPED.exercise("matrix/differentials").problems["c"]
    for text in form.others:
        read = parse(text, form.shapes, form.wrt)
        first = derivation_of(read.expression, read.wrt)
        laws = {law for line in first.lines for law in line.laws}
        assert laws & {"product", "inverse", "power"}, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_of_rules_follows_the_solutions_and_them_alone(language: str) -> None:
    problems, text = sources(ordered("sheet8", language), solutions=True).values()
    head = text.index(r"\kgappendix{")
    assert text.count(r"\kglawrow{") == len(rules_of(words("law_names", LANGUAGES[language])))
    assert text.rindex(r"\kgproblem{") < head < text.index(r"\kglawrow{")
    assert "kgappendix" not in problems
    assert "kglawrow" not in problems
    problems, answers = sources(ordered("sheet8", language), solutions=True, form="html").values()
    called = words("words", LANGUAGES[language])["rules"]
    assert called not in problems
    assert called in answers


def test_the_sheet_of_rules_holds_rules_not_examples() -> None:
    stated = formulas()
    assert stated["power"] == r"\mathrm{d}({u}^{k}) = k{u}^{k - 1}\,\mathrm{d}{u}"
    assert stated["powers"] == r"{u}^{k}{u}^{m} = {u}^{k + m}"
    assert stated["like_terms"].endswith(r"= (s + t)\kgmat{A}\,\mathrm{d}\kgmat{X}")
    inside_numbers = {law for law, text in stated.items() if re.search(r"[3-9]", text)}
    assert not inside_numbers


def test_the_sheet_of_rules_has_every_law_of_differentials_that_its_key_names() -> None:
    """Moves that solve equations, and where the gradient is zero, are told in words alone."""
    told = {*EQUATION_MOVES, "stationary", "at_optimum", "root"}
    named = {name for exercise in ordered("sheet8").sheet.exercise for name in named_at_margins(exercise.id)}
    names = {name: law for law, name in words("law_names", LANGUAGES["en"]).items()}
    assert {names[name] for name in named} <= {*formulas(), *told}


def named_at_margins(exercise: str) -> Iterator[str]:
    """The names of laws at the margins of an exercise's pages."""
    text = (GOLDEN / f"{exercise.replace('/', '-')}.en.tex").read_text(encoding="utf-8")
    for row in re.finditer(r"\\kgrow(?=\{)", text):
        (_, _, remark), _ = braced(text, row.end(), 3)
        yield from filter(None, remark.split("; "))


def test_a_sheet_without_an_appendix_has_none() -> None:
    assert all(r"\kgappendix" not in text for text in sources(ordered("sheet4"), solutions=True).values())


def test_matrices_stand_in_the_macro_that_the_style_prints_bold_or_plain() -> None:
    found = Worked(solve(SHIPPED.exercise("matrix/least_squares"), "sheet8", None).problems["a"], "L")
    assert expression_tex(found.value("gradient")) == (r"-2\kgmat{X}^{\top}(\kgmat{y} - \kgmat{X}\kgmat{w})")
    assert result_tex(found.result("step")).startswith(r"\kgchain{\kgmat{w}}{\kglink{\leftarrow}")


def fonts(pdf: bytes) -> int:
    """How many font programs a PDF carries: each has lengths of its parts."""
    return pdf.count(b"/Length1 ")


def test_one_switch_of_the_style_sets_every_sheet_in_bold_letters() -> None:
    style = {
        name: data.replace(b"\\newif\\ifkgbold", b"\\newif\\ifkgbold\\kgboldtrue")
        for name, data in SHIPPED.style_files().items()
    }
    assert style != SHIPPED.style_files()
    text = sources(ordered("sheet8", "en"), solutions=True)["sheet8-solutions.en"]
    plain, bold = (compile_tex(text, style=files) for files in (SHIPPED.style_files(), style))
    assert fonts(bold.data) > fonts(plain.data)


def derive(*words: str) -> Any:
    return CliRunner().invoke(main, ["derive", *words])


def test_derive_prints_the_lines_with_the_names_of_the_laws() -> None:
    result = derive("tr(A @ X.T @ X)", "--wrt", "X", "--shapes", "A:n,n X:m,n", "--lang", "en")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert [re.sub(r" +", " ", line).strip() for line in result.stdout.splitlines()] == [
        "f = tr(AXᵀX)",
        "df = tr(A (dX)ᵀ X) + tr(AXᵀ dX) | trace; product rule; transpose",
        "= tr(Xᵀ dX Aᵀ) + tr(AXᵀ dX) | trace of a transpose",
        "= tr(AᵀXᵀ dX) + tr(AXᵀ dX) | cyclic shift",
        "= tr((Aᵀ + A)Xᵀ dX) | collect terms; common factor",
        "∇f = X(A + Aᵀ)",
    ]


def test_derive_says_which_shapes_it_assumed() -> None:
    result = derive("ln(det(X @ A))", "--wrt", "X", "--lang", "en")
    assert result.stderr == "assumed: X: n x m, A: m x n\n"


@pytest.mark.parametrize(
    ("formula", "what", "place"),
    [
        ("tr(A @ foo(X))", "unknown function", "foo"),
        ("tr(A @ X", "cannot be read", "("),
        ("tr(X) + ln(X @ X)", "", "X @ X"),
        ("tr(X @ I(3) @ A @ I(4) @ B @ I(3) @ I(4))", "do not fit", "X @ I(3) @ A @ I(4) @ B @ I(3) @ I(4)"),
    ],
)
def test_derive_points_at_the_place_that_is_wrong(formula: str, what: str, place: str) -> None:
    result = derive(formula, "--wrt", "X", "--shapes", "X:3,3")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert what in result.stderr
    lines = result.stderr.splitlines()
    (row,) = [number for number, line in enumerate(lines) if set(line.strip()) == {"^"}]
    start = lines[row].index("^")
    assert lines[row - 1][start : start + len(place)] == place


def test_derive_writes_a_page(tmp_path: Path) -> None:
    result = derive("x.T @ A @ x", "--wrt", "x", "--format", "pdf", "--out", str(tmp_path))
    assert result.stdout == f"{tmp_path / 'derivation.pdf'}\n"
    assert (tmp_path / "derivation.pdf").read_bytes().startswith(b"%PDF")


def test_derive_writes_tex_that_stands_alone(tmp_path: Path) -> None:
    result = derive("x.T @ A @ x", "--wrt", "x", "--format", "tex", "--lang", "en", "--out", str(tmp_path))
    assert result.stdout == f"{tmp_path / 'derivation.tex'}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["derivation.tex", "style.sty"]
    assert r"\kgderivation{" in (tmp_path / "derivation.tex").read_text(encoding="utf-8")


def test_derive_writes_a_page_for_a_browser_without_tex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    result = derive("x.T @ A @ x", "--wrt", "x", "--format", "html", "--lang", "en", "--out", str(tmp_path))
    assert result.stdout == f"{tmp_path / 'derivation.html'}\n"
    assert [path.name for path in tmp_path.iterdir()] == ["derivation.html"]
    page = (tmp_path / "derivation.html").read_text(encoding="utf-8")
    assert "<title>x.T @ A @ x</title>" in page
    assert 'class="derivation"' in page
    assert "product rule" in page
