"""Structured logs, without secrets, message content or whole phone numbers."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# A safety net for the rule that no secret and no whole phone number is ever logged.
_SECRETS = re.compile(r"(xox[a-z]-|xapp-|Bearer\s+)[\w.-]+")
# A terminal would interpret these.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_PHONES = re.compile(r"\+\d{5,}(?=\d{2})")
# Slack's SDK logs whole bodies; our own log events have what matters.
_TALKATIVE = ("slack_bolt", "slack_sdk", "httpx", "httpcore", "apscheduler", "waitress")


def redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask secrets, phone numbers and control characters in every field."""
    for name, value in event.items():
        if isinstance(value, str):
            masked = _PHONES.sub("+…", _SECRETS.sub(r"\1…", value))
            event[name] = _CONTROLS.sub("�", masked)
    return event


def set_up_logs(log_format: str) -> None:
    """Send logs to standard error, `console` for people or `json` for machines."""
    shared: list[Any] = [
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
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        processors=[*shared, renderer],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processor=renderer)
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    hush_libraries()


def hush_libraries() -> None:
    """Silence verbose libraries."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
