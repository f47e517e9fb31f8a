"""Where everything in a figure stands: a module a kind, imported when a page has such a figure."""
