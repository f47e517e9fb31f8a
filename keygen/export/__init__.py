"""A pool of variants for learning systems: one neutral question, and a writer for each target."""
