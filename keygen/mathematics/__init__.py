"""How mathematics is written, in any medium: signs and precedence, numbers, formulas, and the read-back."""
