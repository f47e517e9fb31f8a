"""Nodes into bytes: a module a medium, each a table from node type to writing."""
