"""Sample calls, messages, and contacts for the examples, ordinary and at the limits."""

from dataclasses import replace
from typing import Final

from bot.calls.card_context import CardContext
from bot.calls.claim_section import ClaimSection
from bot.models.callback_times import CallbackGroup, CallbackReport, CallbackTimes
from bot.models.calls import Call, Direction, Leg, Outcome
from bot.models.contacts import Contact, ContactField
from bot.models.outcomes import CallOutcome
from bot.models.people import Person
from bot.models.screening import ScreenedNumber, ScreenKind
from bot.models.texts import OutgoingText, Platform, SendState, Text
from bot.outcomes.card_section import OutcomeSection

NOW: Final = 1_795_446_000.0  # Monday, 23 November 2026, 10:00 in New York
MINUTE: Final = 60.0
CHANNEL, SALES = "C0CALLS001", "C0SALES001"
ROBIN, ANA, BEN = "U0ADMIN01", "U0ANA0001", "U0BEN0001"
LONG_NAME: Final = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh " * 4
LONG_WORDS: Final = "They asked about the delivery, the price, the oak and the second visit. " * 60
HOSTILE: Final = "<!channel> *Bob* <https://evil.example|click> & \u202eevil\u202c :tada: @here"

ANA_TORRES = Person("u1", "Ana Torres", "101", "ana.torres@example.com")
BEN_WHITAKER = Person("u2", "Ben Whitaker", "102", "ben.whitaker@example.com")

CALL = Call(
    "call-1",
    Direction.INCOMING,
    Outcome.ANSWERED,
    remote_name="Maria Lopez",
    remote_number="+12125550123",
    our_name="Ana Torres",
    extension="101",
    company_number="+12125550100",
    started_at=NOW - 10 * MINUTE,
    ended_at=NOW - 10 * MINUTE + 192,
    seconds=192,
    summary="Maria asked to move the fitting of her kitchen from Thursday to Friday morning. "
    "Ana moved it to Friday at nine and will text her the fitter's name.",
    transcript="Ana: Harbor & Pine, this is Ana. How can I help?\n"
    "Maria: Hello Ana, it's about the kitchen on Thursday. Could we make it Friday?\n"
    "Ana: Friday at nine is free. Shall I move it?\n"
    "Maria: That would be perfect, thank you.",
    sentiment="positive",
)
MISSED = replace(
    CALL,
    call_id="call-2",
    outcome=Outcome.MISSED,
    remote_name="Theresa Dubois",
    remote_number="+14155550157",
    started_at=NOW - 25 * MINUTE,
    our_name=None,
    extension=None,
    seconds=24,
    summary=None,
    transcript=None,
    sentiment=None,
)
VOICEMAIL = replace(
    MISSED,
    call_id="call-3",
    outcome=Outcome.VOICEMAIL,
    remote_name="Oakwood Timber Yard",
    remote_number="+16465550142",
    started_at=NOW - 95 * MINUTE,
    seconds=48,
    summary="Oakwood asks to be called back about the invoice of last week.",
    transcript="Caller: This is Oakwood Timber Yard. Could somebody call us back, please?",
)
OUTGOING = replace(
    CALL,
    call_id="call-4",
    direction=Direction.OUTGOING,
    remote_name="Omar Haddad",
    remote_number="+13125550131",
    started_at=NOW - 50 * MINUTE,
    seconds=84,
    summary="Ana told Omar that his order is ready. Omar collects it on Tuesday.",
)
UNKNOWN = replace(MISSED, call_id="call-5", remote_name=None, remote_number=None)
ABROAD = replace(CALL, call_id="call-6", remote_name=None, remote_number="+4930123456")
TRANSFERRED = replace(
    CALL,
    call_id="call-7",
    remote_name="Priya Chandra",
    remote_number="+17185550134",
    our_name="Ben Whitaker",
    extension="102",
    legs=(Leg(name="Ana Torres", extension="101"), Leg(name="Ben Whitaker", extension="102")),
)
LONGEST = replace(
    CALL,
    call_id="c" * 140,
    remote_name=LONG_NAME,
    our_name=LONG_NAME,
    seconds=86_399,
    summary=LONG_WORDS,
    transcript="Ana: " + LONG_WORDS + ("\nMaria: And then?\nAna: " + LONG_WORDS) * 9,
    sentiment="negative",
    legs=tuple(Leg(name=LONG_NAME) for _ in range(12)),
)
HOSTILE_CALL = replace(CALL, call_id="call-8", remote_name=HOSTILE, summary=HOSTILE)
MANY_CALLS: Final = tuple(
    replace(MISSED if at % 3 else CALL, call_id=f"call-{at}", remote_number=f"+121255501{at:02}")
    for at in range(100)
)

QUOTE = CallOutcome(1, "Quote sent")
OUTCOMES = (QUOTE, CallOutcome(2, "Appointment"), CallOutcome(3, "Resolved"))
ANSWERED = CardContext(has_contact=True, outcome=OutcomeSection(OUTCOMES))
OPEN = replace(ANSWERED, callback=ClaimSection(is_open=True))
CLAIMED = replace(ANSWERED, callback=ClaimSection(is_open=True, owner="Ben Whitaker"))
TRIED = replace(
    CLAIMED,
    callback=replace(
        CLAIMED.callback, others=2, tried_by="Ben Whitaker", tried_at=NOW - 2 * MINUTE
    ),
)
WITH_OUTCOME = CardContext(
    has_contact=True, outcome=OutcomeSection(OUTCOMES, QUOTE, "Ben Whitaker")
)
SPAM = ScreenedNumber("+14155550157", ScreenKind.SPAM, BEN, NOW - MINUTE)
SUPPLIER = ScreenedNumber("+14155550157", ScreenKind.NOT_CUSTOMER, BEN, NOW - MINUTE)
SPAMMED = CardContext(
    callback=ClaimSection(done="Marked as spam by Ben Whitaker", done_at=NOW - MINUTE),
    screened=SPAM,
    screened_by="Ben Whitaker",
)
CALLBACKS = CallbackReport(
    CallbackTimes(34, 29, 24, 1_380),
    follow_ups=5,
    overdue=2,
    people=(
        CallbackGroup("Ana Torres", CallbackTimes(18, 18, 16, 720), 2, 1),
        CallbackGroup("Ben Whitaker", CallbackTimes(11, 11, 8, 2_940)),
        CallbackGroup("Clara Lindqvist", CallbackTimes(), 3, 1),
    ),
    lines=(
        CallbackGroup("(212) 555-0115", CallbackTimes(22, 20, 17, 1_200)),
        CallbackGroup("(212) 555-0120", CallbackTimes(12, 9, 7, 2_100)),
    ),
)
DONE = replace(
    CLAIMED,
    callback=ClaimSection(done="Called back by Ben Whitaker", done_at=NOW - MINUTE),
)

FIELDS = (
    ContactField("First Name", 1),
    ContactField("Last Name", 2),
    ContactField("Company", 3),
    ContactField("Phone", 4, is_phone=True, is_match=True),
    ContactField("Email", 5),
    ContactField("Notes", 6),
)
MARIA = Contact(
    1,
    {
        "First Name": "Maria",
        "Last Name": "Lopez",
        "Company": "Blue Door Realty",
        "Phone": "+12125550123",
        "Email": "maria@example.com",
        "Notes": "Prefers mornings.",
    },
    ("+12125550123",),
)
MANY_FIELDS = tuple(
    ContactField(f"Field {at:03} {LONG_NAME}"[:120], at, is_phone=at == 3) for at in range(140)
)
LONGEST_CONTACT = Contact(
    2,
    {one.name: LONG_WORDS for one in MANY_FIELDS} | {"Name": LONG_NAME},
    tuple(f"+1212555{at:04}" for at in range(100, 140)),
)

TEXT_IN = Text(
    "t1",
    "m1",
    remote_name="Maria Lopez",
    number="+12125550123",
    company_number="+12125550100",
    at=NOW - 5 * MINUTE,
    body="Hi, is my order ready for pickup?",
)
REPLY = OutgoingText(ANA, SendState.QUEUED, NOW - 3 * MINUTE)
TEXT_OUT = replace(
    TEXT_IN,
    text_id="t2",
    message_id=None,
    is_incoming=False,
    at=NOW - 3 * MINUTE,
    body="It is, any time until six.",
    reply=REPLY,
)
LONGEST_TEXT = replace(TEXT_IN, text_id="t3", remote_name=LONG_NAME, body=(LONG_WORDS * 2)[:1_600])
BY_WHATSAPP = replace(TEXT_IN, text_id="t4", platform=Platform.WHATSAPP)
