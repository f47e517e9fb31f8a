"""`python -m keygen`."""

from keygen.cli import main

main(prog_name="keygen")
