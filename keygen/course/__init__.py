"""Exercises, variants and sheets: what is asked, how its numbers vary, what the answers are. No TeX here."""
