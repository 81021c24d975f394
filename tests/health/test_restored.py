"""After a restore, admins learn once what the app can't know."""

import errno
import time

import pytest

from bot.health import backups
from bot.models.health import BACK_UP, BACKUP_FAILED
from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.store.database.backup import back_up
from bot.store.database.restore import restore
from bot.store.privacy import erasures
from bot.store.sync import COVERED
from tests.conftest import CHANNEL, wait_for
from tests.support.hands import jobs_of
from tests.support.webhooks import ended, send

pytestmark = pytest.mark.any_rate
MARIA = "+12125550142"
REPORT = "report restore"


def notices(slack):
    found = slack.messages(slack.direct_channel(ADMIN))
    return [str(one["blocks"]) for one in found if "Backup restored" in str(one["blocks"])]


def restored_app(start_bot, slack, tmp_path):
    """Return an app whose database was restored; Ben claimed a missed call after the backup.

    Slack refuses the history, so the claim can't be read from the card.
    """
    bot = start_bot(slack_admins=ADMIN)
    for call_id, name in (("c1", "Maria Lopez"), ("c2", "Carl Diaz")):
        missed = ended(
            call_id,
            remote_name=name,
            remote_number=MARIA if call_id == "c1" else "+12125550177",
            call_state="missed",
        )
        send(bot.url, missed)
    wait_for(lambda: len(slack.posted_call_ids(CHANNEL)) == 2)
    bot.store.claims.take("c2", ANA, now=time.time())
    backup = back_up(tmp_path / "bot.db", tmp_path / "backups", now=time.time())
    bot.store.claims.take("c1", BEN, now=time.time())
    bot.bot.stop()
    restore(backup, tmp_path / "bot.db", now=time.time())
    refused = {"ok": False, "error": "missing_scope", "needed": "channels:history"}
    slack.faults.add(Fault(path="conversations.history", status=200, body=refused))
    return start_bot(slack_admins=ADMIN)


def test_admins_get_one_list_of_what_cannot_be_known(start_bot, slack, vocatech, tmp_path):
    bot = restored_app(start_bot, slack, tmp_path)
    report = jobs_of(bot.bot)[REPORT]
    wait_for(lambda: (report(), notices(slack))[1])
    [told] = notices(slack)
    assert "2 callers were waiting for a callback" in told
    assert "Slack refused the history of 1 channel." in told
    assert "Maria Lopez" in told
    assert "Carl Diaz" in told
    assert f"claimed by <@{ANA}>" in told
    assert f"<@{BEN}>" not in told
    report()
    wait_for(lambda: bot.metric("posts_pending") == 0)
    assert len(notices(slack)) == 1


def test_a_card_that_is_still_to_be_found_is_not_listed(start_bot, slack, vocatech, tmp_path):
    """A call that ended before the backup may have been posted after it."""
    bot = start_bot(slack_admins=ADMIN)
    busy = slack.faults.add(Fault(path="chat.postMessage", status=503))
    send(bot.url, ended("c1", remote_number=MARIA, call_state="missed"))
    wait_for(lambda: bot.metric("posts_pending") == 1)
    backup = back_up(tmp_path / "bot.db", tmp_path / "backups", now=time.time())
    bot.bot.stop()
    restored_at = time.time()
    restore(backup, tmp_path / "bot.db", now=restored_at)
    bot = start_bot(slack_admins=ADMIN)
    wait_for(lambda: (bot.store.key_values.moment(COVERED) or 0.0) > restored_at)
    report = jobs_of(bot.bot)[REPORT]
    report()
    report()
    assert not bot.store.database.rows("select 1 from notices where kind = 'restored'")
    busy.times = 0
    wait_for(lambda: (report(), notices(slack))[1])
    assert slack.posted_call_ids(CHANNEL) == ["c1"]
    assert "every caller who was waiting for a callback has a card" in notices(slack)[0]


def test_the_list_loses_a_number_that_is_erased(start_bot, slack, vocatech, tmp_path):
    bot = restored_app(start_bot, slack, tmp_path)
    report = jobs_of(bot.bot)[REPORT]
    wait_for(lambda: (report(), notices(slack))[1])
    bot.store.erasures.erase(MARIA, by=ADMIN, now=time.time())
    bot.bot.services.wake()
    wait_for(lambda: "Maria" not in notices(slack)[0])
    assert "Carl Diaz" in notices(slack)[0]


def test_list_drawn_again_during_an_erasure_loses_the_number(
    start_bot, slack, vocatech, tmp_path, monkeypatch
):
    bot = restored_app(start_bot, slack, tmp_path)
    report = jobs_of(bot.bot)[REPORT]
    wait_for(lambda: (report(), notices(slack))[1])
    before_calls = erasures.changed_digests

    def draw_again(*arguments):
        bot.bot.services.wake()
        wait_for(lambda: bot.metric("posts_pending") == 0)
        return before_calls(*arguments)

    monkeypatch.setattr(erasures, "changed_digests", draw_again)
    bot.store.erasures.erase(MARIA, by=ADMIN, now=time.time())
    bot.bot.services.wake()
    wait_for(lambda: "Maria" not in notices(slack)[0])


def test_without_a_restore_nothing_is_reported(start_bot, slack):
    bot = start_bot(slack_admins=ADMIN)
    jobs_of(bot.bot)[REPORT]()
    assert not bot.store.database.rows("select 1 from notices where kind = 'restored'")


def test_failed_backup_is_an_incident_until_one_succeeds(start_bot, slack, tmp_path, monkeypatch):
    bot = start_bot(slack_admins=ADMIN, backup_dir=tmp_path / "nightly")
    wait_for(lambda: bot.store.key_values.moment(backups.LAST_BACKUP))
    bot.store.key_values.set_moment(backups.LAST_BACKUP, 1_790_000_000.0)
    job = jobs_of(bot.bot)[BACK_UP]

    def fail(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere/secret")

    with monkeypatch.context() as patched:
        patched.setattr(backups, "back_up", fail)
        assert job() == 0.0
    [incident] = bot.store.incidents.open()
    assert incident.kind.name == BACKUP_FAILED
    assert incident.detail == {"reason": "No space left on device", "last": "Sep 21, 2026"}
    time.sleep(1.0)  # the name of a backup has seconds
    job()
    assert not bot.store.incidents.open()
