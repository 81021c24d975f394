"""Guarantees to users, checked in a browser against the app."""

import re

import pytest
from playwright.sync_api import expect

from bot.sandbox.demo.bot_process import run_command
from bot.sandbox.http import Fault
from tests.conftest import wait_for

pytestmark = pytest.mark.e2e


def same(reader, message):
    """Return the same message again, whatever it says by then."""
    ts = message.get_attribute("data-ts")
    return reader.messages.locator(f'[data-ts="{ts}"]')


def fill_in(reader, **fields):
    for label, words in fields.items():
        reader.modal.get_by_label(label.replace("_", " ")).fill(words)


def test_a_call_comes_in_and_its_summary_follows_on_the_same_card(open_as):
    ana = open_as()
    seen = ana.count(ana.messages.get_by_role("article"))
    ana.play("Ring")
    ana.play("Answer")
    card = same(ana, ana.message("On a call"))
    ana.play("Hang up")
    expect(card).to_contain_text("Answered call")
    expect(card).to_contain_text("Summary (AI-generated)")
    expect(ana.messages.get_by_role("article")).to_have_count(seen + 1)


def test_a_contact_is_made_found_and_changed(open_as):
    ana = open_as()
    ana.type("/contact new")
    fill_in(ana, First_Name="Nadia", Last_Name="Brandt", Phone="12")
    ana.modal.get_by_role("button", name="Save").click()
    phone = ana.modal.get_by_label("Phone")
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_be_focused()
    expect(ana.modal.get_by_role("alert")).to_be_visible()
    phone.fill("(312) 555-0190")
    ana.modal.get_by_role("button", name="Save").click()
    expect(ana.modal).to_contain_text("Saved.")
    ana.modal.get_by_role("button", name="Close").last.click()
    expect(ana.modal).to_be_hidden()

    ana.type("/contact nadia")
    card = ana.message("Only visible to you", "Nadia Brandt")
    expect(card).to_contain_text("(312) 555-0190")
    card.get_by_role("button", name="Edit").click()
    expect(ana.modal.get_by_label("First Name")).to_have_value("Nadia")
    fill_in(ana, Company="Northwind Books")
    ana.modal.get_by_role("button", name="Save").click()
    expect(ana.modal).to_contain_text("Northwind Books")
    ana.leave_modal()
    ana.type("/contact northwind")
    expect(ana.message("Only visible to you", "Northwind Books")).to_contain_text("Nadia Brandt")


def test_a_text_is_answered_and_seen_to_be_delivered(open_as, demo):
    ana = open_as()
    demo.vocatech.receive_text("+16465550177", "Is my lamp ready?")
    head = ana.message("Conversation with", "(646) 555-0177")
    expect(head).to_contain_text("Is my lamp ready?")
    head.get_by_role("button", name="Reply via SMS").click()
    ana.modal.get_by_label("Message", exact=True).fill("It is ready, come any time.")
    expect(ana.modal).to_contain_text("27 / 1,600")
    ana.modal.get_by_role("button", name="Send", exact=True).click()
    expect(ana.modal).to_be_hidden()
    head.get_by_role("button", name=re.compile("repl(y|ies)")).click()
    line = ana.thread.get_by_role("article").filter(has_text="It is ready, come any time.")
    expect(line.last).to_contain_text("Delivered")


def test_after_a_stop_nobody_can_write_there(open_as, demo):
    ana = open_as()
    ana.play("STOP")
    head = ana.message("Conversation with", "STOP")
    expect(head).to_be_visible()
    expect(head.get_by_role("button", name="Reply via SMS")).to_have_count(0)
    number = re.search(r"\(\d{3}\) \d{3}-\d{4}", head.text_content()).group()
    sent = len(demo.vocatech.sent_texts())
    ana.type(f"/sms {number} Are you sure?")
    expect(ana.modal).to_contain_text("opted out")
    expect(ana.modal.get_by_role("button", name="Send", exact=True)).to_have_count(0)
    assert len(demo.vocatech.sent_texts()) == sent


def test_of_two_who_claim_a_missed_call_one_has_it_and_the_other_is_told_who(open_as, demo):
    ana, ben = open_as("Ana Torres"), open_as("Ben Whitaker")
    ana.play("Missed")
    card = same(ana, ana.message("Missed call", "Claim"))
    theirs = same(ben, card)
    expect(theirs.get_by_role("button", name="Claim")).to_be_visible()
    demo.slack.faults.add(Fault(path="chat.update", delay=2.0, times=1))  # so that both may press
    with ana.window.expect_response("**/click"):
        card.get_by_role("button", name="Claim").click()
    theirs.get_by_role("button", name="Claim").click()
    expect(ben.modal).to_contain_text("Already updated")
    expect(ben.modal).to_contain_text("Ana Torres already claimed this call")
    expect(theirs).to_contain_text("Claimed by Ana Torres")
    expect(card.get_by_role("button", name="Mark as called back")).to_be_visible()
    expect(ana.modal).to_be_hidden()


def test_a_digest_shows_its_charts(open_as):
    ana = open_as()
    ana.type("/vocatech digest preview weekly")
    digest = ana.message("Only visible to you", "📊")
    for chart in ("Calls by hour of the day", "Calls by week"):
        expect(digest.get_by_role("img", name=chart)).to_be_visible()
    expect(digest).to_contain_text("Answered")


def test_what_is_said_in_a_thread_stays_inside_the_company(open_as, demo):
    ana = open_as()
    sent = len(demo.vocatech.sent_texts())
    ana.message("Conversation with").get_by_role("button", name=re.compile("repl(y|ies)")).click()
    field = ana.window.get_by_label("Reply to the thread")
    field.fill("Who takes this one, @Ben?")
    field.press("Enter")
    said = ana.thread.get_by_role("article").filter(has_text="Who takes this one")
    expect(said.get_by_text("@Ben Whitaker")).to_be_visible()
    assert len(demo.vocatech.sent_texts()) == sent


EVIL = '<img src="x" onerror="alert(1)"><script>alert(2)</script> <!channel> *b*'


def test_a_script_in_a_text_or_a_name_stays_text(open_as, demo):
    ana = open_as()
    demo.vocatech.receive_text("+13125550191", EVIL)
    expect(ana.message(EVIL)).to_be_visible()
    ana.type("/contact new")
    fill_in(ana, First_Name=EVIL, Phone="(312) 555-0192")
    ana.modal.get_by_role("button", name="Save").click()
    expect(ana.modal.get_by_text(EVIL).first).to_be_visible()
    ana.leave_modal()
    ana.type("<i>mine</i>")
    expect(ana.message("Ana Torres", "<i>mine</i>")).to_be_visible()
    assert ana.window.locator('img[src="x"], #messages script, dialog script').count() == 0


def test_calls_are_looked_up_and_one_is_opened(open_as):
    ana = open_as()
    ana.type("/calls missed week")
    found = ana.message("Only visible to you", "missed")
    found.get_by_role("button", name="Open").first.click()
    expect(ana.modal).to_contain_text("Missed call")


@pytest.fixture
def no_rules_afterwards(demo, tmp_path):
    """Take away what an admin made, as an operator would; the other tests' calls need it not."""
    yield
    file = tmp_path / "rules.yaml"
    file.write_text("rules: []\n")
    options = ("--replace-with-none", "--env-file", str(demo.env_file))
    told = run_command("rules", "import", str(file), *options)
    assert told.returncode == 0


@pytest.mark.usefixtures("no_rules_afterwards")
def test_an_admin_sends_missed_calls_elsewhere_in_the_home(open_as):
    admin = open_as("Robin Park")
    admin.go_to("Home")
    admin.window.get_by_role("button", name="Rules", exact=True).click()
    admin.modal.get_by_role("button", name="New rule").click()
    admin.modal.get_by_label("Name", exact=True).fill("Missed ones")
    admin.modal.get_by_label("Channel", exact=True).select_option(label="sales")
    admin.modal.get_by_label("Kind of call", exact=True).select_option(["missed"])
    admin.modal.get_by_label("Kind of call").select_option(["missed"])
    admin.modal.get_by_role("button", name="Save").click()
    expect(admin.modal).to_contain_text("“Missed ones” saved.")
    admin.leave_modal()
    admin.go_to("sales")
    admin.play("Missed")
    card = admin.message("Missed call")
    card.get_by_label("More").select_option(label="Why is this here?")
    expect(admin.modal).to_contain_text("The rule “Missed ones” sent it here.")


def test_what_comes_to_a_muted_channel_is_told_in_one_message_afterwards(open_as, demo):
    ana = open_as()
    ana.type("/vocatech mute 1h")
    notice = ana.message("muted", "Unmute")
    deferred = demo.bot.metric("posts_deferred")
    for _ in range(2):
        ana.play("Missed")
    wait_for(lambda: demo.bot.metric("posts_deferred") == deferred + 2)
    expect(ana.messages.get_by_role("article").last).to_contain_text("muted")
    notice.get_by_role("button", name="Unmute").click()
    told = ana.message("2 calls while this channel was quiet, 2 missed.")
    told.get_by_role("button", name="Show all 2 calls").click()
    ana.modal.get_by_role("button", name="Open").first.click()
    expect(ana.modal.get_by_role("button", name="Reply via SMS")).to_be_visible()


def test_an_admin_creates_a_vocatech_user_and_sees_a_refusal_at_its_field(open_as, demo):
    admin = open_as("Robin Park")
    admin.type("/vocatech users")
    admin.modal.get_by_role("button", name="New user").click()
    create = admin.modal.get_by_role("button", name="Create")
    fill_in(admin, First_name="Nina", Last_name="Holm", Extension="102")
    create.click()
    expect(admin.modal.get_by_text("already has this extension")).to_be_visible()
    fill_in(admin, Extension="7")
    create.click()
    expect(admin.modal.get_by_text("must be an extension of 2 to 6 digits")).to_be_visible()
    expect(admin.modal.get_by_label("First name")).to_have_value("Nina")
    fill_in(admin, Extension="250")
    create.click()
    expect(admin.modal.get_by_text("is a Vocatech user now")).to_be_visible()
    admin.modal.get_by_role("button", name="Close", exact=True).last.click()
    expect(admin.modal.get_by_text("Nina Holm (ext. 250)")).to_be_visible()
    assert [one["first_name"] for one in demo.vocatech.users.all()].count("Nina") == 1
