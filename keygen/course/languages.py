"""The languages that pages are written in."""

LANGUAGES = ("ru", "en")
