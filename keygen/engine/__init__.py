"""Traces of computations and their readings: shapes, numbers, symbols, gradients, lines."""
