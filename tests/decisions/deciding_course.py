"""A course of one exercise that chooses by values and measures, in both languages: what a page of it must say."""

from __future__ import annotations

from pathlib import Path

from tests.courses import laid

EXERCISE = '''"""A convolution's size, a decision by logits, a robust loss; what it all weighs."""

from fractions import Fraction

from keygen.author import (
    Name, absolute, argmax, at_least, backprop, ceil, claim, clip, crossed, decimals, exp, floor, greater, integers,
    matches, maximum, minimum, quantity, round_, shape_of, sign, sort, sqrt, step, tensor, total, unit_said, words,
)

axes = {"class": 3}

given = {
    "n": integers("", 20, 40, published=28),
    "k": integers("", 3, 5, published=5),
    "s": integers("", 2, 3, published=2),
    "z": decimals("class", "-3", "3", "0.5", published=["0.5", "-1", "2"], nonzero=True),
    "y": decimals("class", "-3", "3", "0.5", published=["1", "-2.5", "0.5"], nonzero=True),
    "r": integers("", 2, 30, published=10),
}


def computation(t):
    t.m = floor((t.n - t.k) / t.s) + 1
    t.c = ceil(sqrt(t.r))
    t.q = round_(t.n / t.s)
    t.p = exp(t.z)
    t.f = floor(t.p)
    t.j = argmax(t.z)
    t.h = step(t.z)
    t.g = greater(t.z, t.y)
    t.b = at_least(t.z, Fraction(1, 2))
    t.u = matches(sign(t.z), sign(t.y))
    t.lo, t.hi = minimum(t.z), maximum(t.z, t.y)
    t.o = sort(t.y)
    t.d = absolute(t.z - t.y)
    t.v = clip(t.z - t.y, -1, 1)
    t.w = 300 * t.m * t.m + 64
    t.L = total(t.d) + total(t.v) * 2 + total(sort(t.z) * t.y) + minimum(t.y) + total(maximum(t.z, t.y))
    backprop(t, "L", ["z"])


def worthwhile(v):
    yield "no twins", len(set(v.z)) == len(set(v.y)) == 3
    yield "no tie of z and y", all(a != b for a, b in zip(v.z, v.y))
    yield "no tie at the edges", all(abs(a - b) != 1 for a, b in zip(v.z, v.y))


answers = {
    "a": {"m": "m", "c": "c", "q": "q", "f": "f", "size": shape_of("B", Name("m"), Name("m"), 3)},
    "b": {"j": "j", "h": "h", "g": "g", "b": "b", "u": "u", "o": "o", "lo": "lo", "hi": "hi"},
    "c": {"L": "L", "dz": "dL_dz"},
    "d": {"w": "w"},
}

signs = {"lo": "z_{\\\\min}", "hi": "m^{+}"}


def show(s):
    weights = quantity(s.claim("w"), "weight")
    floats = quantity(s.claim("w"), "byte")
    return {
        "weights": weights,
        "bytes": floats,
        "kilobytes": floats.to("KiB").decimal,
        "kib": unit_said("KiB"),
        "tens": weights.in_tens,
        "mb": unit_said("MB"),
        "picture": crossed(s.claim("m"), s.claim("m"), 3),
        "batch": tensor(words(en="batch", ru="пакет"), s.claim("m"), Name("d")),
    }
'''

EN = r"""%% title
Decisions
%% endtitle
%% statement
Let \( \val{ line.n } \), \( \val{ line.k } \), \( \val{ line.s } \), \( \val{ line.r } \),
\( \val{ line.z } \), \( \val{ line.y } \). Rounding is half away from zero.
%% endstatement
%% part a
Find the size.
%% solution
\[ \val{ line.m } \]
because \val{ because.m }.
\[ \val{ line.c } \]
since \val{ because.c }.
\[ \val{ line.q } \]
since \val{ because.q }.
\[ \val{ line.p } \]
\[ \val{ line.f } \]
since \val{ because.f }. The picture is \( \val{ picture } \), the input \( \val{ batch } \).
%% endpart
%% part b
Decide.
%% solution
\[ \val{ line.j } \]
since \val{ because.j }.
\[ \val{ line.h } \]
since \val{ because.h }.
\[ \val{ line.g } \]
since \val{ because.g }.
\[ \val{ line.b } \]
since \val{ because.b }.
\[ \val{ line.u } \]
since \val{ because.u }.
\[ \val{ line.lo } \]
since \val{ because.lo }.
\[ \val{ line.hi } \]
since \val{ because.hi }.
\[ \val{ line.o } \]
since \val{ because.o }.
%% endpart
%% part c
Differentiate.
%% solution
\[ \val{ line.d } \]
since \val{ because.d }.
\[ \val{ line.v } \]
since \val{ because.v }.
\[ \val{ line.L } \]
\[ \val{ line.dL_dz } \]
%% for sentence in why(line.dL_dz)
\val{ sentence }
%% endfor
%% endpart
%% part d
How many weights?
%% solution
\[ \val{ line.w } \]
That is \( \val{ weights } \), or \( \val{ tens } \), and in memory, a byte each, \( \val{ bytes } \), which is
\( \val{ kilobytes } \), where \( \val{ kib } \), while \( \val{ mb } \).
%% endpart
"""
RU = (
    EN.replace("Decisions", "Решения").replace("Let ", "Пусть ").replace("Rounding is half away from zero",
    "Половина округляется от нуля").replace("because", "так как", 1).replace("since", "так как")
    .replace("Find the size.", "Найдите размер.").replace("Decide.", "Решите.")
    .replace("Differentiate.", "Продифференцируйте.").replace("How many weights?", "Сколько весов?")
    .replace("The picture is", "Изображение:").replace("the input", "вход:").replace("That is", "Всего")
    .replace(", or ", ", или ").replace(" and in memory, a byte each, ", " а в памяти, по байту на вес, ")
    .replace("which is", "то есть").replace(", where ", ", где ").replace("while ", "а ")
)  # fmt: skip
SHEET = 'title = "Mine"\nlanguage = "{language}"\n\n[[exercise]]\nid = "my/one"\n'


def course(folder: Path, language: str = "en", exercise: str = EXERCISE, template: str = EN) -> Path:
    """The course in a folder; the folder of its exercise."""
    place = laid(folder, exercise, template, SHEET.format(language=language))
    (place / "ru.tex").write_text(RU, encoding="utf-8")
    return place
