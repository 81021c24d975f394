"""A working `time.sleep` for Python programs under libfaketime.

libfaketime 0.9.10, the version in Debian 12, makes `time.sleep` of Python 3.11 and later fail with
"Invalid argument" when the monotonic clock is left alone. Waiting for an event that never comes
uses another system call, which works. Python imports this module when it starts.
"""

import threading
import time


def _sleep(seconds: float) -> None:
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    threading.Event().wait(seconds)


time.sleep = _sleep
