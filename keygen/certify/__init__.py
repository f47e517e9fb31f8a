"""Solved -> Certificate: the one stage in which what a reader will see is proven."""
