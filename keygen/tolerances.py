"""How far apart two values of one thing may lie that were found by two methods: every such tolerance, with its methods.

All are relative: to the larger of the two values, or to what the place of use names. They catch a false rule or a false
line, which is wrong in its first digits; none of them decides a digit of a page, a zero, a sign or an order.
"""

from __future__ import annotations

from fractions import Fraction

FLOAT_LINES = 1e-9
"""The sides of a line, both evaluated in float64: its own rounding, and no more."""

FLOAT_TEXT = 1e-7
"""An answer's text evaluated in float64 against its exact value: rounding that cancellation has made larger."""

FLOAT_DIFFERENCES = 1e-6
"""A gradient against central differences of sixth order in float64."""

COMPLEX_STEP = 1e-9
"""A gradient against the complex step, which cancels nothing; relative to the largest of the derivatives."""

SYMPY_GRADIENT = 1e-9
"""A gradient against sympy's own, both put into float64."""

MATRIX_DIFFERENCES = 1e-5
"""NumPy's formula of a matrix gradient against central differences of second order in float64."""

MATRIX_LINES = 1e-6
"""The sides of a line of matrix differentials at a random point, differentials by the complex step."""

MULTIPRECISION = 1e-30
"""The sides of a link in forty digits."""

ORACLE = Fraction(1, 10**30)
"""A printed relation in the oracle's digits, fifty and more."""

ORACLE_SLOPES_DIGITS = 30
"""Digits in which a matrix gradient agrees with central differences in 150 digits, counted from the largest part."""
