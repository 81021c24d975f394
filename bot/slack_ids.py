"""The ids that a message and its handler share."""

OPEN_TRANSCRIPT = "open_transcript"
TURN_TRANSCRIPT_PAGE = "turn_transcript_page"
TRANSCRIPT_MODAL = "transcript"
CALL_METADATA = "vocatech_call"
NOTICE_METADATA = "vocatech_notice"
OPEN_CALLS = "open_calls"
CALLS_MODAL = "calls"
