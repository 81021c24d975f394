"""After a restore, what people did since the backup is taken back from the cards in Slack."""

import time

import pytest

from bot.models.customers.card_state import Action, CardState, pack_state, unpack_state
from bot.models.screening import ScreenKind
from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.store.customers.card_states import FROM_SLACK
from bot.store.database.backup import back_up
from bot.store.database.restore import restore
from tests.conftest import CHANNEL, wait_for
from tests.health.test_restored import REPORT, notices
from tests.missed_calls.test_claims import audit_of, card, press
from tests.outcomes.test_outcomes import APPOINTMENT, choose
from tests.support.hands import jobs_of

pytestmark = pytest.mark.any_rate
HOUR = 3_600.0


def miss(vocatech, slack, number):
    call = vocatech.ring(from_=number, ago=60).hang_up(after=10)
    card(slack, call.id, "Missed call")
    return call.id


def change(bot, do):
    """Do what a service does, and have the cards updated."""
    do()
    bot.bot.services.wake()


def restored(bot, start_bot, backup, tmp_path):
    bot.bot.stop()
    restore(backup, tmp_path / "bot.db", now=time.time())
    return start_bot(slack_admins=ADMIN)


def report(bot, slack):
    job = jobs_of(bot.bot)[REPORT]
    [told] = wait_for(lambda: (job(), notices(slack))[1])
    return told


def test_what_people_did_since_the_backup_is_taken_back(start_bot, slack, vocatech, tmp_path):
    bot = start_bot(slack_admins=ADMIN)
    numbers = [f"+121255501{at}" for at in (42, 43, 44, 45)]
    claimed, released, reopened, spam = (miss(vocatech, slack, one) for one in numbers)
    long_ago, claims = time.time() - 2 * HOUR, bot.store.claims
    change(bot, lambda: claims.take(released, ANA, now=long_ago))
    change(bot, lambda: claims.call_back(reopened, ANA, now=long_ago))
    change(bot, lambda: bot.store.outcomes.set(reopened, 1, seen=None, by=ANA, now=long_ago))
    card(slack, released, "Claimed by Ana Torres")
    shown = card(slack, reopened, "called back by Ana Torres", "Quote sent")
    # As if it had been made an hour ago: Slack's clock may differ by a minute.
    backup = back_up(tmp_path / "bot.db", tmp_path / "backups", now=time.time() - HOUR)

    press(slack, BEN, claimed, "claim_call")
    card(slack, claimed, "Claimed by Ben")
    change(bot, lambda: claims.release(released, ANA, by=ANA, now=time.time()))
    press(slack, ANA, reopened, "reopen_call")
    wait_for(lambda: claims.of(reopened) and "called back by" not in str(card(slack, reopened)))
    choose(slack, ANA, shown, 0, reopened)
    change(
        bot,
        lambda: bot.store.screening.mark(numbers[3], ScreenKind.SPAM, by=BEN, now=time.time()),
    )
    new = miss(vocatech, slack, "+12125550146")
    press(slack, ANA, new, "claim_call")
    card(slack, new, "Claimed by Ana Torres")
    press(slack, ANA, new, "called_back")
    choose(slack, BEN, card(slack, new, "called back by Ana Torres"), APPOINTMENT, new)
    change(
        bot, lambda: bot.store.opt_outs.record("+12125550146", BEN, is_out=True, now=time.time())
    )
    card(slack, new, "Opted out", "Outcome: Appointment")
    card(slack, spam, "Marked as spam by Ben")
    wait_for(lambda: "Claimed" not in str(card(slack, released)))
    wait_for(lambda: bot.metric("posts_pending") == 0)
    closing = bot.store.card_states.of_call(new, None).closing
    posted = sorted(slack.posted_call_ids(CHANNEL))

    bot = restored(bot, start_bot, backup, tmp_path)
    told = report(bot, slack)
    wait_for(lambda: not bot.store.card_states.kept() and bot.metric("posts_pending") == 0)
    states = bot.store.card_states
    assert bot.store.claims.of(claimed).slack_user == BEN
    assert bot.store.claims.of(released) is None
    assert states.of_call(reopened, None).closing is None
    assert states.of_call(reopened, None).outcome is None
    assert bot.store.claims.of(new).slack_user == ANA
    found = states.of_call(new, None).closing
    assert (found.by, found.at) == (closing.by, pytest.approx(closing.at, abs=0.001))
    assert bot.store.outcomes.of(new).set_by == BEN
    assert bot.store.opt_outs.of("+12125550146")
    assert bot.store.screening.of(numbers[3]).by == BEN
    assert "restored 2 claims, 1 release, 1 callback, 1 reopened call, 1 outcome," in told
    assert "1 removed outcome, 1 opt-out, 1 marked caller" in told
    assert "every caller who was waiting for a callback has a card" in told
    assert (BEN, f"claimed a call{FROM_SLACK}") in audit_of(bot)
    assert sorted(slack.posted_call_ids(CHANNEL)) == posted
    assert "Outcome: Appointment" in str(card(slack, new, "called back by Ana Torres"))


def test_what_people_do_after_the_restore_stays(start_bot, slack, vocatech, tmp_path):
    bot = start_bot(slack_admins=ADMIN)
    call = miss(vocatech, slack, "+12125550142")
    backup = back_up(tmp_path / "bot.db", tmp_path / "backups", now=time.time())
    press(slack, BEN, call, "claim_call")
    card(slack, call, "Claimed by Ben")
    hidden = slack.faults.add(Fault(path="conversations.history", status=503))
    bot = restored(bot, start_bot, backup, tmp_path)
    bot.store.claims.take(call, ANA, now=time.time())
    bot.bot.services.wake()
    hidden.until = 0.0
    report(bot, slack)
    card(slack, call, "Claimed by Ana Torres")
    assert bot.store.claims.of(call).slack_user == ANA
    assert not bot.store.card_states.applied(since=0.0)


def test_cards_of_a_text_thread_bring_back_an_opt_out(start_bot, slack, vocatech, tmp_path):
    bot = start_bot(slack_admins=ADMIN)
    number = "+12125550142"
    vocatech.receive_text(number, "Hello")
    wait_for(lambda: bot.store.opt_outs.of(number) is None and slack.messages(CHANNEL))
    backup = back_up(tmp_path / "bot.db", tmp_path / "backups", now=time.time())
    change(bot, lambda: bot.store.opt_outs.record(number, ANA, is_out=True, now=time.time()))
    wait_for(lambda: "Lift opt-out" in str(slack.messages(CHANNEL)))
    bot = restored(bot, start_bot, backup, tmp_path)
    assert "1 opt-out" in report(bot, slack)
    assert bot.store.opt_outs.of(number)


@pytest.mark.parametrize("block_id", ["b0", "", "b0|", "b0|c=;x=U1@;z=U1@2", "b0|c=U1@soon"])
def test_block_id_without_a_known_state_is_none_or_empty(block_id):
    assert unpack_state(block_id) in (None, CardState())


def test_state_survives_the_block_id_and_its_limit():
    action = Action("U0BEN0001", 1_790_000_000.125, "spam")
    state = CardState(*[action] * 5)
    assert unpack_state(pack_state("b0", state)) == state
    packed = pack_state("b0", CardState(*[action._replace(by="U" * 60)] * 5))
    assert len(packed) <= 255
    assert unpack_state(packed).opt_out is None
