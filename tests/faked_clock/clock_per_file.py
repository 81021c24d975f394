"""A pytest plugin: before each file of tests, the faked clock goes back to `CLOCK_PER_FILE`.

It shows the tests that fail only in the first minutes of a day, when "a minute ago" was yesterday:
a run of all tests takes longer than that. `CLOCK_PER_FILE` is in unix seconds.
"""

import os
import time

import pytest

_files: list[object] = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if _files[-1:] != [item.path]:
        _files.append(item.path)
        real = time.time() - float(os.environ["FAKETIME"].removesuffix("s"))
        os.environ["FAKETIME"] = f"{float(os.environ['CLOCK_PER_FILE']) - real:+.3f}s"
