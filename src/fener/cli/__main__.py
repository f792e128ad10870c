"""`python -m fener.cli`."""

from fener.cli import main

main()
