"""Reading, merging, and writing of a `.env` file."""

import os
import re
import tempfile
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import Binding, parse_stream

from bot.errors import SettingsWrong

# Docker doesn't understand quotes, so values that need none get none.
_PLAIN = re.compile(r"[A-Za-z0-9_.:/@+,=%-]+")


def parse_env(text: str) -> dict[str, str]:
    """Return the settings of a `.env` file by uppercase name, without the empty ones."""
    return {name.upper(): value for name, value in _values(text).items() if value}


def merge_env(text: str, name: str, value: str) -> str:
    """Return the text with one setting changed or added; all other lines stay as they are.

    Raises SettingsWrong if the file can't hold the value.
    """
    bindings = list(parse_stream(StringIO(text)))
    assignment = f"{name}={_quote(value)}"
    if any(_is_about(one, name) for one in bindings):
        parts = [
            _replace(one.original.string, assignment)
            if _is_about(one, name)
            else one.original.string
            for one in bindings
        ]
        merged = "".join(parts)
    else:
        merged = _add(text, name, assignment)
    if not value.isprintable() or parse_env(merged).get(name) != value:
        problem = f"{name} has characters that a .env file can't hold."
        remedy = f"Put it into a file of its own, and set {name}_FILE to the path of that file."
        raise SettingsWrong([f"{problem} {remedy}"])
    return merged


def _values(text: str) -> dict[str, str | None]:
    return dotenv_values(stream=StringIO(text))


def _quote(value: str) -> str:
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _is_about(binding: Binding, name: str) -> bool:
    return binding.key is not None and binding.key.upper() == name


def _replace(old: str, assignment: str) -> str:
    """Return the new text of one setting, with what surrounded it: blank lines and a comment."""
    lead = re.match(r"\s*(?:export[^\S\r\n]+)?", old)
    end = re.search(r"(\r?\n)*\Z", old)
    # In a quoted value, what looks like a comment may be a part of the value.
    comment = re.search(r"=[^'\"#\r\n]*([^\S\r\n]+#[^\r\n]*)\s*\Z", old)
    parts = (lead[0] if lead else "", assignment, comment[1] if comment else "")
    return "".join(parts) + (end[0] if end else "")


def _add(text: str, name: str, assignment: str) -> str:
    """Add a setting below the line where it is commented out, else at the end."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    here = re.compile(rf"\s*#\s*{name}\s*=", re.IGNORECASE)
    places = [at for at, line in enumerate(lines, 1) if here.match(line)]
    lines.insert(places[-1] if places else len(lines), assignment + "\n")
    return "".join(lines)


def read_env(path: Path) -> str:
    """Return the text of the file, or an empty text if there is none. Raises SettingsWrong."""
    try:
        return path.read_bytes().decode() if path.exists() else ""  # keeps the line endings
    except UnicodeDecodeError:
        raise SettingsWrong(
            [f"{path} is not a text file in UTF-8. Convert or remove it."]
        ) from None


def write_env(path: Path, text: str) -> None:
    """Write the file so that it is always complete, and readable only by this user."""
    target = path.resolve()
    descriptor, name = tempfile.mkstemp(prefix=f"{target.name}.", dir=target.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)  # after an error
