"""Matrix derivatives by differentials: take d, apply the rules, bring dX to the end of a trace, read the gradient off.

shapes       dimensions, as numbers and letters
expression   the tree, shape-checked (letters: its leaves); algebra: tidy constructors; rewrite: changes part by part
evaluate     an expression at a point, differentials by the complex step; points: random points; verify: the check
notation     the walk of every notation; printing: NumPy-style and plain text; stack: sums over a sample as matrices
terms        an expression as a list of terms
rules        the table of rules; moves: the table of moves on terms; joins: of several terms to fewer
unfold       a line of rules; canonical: a line of moves; derive: all the lines of a derivation, each checked
equations    the table of moves on equations; second_order: d^2 f; optimum: gradient = 0 solved
laws         every law under its id; statements: the laws as formulas; origins: where two of them come from
parse        a typed formula (source: its text; infer and dims: its shapes)
forms        the formulas of the exercises; grammar: problems drawn from them
report       a derivation as plain text
"""
