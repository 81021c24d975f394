"""Messages of the Model Context Protocol: JSON-RPC 2.0, one message in each HTTP request.

Source: the specification at modelcontextprotocol.io, version 2025-11-25.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The newest version first, which is offered to clients that ask for an unknown one.
VERSIONS = ("2025-11-25", "2025-06-18", "2025-03-26")
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
Json = dict[str, Any]


class ProtocolError(Exception):
    """A message that can't be answered with a result; `code` is JSON-RPC's."""

    def __init__(self, code: int, problem: str, message_id: str | int | None = None) -> None:
        super().__init__(problem)
        self.code = code
        self.problem = problem
        self.message_id = message_id


@dataclass(frozen=True)
class McpMessage:
    """A request, or without an ID a notification, which gets no response."""

    method: str
    message_id: str | int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


def parse_message(body: bytes) -> McpMessage:
    """Return the message in the body of an HTTP request; raises ProtocolError."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProtocolError(PARSE_ERROR, "The body is not JSON.") from error
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        raise ProtocolError(INVALID_REQUEST, "Send one JSON-RPC 2.0 message.")
    message_id = message.get("id")
    if isinstance(message_id, bool) or not isinstance(message_id, str | int | None):
        raise ProtocolError(INVALID_REQUEST, "The ID must be a string or an integer.")
    method, params = message.get("method"), message.get("params") or {}
    if not isinstance(method, str) or not isinstance(params, dict):
        raise ProtocolError(INVALID_REQUEST, "A method and its parameters are missing.", message_id)
    return McpMessage(method, message_id, params)


def result(message: McpMessage, content: Json) -> Json:
    """Return the response to a request."""
    return {"jsonrpc": "2.0", "id": message.message_id, "result": content}


def error(problem: ProtocolError) -> Json:
    """Return the response to a message that can't be answered with a result."""
    told = {"code": problem.code, "message": problem.problem}
    return {"jsonrpc": "2.0", "id": problem.message_id, "error": told}


def agreed_version(message: McpMessage) -> str:
    """Return the version that a client asks for, or the newest one."""
    asked = message.params.get("protocolVersion")
    return asked if asked in VERSIONS else VERSIONS[0]
