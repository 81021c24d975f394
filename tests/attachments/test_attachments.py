"""Attachments end to end: in the thread of their text, once, or with the reason why not."""

import threading
import time

import pytest

from bot.models.health import DELETE_FILES, FILES_KEPT
from bot.sandbox.http import Fault
from bot.sandbox.slack.workspace import FakeSlack
from bot.sandbox.vocatech.webhooks import MESSAGE_EVENTS, WebhookFaults
from bot.slack.manifest import SCOPES
from bot.vocatech import downloads
from tests.conftest import CHANNEL, wait_for
from tests.support.crash_points import MortalBot
from tests.support.hands import jobs_of
from tests.texts.test_texts import MARIA, lines_of, says

# Not about rate limits.
pytestmark = pytest.mark.any_rate

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
COMPLETE = "files.completeUploadExternal"


def files_of(slack):
    """Return the files in Maria's thread: title, name, and bytes."""
    shown = [one for line in lines_of(slack) for one in line.get("files", ())]
    return [(one["title"], *slack.file(one["id"])[::2]) for one in shown]


def write_with(vocatech, *files, body="Look"):
    """Send a text from Maria with files, each with bytes, content type, and name."""
    ids = [vocatech.media.add(*file) for file in files]
    vocatech.receive_text(MARIA, body, attachments=ids)
    return ids


def shelf(bot):
    """Return the state of each attachment, and how many bytes are stored."""
    rows = bot.store.database.rows("select state, length(content) as kept from media")
    return [(row["state"], row["kept"]) for row in rows]


def wait_until_settled(bot, slack):
    """Wait until nothing is left to download, post, or clean up."""
    wait_for(lambda: lines_of(slack) and shelf(bot))
    wait_for(
        lambda: bot.metric("posts_pending") == 0 and not bot.store.attachments.is_anything_open()
    )


# Shown


def test_image_from_a_webhook_appears_in_the_thread_and_is_then_dropped(bot, slack, vocatech):
    write_with(vocatech, (PICTURE, "image/png", "door.png"))
    [(title, name, content)] = wait_for(lambda: files_of(slack))
    assert (title, content) == ("door.png", PICTURE)
    assert name.startswith("vocatech-")
    assert name.endswith(".png")
    wait_until_settled(bot, slack)
    assert shelf(bot) == [("fetched", None)]
    assert [line["text"].partition(",")[0] for line in lines_of(slack) if line.get("files")] == [
        "This image was attached to a message"
    ]
    assert not says(slack, "Not shown")


@pytest.mark.parametrize("lost", [frozenset(MESSAGE_EVENTS), frozenset()])
def test_polled_image_appears_once_with_and_without_a_webhook(start_bot, slack, vocatech, lost):
    bot = start_bot(poll_seconds=1)
    vocatech.webhooks.faults = WebhookFaults(lost=lost, copies=2)
    write_with(vocatech, (PICTURE, "image/png", ""), (b"ID3", "audio/mpeg", "hello.mp3"))
    wait_for(lambda: bot.metric("events_stored_total") and len(files_of(slack)) == 2)
    polls = bot.metric("polls_total")
    wait_for(lambda: bot.metric("polls_total") > polls + 1)
    wait_until_settled(bot, slack)
    assert [title for title, *_ in files_of(slack)] == ["Image", "hello.mp3"]


def test_image_that_is_unavailable_at_first_appears_later(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/media/", status=503, times=2))
    write_with(vocatech, (PICTURE, "image/png", "door.png"))
    wait_for(lambda: says(slack, "Look"))
    wait_for(lambda: files_of(slack))
    assert len(files_of(slack)) == 1


def test_clock_set_back_does_not_delay_an_image(bot, slack, vocatech):
    vocatech.faults.add(Fault(path="/media/", status=503))
    write_with(vocatech, (PICTURE, "image/png", "door.png"))
    wait_for(
        lambda: bot.store.attachments.next_wanted() and bot.store.attachments.next_wanted().tries
    )
    bot.store.database.write(lambda db: db.execute("update media set try_at = try_at + 86400"))
    vocatech.faults.clear()
    wait_for(lambda: files_of(slack))


def test_image_with_a_broken_url_is_fetched_once_its_id_is_known(start_bot, slack, vocatech):
    vocatech.media.url, vocatech.media.form = "ftp://nowhere", "bytes"
    bot = start_bot(poll_seconds=1)
    write_with(vocatech, (PICTURE, "image/png", "door.png"))
    wait_for(lambda: files_of(slack))
    wait_until_settled(bot, slack)
    assert not says(slack, "Not shown")


def test_hostile_file_name_is_harmless(bot, slack, vocatech):
    name = "../<!channel>\u202egnp.exe\n" + "x" * 300
    write_with(vocatech, (PICTURE, "application/octet-stream", name))
    [(title, kept, _)] = wait_for(lambda: files_of(slack))
    assert kept.endswith(".bin")
    assert "/" not in kept
    assert len(title) <= 80
    assert "\u202e" not in title
    [line] = [line for line in lines_of(slack) if line.get("files")]
    assert "channel" not in line["text"]


@pytest.mark.parametrize(
    ("content", "kind", "ending"),
    [
        (b"#!AMR\n" + bytes(40), "audio/amr", ".amr"),
        (b"#!AMR-WB\n" + bytes(40), "audio/amr-wb", ".awb"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "text/directory", ".vcf"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "application/vcard", ".vcf"),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", "text/vcard", ".vcf"),
    ],
)
def test_voice_messages_and_contact_cards_appear(bot, slack, vocatech, content, kind, ending):
    write_with(vocatech, (content, kind, "file"))
    [(_, name, shown)] = wait_for(lambda: files_of(slack))
    assert shown == content
    assert name.endswith(ending)


# Refused


@pytest.mark.parametrize(
    ("content", "kind", "why"),
    [
        (b"#!AMR/bin/sh\n", "audio/amr", "isn't what its type says"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "this type"),
        (b"<html><script>", "text/html", "this type"),
        (b" \n<!DOCTYPE html><script>", "image/png", "isn't what its type says"),
        (b"MZ\x90\x00", "application/octet-stream", "isn't what its type says"),
        (b"", "image/png", "the file is empty"),
    ],
)
def test_executable_file_is_refused_with_the_reason(bot, slack, vocatech, content, kind, why):
    write_with(vocatech, (content, kind, "a"), (PICTURE, "image/png", "door.png"))
    wait_for(lambda: says(slack, "Look", "Not shown: ", "See the Vocatech app", why))
    wait_for(lambda: files_of(slack))
    assert [title for title, *_ in files_of(slack)] == ["door.png"]


def test_large_file_is_refused_with_the_reason(bot, slack, vocatech, monkeypatch):
    monkeypatch.setattr(downloads, "MOST_BYTES", 100)
    write_with(vocatech, (PICTURE, "video/mp4", "film.mp4"), (b"\x89PNG", "image/png", ""))
    wait_for(lambda: says(slack, "film.mp4 (the attachment is too large)"))
    wait_for(lambda: len(files_of(slack)) == 1)


def test_deleted_file_is_reported(start_bot, slack, vocatech):
    vocatech.webhooks.faults = WebhookFaults(lost=frozenset(MESSAGE_EVENTS))
    vocatech.faults.add(Fault(path="/v1/media/", status=404))
    start_bot(poll_seconds=1)
    write_with(vocatech, (PICTURE, "image/png", "<!channel>.png"))
    [line] = wait_for(lambda: says(slack, "Vocatech no longer has it"))
    notes = [one for block in line["blocks"] for one in block.get("elements", ())]
    assert "plain_text" in [one["type"] for one in notes]
    assert "mrkdwn" not in [one["type"] for one in notes]


def test_only_the_first_ten_files_are_shown(bot, slack, vocatech):
    write_with(vocatech, *[(PICTURE, "image/png", f"{n}.png") for n in range(12)])
    wait_for(lambda: says(slack, "only the first 10 files are shown"))
    assert len(shelf(bot)) == 10


# Once


@pytest.mark.parametrize("drop", ["before", "after"])
def test_file_with_a_lost_response_appears_once(bot, slack, vocatech, drop):
    slack.faults.add(Fault(path=COMPLETE, drop=drop, times=1))
    slack.files.delay = 0.05
    write_with(vocatech, (PICTURE, "image/png", "door.png"))
    wait_for(lambda: files_of(slack))
    wait_until_settled(bot, slack)
    assert len(files_of(slack)) == 1


def test_failed_upload_is_retried_without_blocking_others(bot, slack, vocatech):
    slack.faults.add(Fault(path="/upload/", status=500, times=1))
    write_with(vocatech, (PICTURE, "image/png", "door.png"))
    wait_for(lambda: bot.metric("web_api_errors_total") and says(slack, "Look"))
    vocatech.receive_text(MARIA, "Hello?")
    wait_for(lambda: says(slack, "Hello?"))
    wait_for(lambda: files_of(slack))
    assert len(files_of(slack)) == 1


def test_missing_scope_is_reported_and_images_appear_once_it_is_granted(bot, slack, vocatech):
    slack.scopes = set(SCOPES) - {"files:write"}
    write_with(vocatech, (PICTURE, "image/png", "door.png"), (PICTURE, "image/png", "wall.png"))
    why = "the app isn't allowed to upload files"
    wait_for(lambda: says(slack, "Look", f"door.png ({why}", f"wall.png ({why}"))
    told = slack.direct_channel("U0ADMIN01")
    wait_for(lambda: slack.messages(told))
    assert len([one for one in slack.messages(told) if "files:write" in str(one)]) == 1
    slack.scopes = set(SCOPES)
    wait_for(lambda: len(files_of(slack)) == 2)
    wait_for(lambda: not says(slack, "Not shown: "))


def test_workspace_without_file_uploads_is_not_asked_again(bot, slack, vocatech):
    refusal = {"ok": False, "error": "file_uploads_disabled"}
    slack.faults.add(Fault(path="files.getUploadURLExternal", status=200, body=refusal))
    write_with(vocatech, (PICTURE, "image/png", "door.png"))
    wait_for(lambda: says(slack, "door.png (this workspace doesn't allow file uploads)"))
    wait_until_settled(bot, slack)
    assert shelf(bot) == [("refused", None)]


@pytest.fixture
def mortal(tmp_path, vocatech):
    """Return an app that can be killed, and its Slack."""
    with FakeSlack(scopes=frozenset(SCOPES)) as slack:
        environment = {
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "SLACK_DEFAULT_CHANNEL": CHANNEL,
            "VOCATECH_API_KEY": vocatech.key,
            "VOCATECH_API_URL": vocatech.api_url,
            "VOCATECH_WEBHOOK_SECRETS": vocatech.webhooks.secret,
            "DATABASE_URL": f"sqlite:///{tmp_path}/bot.db",
            "POLL_SECONDS": "3600",
        }
        bot = MortalBot(environment, tmp_path / "bot.log")
        vocatech.connect(f"{bot.url}/vocatech/webhooks")
        yield bot, slack
        bot.close()


@pytest.mark.xdist_group("kills")
@pytest.mark.parametrize("moment", ["before_method", "after_method"])
def test_kill_during_an_upload_shows_the_file_once(mortal, vocatech, moment):
    bot, slack = mortal
    bot.start()
    killed = threading.Event()

    def kill(method, _params):
        if method == COMPLETE and not killed.is_set():
            bot.kill()
            killed.set()

    setattr(slack, moment, kill)
    write_with(vocatech, (PICTURE, "image/png", "door.png"))
    assert killed.wait(60)
    bot.start()
    wait_for(lambda: files_of(slack))
    vocatech.receive_text(MARIA, "Hello?")
    wait_for(lambda: says(slack, "Hello?"))
    assert [title for title, *_ in files_of(slack)] == ["door.png"]


# Erased


def remaining(slack):
    """Return how each file in a thread is shown; the threads of erased numbers have no number."""
    lines = [line for head in slack.messages(CHANNEL) for line in slack.thread(CHANNEL, head["ts"])]
    return [one.get("mode") for line in lines for one in line.get("files", ())]


@pytest.mark.parametrize("is_reconciled", [False, True])
def test_erasing_a_number_deletes_its_files_in_slack(bot, slack, vocatech, is_reconciled):
    write_with(vocatech, (PICTURE, "image/png", "Maria.png"), (b"ID3", "audio/mpeg", "hello.mp3"))
    wait_for(lambda: len(remaining(slack)) == 2)
    wait_until_settled(bot, slack)
    if is_reconciled:  # found in Slack after a lost answer: the message is known, not the file
        [ts] = [line["ts"] for line in lines_of(slack) if line["text"].startswith("This image")]
        bot.store.database.write(
            lambda db: db.execute(
                "update posts set ts = ? where subject_kind = 'media' and subject like '% 0'", [ts]
            )
        )
    slack.faults.add(Fault(path="files.delete", status=503, times=2))
    assert bot.store.erasures.held(MARIA).files == 2
    bot.store.erasures.erase(MARIA, by="terminal", now=time.time())
    bot.bot.services.wake()
    wait_for(lambda: remaining(slack) == ["tombstone", "tombstone"])
    wait_for(lambda: bot.metric("posts_pending") == 0)
    assert bot.store.erasures.held(MARIA).files == 0


def test_file_that_slack_refuses_to_delete_is_reported_and_retried(bot, slack, vocatech):
    write_with(vocatech, (PICTURE, "image/png", "Maria.png"))
    wait_for(lambda: remaining(slack))
    wait_until_settled(bot, slack)
    refusal = {"ok": False, "error": "file_deleting_disabled"}
    slack.faults.add(Fault(path="files.delete", status=200, body=refusal))
    bot.store.erasures.erase(MARIA, by="terminal", now=time.time())
    bot.bot.services.wake()
    wait_for(bot.store.erasures.refused_files)
    jobs = jobs_of(bot.bot)
    jobs[DELETE_FILES]()
    [incident] = bot.store.incidents.open()
    assert (incident.kind.name, incident.detail) == (
        FILES_KEPT,
        {"count": "1", "reason": "file_deleting_disabled"},
    )
    wait_for(bot.store.erasures.refused_files)  # a second time
    slack.faults.clear()
    jobs[DELETE_FILES]()
    wait_for(lambda: remaining(slack) == ["tombstone"] and bot.metric("posts_pending") == 0)
    jobs[DELETE_FILES]()
    assert not bot.store.incidents.open()


def test_file_of_an_erased_number_is_never_uploaded_again(bot, slack, vocatech):
    slack.faults.add(Fault(path=COMPLETE, status=503, times=1))
    write_with(vocatech, (PICTURE, "image/png", "Maria.png"))
    wait_for(lambda: bot.metric("slack_errors_total") or shelf(bot))
    bot.store.erasures.erase(MARIA, by="terminal", now=time.time())
    bot.bot.services.wake()
    wait_for(lambda: bot.metric("posts_pending") == 0)
    assert set(remaining(slack)) <= {"tombstone"}
