"""What the sentence of a slip names: the function whose value or derivative it is about, what it ends with (variables,
a factor, a divisor), and where its line has several places for it, the place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction

from keygen.engine.arrivals import LEAVES_OUT, counted
from keygen.engine.mistaken import Mistaken, mistaken
from keygen.engine.trace import Step, Trace, is_link

Ending = tuple[str | Fraction, ...]
"""What a sentence ends with: variables by their names, numbers."""

FUNCTION: Mapping[str, Callable[[Step], str]] = {
    "activation_left_out": lambda step: step.primitive,
    "slope_left_out": lambda step: step.law,
}
"""The slips whose sentence names a function, and which one from the wrong step: its own, or the one whose pullback
asked for it. An activation such as 4 sigma(2t) is more than its sigmoid, so that no sentence says `the activation`."""


def sentence(trace: Trace, made: Mistaken) -> str:
    """The name of a slip's sentence: with the function, where it is one; of several at once its name alone."""
    if made.name not in FUNCTION:
        return made.name
    functions = {FUNCTION[made.name](trace.defining[target]) for target in made.at}
    return f"{made.name}_of_{functions.pop()}" if len(functions) == 1 else made.name


def ending(trace: Trace, made: Mistaken) -> Ending:
    """What its sentence ends with; nothing where it ends without, or where the slip is made at several steps."""
    if len(made.at) != 1:
        return ()
    step = trace.defining[made.at[0]]
    match made.name:
        case "factor_left_out" if isinstance(step.param, int | Fraction):
            return (abs(Fraction(step.param)),)
        case "count_left_out":
            number = trace.defining[step.inputs[1]].param
            return (number,) if isinstance(number, Fraction) else ()
        case "chain_factor_left_out":
            return (step.inputs[1],)
    return counted(trace, made) if made.name in LEAVES_OUT else ()


def tellable(trace: Trace) -> tuple[Mistaken, ...]:
    """The mistakes of a trace that a sentence can tell, the most typical first: those made at one step, whose end says
    what is left out where something is, and those that misread a variable."""

    def told(made: Mistaken) -> bool:
        return bool(made.misread) or (len(made.at) == 1 and has_end(trace, made))

    return trace.memo("tellable", lambda: tuple(filter(told, mistaken(trace))))


def has_end(trace: Trace, made: Mistaken) -> bool:
    """Whether a sentence that has to end with what is left out can."""
    return made.name not in LEAVES_OUT or ending(trace, made) != ()


def several(trace: Trace, made: Mistaken) -> bool:
    """Whether the sentence of a slip that is made at one step is that of another step in the same line, too."""
    told = trace.memo("told slips", lambda: Counter(said(trace, one) for one in mistaken(trace) if alone(one)))
    return alone(made) and told[said(trace, made)] > 1


def alone(made: Mistaken) -> bool:
    """Whether a slip is made at one step, which itself is wrong."""
    return len(made.at) == 1 and not made.misread


def said(trace: Trace, made: Mistaken) -> tuple[str, str, Ending]:
    """A slip as its sentence says it: its line, its words, its end."""
    return line_of(trace, made.at[0]), sentence(trace, made), ending(trace, made)


def line_of(trace: Trace, target: str) -> str:
    """The variable in whose line a step stands: itself, or the first one where the link is written out; the link itself
    where it is in none."""
    return trace.memo(("line", target), lambda: first_named(trace, target))


def first_named(trace: Trace, target: str) -> str:
    """What `line_of` finds."""
    if not is_link(target):
        return target
    linked = {target}
    for step in trace.steps:
        if not linked.isdisjoint(step.inputs):
            if not is_link(step.target.name):
                return step.target.name
            linked.add(step.target.name)
    return target
