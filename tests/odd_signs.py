"""A course of one exercise whose title, words and options have every sign that some system takes for its own."""

from __future__ import annotations

OPTIONS = ("%100%e ~ f", "=c # d", "a } b", 'g & h <i> ]]> {#j#} [[k]] "l"')
"""In the order of a page; the third is right."""
CHOICE = "multiple_choice('a } b', '=c # d', '%100%e ~ f', 'g & h <i> ]]> {#j#} [[k]] \"l\"')"
TITLE = "Halves & quarters <3 ]]>"
EXERCISE = f"""
from fractions import Fraction
from keygen.author import multiple_choice, integers

given = {{"a": integers("", 2, 9, published=3)}}


def computation(t):
    t.h = t.a * Fraction("1/4")


answers = {{"a": {{"h": "h"}}, "b": {{"best": {CHOICE}}}}}
"""
TEMPLATE = r"""%% title
Halves \& quarters <3 ]]>
%% endtitle
%% statement
Let \( \val{ line.a } \), in a row [k], 50\% of it; see [[1]] and \{\#2\#\}. Then
\begin{itemize}
\item \[ \val{ line.a } \] and so on.
\end{itemize}
%% endstatement
%% part a
Find \( \val{ name.h } \).
%% solution
\[ \val{ line.h } \]
%% endpart
%% part b
Which one?
%% solution
The first.
%% endpart
"""
SHEET_TITLE = "M/1 & <1>"
SHEET = f'title = "{SHEET_TITLE}"\nlanguage = "en"\n[[exercise]]\nid = "my/one"\n'


def sized(size: str) -> str:
    """The exercise with another factor than a quarter."""
    return EXERCISE.replace("1/4", size)
