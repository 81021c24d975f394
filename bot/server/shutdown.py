"""Owns how what is under way is ended and waited for, but not for ever."""

import threading
import time
from collections.abc import Callable


def shut_down_within(seconds: float, *ends: Callable[[], object]) -> bool:
    """Do all at once what ends something; say whether all of it had ended in so many seconds."""
    threads = [threading.Thread(target=end, daemon=True) for end in ends]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)
