"""Why a person should look at an answer is said in the language of the page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from keygen.document.template import words
from keygen.grading.follow_through import UNTYPED
from keygen.grading.reasons import REASONS, in_language
from tests.courses import SHIPPED

ROOM = Path(__file__).parents[2] / "keygen" / "grading"
RAISED = ("UnreadableError", "ShapeError", "Damage")
PASSED_ON = "{}: {}"
"""What another room says of a number."""


def template(node: ast.expr) -> str:
    """A text of the source, with braces for whatever differs."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in values)
        case ast.BinOp(left=left, right=right):
            return template(left) + template(right)
    return "{}"


def said() -> Iterator[str]:
    """Every reason that this room gives."""
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in RAISED and node.args:
                yield template(node.args[0])
    yield UNTYPED


def test_every_reason_has_a_sentence_in_every_language() -> None:
    assert {one for one in said() if one != PASSED_ON} <= set(REASONS.values())
    for code in SHIPPED.languages:
        own = words("reasons", SHIPPED.language(code))
        assert own.keys() == REASONS.keys()
        for name, text in own.items():
            assert len(re.findall(r"\[\d\]", text)) == REASONS[name].count("{}"), name


@pytest.mark.parametrize(
    ("reason", "in_russian"),
    [
        ("cannot be read: the letter paper is not known here", "не удалось прочитать: буква paper здесь неизвестна"),
        ("2 x 3 in the place of 3 x 2", "2 × 3 вместо 3 x 2"),
        ("')' is missing before 'the end'", "перед концом ответа не хватает ')'"),
        (
            "cannot be read: a number or a letter is missing before 'the end'",
            "не удалось прочитать: перед концом ответа не хватает числа или буквы",
        ),
        ("cannot be read: '???' cannot be read", "не удалось прочитать: '???' не удалось прочитать"),
        (
            "cannot be read: 1/0: a division by zero; the comma has two meanings",
            "не удалось прочитать: 1/0: деление на ноль; запятую можно понять двояко",
        ),
        ("edges are written x1 -> h1: 2; x2 -> h1: -1", "рёбра записывают так: x1 -> h1: 2; x2 -> h1: -1"),
        (
            "the comma has two meanings; less than half of the work is left",
            "запятую можно понять двояко; осталось меньше половины вычислений",
        ),
    ],
)
def test_a_reason_is_said_in_russian(reason: str, in_russian: str) -> None:
    assert in_language(reason, words("reasons", SHIPPED.language("ru")), {}) == in_russian


def test_a_slip_is_named_in_words_and_what_has_no_sentence_is_left() -> None:
    own = words("reasons", SHIPPED.language("ru"))
    told = in_language("by its digits it may be a slip: mask_left_out (dH)", own, {"mask_left_out": "забыта маска"})
    assert told == "по цифрам это может быть ошибка: забыта маска (dH)"
    two = "by its digits it may be a slip: one of these: mask_left_out (dH), sign_lost (O) and mask_left_out (H)"
    slips = {"mask_left_out": "забыта маска", "sign_lost": "потерян знак", "or": "или", "together": "и"}
    told = in_language(two, own, slips)
    assert told == "по цифрам это может быть ошибка: забыта маска (dH) или потерян знак (O) и забыта маска (H)"
    assert in_language("something else altogether", own, {}) is None
