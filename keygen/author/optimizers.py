"""Optimizers as rules that leave steps on a trace: the state of step k is made from the gradient and the state before.

A rule sees one `OptimizerStep`: `o.g` is the gradient of this step, `o.last.w` the weight before it, `o.rate` and every
name that the walk itself has not bound is a constant of the exercise; `o.w = ...` binds the new weight. Adding an
optimizer is one rule and a row of `OPTIMIZERS`. A division by the root of a moment has `epsilon` beside the root where
the recorder has such a variable, and nothing where it has none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from keygen.engine.backprop import backprop
from keygen.engine.functions import called, sqrt
from keygen.engine.record import Recorder
from keygen.engine.tape import Operand, Ref
from keygen.errors import KeygenError, nearest


class OptimizerStep:
    """Step number k of a walk, as its rule sees it: names of the walk at this step, constants of the exercise else."""

    recorder: Recorder
    prefix: str
    k: int

    def __init__(self, recorder: Recorder, prefix: str, k: int) -> None:
        vars(self).update(recorder=recorder, prefix=prefix, k=k)

    def __getattr__(self, name: str) -> Ref:
        own = f"{self.prefix}{name}{self.k}"
        return self.recorder[own] if own in self.recorder else self.recorder[name]

    def __setattr__(self, name: str, value: Operand) -> None:
        self.recorder[f"{self.prefix}{name}{self.k}"] = value

    @property
    def last(self) -> OptimizerStep:
        """The step before: its `w` and its buffers."""
        return OptimizerStep(self.recorder, self.prefix, self.k - 1)

    def over_root(self, top: Ref, moment: Ref) -> Ref:
        """top / sqrt(moment), or top / (sqrt(moment) + epsilon) where the exercise has an epsilon."""
        root = sqrt(moment)
        return top / (root + self.epsilon if "epsilon" in self.recorder else root)


@dataclass(frozen=True, slots=True)
class Optimizer:
    """`rule` binds the new weight; `buffers` start at zero; the gradient is taken at `w`, or where `ahead` says."""

    rule: Callable[[OptimizerStep], None]
    buffers: tuple[str, ...] = ()
    ahead: Callable[[OptimizerStep], Ref] | None = None


def descent(o: OptimizerStep) -> None:
    """w = w - rate g"""
    o.w = o.last.w - o.rate * o.g


def momentum(o: OptimizerStep) -> None:
    """v = alpha v + rate g; w = w - v (Polyak 1964; the rate inside v)"""
    o.v = o.alpha * o.last.v + o.rate * o.g
    o.w = o.last.w - o.v


def where_momentum_leads(o: OptimizerStep) -> Ref:
    """w - alpha v: the point at which Nesterov (1983) takes the gradient"""
    return o.last.w - o.alpha * o.last.v


def adagrad(o: OptimizerStep) -> None:
    """s = s + g^2; w = w - rate g / sqrt(s) (Duchi, Hazan, Singer 2011)"""
    o.s = o.last.s + o.g**2
    o.w = o.last.w - o.over_root(o.rate * o.g, o.s)


def rmsprop(o: OptimizerStep) -> None:
    """s = alpha s + (1 - alpha) g^2; w = w - rate g / sqrt(s) (Tieleman, Hinton 2012)"""
    o.s = o.alpha * o.last.s + (1 - o.alpha) * o.g**2
    o.w = o.last.w - o.over_root(o.rate * o.g, o.s)


def moments(o: OptimizerStep) -> None:
    """m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; each corrected for its start at zero"""
    o.m = o.beta1 * o.last.m + (1 - o.beta1) * o.g
    o.v = o.beta2 * o.last.v + (1 - o.beta2) * o.g**2
    o.mhat = o.m / (1 - o.beta1**o.k)
    o.vhat = o.v / (1 - o.beta2**o.k)


def adam(o: OptimizerStep) -> None:
    """w = w - rate mhat / sqrt(vhat) (Kingma, Ba 2015)"""
    moments(o)
    o.w = o.last.w - o.over_root(o.rate * o.mhat, o.vhat)


def adamw(o: OptimizerStep) -> None:
    """w = w - rate (mhat / sqrt(vhat) + decay w) (Loshchilov, Hutter 2019)"""
    moments(o)
    o.w = o.last.w - o.rate * (o.over_root(o.mhat, o.vhat) + o.decay * o.last.w)


def adabelief(o: OptimizerStep) -> None:
    """s = beta2 s + (1 - beta2) (g - m)^2 in the place of v (Zhuang et al. 2020, its epsilon outside of s)"""
    o.m = o.beta1 * o.last.m + (1 - o.beta1) * o.g
    o.s = o.beta2 * o.last.s + (1 - o.beta2) * (o.g - o.m) ** 2
    o.mhat = o.m / (1 - o.beta1**o.k)
    o.shat = o.s / (1 - o.beta2**o.k)
    o.w = o.last.w - o.over_root(o.rate * o.mhat, o.shat)


# GD and SGD are one rule: what differs is the loss whose gradient they follow.
OPTIMIZERS: dict[str, Optimizer] = {
    "gd": Optimizer(descent),
    "sgd": Optimizer(descent),
    "momentum": Optimizer(momentum, ("v",)),
    "nesterov": Optimizer(momentum, ("v",), where_momentum_leads),
    "adagrad": Optimizer(adagrad, ("s",)),
    "rmsprop": Optimizer(rmsprop, ("s",)),
    "adam": Optimizer(adam, ("m", "v")),
    "adamw": Optimizer(adamw, ("m", "v")),
    "adabelief": Optimizer(adabelief, ("m", "s")),
}


def descend(
    recorder: Recorder,
    method: str,
    start: Ref,
    steps: int,
    loss: Callable[[int, Ref], Ref],
    *,
    prefix: str = "",
) -> None:
    """Walk `steps` steps from `start`; `loss(k, w)` is the loss that step k follows, at the weight w.

    Binds, each behind `prefix` and before the step's number: the weights w0, w1, ..., the losses L1, ... and their
    gradients g1, ... (at the point u1, ... where a method looks ahead), and the method's own state. Raises KeygenError
    for an unknown method.
    """
    if method not in OPTIMIZERS:
        raise KeygenError(f"unknown optimizer {method!r}", repair=nearest(method, OPTIMIZERS))
    optimizer = OPTIMIZERS[method]
    recorder[f"{prefix}w0"] = called(start)
    for buffer in optimizer.buffers:
        recorder[f"{prefix}{buffer}0"] = 0
    for k in range(1, steps + 1):
        o = OptimizerStep(recorder, prefix, k)
        point = f"{prefix}w{k - 1}"
        if optimizer.ahead:
            point = f"{prefix}u{k}"
            recorder[point] = optimizer.ahead(o)
        recorder[f"{prefix}L{k}"] = loss(k, recorder[point])
        backprop(recorder, f"{prefix}L{k}", [point], names={point: f"{prefix}g{k}"})
        optimizer.rule(o)
