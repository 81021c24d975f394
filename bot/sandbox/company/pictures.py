"""Generated pictures that customers send."""

import struct
import zlib
from typing import Final

WIDTH: Final = 320
HEIGHT: Final = 200
_PAPER, _INK, _CARD = (246, 243, 236), (52, 48, 44), (198, 150, 92)
_EDGE: Final = 24


def make_picture(seed: int = 1) -> bytes:
    """Return a parcel label as PNG; the seed decides the bars."""
    bars = [(seed * 7919 >> (place % 13)) + place * 5 for place in range(WIDTH)]
    rows = b"".join(b"\0" + bytes(_row(y, bars)) for y in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _row(y: int, bars: list[int]) -> list[int]:
    pixels: list[int] = []
    for x in range(WIDTH):
        pixels += _pixel(x, y, bars)
    return pixels


def _pixel(x: int, y: int, bars: list[int]) -> tuple[int, int, int]:
    if not (_EDGE <= x < WIDTH - _EDGE and _EDGE <= y < HEIGHT - _EDGE):
        return _CARD
    is_bar = HEIGHT // 2 <= y < HEIGHT - 2 * _EDGE and 2 * _EDGE <= x < WIDTH - 2 * _EDGE
    if is_bar and bars[x // 3] % 3 == 0:
        return _INK
    number, height = divmod(y - _EDGE, 18)
    is_line = 2 * _EDGE <= y < HEIGHT // 2 - 8 and 6 <= height < 11
    return _INK if is_line and 2 * _EDGE <= x < WIDTH - 3 * _EDGE - number * 24 else _PAPER


def _chunk(kind: bytes, data: bytes) -> bytes:
    whole = kind + data
    return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))
