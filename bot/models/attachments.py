"""Attachments of incoming texts, and the names of their files in Slack."""

import hashlib
import re
from dataclasses import dataclass

MAX_SHOWN = 10
_EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/amr-wb": "awb",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "text/directory": "vcf",
    "application/vcard": "vcf",
    "application/x-vcard": "vcf",
}
# The first bytes of pages (also SVG) and programs, regardless of the declared content type.
_EXECUTABLE = (b"<", b"MZ", b"\x7fELF", b"#!")
# Voice messages of phones begin like a script (RFC 4867, section 5).
_AMR = re.compile(rb"#!AMR(?:-WB)?(?:_MC1\.0)?\n")
_BLANKS = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True)
class Attachment:
    """One attachment; `place` counts from 0 within its text, times are in unix seconds.

    `content` is None until it is downloaded, and again after it was uploaded to Slack.
    """

    text_id: str
    place: int
    filename: str | None
    content_type: str | None
    content: bytes | None
    wanted_since: float
    tries: int
    try_at: float


@dataclass(frozen=True)
class NotShown:
    """An attachment that isn't in the thread; `reason` is a phrase without a period."""

    filename: str | None
    content_type: str | None
    reason: str


def name_file(text_id: str, place: int, content_type: str | None) -> str:
    """Return the file's name in Slack: generated, stable, and unique.

    The extension follows the detected content type and not the sender's file name, so that no
    program opens by its name.
    """
    return f"{name_without_extension(text_id, place)}.{_EXTENSIONS.get(content_type or '', 'bin')}"


def name_without_extension(text_id: str, place: int) -> str:
    """Return the part of the file's name that is unique and stays when its type is unknown."""
    digest = hashlib.sha256(f"{text_id} {place}".encode()).hexdigest()[:24]
    return f"vocatech-{digest}"


def is_executable(content: bytes, content_type: str) -> bool:
    """Return whether a browser or a computer would run it, regardless of its declared type."""
    if content_type == "text/plain" or _AMR.match(content):
        return False
    return content[:512].lstrip(_BLANKS).startswith(_EXECUTABLE)
