"""Checking many variants: each one verified by ways of its own, all of them measured, the whole reported."""
