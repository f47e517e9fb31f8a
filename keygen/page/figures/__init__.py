"""Figures as data: builders lay out a display list, a backend draws it."""
