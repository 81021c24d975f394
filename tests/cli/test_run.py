"""The app starts without the libraries that only terminals need."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STARTED = """
import sys
from bot.cli.run import without_terminal_tools
with without_terminal_tools():
    import bot.app
print(*sorted({"rich", "pygments", "jinja2"} & sys.modules.keys()))
import rich, pygments
"""


def test_app_starts_without_terminal_libraries_but_they_can_be_imported_later():
    run = subprocess.run(
        [sys.executable, "-c", STARTED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []
