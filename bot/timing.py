"""Owns the seconds for which the bot waits on others, who may be slow or forget to answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds that depend on others' behaviour; a test makes them short.

    `post_seconds`: from one post in a channel to the next, as Slack asks. `slack_timeout`: how long
    a request to Slack may take. `grace`: how long after that Slack may still be about to post.
    `second_look`: from one look into a channel to the next. `held_retry`: between two tries in a
    channel that refuses us. `text_request`: how long a text may still be on its way whose process
    died. `text_looks`: from one look for a text whose answer was lost to the next; after the last a
    person is asked. `aside`: how long a post that failed lets others go first, and twice as long
    each further time. `file_look`: from one look for a file to the next, since Slack shows a file
    some time after it said so. `media_retry`: until something sent along is asked for again,
    doubled each time.
    """

    post_seconds: float = 1.0
    slack_timeout: float = 10.0
    grace: float = 5.0
    second_look: float = 5.0
    held_retry: float = 300.0
    text_request: float = 30.0
    text_looks: tuple[float, ...] = (2.0, 5.0, 15.0, 40.0)
    aside: float = 2.0
    file_look: float = 30.0
    media_retry: float = 15.0
