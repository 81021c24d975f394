"""Owns the showing of a file in a thread: three requests, of which only the last is seen."""

from http import HTTPStatus
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from slack_sdk import WebClient

from bot.slack.errors import FAILURES, Outcome, Rejected, Sent, Unknown, classify
from bot.ui.message import File

UPLOAD_SECONDS = 60.0


def share_file(
    client: WebClient, channel: str, file: File, *, words: str, thread_ts: str | None
) -> Outcome:
    """Upload a file and show it once, with words in Slack's markup above it.

    Done names the file, since Slack does not tell the message: it makes that some time later.
    """
    try:
        ticket = client.files_getUploadURLExternal(filename=file.name, length=len(file.content))
        _bring(str(ticket["upload_url"]), file.content)
        file_id = str(ticket["file_id"])
    except FAILURES as error:
        outcome = classify(error)
        # Nothing is seen of it so far, so there is nothing to look for.
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


def _bring(address: str, content: bytes) -> None:
    """Bring the bytes to the address that Slack gave; raises OSError."""
    headers = {"Content-Type": "application/octet-stream"}
    request = Request(address, data=content, headers=headers, method="POST")  # noqa: S310 (Slack's)
    try:
        with urlopen(request, timeout=UPLOAD_SECONDS) as response:  # noqa: S310 (the same)
            status = response.status
    except HTTPError as error:
        status = error.code
        error.close()
    if status != HTTPStatus.OK:
        raise OSError(f"the upload was answered {status}")
