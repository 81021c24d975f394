"""Steps of workflows, from Slack's event to the end of the step in Slack."""

import contextlib
import copy
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import StepFailed
from bot.models.contacts import Contact
from bot.sandbox.faults import Fault
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from bot.slack.manifest import make_manifest
from bot.store.database.tombstones import Tombstone
from bot.store.privacy.erase import erase_number
from bot.store.workflows.step_results import ERASED, StepResult
from bot.ui.workflow_steps import WORKFLOW_STEPS
from bot.workflow_steps.validation import parse_inputs
from bot.workflow_steps.words import NOT_ACCEPTED, NOT_FOR_YOU, OFF, UNKNOWN_STEP
from tests.conftest import after_sync, read_calls, wait_for
from tests.support.webhooks import ended, send

CALLER, OTHER = "+13125550177", "+13125550178"
TYPED, CHICAGO = "(312) 555-0177", ZoneInfo("America/Chicago")  # where the number is
GUEST, STRANGER = "U0GUEST01", "U0OTHER01"
FUNCTIONS = make_manifest(has_workflow_steps=True)["functions"]


@pytest.fixture
def start(start_bot, slack):
    slack.install_steps(FUNCTIONS)
    slack.add_user(GUEST, "Gil Guest", "gil@example.com", rank="guest")
    slack.add_user(STRANGER, "Sam Stranger", "sam@other.example", team="T0TEAM002")

    def start(**changes):
        bot = start_bot(**({"workflow_steps": True} | changes))
        wait_for(lambda: bot.store.slack_people.find(ANA) and bot.store.people.company())
        return bot

    return start


@pytest.fixture
def bot(start):
    return start()


def run(slack, user, step, **inputs):
    """Run a step to its end, and return the run."""
    return end_of(slack, slack.run_step(user, step, **inputs))


def end_of(slack, execution):
    wait_for(lambda: slack.execution(execution).is_over)
    return slack.execution(execution)


def texts_to(bot, number):
    return bot.store.texts.latest_with([number], limit=200)


def add_contact(bot, contact_id, number, **fields):
    bot.store.contacts.save(Contact(contact_id, fields, (number,)), now=after_sync())


def test_sms_of_a_workflow_is_sent_as_the_person_who_started_it(bot, slack):
    done = run(slack, ANA, "send_sms", to=TYPED, message="Your order is ready.")
    assert done.outputs["status"] == "queued"
    assert done.outputs["details"] == "The SMS is queued and leaves now."
    [text] = texts_to(bot, CALLER)
    assert (text.body, text.reply.slack_user) == ("Your order is ready.", ANA)
    entry = bot.store.audit.latest(1)[0]
    assert (entry.slack_user, entry.what, entry.detail) == (ANA, "ran a workflow step", "send_sms")


def test_sms_of_a_workflow_names_the_contact_that_it_is_for(bot, slack):
    for contact_id, name in ((1, "Zelda Fitz"), (2, "Yorick Fitz")):
        add_contact(bot, contact_id, CALLER, Name=name)
    assert bot.store.contact_choices.choose(CALLER, 2)
    for to in ("Zelda", "Fitz", TYPED):
        assert run(slack, ANA, "send_sms", to=to, message=f"{to}: {{first name}}").outputs
    said = {text.body for text in texts_to(bot, CALLER)}
    # Both have the name Fitz, so the chosen one counts, as for the number.
    assert said == {"Zelda: Zelda", "Fitz: Yorick", f"{TYPED}: Yorick"}


def test_sms_of_a_workflow_goes_to_no_one_else_if_the_person_has_no_number(bot, slack):
    add_contact(bot, 1, CALLER, Name="Zelda Fitz Quartz")
    bot.store.contacts.save(Contact(2, {"Name": "Zelda Fitz"}), now=after_sync())
    refused = run(slack, ANA, "send_sms", to="Zelda Fitz", message="Your results are here.").error
    said = "“Zelda Fitz” matches several contacts or numbers. Use a whole phone number."
    assert refused == said
    assert run(slack, ANA, "create_follow_up", about="Zelda", when="tomorrow 9:00").error
    assert not texts_to(bot, CALLER)
    assert run(slack, ANA, "send_sms", to="Zelda Fitz Quartz", message="Hello").outputs


def test_sms_of_a_workflow_needs_a_whole_name_since_no_one_sees_who_is_meant(bot, slack):
    add_contact(bot, 1, CALLER, Name="Zebulon Fitz", Company="Quartz Coffee", Notes="Wife: Xenia")
    refused = run(slack, ANA, "send_sms", to="Zeb", message="Hello").error
    assert refused == "“Zeb” isn't a whole name. Did you mean Zebulon Fitz?"
    reminded = run(slack, ANA, "create_follow_up", about="quart", when="tomorrow 9:00").error
    assert reminded == "“quart” isn't a whole name. Did you mean Zebulon Fitz?"
    for who in ("Zeb", "Xenia"):  # of a note
        found = run(slack, ANA, "look_up_contact", who=who).outputs
        assert (found["found"], found["matches"]) == (True, 1)
        assert (found["name"], found["company"], found["number"]) == ("", "", "")
        assert found["details"].startswith("Zebulon Fitz, ")
        assert found["details"].endswith(" Only a part matches.")
    assert not texts_to(bot, CALLER)
    for who in ("zebulon", "Fitz, Zebulon", "quartz coffee", "555-0177", TYPED):
        assert run(slack, ANA, "look_up_contact", who=who).outputs["number"] == TYPED, who
    for to in ("zebulon", "Fitz, Zebulon", '"Zebulon Fitz"', "to Zebulon Fitz", "quartz"):
        assert run(slack, ANA, "send_sms", to=to, message="Hello").outputs, to
    assert len(texts_to(bot, CALLER)) == 5


def test_step_runs_once_however_often_slack_asks(bot, slack):
    texted = slack.run_step(ANA, "send_sms", to=TYPED, message="Once", execution_id="Fx01")
    reminded = slack.run_step(ANA, "create_follow_up", about=TYPED, when="tomorrow 9:00")
    for execution in (texted, reminded, texted, reminded):
        end_of(slack, execution)
        slack.repeat_step(execution)
    assert len(texts_to(bot, CALLER)) == 1
    assert bot.store.follow_ups.count(ANA) == 1
    assert [one.what for one in bot.store.audit.latest()].count("ran a workflow step") == 2
    wait_for(lambda: bot.store.step_results.waiting() == 0)
    # What a result says is deleted once Slack has it.
    [row] = bot.store.database.rows(
        "select count(*) as n from step_results where result is not null"
    )
    assert row["n"] == 0


def test_workflow_killed_after_the_text_sends_it_once(bot, slack):
    """The process ends after the text is queued, and before the result is stored."""
    results, add = bot.store.step_results, bot.store.step_results.add
    fails = [True]

    def add_or_fail(*args, **more):
        if fails and fails.pop():
            raise OSError("the disk is full")
        add(*args, **more)

    object.__setattr__(results, "add", add_or_fail)
    execution = slack.run_step(ANA, "send_sms", to=TYPED, message="Once")
    # Slack gets no acknowledgment, and asks again.
    assert end_of(slack, execution).outputs["status"] == "queued"
    assert len(texts_to(bot, CALLER)) == 1
    answers = slack.sender.event_answers
    wait_for(lambda: [answer.ok for _, _, answer in answers[-2:]] == [False, True])


@pytest.mark.any_rate
def test_workflow_that_sends_100_texts_obeys_the_limit_and_says_when_they_leave(bot, slack):
    runs = [
        slack.run_step(ANA, "send_sms", to=TYPED, message=f"Text {number}") for number in range(100)
    ]
    outputs = [end_of(slack, one).outputs for one in runs]
    assert len(texts_to(bot, CALLER)) == 100
    sent = [text for text in texts_to(bot, CALLER) if not text.is_queued]
    assert len(sent) <= 5
    leaves = [one["leaves_at"] for one in outputs]
    # Five in ten minutes: the last ones leave about 190 minutes after the first.
    assert leaves[-1] - leaves[0] > 170 * 60
    assert outputs[-1]["details"].endswith("because of the limit (5 every 10 minutes).")


def test_sms_that_the_form_would_refuse_fails_with_its_reason(bot, slack):
    bot.store.opt_outs.record(CALLER, ANA, is_out=True, now=time.time())
    add_contact(bot, 1, OTHER, Name="Maria Lopez")
    add_contact(bot, 2, "+13125550179", Name="Maria Chen")
    refused = {
        (TYPED, "Hello"): "opted out",
        (OTHER, "x" * 1_700): "over the limit",
        (OTHER, "Hi {firstname}, your order is ready"): "{firstname} isn't a placeholder",
        ("911", "Help"): "Emergency numbers",
        ("Maria", "Hello"): "several contacts",
        ("Zebediah", "Hello"): "No phone number or contact matches",
        ("<@U0BEN0001>", "Hello"): "not a person in Slack",
        (f"{OTHER} {OTHER}", "Hello"): "Use only one",
        ("555", "Hello"): "is not a phone number",
    }
    for (to, message), reason in refused.items():
        assert reason in run(slack, ANA, "send_sms", to=to, message=message).error, to
    late = run(slack, ANA, "send_sms", to=OTHER, message="Hi", send_at=int(time.time()) - 7_200)
    assert "This time has passed." in late.error
    assert run(slack, ANA, "send_sms", to=OTHER, message="Hi", send_at=10**12 - 1).error
    # Too large for a number with a fraction, which times are.
    huge = run(slack, ANA, "send_sms", to=OTHER, message="Hi", send_at=10**400)
    assert huge.error == "“Send at” isn't a date with a time."
    assert not texts_to(bot, OTHER)
    assert not texts_to(bot, CALLER)


def test_sms_for_later_is_scheduled(bot, slack):
    # At noon no clock changes.
    day = datetime.now(CHICAGO).date() + timedelta(days=2)
    at = int(datetime(day.year, day.month, day.day, 12, tzinfo=CHICAGO).timestamp())
    done = run(slack, ANA, "send_sms", to=TYPED, message="Later", send_at=at)
    assert done.outputs["status"] == "scheduled"
    assert done.outputs["leaves_at"] == at
    assert texts_to(bot, CALLER)[0].is_scheduled


def test_only_members_run_steps(bot, slack):
    for someone in (GUEST, STRANGER, "U0NOBODY1"):
        for step, inputs in {
            "send_sms": {"to": TYPED, "message": "Hello"},
            "look_up_contact": {"who": TYPED},
            "create_follow_up": {"about": TYPED, "when": "tomorrow"},
            "search_calls": {},
        }.items():
            assert run(slack, someone, step, **inputs).error == NOT_FOR_YOU, (someone, step)
    assert not texts_to(bot, CALLER)
    tried = [one for one in bot.store.audit.latest() if one.what.startswith("not allowed")]
    assert len(tried) == 12


def test_builder_of_a_workflow_cannot_name_the_person(bot, slack):
    persons = [one["input_parameters"]["properties"]["person"] for one in FUNCTIONS.values()]
    assert {one["type"] for one in persons} == {"slack#/types/user_context"}
    with pytest.raises(ValueError, match="can't be set by hand"):
        slack.run_step(BEN, "search_calls", person={"id": ANA, "secret": "guessed"})


def test_contact_is_looked_up(bot, slack):
    add_contact(bot, 1, CALLER, Name="Maria <!channel> Lopez", Company="Harbor Dental")
    send(bot.url, ended("c", status="missed", remote_number=CALLER))
    wait_for(lambda: bot.store.calls.find("c"))
    found = run(slack, ANA, "look_up_contact", who="maria lopez").outputs
    assert (found["found"], found["matches"], found["number"]) == (True, 1, TYPED)
    assert found["name"] == "Maria ‹!channel› Lopez"
    assert found["company"] == "Harbor Dental"
    assert "Last call: " in found["details"]
    assert "<" not in found["details"]
    add_contact(bot, 2, OTHER, Name="Maria Chen")
    several = run(slack, ANA, "look_up_contact", who="maria").outputs
    assert several["matches"] == 2
    # A later step must not text any of them.
    assert (several["name"], several["company"], several["number"]) == ("", "", "")
    assert several["details"].endswith("1 other contact matches, too.")
    bot.store.contacts.save(Contact(1, {"Name": "Maria"}, (OTHER, CALLER)), now=after_sync())
    both = run(slack, ANA, "look_up_contact", who=OTHER).outputs
    assert (both["matches"], both["name"], both["number"]) == (2, "", "(312) 555-0178")
    own = run(slack, ANA, "look_up_contact", who=CALLER).outputs
    assert (own["name"], own["number"]) == ("Maria", TYPED)  # not the first of her numbers
    missing = run(slack, ANA, "look_up_contact", who="Zebediah").outputs
    assert missing == {
        "found": False,
        "matches": 0,
        "name": "",
        "company": "",
        "number": "",
        "details": "No contact matches “Zebediah”.",
    }


def test_follow_up_is_created_for_a_member(bot, slack):
    add_contact(bot, 1, CALLER, Name="Maria Lopez")
    about = {"about": "Maria Lopez", "when": "tomorrow 9:00"}
    done = run(slack, ANA, "create_follow_up", **about, note="Offer", owner=BEN).outputs
    follow_up = bot.store.follow_ups.find(1)
    assert (follow_up.owner, follow_up.created_by, follow_up.note) == (BEN, ANA, "Offer")
    assert follow_up.topic.contact_id == 1
    assert done["due_at"] == int(follow_up.due_at)
    assert done["details"].startswith("The reminder comes on ")
    assert "9:00 AM" in done["details"]
    refused = {
        "isn't a time": about | {"when": "someday"},
        "is in the past": about | {"when": "yesterday"},
        "choose a member": about | {"owner": GUEST},
        "more than 1,000 characters": about | {"note": "x" * 1_001},
    }
    for reason, inputs in refused.items():
        assert reason in run(slack, ANA, "create_follow_up", **inputs).error
    assert bot.store.follow_ups.count(ANA) == 1


def test_calls_are_searched(bot, slack):
    for name in "abc":
        told = {"summary": "Asks for <!here> an offer.", "remote_number": CALLER}
        send(bot.url, ended(name, status="missed", **told))
    wait_for(lambda: bot.store.calls.find("c"))
    found = run(slack, ANA, "search_calls", query="missed", limit=2).outputs
    assert (found["count"], found["has_more"]) == (2, True)
    assert found["heading"] == "Missed calls"
    [first, _] = found["calls"].splitlines()
    assert f"Missed call from {TYPED}" in first
    assert "Summary (AI-generated): Asks for ‹!here› an offer." in first
    read_calls(bot)
    none = run(slack, ANA, "search_calls", query='"zebra"').outputs
    assert (none["count"], none["calls"]) == (0, "No calls match.")
    before = run(slack, ANA, "search_calls", query="last year").outputs["calls"]
    assert before.startswith("No calls match.\nSome calls of these days may not be stored.")
    assert "from 1 to 20" in run(slack, ANA, "search_calls", limit=21).error
    assert "For example" in run(slack, ANA, "search_calls", query="missed answered").error


def test_steps_that_are_off_or_gone_fail_and_say_so(start, slack):
    bot = start(workflow_steps=False)
    assert run(slack, ANA, "send_sms", to=TYPED, message="Hello").error == OFF
    assert not texts_to(bot, CALLER)
    slack.install_steps({"old_step": FUNCTIONS["search_calls"]})
    assert run(slack, ANA, "old_step").error == OFF
    bot.bot.stop()
    start()
    assert run(slack, ANA, "old_step").error == UNKNOWN_STEP


def test_result_that_the_manifest_in_slack_does_not_know_fails_the_step(bot, slack):
    older = copy.deepcopy(FUNCTIONS)
    del older["search_calls"]["output_parameters"]["properties"]["has_more"]
    slack.install_steps(older)
    assert run(slack, ANA, "search_calls").error == NOT_ACCEPTED


def test_result_survives_an_outage_of_slack_and_a_restart(start, slack):
    bot = start()
    slack.faults.add(Fault(path="/api/functions.", status=503))
    execution = slack.run_step(ANA, "send_sms", to=TYPED, message="Once")
    wait_for(lambda: bot.store.step_results.waiting() == 1)
    bot.bot.stop()
    slack.faults.clear()
    # The token of the run is lost with the process, so the bot's own ends it.
    again = start()
    assert end_of(slack, execution).outputs["status"] == "queued"
    assert len(texts_to(again, CALLER)) == 1


def test_results_wait_as_long_as_slack_asks(bot, slack):
    busy = {"ok": False, "error": "ratelimited"}
    slack.faults.add(
        Fault(path="/api/functions.", status=429, body=busy, headers={"Retry-After": "1"}, times=1)
    )
    runs = [slack.run_step(ANA, "search_calls") for _ in range(3)]
    assert [end_of(slack, one).outputs["count"] for one in runs] == [0, 0, 0]
    asked = [one for one in slack.calls if one.method == "functions.completeSuccess"]
    # The one that was refused isn't among those that Slack counted.
    assert slack.counts["functions.completeSuccess"] == 3
    assert len(asked) <= 6


def test_admins_see_when_a_step_last_ran_and_that_results_wait(start, slack):
    bot = start(mcp_server=True)
    home = bot.bot.services.home

    def status():
        home.show(ADMIN)
        return str(wait_for(lambda: slack.home_view(ADMIN)))

    assert "*Workflow steps*\\n:white_check_mark: On, not used yet" in status()
    assert "*AI clients (MCP)*\\n:white_check_mark: On, not used yet" in status()
    assert "Side pane" not in status()
    run(slack, ANA, "search_calls")
    assert "*Workflow steps*\\n:white_check_mark: Last used" in status()
    slack.faults.add(Fault(path="/api/functions.", status=503))
    bot.store.step_results.add("Fx1", "send_sms", StepResult(), now=time.time() - 3_600)
    assert "*Workflow steps*\\n:warning: 1 result is not in Slack yet" in status()


def test_step_works_in_socket_mode(start, slack):
    start(slack_app_token=slack.app_token, slack_signing_secret=None)
    wait_for(lambda: slack.sender.socket and slack.sender.socket.is_connected())
    slack.connect("http://127.0.0.1:9")
    assert run(slack, ANA, "search_calls").outputs["count"] == 0


def test_erasing_a_number_erases_what_slack_does_not_have_yet(store):
    results = store.step_results
    results.add("Fx1", "search_calls", StepResult({"calls": f"from {TYPED}"}), now=1.0)
    results.add("Fx2", "send_sms", StepResult({"status": "queued"}), now=2.0)
    store.database.write(lambda db: erase_number(db, Tombstone(CALLER, 9.0, ANA)))
    assert results.next_due(now=9.0).result == StepResult(error=ERASED)
    results.settle("Fx1", now=9.0)
    assert results.next_due(now=9.0).result.outputs == {"status": "queued"}
    results.settle("Fx2", now=9.0)
    results.add("Fx3", "send_sms", StepResult(error=f"No contact matches “{CALLER}”."), now=3.0)
    store.database.write(lambda db: erase_number(db, Tombstone(CALLER, 9.0, ANA)))
    assert results.next_due(now=9.0).result == StepResult(error=ERASED)


ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "secret"]), inner),
    max_leaves=4,
)


@given(st.sampled_from(WORKFLOW_STEPS), st.data())
def test_any_inputs_are_read_or_refused(step, data):
    names = st.sampled_from([one.name for one in step.inputs])
    inputs = data.draw(st.dictionaries(names, ANY_VALUE) | ANY_VALUE)
    with contextlib.suppress(StepFailed):
        read = parse_inputs(step, inputs)
        assert {*read} == {one.name for one in step.inputs}
        assert read["person"].startswith(("U", "W"))
