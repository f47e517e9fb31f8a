"""Recording: the author's ordinary-looking code, run once on names, leaves a trace.

recorder = Recorder({"x": (1, 2), "W": (2, 3)})
recorder.H = recorder.x @ recorder.W
recorder.O = relu(recorder.H)
trace = recorder.trace()
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from keyword import iskeyword
from typing import Any

from keygen.engine.primitives import Shape
from keygen.engine.simplify import folded
from keygen.engine.tape import Operand, Ref, Tape, lift
from keygen.engine.trace import Step, Trace, Variable, is_link, needed
from keygen.errors import KeygenError, nearest

RESERVED = frozenset({"choices", "depends", "also", "trace"})


def nameable(name: str) -> str:
    """The name itself if a variable may have it; names that begin with an underscore are the tape's own."""
    if is_link(name) or name in RESERVED or not name.isidentifier() or iskeyword(name):
        raise KeygenError(
            f"a variable cannot be named {name!r}",
            expected="a Python identifier that does not begin with an underscore and is none of "
            + ", ".join(sorted(RESERVED)),
            repair="give it another name",
        )
    return name


class Recorder:
    """What an author's `computation(t)` receives: read a name with `t.X`, bind one with `t.H = ...`.

    Raises KeygenError for a name that is not bound, bound twice, or bound to something that is not on the tape.
    """

    _tape: Tape
    choices: Mapping[str, Any]

    def __init__(self, inputs: Mapping[str, Shape], choices: Mapping[str, Any] | None = None) -> None:
        tape = Tape((Variable(nameable(name), shape) for name, shape in inputs.items()), folded)
        object.__setattr__(self, "_tape", tape)
        object.__setattr__(self, "choices", dict(choices or {}))

    def __getattr__(self, name: str) -> Ref:
        return self[name]

    def __setattr__(self, name: str, value: Operand) -> None:
        self[name] = value

    def __getitem__(self, name: str) -> Ref:
        if name not in self._tape.shapes:
            raise KeygenError(f"unbound variable {name!r}", repair=nearest(name, self._tape.shapes))
        return Ref(self._tape, name)

    def __setitem__(self, name: str, value: Operand) -> None:
        self._tape.rename(self._tape.current(lift(self._tape, value)).name, nameable(name))

    def __contains__(self, name: str) -> bool:
        return name in self._tape.shapes

    def depends(self, of: str, on: str) -> bool:
        """Whether the variable `of` is computed from the variable `on`."""
        return self[on].name in needed([self[of].name], self._tape.by_name) - {of}

    def also(self, name: str, other: Ref) -> None:
        """Say that `name` can be written as `other` too: one more link on its line, checked like the rest."""
        self._tape.also.append((self[name].name, self._tape.current(lift(self._tape, other)).name))

    def trace(self) -> Trace:
        """The finished, checked trace."""
        return self._tape.trace()


def steps_of(recorder: Recorder) -> tuple[Step, ...]:
    """Every step that was recorded, needed or not."""
    return tuple(recorder._tape.steps)


def listen(recorder: Recorder, heard: Callable[[], None]) -> None:
    """Call `evaluated` at every step that is taken from now on."""
    tape = recorder._tape
    append = tape.append

    def noted(step: Step) -> Ref:
        heard()
        return append(step)

    tape.append = noted  # type: ignore[method-assign]  # of this tape alone
