"""Grading: what students typed is read, compared with the key, and what follows from it is worked out again."""
