"""The Litestream example for real: replicate, SIGKILL, restore, verify, and a count of cards."""

import shutil
import signal
import subprocess
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.sandbox.demo.bot_process import run_command
from bot.store.database.backup import verify
from tests.conftest import wait_for
from tests.outbox.test_restore_drill import SECONDS, Drill

CONFIG = Path(__file__).parents[2] / "deploy" / "litestream.yml"
pytestmark = [
    pytest.mark.xdist_group("kills"),
    pytest.mark.skipif(not shutil.which("litestream"), reason="litestream is not installed"),
]


@pytest.fixture
def drill(tmp_path):
    made = Drill(tmp_path)
    yield made
    made.close()


@contextmanager
def replicating(drill):
    """Run Litestream with the example configuration; yield its process."""
    config = drill.folder / "litestream.yml"
    text = CONFIG.read_text()
    for example, real in (
        ("/var/lib/vocatech-slack/vocatech-slack.db", str(drill.database)),
        ("/mnt/backup/vocatech-slack", str(drill.folder / "replica")),
    ):
        assert example in text
        text = text.replace(example, real)
    config.write_text(text)
    with (drill.folder / "litestream.log").open("wb") as log:
        process = subprocess.Popen(
            ["litestream", "replicate", "-config", config], stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_database_from_litestream_doubles_no_card(drill):
    drill.bot.start()
    with replicating(drill) as litestream:
        drill.ring(4)
        wait_for(lambda: len(drill.posted()) == 4, SECONDS)
        time.sleep(2.5)  # Litestream copies once a second
        drill.ring(4)
        wait_for(lambda: len(drill.posted()) >= 6, SECONDS)
        litestream.send_signal(signal.SIGKILL)
        drill.bot.kill()
    copy = drill.folder / "copy.db"
    address = f"file://{drill.folder}/replica"
    subprocess.run(["litestream", "restore", "-o", copy, address], check=True, capture_output=True)
    info = verify(copy)
    assert info.counts["calls"] >= 4
    assert time.time() - SECONDS < info.taken_at <= copy.stat().st_mtime
    assert b"Valid, taken" in run_command("verify", str(copy)).stdout
    drill.type("restore", str(copy), "--yes")
    drill.bot.start()
    drill.wait_until_settled()
    assert drill.posted() == Counter(drill.calls)
