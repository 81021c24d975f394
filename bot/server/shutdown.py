"""Graceful shutdown with a timeout."""

import threading
import time
from collections.abc import Callable


def shut_down_within(seconds: float, *ends: Callable[[], object]) -> bool:
    """Run all `ends` in parallel; return whether all finished within the given seconds."""
    threads = [threading.Thread(target=end, daemon=True) for end in ends]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)
