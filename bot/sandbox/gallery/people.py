"""Examples about people: App Home, linked extensions, settings, status, help."""

from dataclasses import replace

from bot.health.messages import Status, render_status
from bot.home.callbacks_section import FREE, MINE, WAITING
from bot.home.modals import (
    render_callback_times,
    render_callbacks_modal,
    render_digests_modal,
    render_problems_modal,
)
from bot.home.view import render_guest_home, render_home
from bot.models.calls import OwnDay
from bot.models.channels import ChannelsInShort, QuietHours
from bot.models.digest_schedule import DigestPlan
from bot.models.digests import PlannedDigest
from bot.models.health import BrokenChannel, Health, Surface
from bot.models.home import AdminPart, Home
from bot.models.missed_calls import Claim, MissedCall, Waiting
from bot.models.people import Mentions, Person, Preference, SlackPerson
from bot.models.rules import RulesInShort
from bot.people.messages import render_person_left
from bot.people.modals import (
    render_link_modal,
    render_linked,
    render_settings_modal,
    render_unmatched_modal,
)
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.sandbox.gallery.follow_ups import LATE, LONGEST_FOLLOW_UP
from bot.sandbox.gallery.incidents import INCIDENTS
from bot.ui.command_text import Token
from bot.ui.commands import (
    CALLS,
    CONTACT,
    VOCATECH,
    render_help,
    render_help_of,
    render_help_of_subcommand,
    render_unknown_subcommand,
)

HOME_FOLLOW_UPS = (LATE,)
ZONE = "America/New_York"
OWN = PlannedDigest(DigestPlan(facts.ANA, ZONE, is_on=False))
DAILY = PlannedDigest(DigestPlan(facts.CHANNEL, ZONE), facts.NOW + 80_000)
UNANSWERED_BY_ANA = replace(
    facts.MISSED, call_id="c-henry", remote_name="Henry Walsh", remote_number="+17185550133"
)
UNCLAIMED = replace(
    facts.MISSED, call_id="c-ines", remote_name="Ines Ferreira", remote_number="+16465550187"
)
HOME = Home(
    facts.ANA_TORRES,
    "Ana Torres",
    today_at=facts.NOW,
    today=OwnDay(9, 2, (facts.CALL, facts.MISSED, facts.OUTGOING)),
    texts_sent=3,
    callers=2,
    waiting=(Waiting(facts.VOICEMAIL, 1), Waiting(UNANSWERED_BY_ANA, 2, "Ben Whitaker")),
    digest=OWN,
    mine=(MissedCall((facts.MISSED,), Claim(facts.ANA, facts.NOW)),),
    mine_count=1,
    free=(MissedCall((UNCLAIMED,)),),
    free_count=1,
    follow_ups=HOME_FOLLOW_UPS,
    follow_up_count=len(HOME_FOLLOW_UPS),
)
HEALTH = Health(
    expects_webhooks=True,
    last_webhook=facts.NOW - 60,
    last_poll=facts.NOW - 15,
    quota_left=55,
    has_subscription=True,
    free_bytes=42_000_000_000,
    surfaces=(
        Surface("Workflow steps", facts.NOW - 600),
        Surface("Side pane"),
        Surface("AI clients (MCP)", facts.NOW - 3_600),
    ),
)
ILL = replace(
    HEALTH,
    posts_waiting=1_234,
    incidents=INCIDENTS,
    surfaces=(Surface("Workflow steps", facts.NOW - 600, "3 results are not in Slack yet"),),
)
ADMIN = AdminPart(HEALTH, (DAILY,), unmatched=2, opted_out=1, rules=RulesInShort(4),
                  channels=ChannelsInShort(2, 1), outcomes=4, spam=3, users=6, endpoints=2,
                  callbacks=facts.CALLBACKS)  # fmt: skip
BROKEN = AdminPart(
    ILL,
    (DAILY,) * 40,
    tuple(
        BrokenChannel(f"C0{at:07}", facts.NOW, "is_archived", parked=3, waiting=12)
        for at in range(40)
    ),
    unmatched=1_000,
    opted_out=1_000,
    rules=RulesInShort(200, 20, 10, 5, 3),
    channels=ChannelsInShort(1_200, 35),
)
SOME_ILL = AdminPart(
    replace(HEALTH, incidents=INCIDENTS[:2]),
    (DAILY,),
    (BrokenChannel(facts.SALES, facts.NOW, "is_archived", waiting=12),),
)
LONGEST_HOME = replace(
    HOME,
    person=Person("u9", facts.LONG_NAME, "9999", "a@example.com"),
    name=facts.LONG_NAME,
    today=OwnDay(999, 99, (facts.LONGEST,) * 5),
    callers=1_000,
    waiting=(Waiting(facts.LONGEST, 99, facts.LONG_NAME),) * 8,
    mine=(MissedCall((facts.LONGEST,) * 9, Claim(facts.ANA, facts.NOW)),) * 30,
    mine_count=30,
    free=(MissedCall((facts.LONGEST,) * 9),) * 30,
    free_count=30,
    follow_ups=(LONGEST_FOLLOW_UP,) * 5,
    follow_up_count=2_000,
    admin=BROKEN,
)
STATUS = Status(
    facts.ANA_TORRES,
    last_webhook=facts.NOW - 60,
    last_poll=facts.NOW - 15,
    has_webhooks=True,
    waiting=0,
)
STRANGERS = [SlackPerson(f"U{at:08}", facts.LONG_NAME) for at in range(100)]
UNKNOWN = [Person(f"u{at}", facts.LONG_NAME, str(at), "x@example.com") for at in range(100)]

HOMES = Group(
    "App Home",
    (
        Example("Home", "When someone opens the app in Slack.",
                lambda: render_home(HOME, locale=LOCALE)),
        Example("Home with nothing to do", "No missed calls and no calls today.",
                lambda: render_home(Home(facts.ANA_TORRES, "Ana Torres", facts.NOW, digest=OWN),
                                    locale=LOCALE)),
        Example("Home without a linked extension", "Before /vocatech link.",
                lambda: render_home(Home(name="Robin Park", today_at=facts.NOW), locale=LOCALE)),
        Example("Home of a guest", "Guests see calls only in their channels.", render_guest_home),
        Example("Home of an admin", "With the system status and settings below.",
                lambda: render_home(replace(HOME, admin=ADMIN), locale=LOCALE)),
        Example("Home of an admin with problems", "Every kind of problem has a button.",
                lambda: render_home(Home(facts.ANA_TORRES, "Ana Torres", facts.NOW, admin=SOME_ILL),
                                    locale=LOCALE)),
        Example("The longest Home", "Every group is as long as it can be.",
                lambda: render_home(LONGEST_HOME, locale=LOCALE)),
        Example("All callbacks", "After Show more in App Home.",
                lambda: render_callbacks_modal(MINE, LONGEST_HOME, locale=LOCALE)),
        Example("All missed calls to you", "After Show more in App Home.",
                lambda: render_callbacks_modal(WAITING, HOME, locale=LOCALE)),
        Example("All unclaimed calls", "After Show more in App Home.",
                lambda: render_callbacks_modal(FREE, LONGEST_HOME, locale=LOCALE)),
        Example("All problems", "After Show more in App Home, by an admin.",
                lambda: render_problems_modal(BROKEN, locale=LOCALE)),
        Example("Callback times", "After Details in App Home, by an admin.",
                lambda: render_callback_times(facts.CALLBACKS)),
        Example("All digests", "After Show more in App Home, by an admin.",
                lambda: render_digests_modal(BROKEN.digests, locale=LOCALE)),
    ),
)  # fmt: skip

PEOPLE = Group(
    "People and help",
    (
        Example("Link an extension", "After /vocatech link.",
                lambda: render_link_modal(facts.ANA, None, is_oneself=True)),
        Example("Link another person", "After Link in the list, by an admin.",
                lambda: render_link_modal(facts.BEN, facts.BEN_WHITAKER, is_oneself=False)),
        Example("Linked", "After Save, if another person had it before.",
                lambda: render_linked(facts.ANA_TORRES, was_taken_from=facts.BEN)),
        Example("Unmatched people", "From the App Home, for admins: 100 on either side.",
                lambda: render_unmatched_modal(STRANGERS, UNKNOWN)),
        Example("Person who left", "To admins, if someone with work is deactivated in Slack.",
                lambda: render_person_left("n", name="Ana Torres", calls=2, rules=["Ana's calls"],
                                           mentions=["Complaints"], has_digest=True, follow_ups=3)),
        Example("Settings", "After /vocatech settings, by an admin.",
                lambda: render_settings_modal(
                    Preference(Mentions.ALL, "D1"), QuietHours(ZONE, 17 * 60, 9 * 60, (6,)),
                    zone=ZONE, is_linked=False, unmatched=12)),
        Example("Status", "After /vocatech status.",
                lambda: render_status(STATUS, locale=LOCALE)),
        Example("Status that needs help", "To an admin, when everything is wrong.",
                lambda: render_status(replace(STATUS, person=None, incidents=INCIDENTS, waiting=50,
                                              quota_left=0, unmatched=12), locale=LOCALE)),
        Example("Help", "After /vocatech help.", render_help),
        Example("Help for one command", "After /calls help.", lambda: render_help_of(CALLS)),
        Example("Help for one subcommand", "After /vocatech digest help.",
                lambda: render_help_of_subcommand("digest")),
        Example("Unknown subcommand", "After /vocatech dgest.",
                lambda: render_unknown_subcommand(
                    Token("dgest"), [use.typed.partition(" ")[0] for use in VOCATECH.uses])),
        Example("Help after a mistake", "After a command that was not understood.",
                lambda: render_help_of(CONTACT, "Type a name, a company, or a number.")),
    ),
)  # fmt: skip
