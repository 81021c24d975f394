"""The same as the command `vocatech-slack`."""

import sys

from bot.cli import main

sys.exit(main())
