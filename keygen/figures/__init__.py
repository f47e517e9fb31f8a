"""Figures as data: a module a kind lays out a display list, a backend draws it (`pict2e` for LaTeX, `svg`)."""
