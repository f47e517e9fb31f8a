"""The page of a quiz: the problems with boxes that a script in the page marks, by hashes of what is right.

The hashes deter from a look at the source, and no more: who can program tries out all numbers of three digits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from itertools import count

from msgspec.structs import replace

from keygen.document.captions import is_sign
from keygen.document.nodes import InlineFormula, Problem, Question
from keygen.document.typesetter import Typesetter
from keygen.export.question import AskedAnswer, AskedPart, Box, ChoiceBox, NeutralQuestion, NumberBox
from keygen.export.typed_text import accepted
from keygen.mathematics.terms import Term
from keygen.mathematics.unicode import inline
from keygen.matrix.exercises import Result
from keygen.writers.html import HtmlWriter
from keygen.writers.latex import plain_words
from keygen.writers.mathml import mathml

VERDICTS = ("right", "wrong", "close", "coarse", "unread")
"""What the script says of a box."""
HASH = 16
"""Hexadecimal digits of a hash in the page."""


class QuizForms:
    """The forms of a page, one for each part that has boxes; `say` has the words of a quiz."""

    def __init__(self, questions: Sequence[NeutralQuestion], say: Mapping[str, str]) -> None:
        self.questions = {question.problem.number: question for question in questions}
        self.words = say
        self.say = {name: escape(text) for name, text in say.items()}
        self.counted = count(1)

    def below(self, problem: Problem, part: Question, writer: HtmlWriter) -> str:
        """The form of a part, and that the page does not mark the rest of what it asks for."""
        question = self.questions[problem.number]
        (asked,) = (one for one in question.parts if one.origin == part.key)
        written = self.form(question, asked, part, writer) if any(asked.boxes) else ""
        if asked.unmarked:
            written += f'<p class="unmarked">{self.say[asked.unmarked]}</p>'
        return written

    def form(self, question: NeutralQuestion, asked: AskedPart, part: Question, writer: HtmlWriter) -> str:
        """The boxes of a part and what marks them."""
        problem = question.problem
        letter = f" {part.letter}" if len(problem.parts) > 1 else ""
        whose = f"{self.words['answer']} {problem.number}{letter}"
        answers = "\n".join(
            self.answer(question, asked, answer, writer, whose=None if answer.unsaid(alone=asked.alone) else whose)
            for answer in asked.answers
            if answer.rows
        )
        return (
            f'<form class="quiz" autocomplete="off" aria-label="{escape(whose)}">\n'
            f'{answers}\n<p class="checks"><button>{self.say["check"]}</button> <span role="status"></span></p></form>'
        )

    def answer(
        self, question: NeutralQuestion, part: AskedPart, answer: AskedAnswer, writer: HtmlWriter, *, whose: str | None
    ) -> str:
        """One answer: its caption and its letter, and its boxes; without either it is heard as the answer of its part,
        `whose` that is, or it has its name where that does not tell it from others (None)."""
        heard, shown = self.captioned(answer, writer, whose)
        if answer.letter is not None:
            said, written = self.named(answer.letter, writer)
            heard, shown = [*heard, said], shown + written
        salt = f"{question.code} {question.column(part, answer)}"
        pieces = []
        for letter, rows in answer.blocks:
            said, written = ("", "") if letter is None else self.named(letter, writer)
            called = ": ".join(filter(None, (*heard, said)))
            boxes = [[self.box(salt, called or whose or "", box, writer) for box in row] for row in rows]
            if len(answer.rows) == len(boxes[0]) == 1:
                return f'<div class="answer">{shown}{boxes[0][0]}</div>'
            cells = "".join(f"<tr>{''.join(f'<td>{one}</td>' for one in row)}</tr>" for row in boxes)
            table = f'<table role="presentation"><tbody>{cells}</tbody></table>'
            pieces.append(f'{written}<div class="table" tabindex="0">{table}</div>')
        return f'<div class="answer">{shown}{"".join(pieces)}</div>'

    def captioned(self, answer: AskedAnswer, writer: HtmlWriter, whose: str | None) -> tuple[list[str], str]:
        """The caption of an answer, or its name where nothing else tells it from others, for who hears the page and for
        who sees it."""
        if answer.caption:
            mark = " = " if is_sign(answer.caption) and not answer.lettered else ": "
            return [plain_words(answer.caption, writer.typesetter)], writer.words(answer.caption) + mark
        return ([], "") if whose is not None else ([answer.name], f"<code>{escape(answer.name)}</code>: ")

    def named(self, letter: Term, writer: HtmlWriter) -> tuple[str, str]:
        """A letter for who hears the page, and for who sees it."""
        said = inline(letter, signs=dict(writer.typesetter.signs))
        return said, f"{mathml(f'{writer.typesetter.typeset(letter)} =')} "

    def box(self, salt: str, told: str, box: Box, writer: HtmlWriter) -> str:
        """A box with room for its mark."""
        place, number = " ".join(map(str, box.cell)), next(self.counted)
        salt = f"{salt} {place}".rstrip()
        mark = f'<span class="mark" id="box{number}-mark" role="img" aria-label="" hidden></span>'
        common = f'id="box{number}" aria-describedby="box{number}-mark" data-salt="{escape(salt)}"'
        if isinstance(box, ChoiceBox):
            common += f' data-accepted="{hashed(salt, [str(box.right)])}"'
            formulas = [f"<span>{mathml(writer.typesetter.typeset(one))}</span>" for one in box.formulas]
            options = "".join(
                f'<label><input type="radio" name="box{number}" value="{at}"> {option}</label>'
                for at, option in enumerate(formulas or (escape(one, quote=False) for one in box.options))
            )
            if box.formulas:
                told = f"{told}: {side(box.formulas[0], writer.typesetter)}"
            named = f'<legend class="heard">{escape(self.placed(told, box))}</legend>'
            return f"<fieldset {common}>{named}{options}</fieldset>{mark}"
        shown = ""
        heard = self.placed(told, box)
        if box.letter is not None:
            said, shown = self.named(box.letter, writer)
            heard = f"{told}: {said}"
        common += f' data-accepted="{hashed(salt, accepted(box.key))}"'
        return f'<span class="box">{shown}<input type="text" {common} aria-label="{escape(heard)}">{mark}</span>'

    def placed(self, told: str, box: Box) -> str:
        """A name, and where a box stands in what has it, counted from 1."""
        *before, last = (place + 1 for place in box.cell) if box.cell else (0,)
        if not last:
            return told
        if not before:
            return f"{told}, {self.say['entry']} {last}"
        *which, row = before
        matrix = "".join(f", {self.say['matrix']} {one}" for one in which)
        return f"{told}{matrix}, {self.say['row']} {row}, {self.say['column']} {last}"

    def around(self, script: str) -> tuple[str, str]:
        """What stands before the problems, how to type, and what ends the page: words of marks, and the script."""
        words = {name: self.words[name] for name in VERDICTS}
        told = json.dumps(words, ensure_ascii=False).replace("<", r"\u003c")
        boxes = [box for question in self.questions.values() for part in question.parts for box in part.boxes]
        typed = self.say["typing"] + " " if any(isinstance(box, NumberBox) for box in boxes) else ""
        how = f'<p class="typing">{typed}{self.say["checking"]}</p>\n<noscript><p>{self.say["still"]}</p></noscript>\n'
        return how, f'<script type="application/json" id="words">{told}</script>\n<script>\n{script}</script>\n'


def side(formula: Result, typesetter: Typesetter) -> str:
    """What stands before the equals sign of a formula, in Unicode."""
    return plain_words((InlineFormula((formula,)),), typesetter).partition(" = ")[0]


def hashed(salt: str, right: Sequence[str]) -> str:
    """The hashes of what is right in a box, in an order that says nothing."""
    return " ".join(sorted(sha256(f"{salt} {one}".encode()).hexdigest()[:HASH] for one in right))


def bare(problem: Problem, without: str) -> Problem:
    """A problem without room to write in and without one of its conventions."""
    parts = tuple(replace(part, room=None) for part in problem.parts)
    conventions = tuple(name for name in problem.conventions if name != without)
    return replace(problem, parts=parts, room=None, conventions=conventions)
