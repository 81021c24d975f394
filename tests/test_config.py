"""Settings: all problems together, each with an example, and without secrets."""

import pytest

from bot.config import Settings, load_settings
from bot.errors import SettingsWrong

GOOD = {
    "SLACK_BOT_TOKEN": "xoxb-very-secret",
    "SLACK_SIGNING_SECRET": "sign-secret",
    "SLACK_DEFAULT_CHANNEL": "C0123456789",
    "VOCATECH_API_KEY": "key-secret",
}


def load(monkeypatch, **changes):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in {**GOOD, **changes}.items():
        monkeypatch.setenv(name, value) if value is not None else None
    return load_settings(env_file=None)


def problems(monkeypatch, **changes):
    with pytest.raises(SettingsWrong) as wrong:
        load(monkeypatch, **changes)
    return wrong.value.problems


def test_three_secrets_and_a_channel_are_enough(monkeypatch):
    settings = load(monkeypatch)
    assert settings.port == 3000
    assert settings.seconds_between_polls == 20


def test_every_problem_is_told_at_once(monkeypatch):
    found = problems(
        monkeypatch,
        SLACK_BOT_TOKEN=None,
        SLACK_SIGNING_SECRET=None,
        SLACK_DEFAULT_CHANNEL="#general",
        PORT="many",
        TIMEZONE="Mars/Olympus",
        VOCATECH_API_URL="http://example.com",
        DATABASE_URL="postgres://x",
        DEFAULT_REGION="Europe",
        SLACK_ROUTES="101",
    )
    named = {problem.split()[0] for problem in found}
    assert named == {
        "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_DEFAULT_CHANNEL", "PORT", "TIMEZONE",
        "VOCATECH_API_URL", "DATABASE_URL", "DEFAULT_REGION", "SLACK_ROUTES",
    }  # fmt: skip
    assert all(problem.endswith(".") for problem in found)


@pytest.mark.parametrize(
    ("zone", "city"),
    [
        *(
            ("EST", "America/New_York"),
            ("MST", "America/Denver or America/Phoenix"),
            ("HST", "Pacific/Honolulu"),
        ),
        *(("Etc/GMT-5", "America/New_York"), ("GMT+0", "America/New_York")),
    ],
)
def test_zone_that_does_not_say_when_clocks_change_is_refused(monkeypatch, zone, city):
    [problem] = problems(monkeypatch, TIMEZONE=zone)
    assert problem == (
        f"TIMEZONE is invalid: {zone} doesn't say when clocks change; enter a city, such as {city}."
    )
    for clear in (
        *city.split(" or "),
        "UTC",
        "EST5EDT",
        "Etc/UTC",
        "US/Eastern",
        "America/Phoenix",
    ):
        assert load(monkeypatch, TIMEZONE=clear).timezone == clear


def test_a_wrong_secret_is_never_repeated(monkeypatch):
    found = problems(monkeypatch, SLACK_BOT_TOKEN="hunter2-is-my-password")
    assert "hunter2" not in " ".join(found)
    assert "xoxb-" in found[0]


def test_secrets_do_not_show_in_the_settings_own_words(monkeypatch):
    shown = repr(load(monkeypatch, VOCATECH_WEBHOOK_SECRETS="hook-secret,other-secret"))
    assert "secret" not in shown.replace("webhook_secrets", "").replace("signing_secret", "")


def test_an_empty_value_counts_as_unset(monkeypatch):
    assert load(monkeypatch, SLACK_APP_TOKEN="").slack_app_token is None


def test_words_of_opting_out_are_separated_by_commas(monkeypatch):
    assert load(monkeypatch).opt_out_words == []
    assert load(monkeypatch, OPT_OUT_WORDS="BAJA, no más ,").opt_out_words == ["BAJA", "no más"]


def test_key_of_stored_secrets_is_long(monkeypatch):
    assert load(monkeypatch).encryption_key_text is None
    assert load(monkeypatch, ENCRYPTION_KEY="k" * 32).encryption_key_text == "k" * 32
    with pytest.raises(SettingsWrong, match="ENCRYPTION_KEY is invalid: it needs 32 or more"):
        load(monkeypatch, ENCRYPTION_KEY="short")


def test_several_webhook_secrets_are_separated_by_commas(monkeypatch):
    settings = load(monkeypatch, VOCATECH_WEBHOOK_SECRETS="one, two")
    assert settings.webhook_secrets == ["one", "two"]
    assert settings.seconds_between_polls == 60


def test_with_a_public_address_webhooks_are_on(monkeypatch):
    settings = load(monkeypatch, PUBLIC_URL="https://bot.example.com/")
    assert settings.public_url == "https://bot.example.com"
    assert settings.has_webhooks
    assert settings.seconds_between_polls == 60
    assert problems(monkeypatch, PUBLIC_URL="http://bot.example.com")[0].startswith("PUBLIC_URL")


def test_routes_name_a_channel_for_a_line(monkeypatch):
    settings = load(monkeypatch, SLACK_ROUTES="+12125550100=C0AAAAAAA, 101=C0BBBBBBB")
    assert settings.slack_routes == {"+12125550100": "C0AAAAAAA", "101": "C0BBBBBBB"}


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/v1", "http://localhost/v1", "https://a.example/v1"]
)
def test_plain_http_is_accepted_for_this_machine_only(monkeypatch, url):
    assert load(monkeypatch, VOCATECH_API_URL=url).vocatech_api_url == url


@pytest.mark.parametrize(
    "url",
    [
        "https://user:hunter2@bot.example",
        "https://bot.example?hunter2",
        "https://bot.example#hunter2",
        "https://bot.example:hunter2",
        "https://bot.example:99999",
        "https://bot.example/\x07",
        "https://bot example",
    ],
)
def test_an_address_is_nothing_but_an_address(monkeypatch, url):
    for name in ("PUBLIC_URL", "VOCATECH_API_URL"):
        [problem] = problems(monkeypatch, **{name: url})
        assert problem.startswith(f"{name} is invalid: ")
        assert "hunter2" not in problem


@pytest.mark.parametrize("key", ["key…", "“key”", "ke\ny"])
def test_a_key_that_no_request_can_carry_is_told_at_once(monkeypatch, key):
    assert "copy it again" in problems(monkeypatch, VOCATECH_API_KEY=key)[0]


def test_settings_come_from_an_env_file_too(monkeypatch, tmp_path):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    file = tmp_path / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in GOOD.items()))
    assert load_settings(env_file=file).slack_default_channel == "C0123456789"


@pytest.mark.parametrize("coding", ["utf-16", "latin-1"])
def test_settings_file_that_is_not_utf_8_is_named(tmp_path, coding):
    file = tmp_path / "env"
    file.write_bytes("# Büro\nSLACK_BOT_TOKEN=xoxb-1\n".encode(coding))
    with pytest.raises(SettingsWrong) as wrong:
        load_settings(env_file=file)
    assert wrong.value.problems == [f"{file} isn't a text file in UTF-8. Save it as UTF-8."]


def test_secret_is_read_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from-a-file\n")
    monkeypatch.setenv("VOCATECH_API_KEY_FILE", str(tmp_path / "key"))
    settings = load(monkeypatch, VOCATECH_API_KEY=None)
    assert settings.vocatech_api_key.get_secret_value() == "from-a-file"


def test_missing_file_of_a_secret_is_named(monkeypatch):
    monkeypatch.setenv("VOCATECH_API_KEY_FILE", "/nowhere/key")
    with pytest.raises(SettingsWrong, match=r"VOCATECH_API_KEY_FILE can't be read: /nowhere/key"):
        load_settings(env_file=None)


def test_setting_given_twice_is_refused(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("one")
    monkeypatch.setenv("VOCATECH_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("VOCATECH_API_KEY", "two")
    with pytest.raises(SettingsWrong, match="both set"):
        load_settings(env_file=None)


def test_log_level_is_understood_in_any_case(monkeypatch):
    assert load(monkeypatch).log_level == "info"
    assert load(monkeypatch, LOG_LEVEL="DEBUG").log_level == "debug"


def test_a_wrong_choice_lists_the_right_ones(monkeypatch):
    assert problems(monkeypatch, LOG_LEVEL="loud", LOG_FORMAT="xml") == [
        "LOG_FORMAT is invalid: enter console or json.",
        "LOG_LEVEL is invalid: enter debug, info, warning or error.",
    ]
