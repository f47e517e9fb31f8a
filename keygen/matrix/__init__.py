"""Matrix derivatives by differentials: take d, apply the rules, bring dX to the end of a trace, read the gradient off.

marks          what tells its objects from others before anything else of it is loaded
shapes         dimensions, as numbers and letters
expression     the tree, shape-checked; algebra: tidy constructors; transform: changes part by part, samples as matrices
evaluate       an expression at a point, differentials by the complex step; verify: random points, the check of lines
as_terms       an expression as a term of `notation`, at the door of printing
printing       NumPy's style and a terminal's text; what is printed, evaluated in Python
terms          an expression as a list of terms, and how they become fewer
rules          the table of rules; rewrite_rules: the table of moves on terms; equations: that of moves on equations
derive         all the lines of a derivation, each checked; optimum: gradient = 0 solved, and d^2 f
mistakes       the tables of what is written for a rule, or in a formula, by mistake; distractors: what they lead to
laws           every law under its id, and as a formula
parse          a typed formula (infer: its shapes), and formulas drawn from patterns
readback       finished texts read back; reading: by a grammar of its own
"""
