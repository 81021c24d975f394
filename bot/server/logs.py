"""Structured logs, without secrets, message content or whole phone numbers."""

import logging
import re
import sys
from collections.abc import Iterable, MutableMapping
from typing import Any

import structlog

# A safety net for the rule that no secret and no whole phone number is ever logged.
_SECRETS = re.compile(r"(xox[a-z]-|xapp-|Bearer\s+)[\w.-]+")
# A terminal would interpret these.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PHONES = re.compile(r"\+\d{5,}(?=\d{2})")
# Slack's SDK and Bolt log whole bodies, and the HTTP client logs addresses and headers. Our own log
# events have what matters.
_SILENT = ("slack_bolt", "slack_sdk", "vocatech-slack", "httpx", "httpcore")
_TALKATIVE = ("apscheduler", "waitress")


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask secrets, phone numbers and control characters in every field."""
    for name, value in event.items():
        if isinstance(value, str):
            masked = _PHONES.sub("+…", _SECRETS.sub(r"\1…", value))
            event[name] = _CONTROLS.sub("�", masked)
    return event


def set_up_logs(log_format: str, log_level: str = "info") -> None:
    """Send logs to standard error, `console` for people or `json` for machines.

    `log_level` applies to the app's own events. Libraries log warnings, or more at `debug`.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # Rich tracebacks show the values of variables, and some of those are secrets.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(log_level),
        processors=[*shared, renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer)
    )
    # Bolt copies the level of the root logger to its own loggers, so levels alone can't silence it.
    handler.addFilter(_may_log)
    # At DEBUG, libraries may log what they read and write.
    library_level = {"debug": logging.INFO, "info": logging.WARNING}.get(
        log_level, log_level.upper()
    )
    logging.basicConfig(handlers=[handler], level=library_level, force=True)
    hush_libraries(also=() if log_level == "debug" else _TALKATIVE)


def hush_libraries(also: Iterable[str] = _TALKATIVE) -> None:
    """Silence the libraries that log secrets or bodies, and those in `also`."""
    for name in (*_SILENT, *_TALKATIVE):
        is_silent = name in _SILENT or name in also
        logging.getLogger(name).setLevel(logging.CRITICAL if is_silent else logging.NOTSET)


def _may_log(record: logging.LogRecord) -> bool:
    return re.split("[.:]", record.name)[0] not in _SILENT
