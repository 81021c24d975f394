"""The demo with its web page."""

import errno
import signal
import sys
import threading
from pathlib import Path

from bot.errors import PortTaken
from bot.sandbox.demo.environment import READER, DemoEnvironment, start_demo
from bot.sandbox.page.app import DemoPage
from bot.ui.commands import SLASH_COMMANDS
from bot.ui.shortcuts import GLOBAL_SHORTCUTS, MESSAGE_SHORTCUTS


def show(*, port: int, side_pane: bool = False) -> bool:
    """Serve the demo until Ctrl-C; raise PortTaken."""
    over = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    sys.stdout.write("Starting the demo and loading a month of sample calls…\n")
    sys.stdout.flush()
    # As it was typed, because a virtual environment's programs are not in everyone's PATH.
    program = sys.argv[0] if Path(sys.argv[0]).name == "vocatech-slack" else "python -m bot"
    with start_demo(speed=1.0, side_pane=side_pane) as demo:
        page = make_page(demo, port)
        with page:
            sys.stdout.write(
                f"\nThe demo is running. Open {page.url} in a browser. Press Ctrl-C to stop it.\n"
                "Terminal commands work with it, too:"
                f" {program} doctor --env-file {demo.env_file}\n"
            )
            sys.stdout.flush()
            demo.play_in_background("answered")
            demo.play_in_background("missed")
            over.wait()
    return True


def make_page(demo: DemoEnvironment, port: int) -> DemoPage:
    """Return the page for a demo environment; port 0 is any. Raise PortTaken."""
    try:
        return DemoPage(
            demo.slack,
            user=READER,
            scenarios=demo.scenarios(),
            play=demo.play_in_background,
            status=demo.status,
            log_lines=lambda: list(demo.log_lines),
            say=demo.say,
            home=demo.slack.home_view,
            open_home=demo.open_home,
            commands=SLASH_COMMANDS,
            shortcuts=GLOBAL_SHORTCUTS,
            message_shortcuts=MESSAGE_SHORTCUTS,
            port=port,
        )
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(port, "Choose another with --port (0: any).") from None
        raise
