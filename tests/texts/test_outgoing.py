"""What leaves to a customer: what the writer saw in Slack, and a person's name or none."""

import re
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.models.contacts import Contact
from bot.models.people import SlackPerson
from bot.models.templates import Template
from bot.models.texts import TextForm
from bot.people.permissions import Permissions
from bot.templates.presenter import TemplatePresenter
from bot.texts.validation import validate_body
from bot.ui.command_text import read_words
from bot.ui.emoji import GLYPHS, drop_custom_emoji, find_custom_emoji
from bot.ui.formatting import Locale
from tests.conftest import CHANNEL, after_sync, wait_for
from tests.texts.test_texts import (
    ANA,
    BEN,
    MARIA,
    MONDAY_NOON,
    US,
    ended,
    fill_in,
    open_modal,
    says,
    send,
    sent,
    text_back,
    thread,
    write,
)

# Not about rate limits.
pytestmark = pytest.mark.any_rate
__all__ = ["text_back", "thread"]  # fixtures

ENCODED = (
    f":tada: :+1::skin-tone-3: <@{BEN}> <#C0ABC|orders> <https://shop.example/a|our shop> A&amp;B"
)
SEEN = "🎉 👍🏼 @Ben Whitaker #orders our shop (https://shop.example/a) A&B"


def names(user):
    return {BEN: "Ben Whitaker", ANA: "Ana Torres"}.get(user)


@pytest.mark.parametrize(
    ("encoded", "seen"),
    [
        (ENCODED, SEEN),
        (":100: at 10:100:30", "💯 at 10:100:30"),
        (":ta:tada:da:", ":ta🎉da:"),
        (":point_up::skin-tone-2: :man-shrugging::skin-tone-6:", "☝🏻 🤷🏿‍♂️"),
        (":flag-us: :slightly_smiling_face:", "🇺🇸 🙂"),
        ("https://x.example/a:b:c?d :tada:", "https://x.example/a:b:c?d 🎉"),
        (
            "<https://x.example/a:b:c> https://x.example/:tada:",
            "https://x.example/a:b:c https://x.example/🎉",
        ),
        (
            "Ref:de:12, size:m:blue, a:b:c :de: (:m:) Hi:tada:you",
            "Ref:de:12, size:m:blue, a:b:c 🇩🇪 (Ⓜ️) Hi🎉you",
        ),
        ("10:100:30:tada: 1:a:tada:", "10:100:30🎉 1:a🎉"),
        # The addresses of devices.
        ("a4:5e:60:de:ad:be :de:", "a4:5e:60:de:ad:be 🇩🇪"),
        ("2001:db8:a:b::1, fe80::ab:1", "2001:db8:a:b::1, fe80::ab:1"),
        (f"<@{BEN}|ben> <@U0UNKNOWN>, <#C0ABC>", "@ben @colleague, #channel"),
        ("<!here> <!subteam^S1|@sales> <!subteam^S1>", "@here @sales @team"),
        ("<tel:+12125550142|(212) 555-0142> <mailto:a@b.c|a@b.c>", "(212) 555-0142 a@b.c"),
        ("<https://x.example/a?b&amp;c|x.example>", "https://x.example/a?b&c"),
        ("&lt;3 &amp;amp; a < b and c > d", "<3 &amp; a < b and c > d"),
        ("Hi <@U0UNKNOWN", "Hi @colleague"),
    ],
)
def test_writer_and_customer_see_the_same(encoded, seen):
    assert read_words(encoded, names) == seen


def test_command_sends_what_the_writer_saw(bot, slack, vocatech):
    wait_for(bot.store.people.company)
    wait_for(lambda: bot.store.slack_people.find(BEN))
    slack.type_command(ANA, CHANNEL, "/sms", f"(212) 555-0142 {ENCODED}")
    view = wait_for(lambda: slack.open_view(ANA))
    send(slack, view)
    [body] = wait_for(lambda: sent(vocatech))
    assert body == SEEN


def test_form_counts_and_sends_what_the_writer_saw(bot, slack, vocatech, thread):
    wait_for(lambda: bot.store.slack_people.find(BEN))
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, f"{ENCODED} {{name}}")
    wait_for(lambda: f"{len(SEEN)} / 1,600 characters" in str(slack.open_view(ANA)))
    send(slack, view)
    [body] = wait_for(lambda: sent(vocatech))
    assert body == SEEN
    wait_for(lambda: says(slack, "🎉 👍🏼", "Delivered"))


def test_emoji_of_the_workspace_gets_an_error_at_the_field(bot, slack, vocatech, thread):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Thanks :party_parrot_9:")
    answer = send(slack, view)
    assert "SMS can't show :party_parrot_9:, an emoji of your workspace." in str(answer)
    assert sent(vocatech) == []


def test_address_with_colons_is_sent_as_it_is(bot, slack, vocatech, thread):
    view = open_modal(slack, thread, "reply_to_text")
    body = "https://shop.example/a:b:c/list:party:2 for 9c:b6:d0:de:bb:cc"
    fill_in(slack, view, body)
    send(slack, view)
    wait_for(lambda: sent(vocatech) == [body])


def test_unknown_placeholder_gets_a_warning(bot, slack, vocatech, thread):
    view = open_modal(slack, thread, "reply_to_text")
    fill_in(slack, view, "Hi {firstname}, {x: 1} is ready")
    warning = "{firstname} isn't a placeholder. The contact would get it as it is."
    wait_for(lambda: warning in str(slack.open_view(ANA)))
    fill_in(slack, slack.open_view(ANA), "Hi {name}, {x: 1} is ready")
    wait_for(lambda: "isn't a placeholder" not in str(slack.open_view(ANA)))


def test_spaces_that_no_one_sees_are_plain_ones(store):
    body = presenter(store).outgoing("A\u00a0B\tC\u2009D\nE\u00adF\r\nG\u2028H", ANA, number=MARIA)
    assert body == "A B C D\nEF\nG\nH"


def test_name_of_a_mentioned_colleague_is_no_placeholder():
    form = TemplatePresenter(_Nothing("Ben {name}"), None, Locale("US", None))
    body = Template(None, None, "", f"<@{BEN}>")
    assert form.filled(body, ANA, name="Maria", number=US) == "@Ben name"


def test_sending_again_sends_no_codes(bot, slack, vocatech, thread):
    vocatech.messages.unreachable.add(MARIA)
    write(bot, vocatech, "Ready :tada:")
    line = wait_for(lambda: says(slack, "Failed", "Send again"))[0]
    view = open_modal(slack, line, "send_again")
    assert "Ready 🎉" in str(view)


CONTACTS = {
    "person": ({"First Name": "Maria", "Last Name": "Lopez"}, "Maria Lopez"),
    "email": ({"E-mail": "pat@mail.example"}, None),
    "company": ({"Company": "Acme Dental"}, None),
    "number": ({"Name": "+1 212-555-0142 cell"}, None),
    "company and email": ({"Company": "Acme", "E-mail": "pat@mail.example"}, None),
    "person with a note": ({"Name": "Maria Lopez (pays late)"}, "Maria Lopez"),
    "person with a company behind": ({"Name": "Maria Lopez - Acme"}, None),
    "last name first": ({"Name": "Lopez, Maria"}, "Maria Lopez"),
    "suffix": ({"Name": "Lopez, Jr"}, "Lopez, Jr"),
    "hyphen": ({"Name": "Anna-Lena Groß-Ölçer"}, "Anna-Lena Groß-Ölçer"),
    "only a note": ({"Name": "(do not call)"}, None),
    "person of a company": ({"Name": "Pat Doe", "Company": "Acme"}, "Pat Doe"),
}


def save_contacts(store, *fields):
    for n, one in enumerate(fields):
        store.contacts.save(Contact(980 + n, one, [MARIA]), now=after_sync())


@pytest.mark.parametrize("kind", CONTACTS)
def test_name_is_that_of_a_person_or_left_out(store, kind):
    fields, name = CONTACTS[kind]
    save_contacts(store, fields)
    body = presenter(store).outgoing("Hello {name}, your order is ready.", ANA, number=MARIA)
    assert body == f"Hello {name}, your order is ready." if name else "Hello, your order is ready."


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Maria Lopez (pays late)",
            "Maria [VIP] Lopez",
            "Maria Lopez {vip}",
            "<lead> Maria Lopez",
        ),
        *("**VIP** Maria Lopez", "Maria _vip_ Lopez", 'Maria "Mimi" Lopez', "Maria Lopez (mobile)"),
        *(
            "Lopez,Maria",
            "Lopez, Maria (owes $50)",
            "\u2b50 Maria Lopez",
            "Maria Lopez \u2764\ufe0f",
        ),
    ],
)
def test_note_in_brackets_of_a_name_never_leaves(store, name):
    save_contacts(store, {"Name": name})
    assert presenter(store).outgoing("Hi {name}!", ANA, number=MARIA) == "Hi Maria Lopez!"


@pytest.mark.parametrize(
    "name",
    [
        *("Maria Lopez, pays late", "Maria Lopez: pays late", "Maria Lopez/pays late"),
        *("Maria Lopez -pays late", "Maria Lopez\u2013VIP", "Maria Lopez -- owes $50"),
        *("Maria Lopez; VIP", "Maria Lopez #12", "Maria Lopez = debtor", "Maria Lopez. Owes"),
        *("Maria Diaz. Owes", "Maria Lopez - Acme Dental", "Maria Lopez 2", "Lopez, Maria, late"),
        *("Maria Lopez pays late", "Maria deceased", "Maria Lopez owes Ben", "pizza place"),
        *("Maria Lopez DO NOT TEXT", "Maria Lopez VIP", "Maria (pays late", "Maria Lopez + kids"),
        *("Maria Lopez cell", "Lopez, Maria work", "Maria Lopez Mobile", "Maria Lopez from Acme"),
        *("Maria and", "Maria Lopez Pays Always Late", "Lopez, Maria owes money", "\u2026 Maria"),
        *("Old Maria", "No Show", "Customer Maria", "Don't Call", "Maria Lopez Don\u2019t Text"),
        *("Unknown caller", "WIRELESS CALLER", "N/A", "n/a", "SPAM", "Do not call", "Test"),
        *("Unit 4B Maria Lopez", "Apt. 3 - Maria", "Suite 200", "Maria Lopez apt. 4B"),
        *("VIP - Maria Lopez", "Maria, plumber", "Maria Lopez, Plumber", "24 Hour Fitness", "?"),
        *("Debtor: Maria Lopez", "Past Due: Lopez, Maria", "Past Due - Maria", "(do not call)"),
        # The contact may be someone else.
        *("Ben Lopez (wife)", "Ben's Mom", "Ben\u2019s mother", "James' Dad", "Ben Lopez (son)"),
        *("Dr. Lopez's office", "Ben Lopez - assistant", "Acme, Inc.", "Smith, LLC", "Acme Ltd."),
        *("None None", "undefined", "NULL", "M", "J.", "Dr.", "and", ", Jr", ",", "\u00a0"),
        # This would take a minute if each word were compared with all after it.
        pytest.param(f"Maria Lopez ({'a ' * 50_000}", id="long note"),
    ],
)
def test_name_that_may_hold_anything_else_is_left_out(store, name):
    save_contacts(store, {"Name": name})
    assert presenter(store).outgoing("Hi {name}!", ANA, number=MARIA) == "Hi!"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Zo\u00eb O\u2019Neil",
            "Anna\u2011Lena Gro\u00df",
            "Marcel\u00b7la Puig",
            "Prof. Maria Lopez",
        ),
        *("J. R. Smith", "Jean DUPONT", "Maria & Ben Lopez", "Maria Lopez, PhD, MBA", "\u674e"),
        *("Maria L.", "Al-Sayed Omar", "Maria Lopez 2nd", "Al Green", "d\u2019Angelo Russo"),
        *("Jose\u0301 Ruiz", "\u0906\u0930\u0924\u0940 \u0936\u0930\u094d\u092e\u093e"),
        *("Juan de la Cruz y Paz", "Jan van der Berg", "Maria Lopez de la Cruz"),
        *("Carlos Lopez jr", "Son Nguyen", "Prof. dr. Jan de Vries", "Pat O'Neil"),
    ],
)
def test_name_without_a_note_is_whole(store, name):
    save_contacts(store, {"Name": name})
    assert presenter(store).outgoing("Hi {name}.", ANA, number=MARIA) == f"Hi {name}."


@pytest.mark.parametrize(
    ("name", "body"),
    [
        *(("Dr. Maria Lopez", "Hi Maria!"), ("Mr. Lopez", "Hi!"), ("Frau Dr. Groß", "Hi!")),
        *(("Lopez, Maria", "Hi Maria!"), ("Maria", "Hi Maria!"), ("M. Night", "Hi!")),
        *(("Don Draper", "Hi Don!"), ("Mr. & Mrs. Lopez", "Hi!"), ("Mr and Mrs Lopez", "Hi!")),
        *(
            ("Mr. and Mrs. Tom Lopez", "Hi Tom!"),
            ("Herr und Frau Groß", "Hi!"),
            ("Fam. Groß", "Hi!"),
        ),
        *(("Dr. med. Hans Groß", "Hi Hans!"), ("Sr. López", "Hi!"), ("Med Ali", "Hi Med!")),
        *(("Capt. Tom Lopez", "Hi Tom!"), ("de la Cruz", "Hi!"), ("van der Berg", "Hi!")),
        *(("The Smiths", "Hi!"), ("The Smith Family", "Hi!"), ("Lopez Residence", "Hi!")),
    ],
)
def test_title_is_no_first_name(store, name, body):
    save_contacts(store, {"Name": name})
    assert presenter(store).outgoing("Hi {first name}!", ANA, number=MARIA) == body


def test_name_with_codes_of_a_web_page_is_as_people_write_it(store):
    save_contacts(store, {"Name": "Pat O&#39;Neil &amp; Ben"})
    body = presenter(store).outgoing("Hi {name}!", ANA, number=MARIA)
    assert body == "Hi Pat O'Neil & Ben!"


@pytest.mark.parametrize(
    ("name", "signed"),
    [
        *(("Torres, Ana", "Ana Torres"), ("Ana Torres (on leave until Monday)", "Ana Torres")),
        *(("Ana Torres | Sales", "Ana Torres"), ("ana.torres", "ana.torres")),
        *(("Front Desk", "Front Desk"), ("4B Front Desk", "4B Front Desk")),
        *(("ana (she/her)", "ana"), ("Ana Torres (she/her) | Sales", "Ana Torres")),
        *(("Ana Torres (she/her) - OOO until Monday", "Ana Torres"), ("ana - OOO", "ana")),
        *(("Ana Torres she/her", "Ana Torres"), ("ana \U0001f334 back monday", "ana")),
        *(("Torres, Ana - Sales", "Ana Torres"), ("ana torres, sales", "ana torres")),
        *(
            ("Ana -- on leave", "Ana"),
            ("\U0001f334 Ana", "Ana"),
            ("Ana Torres (away", "Ana Torres"),
        ),
        *(("Ana Torres @ Acme: away", "Ana Torres"), ("Ana-Lena O'Neil", "Ana-Lena O'Neil")),
    ],
)
def test_writer_signs_with_a_name_without_notes(store, name, signed):
    store.slack_people.keep(SlackPerson(ANA, name))
    assert presenter(store).outgoing("Thanks, {me}", ANA, number=MARIA) == f"Thanks, {signed}"


def test_writer_whose_name_is_only_a_note_signs_with_nothing(store):
    store.slack_people.keep(SlackPerson(ANA, "(on leave)"))
    assert presenter(store).outgoing("Thanks, {me}", ANA, number=MARIA) == "Thanks"


def test_company_number_is_one_that_the_contact_can_dial(store):
    form, line = presenter(store), "+12125550115"
    for number, shown in (
        (MARIA, "(212) 555-0115"),
        ("+16045550123", "(212) 555-0115"),  # Canada has the same code
        ("+447400123456", "+1 212-555-0115"),
        ("+43664123456", "+1 212-555-0115"),
    ):
        assert form.outgoing("Call {line}.", ANA, number=number, line=line) == f"Call {shown}."


def test_shared_number_gets_no_name_until_someone_chooses(store):
    save_contacts(store, CONTACTS["person"][0], CONTACTS["person of a company"][0])
    form = presenter(store)
    assert form.outgoing("Hello {name}, hi", ANA, number=MARIA) == "Hello, hi"
    assert store.contact_choices.choose(MARIA, 981)
    assert form.outgoing("Hello {first name}, hi", ANA, number=MARIA) == "Hello Pat, hi"


def test_automatic_text_names_no_one_for_a_shared_number(text_back):
    at, store = text_back
    save_contacts(store, CONTACTS["person"][0], CONTACTS["person of a company"][0])
    template = store.templates.for_missed()
    store.templates.save(replace(template, body="Hello {name}, sorry :pray: :acme_logo:"))
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    assert at(MONDAY_NOON + 90) == ["Hello, sorry 🙏"]


def test_automatic_text_holds_no_note_of_a_name(text_back):
    at, store = text_back
    save_contacts(store, {"Name": "Lopez, Maria (pays late)"})
    template = store.templates.for_missed()
    store.templates.save(replace(template, body="Hello {name}, sorry. Bye, {first name}"))
    store.calls.save(ended("c1", MONDAY_NOON), now=MONDAY_NOON)
    assert at(MONDAY_NOON + 90) == ["Hello Maria Lopez, sorry. Bye, Maria"]


def presenter(store):
    return TemplatePresenter(store, Permissions((), store, None), Locale("US", None))


PIECES = st.one_of(
    st.text(max_size=5),
    st.sampled_from(sorted(GLYPHS)).map(lambda name: f":{name}:"),
    st.sampled_from(
        [
            *(":", ":skin-tone-3:", ":parrot:", "<@U0BEN0001>", "<@U0BEN0001|ben>", "<@", "<@U1"),
            *("{name}", "{ Name }", "{first  name}", "{me}", "{na", "me}", "{", "}", "&amp;"),
            *("&lt;", "&gt;", "<#C1|x>", "<!here>", "<https://x.example|x>", ">", "|", "<"),
        ]
    ),
)


@example(body="<@U0BEN0001>", name="", sender="<@U0BEN0001>")
@example(body="<https://x.example|x>:-1:<https://x.example|x>", name="", sender="")
@given(body=st.lists(PIECES, max_size=12).map("".join), name=PIECES, sender=PIECES)
def test_no_code_leaves(body, name, sender):
    template = Template(None, None, "", body)
    found = _filled(template, name, sender)
    words = re.sub(r"https?://[^\s/:]+(?::\d+)?/\S*", "", found)  # where a:b:c is no emoji
    words = re.sub(r"(?<![\w:])[0-9a-fA-F]+(:[0-9a-fA-F]*){2,}:[0-9a-fA-F]+(?![\w:])", "", words)
    codes = re.findall(r"(?<![^\W_])(?=:([a-z0-9_+'-]+):)", words)
    codes += re.findall(r"(?=:([a-z0-9_+'-]+):(?![^\W_]))", words)
    codes += re.findall(r"(?=:([a-z0-9_+'-]{3,}):)", words)
    # Digits may be part of a time, such as 10:100:30.
    assert all(code.isdigit() for code in codes if code in GLYPHS)
    assert "<@" not in found
    assert not re.search(r"\{\s*(first\s+)?name\s*\}", found, re.IGNORECASE)
    assert find_custom_emoji(drop_custom_emoji(found)) is None
    if validate_body(found) is None:
        assert find_custom_emoji(found) is None


class _Nothing:
    """A store with a company and a writer."""

    def __init__(self, sender):
        self.people = self.slack_people = self
        self.sender = sender
        self.name = sender

    def company(self):
        return None

    def find(self, _user):
        return self


def _filled(template, name, sender):
    form = TemplatePresenter(_Nothing(sender), None, Locale("US", None))
    return form.filled(template, ANA, name=name, number=US)


def test_extension_survives_the_metadata_of_the_form():
    form = TextForm("t", MARIA, extension="4")
    assert TextForm.from_metadata(form.to_metadata()) == form
