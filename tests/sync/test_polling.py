"""Polling, and how it ends when the app stops."""

from structlog.testing import capture_logs

from tests.support.hands import jobs_of


def test_a_clean_stop_logs_no_failed_poll(start_bot):
    bot = start_bot()
    poll = jobs_of(bot.bot)["catch up"]
    bot.bot.stopping.set()
    with capture_logs() as logs:
        assert poll() == 0.0
    assert not [line for line in logs if line["log_level"] in {"warning", "error"}]
    bot.bot.stopping.clear()  # so that the fixture stops the app
