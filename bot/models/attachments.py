"""The noun "media": what somebody sent along with a text, on its way into the text's thread."""

import hashlib
from dataclasses import dataclass

MOST_SHOWN = 10
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
    "text/plain": "txt",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
}
# How pages (SVG too) and programs begin, whatever their sender says they are.
_ALIVE = (b"<", b"MZ", b"\x7fELF", b"#!")
_BLANKS = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True)
class Attachment:
    """One thing sent along; `place` counts from 0 within its text, times are in unix seconds.

    `content` is None until it is fetched, and again once it stands where it shall.
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
    """Something sent along that does not stand in the thread; `reason` is half a sentence."""

    filename: str | None
    content_type: str | None
    reason: str


def name_file(text_id: str, place: int, content_type: str | None) -> str:
    """Give the name that Slack knows it by: of ours alone, always the same, and no other has it.

    The ending is that of what it was taken for, so that nothing runs by the name its sender gave.
    """
    print_ = hashlib.sha256(f"{text_id} {place}".encode()).hexdigest()[:24]
    return f"vocatech-{print_}.{_ENDINGS.get(content_type or '', 'bin')}"


def is_alive(content: bytes, content_type: str) -> bool:
    """Say whether a browser or a machine would run it, in spite of what it is said to be."""
    return content_type != "text/plain" and content[:512].lstrip(_BLANKS).startswith(_ALIVE)
