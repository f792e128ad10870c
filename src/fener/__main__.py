"""`python -m fener`: the command line."""

from fener.cli import main

main()
