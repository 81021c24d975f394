"""Which call, and which text, goes to which channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.models.calls import Call, Outcome


@dataclass(frozen=True)
class Routes:
    """A channel for each company number or extension, and one for all other calls.

    Numbers are E.164, as in `Call.company_number`. A call is shown from ringing on when
    `post_ringing`, else from the moment it is answered or over.
    """

    default_channel: str
    channel_by_line: Mapping[str, str] = field(default_factory=dict)
    post_ringing: bool = False

    def channels_for(self, call: Call) -> list[str]:
        """Give the channels that shall show this call now; none while it is too early."""
        if call.outcome is Outcome.RINGING and not self.post_ringing:
            return []
        lines = [call.extension, call.company_number, *(leg.extension for leg in call.legs)]
        named = [
            self.channel_by_line[line] for line in lines if line and line in self.channel_by_line
        ]
        return list(dict.fromkeys(named)) or [self.default_channel]

    def channels_for_text(self, company_number: str | None) -> list[str]:
        """Give the channels that shall show the texts of one of our numbers."""
        return [self.channel_by_line.get(company_number or "", self.default_channel)]
