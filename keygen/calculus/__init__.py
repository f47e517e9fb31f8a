"""Scalar chains: derivations that a student would write, each link verified when the chain is made.

    algebra       terms put together the way a person writes them (1 x = x, x + -3 = x - 3)
    reading       "exp(t) / (1 + exp(t))" as a term
    tree          looking into terms: parts, replacement, numbers for letters
    ratio         quotients of polynomials, for expanding, cancelling and collecting
    scope         what a chain speaks of: letters with their intervals, names that stand for terms
    numbers       the value of a term at a point, in float64; `multiprecision` to forty digits
    verdict       whether two links are equal: `sympy_check` asks sympy, else points decide
    derivation    a chain grown by rules, each link verified
    rewriting, derivatives, quotients, exponentials, limits, equations, squares: the rules
    logistic      the curve of many exercises, worked out in letters
    newton        an optimum that has no closed form
    words         the vocabulary for exercise files

Terms are the page's own (`mathematics.terms`), so that nothing is rewritten behind an author's back; sympy only judges.
"""
