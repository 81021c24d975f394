"""Webhook secrets in the database: in clear text, or encrypted with a key from the settings."""

import pytest

from bot.store import Store

KEY, OTHER_KEY = "0123456789abcdef" * 2, "another key of thirty-two characters"
SECRET = "whsec_made_by_vocatech"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "bot.db"


def remember(store):
    store.subscriptions.remember("s1", url="https://bot.example", secret=SECRET, now=1.0)


def test_secret_is_encrypted_on_disk_and_in_clear_in_memory(file):
    store = Store.open(file, encryption_key=KEY)
    remember(store)
    assert store.subscriptions.secrets() == (SECRET,)
    store.close()
    assert SECRET.encode() not in file.read_bytes()
    store = Store.open(file, encryption_key=KEY)
    assert store.subscriptions.secrets() == (SECRET,)
    assert [one.subscription_id for one in store.subscriptions.all()] == ["s1"]
    store.close()


def test_secret_that_was_stored_in_clear_is_encrypted_once_there_is_a_key(file):
    store = Store.open(file)
    remember(store)
    store.close()
    store = Store.open(file, encryption_key=KEY)
    [row] = store.database.rows("select secret from subscriptions")
    assert row["secret"].startswith("sealed:")
    assert store.subscriptions.secrets() == (SECRET,)
    store.close()


@pytest.mark.parametrize("key", [None, OTHER_KEY])
def test_secret_under_another_key_is_unknown_and_kept(file, key):
    store = Store.open(file, encryption_key=KEY)
    remember(store)
    store.close()
    store = Store.open(file, encryption_key=key)
    assert store.subscriptions.secrets() == ()
    assert store.subscriptions.all() == []
    assert store.subscriptions.count_unreadable() == 1
    store.close()
    store = Store.open(file, encryption_key=KEY)
    assert store.subscriptions.secrets() == (SECRET,)
    store.close()
