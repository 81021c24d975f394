"""The `.env` file: one value changes, everything else stays, and the file is always complete."""

from io import StringIO

import pytest
from dotenv import dotenv_values
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.errors import SettingsWrong
from bot.setup.env_file import merge_env, parse_env, read_env, write_env

LETTERS = st.characters(exclude_categories=["C", "Z"], include_characters=" ")
PRINTABLE = st.text(LETTERS, min_size=1)
KNOWN = ["", "# a comment", "#TIMEZONE=UTC", "TIMEZONE=UTC", "OTHER='a # b'", "export X=1", "junk"]
LINES = st.lists(st.sampled_from(KNOWN))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "TIMEZONE=UTC\n"),
        ("A=1", "A=1\nTIMEZONE=UTC\n"),
        ("# note\n\nA=1\n", "# note\n\nA=1\nTIMEZONE=UTC\n"),
        ("TIMEZONE=\nA=1\n", "TIMEZONE=UTC\nA=1\n"),
        ("timezone=Asia/Tokyo\n", "TIMEZONE=UTC\n"),
        ("TIMEZONE=Asia/Tokyo # office\n", "TIMEZONE=UTC # office\n"),
        ("TIMEZONE='a #b'\n", "TIMEZONE=UTC\n"),
        ("export TIMEZONE=Asia/Tokyo\r\nA=1\r\n", "export TIMEZONE=UTC\r\nA=1\r\n"),
        ("#TIMEZONE=Asia/Tokyo\nA=1\n", "#TIMEZONE=Asia/Tokyo\nTIMEZONE=UTC\nA=1\n"),
        ("TIMEZONE=a\nA=1\nTIMEZONE=b\n", "TIMEZONE=UTC\nA=1\nTIMEZONE=UTC\n"),
    ],
)
def test_one_setting_changes_and_the_rest_stays(before, after):
    assert merge_env(before, "TIMEZONE", "UTC") == after


@given(LINES, PRINTABLE)
def test_any_value_can_be_read_back_or_is_refused(lines, value):
    before = "\n".join(lines)
    try:
        after = merge_env(before, "TIMEZONE", value)
    except SettingsWrong:
        assume(False)
    assert dotenv_values(stream=StringIO(after))["TIMEZONE"] == value
    others = {name: said for name, said in parse_env(after).items() if name != "TIMEZONE"}
    assert others == {k: v for k, v in parse_env(before).items() if k != "TIMEZONE"}
    kept = [line for line in lines if line and not line.startswith("TIMEZONE")]
    assert [line for line in after.split("\n") if line in kept] == kept
    assert merge_env(after, "TIMEZONE", value) == after


@pytest.mark.parametrize("value", ["a\nB=1", "a\x00b", "${HOME}", "\x1b[2J"])
def test_a_value_that_the_file_cannot_hold_is_refused(value):
    with pytest.raises(SettingsWrong, match="VOCATECH_API_KEY_FILE") as wrong:
        merge_env("", "VOCATECH_API_KEY", value)
    assert value not in str(wrong.value)


def test_plain_values_have_no_quotes_since_docker_keeps_them():
    assert merge_env("", "A", "xoxb-1-2_a.b:c/d@e+f,g=h%i") == "A=xoxb-1-2_a.b:c/d@e+f,g=h%i\n"


def test_the_file_is_private_and_replaced_as_a_whole(tmp_path):
    path = tmp_path / "real.env"
    path.write_text("A=1\n")
    path.chmod(0o644)
    (tmp_path / ".env").symlink_to(path)
    write_env(tmp_path / ".env", "A=2\r\n")
    assert read_env(path) == "A=2\r\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == [".env", "real.env"]


def test_a_file_in_another_encoding_is_explained(tmp_path):
    path = tmp_path / ".env"
    path.write_bytes("A=é\n".encode("latin-1"))
    with pytest.raises(SettingsWrong, match="UTF-8"):
        read_env(path)
