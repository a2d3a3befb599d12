"""`python -m controller.cli`: the same as `retrotread`."""

from controller.cli import main

main()
