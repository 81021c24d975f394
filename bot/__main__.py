"""Entry point, the same as the command `vocatech-slack`."""

import sys

from bot.cli.main import main

sys.exit(main())
