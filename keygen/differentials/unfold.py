"""One line of rules: every differential that is still to be worked out is opened by one layer.

Sums, traces, transposes and constant factors are gone through; then one rule is applied, and what it leaves is written
as d(...) for the next line, unless it is plain at a glance: dX, (dX)', d(AX) = A dX.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from keygen.differentials.algebra import transpose
from keygen.differentials.expression import Differential, Expression, Power, Product, Sum, Symbol, Trace, Transpose
from keygen.differentials.rewrite import map_parts
from keygen.differentials.rules import RULES, rule_for, varying
from keygen.differentials.shapes import SCALAR

MINOR = ("linearity", "constant", "constant_factors", "sample_sum")
"""Laws too plain to be named beside others."""


def pending(e: Expression) -> bool:
    """Whether a differential in e is still to be worked out."""
    if isinstance(e, Differential):
        return not isinstance(e.arg, Symbol)
    return e.moving and any(map(pending, e.parts))


@dataclass
class Unfolding:
    """Opens one layer; `used` collects the rules in the order of their use."""

    wrt: Symbol
    used: list[str] = field(default_factory=list)

    @property
    def laws(self) -> tuple[str, ...]:
        """The rules worth naming: the minor ones only where they stand alone."""
        names = tuple(dict.fromkeys(self.used))
        minor = tuple(name for name in names if name != "linearity") or names
        return tuple(name for name in names if name not in MINOR) or minor

    def layer(self, e: Expression) -> Expression:
        """e with each pending differential opened once."""
        if isinstance(e, Differential):
            return e if isinstance(e.arg, Symbol) else self.open(e.arg)
        return map_parts(e, self.layer) if pending(e) else e

    def open(self, e: Expression) -> Expression:
        """The differential of e by the rule of its outermost operation."""
        name = rule_for(e, self.wrt)
        rule = RULES[name]
        if name not in ("constant", "variable"):
            self.used.append(name)
        if name == "linearity" and len(varying(e.parts, self.wrt)) < len(e.parts):
            self.used.append("constant")
        return rule.apply(e, self.open if rule.linear else self.part)

    def part(self, e: Expression) -> Expression:
        """The differential of a part: at once where it is plain, else left for the next line."""
        if self.plain(e):
            return self.open(e)
        if isinstance(e, Transpose):
            self.used.append("transpose")
            return transpose(self.part(e.arg))
        return self.open(e) if isinstance(e, Power) else Differential(e)

    def plain(self, e: Expression) -> bool:
        """Whether d(e) can be written down at a glance: X, X', AXB, X + A, their traces, and constants."""
        if self.wrt not in e.symbols or e == self.wrt:
            return True
        match e:
            case Transpose(arg) | Trace(arg):
                return self.plain(arg)
            case Product(factors):
                (first, *others) = varying(factors, self.wrt)
                return not others and self.plain(first)
            case Sum(terms):
                (first, *others) = varying(terms, self.wrt)
                return not others and (self.bare(first) or (e.shape == SCALAR and self.plain(first)))
        return False

    def bare(self, e: Expression) -> bool:
        """Whether e is X, X' or one of them with a number."""
        if isinstance(e, Product):
            return self.bare(e.factors[-1]) and not e.factors[0].symbols and len(e.factors) == 2
        return e == self.wrt or (isinstance(e, Transpose) and e.arg == self.wrt)
