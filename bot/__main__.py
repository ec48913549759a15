"""`python -m bot …` is `loftebot …`."""

from bot.cli import main

main()
