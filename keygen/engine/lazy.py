"""The values of a trace, each worked out when somebody asks for it: a draw that is refused early costs little."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from keygen.engine.domains import Domain, Value
from keygen.engine.evaluate import Program, entered, program
from keygen.engine.trace import Trace

Observer = Callable[[Mapping[str, Value]], None]


class Observers(Struct, frozen=True):
    """Who waits for which value: called with the values known so far as soon as it is among them; may raise.

    What is in `first` is worked out before any step of a backward pass is.
    """

    at: Mapping[str, Observer] = field(default_factory=dict)
    first: tuple[str, ...] = ()


NOBODY = Observers()


class LazyInputs(dict[str, Value]):
    """Values by name, to begin with none: an input enters when it is looked up."""

    def __init__(self, program: Program, given: Mapping[str, Any]) -> None:
        self.shapes = {variable.name: variable.shape for variable in program.trace.inputs}
        self.given, self.domain = given, program.domain

    def __missing__(self, name: str) -> Value:
        self[name] = entered(name, self.shapes[name], self.given, self.domain)
        return self[name]


class LazyValues(Mapping[str, Value]):
    """The values of a trace by name: only what a name is computed from is worked out when it is asked for.

    Asking for a value may raise what evaluating raises, and what watches raise on the way. To go through all values is
    to work them all out.
    """

    def __init__(self, program: Program, given: Mapping[str, Any], observers: Observers = NOBODY) -> None:
        self.program, self.names, self.observers = program, program.trace.shapes, observers
        self.known = LazyInputs(program, given)
        self.done = 0  # the steps worked out, as bits
        self.forward = observers.first

    def __getitem__(self, name: str) -> Value:
        known = self.known
        if name not in known and name in self.program.leading:
            self.work_out(self.program.leading[name])
        return known[name]

    def work_out(self, steps: int) -> None:
        """Find the values of these steps (as bits), which are computed from no others."""
        if steps & self.program.backward and self.forward:
            forward, self.forward = self.forward, ()
            for name in forward:
                self.work_out(self.program.leading[name])
        known, program, observers = self.known, self.program, self.observers.at
        steps = left = steps & ~self.done
        while left:
            step, rule = program.steps[(left & -left).bit_length() - 1]
            left &= left - 1
            name = step.target.name
            known[name] = program.exact(step, rule, [known[source] for source in step.inputs])
            if name in observers:
                observers[name](known)
        self.done |= steps

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        self.work_out((1 << len(self.program.steps)) - 1)
        return iter(self.names)

    def finished(self) -> Mapping[str, Value]:
        """All values, worked out."""
        known = self.known
        return {name: known[name] for name in self}

    def __len__(self) -> int:
        return len(self.names)


def lazy_values(trace: Trace, given: Mapping[str, Any], domain: Domain, observers: Observers = NOBODY) -> LazyValues:
    """The values of all names for these inputs, in an exact number domain, each when it is asked for."""
    return LazyValues(program(trace, domain), given, observers)
