"""Progress display of long commands: a bar in a terminal, lines elsewhere."""

import contextlib
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from bot.models.sync import Progress
from bot.ui.formatting import span

DAY = 86_400.0
# A minute's quota may be used in one burst before the next wait, so the speed is averaged over
# the last hour.
SPEED_SECONDS = 3600.0
LINES = 10


@contextlib.contextmanager
def show_progress(monotonic: Callable[[], float]) -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows the progress on standard error."""
    if not sys.stderr.isatty():
        yield _Lines(monotonic).show
        return
    columns = (
        TextColumn("{task.fields[days]}"),
        BarColumn(),
        TextColumn("{task.fields[calls]:,} calls"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Bar(*columns, console=console, speed_estimate_period=SPEED_SECONDS) as bar:
        task = bar.add_task("", total=None, days="", calls=0)

        def show(progress: Progress) -> None:
            bar.update(
                task,
                total=progress.to_do,
                completed=progress.done,
                days=_days(progress),
                calls=progress.calls,
            )

        yield show


class _Lines:
    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._began = monotonic()
        self._shown = 0

    def show(self, progress: Progress) -> None:
        """Write a line for every completed tenth."""
        share = progress.done / progress.to_do if progress.to_do else 1.0
        tenths = int(share * LINES)
        if tenths <= self._shown:
            return
        self._shown = tenths
        left = round((self._monotonic() - self._began) * (1 - share) / share)
        about = f", about {span(left)} left" if left else ""
        sys.stderr.write(f"{_days(progress)}, {progress.calls:,} calls imported{about}\n")


def _days(progress: Progress) -> str:
    return f"{progress.done / DAY:,.0f} of {progress.to_do / DAY:,.0f} days"
