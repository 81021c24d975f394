"""Rules as a file: export, import, and errors by line."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli.main import main
from bot.errors import RulesWrong
from bot.models.contacts import ContactField
from bot.models.rules import DIRECTIONS, OUTCOMES, SENTIMENTS, Conditions, Rule
from bot.rules.validation import validate_rule
from bot.rules.yaml_file import read_rules, write_rules
from bot.sandbox.slack.workspace import ANA, BEN
from tests.conftest import CHANNEL, wait_for

pytestmark = pytest.mark.calendar

words = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(" :#'\"-[]{}&*!|>%@`,?"),
    min_size=1,
    max_size=20,
).map(lambda text: " ".join(text.split())).filter(bool)  # fmt: skip
values = st.lists(words, max_size=3, unique=True).map(tuple)
numbers = st.sampled_from(["101", "0101", "no", "on", "1e3", "null", "~", "+12125550123"])
fields = st.sampled_from([("", ()), ("Tier", ("gold", "no")), ("on", ("12:30", "0x1f"))])
repeats = st.sampled_from([(None, None), (3, 60)])


def some(known):
    return st.lists(st.sampled_from([str(one) for one in known]), max_size=2, unique=True).map(
        tuple
    )


conditions = st.builds(
    lambda field, repeat, **more: Conditions(
        field=field[0], values=field[1], calls=repeat[0], minutes=repeat[1], **more
    ),
    fields,
    repeats,
    directions=some(DIRECTIONS),
    outcomes=some(OUTCOMES),
    extensions=st.lists(numbers, max_size=2, unique=True).map(tuple),
    callers=values.filter(lambda found: not any(c.isdigit() for one in found for c in one)),
    sentiments=some(SENTIMENTS),
    words=values,
    at_least=st.none() | st.integers(0, 50),
    waited=st.none() | st.integers(0, 50),
    at_most=st.none() | st.integers(60, 999),
)
rules = st.lists(
    st.builds(
        Rule,
        rule_id=st.just(1),
        name=words,
        channel=st.sampled_from(["C0SALES001", "G0PRIVATE1"]),
        slack_user=st.none() | st.just(ANA),
        when=conditions,
        goes_on=st.booleans(),
        mention=st.none() | st.just(ANA),
        at_once=st.booleans(),
        is_on=st.booleans(),
    ).filter(lambda one: not validate_rule(one, [])),
    max_size=4,
    unique_by=lambda one: one.name.casefold(),
)


@given(rules)
def test_exported_rules_are_imported_unchanged(some_rules):
    there = [
        replace(one, rule_id=n, channel="" if one.slack_user else one.channel)
        for n, one in enumerate(some_rules, 1)
    ]
    assert [one for one, _ in read_rules(write_rules(some_rules), "US")] == there


@given(st.text(max_size=200) | st.text("rules:-[]{}&*a \n?!|", max_size=80))
def test_any_file_is_parsed_or_rejected_with_a_reason(text):
    with suppress(RulesWrong):
        read_rules(text, "US")


GOOD = """\
rules:
  - name: Missed
    to: C0SALES001
    if:
      direction: incoming
      outcome: [missed, voicemail]
      extension: [0101, 102]
      our number: (212) 555-0100
      caller: [212 555 0123, Maria]
      contact field: Tier
      field is: gold
      mood: negative
      words: [refund, "a.*b"]
      at least seconds: 5
      calls: 3
      within minutes: 60
    then: go on
    mention: U0ANA0001
    active: no
"""


def test_a_handwritten_file_is_parsed():
    ((rule, line),) = read_rules(GOOD, "US")
    when = Conditions(
        directions=("incoming",), outcomes=("missed", "voicemail"), extensions=("0101", "102"),
        lines=("+12125550100",), callers=("+12125550123", "Maria"), field="Tier",
        values=("gold",), sentiments=("negative",), words=("refund", "a.*b"), at_least=5,
        calls=3, minutes=60,
    )  # fmt: skip
    assert line == 3
    assert rule == Rule(
        1, "Missed", "C0SALES001", None, when, goes_on=True, mention=ANA, is_on=False
    )


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("outcome:", "outcom:", "Line 6: outcom: unknown key; did you mean outcome?"),
        ("rules:", "ruls:", "Line 1: ruls: unknown key; did you mean rules?"),
        ("[missed,", "[mised,", "Line 6: outcome: unknown value mised; did you mean missed?"),
        ("mood: negative", "mood: bad", "allowed: positive, neutral, mixed, negative."),
        ("to: C0SALES001", "to: sales", "Line 3: to: sales isn't the ID of a channel"),
        ("    to: C0SALES001\n", "", "Line 2: to: the ID of a channel or a person is required."),
        ("then: go on", "then: go", "Line 17: then: unknown value go; allowed: stop, go on."),
        ("seconds: 5", "seconds: five", "Line 14: at least seconds: five isn't a whole number."),
        ("      within minutes: 60\n", "", "within minutes: Enter the number of minutes."),
        ("name: Missed", "name: ''", "Line 2: name: Enter a name"),
        ("mood: negative", "mood: negative\n      mood: neutral", "Line 13: mood: duplicate key"),
        ("      mood: negative", "\tmood: negative", "Line 12: "),
        ("direction: incoming", "direction: outgoing", "Line 6: outcome: This never matches"),
        ("calls: 3", "calls: 101", "Line 15: calls: The limit is 100."),
        ("rules:\n", "rules: 5\n#", "Line 1: rules must be a list"),
        ("contact field: Tier", f"contact field: {'x' * 151}", "contact field: The limit is 150"),
    ],
)
def test_errors_have_a_line_and_a_suggestion(before, after, told):
    assert before in GOOD
    text = GOOD.replace(before, after, 1)
    if "#" in after:
        text = after
    with pytest.raises(RulesWrong) as wrong:
        read_rules(text, "US")
    assert any(told in problem for problem in wrong.value.problems), wrong.value.problems


@pytest.mark.parametrize("key", ["extension", "our number", "caller", "words", "outcome set"])
def test_values_after_commas_without_brackets_are_refused(key):
    head = "rules:\n- name: One\n  to: C0SALES001\n  if:\n"
    for typed in ("101, 102", "101;102"):
        with pytest.raises(RulesWrong) as wrong:
            read_rules(f"{head}    {key}: {typed}\n", "US")
        said = f"Line 5: {key}: put several values into brackets, such as [101, 102], or one into"
        assert said in wrong.value.problems[0]
    for typed in ('"Lopez, Maria"', '["Lopez, Maria"]', "\n    - Lopez, Maria"):
        [(rule, _)] = read_rules(f"{head}    {key}: {typed}\n", "US")
        assert "Lopez, Maria" in str(rule.when)


def test_all_errors_are_reported_in_order_of_lines():
    text = GOOD.replace("missed,", "mised,").replace("go on", "gone").replace("C0SALES001", "x")
    with pytest.raises(RulesWrong) as wrong:
        read_rules(text, "US")
    assert [one.partition(":")[0] for one in wrong.value.problems] == [
        "Line 3",
        "Line 6",
        "Line 17",
    ]


def test_too_many_rules_are_one_error():
    with pytest.raises(RulesWrong) as refused:
        read_rules("rules:\n" + "- {name: A, to: C0SALES001}\n" * 1_000, "US")
    assert str(refused.value).endswith("Line 2: rules: 1000 rules; the limit is 200.")


def test_duplicate_names_are_reported():
    with pytest.raises(RulesWrong, match="Line 20: name: Another rule has this name"):
        read_rules(GOOD + GOOD.removeprefix("rules:\n"), "US")


@pytest.fixture
def command(bot, slack, vocatech, tmp_path, monkeypatch):
    """Run `rules` while the app runs, as from a terminal."""
    slack.add_channel("C0SALES001", "sales")
    slack.add_channel("C0PRIVATE1", "private", private=True, member=False)
    slack.add_user("U0OTHER01", "Eve", "eve@example.net", team="T0OTHER01")
    given = {
        "SLACK_BOT_TOKEN": slack.token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "SLACK_DEFAULT_CHANNEL": CHANNEL,
        "VOCATECH_API_KEY": vocatech.key,
        "VOCATECH_API_URL": vocatech.api_url,
        "VOCATECH_WEBHOOK_SECRETS": vocatech.webhooks.secret,
        "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    (tmp_path / ".env").touch()
    return lambda *typed: main(["rules", *map(str, typed), "--env-file", str(tmp_path / ".env")])


def test_an_import_is_all_or_nothing(command, bot, slack, tmp_path, capsys):
    file, other = tmp_path / "rules.yaml", tmp_path / "other.yaml"
    file.write_text(
        GOOD + "  - {name: All, to: U0ANA0001}\n  - {name: Late, to: C0SALES001, webhook: CRM}\n"
        "  - {name: Area, to: C0SALES001, if: {caller: [+1 212, Maria Lopez]}}\n"
        "  - {name: Won, to: C0SALES001, if: {outcome set: [Apointment, Sael]}}\n"
        "  - {name: VIP, to: C0SALES001, if: {contact field: Teir, field is: gold}}\n"
    )
    bot.store.contacts.set_fields([ContactField("Tier")])
    assert command("import", "--check", file) == 0
    checked = capsys.readouterr().out
    assert bot.store.rules.book().rules == ()
    assert command("import", file) == 0
    printed = capsys.readouterr().out
    assert printed.partition("\n")[2] in checked
    assert "Imported 6 rules." in printed
    assert "“Won” waits for an outcome that doesn't exist: Apointment, Sael." in printed
    assert "“VIP” has the contact field Teir, which doesn't exist." in printed
    assert "“Area” has the caller +1 212, which isn't a complete phone number" in printed
    assert "the caller Maria" not in printed
    assert "“Late” never matches: “All” above it" in printed
    assert "“Late” calls the webhook CRM, which doesn't exist, so nothing is sent." in printed
    first, second, *_ = bot.store.rules.book().rules
    assert (first.channel, second.channel[0], second.slack_user) == ("C0SALES001", "D", ANA)
    assert bot.store.audit.latest()[0].what == "rules imported"
    before = bot.store.rules.book()
    for wrong, words in (
        (GOOD.replace("outcome", "outcom"), "did you mean outcome?"),
        (GOOD.replace("C0SALES001", "C0PRIVATE1"), "Line 3: to: Vocatech can't post in C0PRIVATE1"),
        (GOOD.replace("C0SALES001", "U0NOBODY1"), "Line 3: to: Vocatech can't post to U0NOBODY1"),
    ):
        file.write_text(wrong)
        assert command("import", file) == 1
        assert words in capsys.readouterr().err
    assert bot.store.rules.book() == before
    assert command("export", other) == 0
    assert command("import", other) == 0
    assert bot.store.rules.book().rules == before.rules
    assert command("export", "-") == 0
    assert "name: Missed" in capsys.readouterr().out


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"- " * 3_000_000])
def test_binary_and_huge_files_are_rejected(command, bot, tmp_path, capsys, raw):
    file = tmp_path / "rules.yaml"
    file.write_bytes(raw)
    assert command("import", file) == 1
    assert "The rules were not changed" in capsys.readouterr().err
    assert bot.store.rules.book().version == 0


@pytest.fixture
def imported(command, tmp_path):
    """Return the file with the app's rules."""
    file = tmp_path / "rules.yaml"
    file.write_text(GOOD + "  - {name: All, to: U0ANA0001}\n")
    assert command("import", file) == 0
    return file


@pytest.mark.parametrize("text", ["", "rules:\n", "rules: []\n", "# none\n", "---\n", "{}\n"])
def test_a_file_without_rules_deletes_none(command, bot, imported, tmp_path, capsys, text):
    before = bot.store.rules.book()
    empty = tmp_path / "empty.yaml"
    empty.write_text(text)
    assert command("import", empty) == 1
    assert bot.store.rules.book() == before
    assert "The rules were not changed" in capsys.readouterr().err


def test_all_rules_can_be_deleted_on_request(command, bot, imported, tmp_path):
    empty = tmp_path / "empty.yaml"
    empty.write_text("rules:\n")
    assert command("import", empty, "--replace-with-none") == 0
    assert bot.store.rules.book().rules == ()


def test_check_shows_what_would_change_and_changes_nothing(command, bot, imported, capsys):
    before = bot.store.rules.book()
    imported.write_text(GOOD.replace("stop", "go on") + "  - {name: New, to: C0SALES001}\n")
    assert command("import", imported, "--check") == 0
    printed = capsys.readouterr().out
    assert "add: New" in printed
    assert "delete: All" in printed
    assert bot.store.rules.book() == before
    assert command("import", imported) == 0
    assert command("import", imported, "--check") == 0
    assert "  nothing\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("C0PRIVATE1", "Line 3: to: Vocatech can't post in C0PRIVATE1"),
        ("C0NOSUCH01", "Line 3: to: Vocatech can't post in C0NOSUCH01"),
        ("U0NOBODY1", "Line 3: to: Vocatech can't post to U0NOBODY1"),
        ("U0OTHER01", "Line 3: to: U0OTHER01 belongs to another company."),
    ],
)
def test_check_asks_slack_where_the_app_can_post(command, imported, capsys, to, words):
    imported.write_text(GOOD.replace("C0SALES001", to))
    assert command("import", imported, "--check") == 1
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("change", [{"is_restricted": True}, {"deleted": True}])
def test_rules_for_guests_and_former_members_are_not_imported_or_restored(
    command, bot, slack, imported, capsys, change
):
    imported.write_text(GOOD + "  - {name: For Ben, to: U0BEN0001}\n")
    assert command("import", imported) == 0
    slack.change_user(BEN, **change)
    wait_for(lambda: bot.store.slack_people.find(BEN) is None)
    for more in ([], ["--check"]):
        assert command("import", imported, *more) == 1
        assert "U0BEN0001 is a guest, an app, or a former member." in capsys.readouterr().err
    assert command("restore", "2") == 0
    assert "“For Ben” is left out: its person is no longer a member" in capsys.readouterr().out
    assert [one.name for one in bot.store.rules.book().rules] == ["Missed"]


def test_check_joins_no_channel(command, slack, imported):
    slack.add_channel("C0PUBLIC01", "public", member=False)
    imported.write_text(GOOD.replace("C0SALES001", "C0PUBLIC01"))
    assert command("import", imported, "--check") == 0
    assert not slack.state.channels["C0PUBLIC01"].is_member


def test_an_earlier_version_can_be_restored(command, bot, imported, tmp_path, capsys):
    before = bot.store.rules.book().rules
    empty = tmp_path / "empty.yaml"
    empty.write_text("rules:\n")
    assert command("import", empty, "--replace-with-none") == 0
    capsys.readouterr()
    assert command("versions") == 0
    newest, oldest = capsys.readouterr().out.splitlines()
    assert newest.startswith("2: ")
    assert newest.endswith("0 rules, by terminal (current)")
    assert oldest.startswith("1: ")
    assert command("restore", "1", "--check") == 0
    assert bot.store.rules.book().rules == ()
    assert command("restore", "1") == 0
    assert bot.store.rules.book().rules == before
    assert bot.store.audit.latest()[0].what == "rules restored"
    for wrong in ("99", "x", "-"):
        assert command("restore", wrong) == 1
    assert command("restore") == 1
    assert bot.store.rules.book().rules == before


def test_an_export_overwrites_a_file_only_on_request(command, imported, tmp_path, capsys):
    file = tmp_path / "mine.txt"
    file.write_text("mine")
    assert command("export", file) == 1
    assert file.read_text() == "mine"
    assert "--overwrite" in capsys.readouterr().err
    assert command("export", file, "--overwrite") == 0
    assert "name: All" in file.read_text()
