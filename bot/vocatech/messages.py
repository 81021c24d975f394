"""Messages API: sent and received texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.errors import AnswerLost, OutcomeUnknown, RequestRefused
from bot.models.texts import MAX_CHARACTERS, Platform, TextReport
from bot.vocatech.http import HttpClient
from bot.vocatech.pages import read_pages
from bot.vocatech.rate_limiter import REQUESTS, SENDS
from bot.vocatech.text_shapes import read_refusal, read_text_row


@dataclass(frozen=True)
class MessagesApi:
    """`/messages`; five sends are allowed in ten minutes."""

    http: HttpClient
    region: str

    def between(
        self, first: date, last: date, *, direction: Literal["incoming", "outgoing", "any"] = "any"
    ) -> Iterator[list[TextReport]]:
        """Yield the texts from `first` to `last`, both included, page by page (observed).

        Rows without an ID are skipped. Raises ApiError.
        """
        query = {
            "start_date": first.isoformat(),
            "end_date": last.isoformat(),
            "direction": direction,
        }
        pages = read_pages(
            lambda number: self.http.get("/messages", **query, page=number), "messages"
        )
        for page in pages:
            texts = (read_text_row(row, region=self.region) for row in page.rows)
            yield [text for text in texts if text is not None]

    def send(
        self,
        message: str,
        *,
        to: str,
        sender: str,
        name: str | None = None,
        platform: Platform = Platform.SMS,
        is_test: bool = False,
    ) -> None:
        """Send a text of at most 1,600 characters from one of the company's numbers (E.164).

        The body and the response are observed; that WhatsApp can be sent at all is assumed. The
        response has no message ID: the message appears later in a webhook or in `between`. Never
        retried automatically. Raises OutcomeUnknown if the text may have been sent, and another
        ApiError if it definitely was not.
        """
        if not 0 < len(message) <= MAX_CHARACTERS:
            raise RequestRefused(f"a text must have 1 to {MAX_CHARACTERS} characters")
        body: dict[str, str | bool] = {
            "platform": platform.value,
            "from": sender,
            "to": to,
            "message": message,
        }
        if name is not None:
            body["name"] = name
        if is_test:
            body["test"] = True
        try:
            answer = self.http.request("POST", "/messages", SENDS, body=body)
        except AnswerLost as error:
            raise OutcomeUnknown(f"the text may or may not have been sent ({error})") from error
        if (reason := read_refusal(answer)) is not None:
            raise RequestRefused(reason)

    def seconds_until_send(self) -> float:
        """Return the seconds until a text can be sent; 0.0 means immediately."""
        return self.http.limiter.seconds_until_free(
            REQUESTS, SENDS, is_interactive=self.http.is_interactive
        )

    def next_send_times(self, count: int) -> list[float]:
        """Return when the next `count` texts can be sent (unix seconds), if nothing else is."""
        return self.http.limiter.next_times(SENDS, count=count)

    def sends_left(self) -> int:
        """Return how many texts can be sent right now, of the five in ten minutes."""
        return self.http.limiter.remaining(SENDS)
