"""Files in threads: uploads, of whose three requests only the last is visible, and deletion."""

from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from slack_sdk import WebClient

from bot.slack.connections import trusted_authorities
from bot.slack.errors import (
    FAILURES,
    MISSING_SCOPE,
    Outcome,
    Rejected,
    Sent,
    Unknown,
    classify,
)
from bot.slack.history import is_same_file
from bot.ui.message import File

UPLOAD_SECONDS = 60.0

FILE_GONE = {"file_deleted", "file_not_found"}


def share_file(
    client: WebClient, channel: str, file: File, *, words: str, thread_ts: str | None
) -> Outcome:
    """Upload a file and share it once, with `words` in mrkdwn above it.

    `Sent` has the file's ID: Slack creates the message later and doesn't return it.
    """
    try:
        ticket = client.files_getUploadURLExternal(filename=file.name, length=len(file.content))
        _upload(str(ticket["upload_url"]), file.content)
        file_id = str(ticket["file_id"])
    except FAILURES as error:
        outcome = classify(error)
        # Nothing is visible yet, so there is nothing to search for.
        return Rejected(outcome.reason, "message") if isinstance(outcome, Unknown) else outcome
    try:
        client.files_completeUploadExternal(
            files=[{"id": file_id, "title": file.title}],
            channel_id=channel,
            thread_ts=thread_ts,
            initial_comment=words,
        )
    except FAILURES as error:
        return classify(error)
    return Sent(file_id)


def delete_file(client: WebClient, channel: str, ts: str, file: File) -> Outcome:
    """Delete a file that was posted; `ts` is its ID, or the `ts` of the message that shows it.

    Slack keeps the message, with its text and a note that the file was deleted.
    """
    try:
        for file_id in [ts] if ts.startswith("F") else _shown_at(client, channel, ts, file):
            client.files_delete(file=file_id)
    except FAILURES as error:
        outcome = classify(error)
        if isinstance(outcome, Rejected) and outcome.reason in FILE_GONE:
            return Sent(ts)
        if isinstance(outcome, Rejected) and outcome.reason == MISSING_SCOPE:
            return Rejected(outcome.reason, "message")  # everything else can still be posted
        return outcome
    return Sent(ts)


def _shown_at(client: WebClient, channel: str, ts: str, file: File) -> list[str]:
    """Return the IDs of the file in a message. Raises `FAILURES`."""
    replies = client.conversations_replies(channel=channel, ts=ts, limit=200)
    return [
        str(one["id"])
        for page in replies
        for message in page["messages"]
        for one in message.get("files") or []
        if is_same_file(one, file)
    ]


def _upload(address: str, content: bytes) -> None:
    """Upload the bytes to the URL that Slack returned. Raises OSError."""
    headers = {"Content-Type": "application/octet-stream"}
    request = Request(address, data=content, headers=headers, method="POST")  # noqa: S310 (Slack's)
    try:
        with urlopen(  # noqa: S310 (the same)
            request, timeout=UPLOAD_SECONDS, context=trusted_authorities()
        ) as response:
            status = response.status
    except HTTPError as error:
        status = error.code
        error.close()
    if status != HTTPStatus.OK:
        raise OSError(f"the upload failed with status {status}")
