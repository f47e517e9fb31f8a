"""Matrix derivatives by differentials: take d, apply the rules, bring dX to the end of a trace, read the gradient off.

shapes       dimensions, as numbers and letters
expression   the tree, shape-checked (letters: its leaves); algebra: tidy constructors; rewrite: changes part by part
evaluate     an expression at a point, differentials by the complex step; points: random points; verify: the check
as_terms     an expression as a term of `notation`, at the door of printing; printing: NumPy-style and a terminal's text
spoken       the Python of what is printed, evaluated: the read-back; reading: the text itself, by a grammar of its own
stack        sums over a sample as matrices
terms        an expression as a list of terms
rules        the table of rules; moves: the table of moves on terms; joins: of several terms to fewer
unfold       a line of rules; canonical: a line of moves; derive: all the lines of a derivation, each checked
equations    the table of moves on equations; second_order: d^2 f; optimum: gradient = 0 solved
laws         every law under its id; statements: the laws as formulas; origins: where two of them come from
parse        a typed formula (source: its text; infer and dims: its shapes)
forms        the formulas of the exercises; grammar: problems drawn from them
report       a derivation as plain text
"""
