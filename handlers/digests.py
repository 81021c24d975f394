"""Handlers for digests: `/vocatech digest` and the switch in App Home."""

from dataclasses import dataclass

from slack_bolt import Ack

from bot.channels.masking import fit
from bot.digests.command_parsing import DigestAction
from bot.digests.messages import render_digest
from bot.digests.service import DigestService
from bot.errors import NotAllowed
from bot.home.presenter import HomePresenter
from bot.slack.client import SlackClient
from bot.ui.blocks import Json
from bot.ui.command_text import CommandText
from bot.ui.formatting import Locale


@dataclass(frozen=True)
class DigestHandlers:
    """Manage digests by command and by button."""

    digests: DigestService
    home: HomePresenter
    slack: SlackClient
    locale: Locale

    def switch_digest(self, ack: Ack, action: Json, body: Json) -> None:
        """Switch a channel's digest, or one's own, on or off; raises NotAllowed or NotLinked."""
        ack()
        user = body["user"]["id"]
        wanted, _, channel = action["value"].partition(" ")
        try:
            self.digests.switch(user, channel, is_on=wanted == "on")
        except NotAllowed:
            self.home.show(user)  # without the button, if the person is no longer an admin
            raise
        self.home.show(user)

    def answer_about_digest(self, asked: CommandText) -> None:
        """Run `/vocatech digest`; a preview is shown only to the person who asked."""
        digest_command, plan = self.digests.read(asked.asker, asked.channel, asked.words)
        if digest_command.action is DigestAction.PREVIEW:
            message = render_digest(
                self.digests.preview(plan, digest_command.period), locale=self.locale
            )
            asked.ack()
            self.slack.answer(
                asked.respond, fit(message, self.digests.store.channels.shown_in(plan.channel))
            )
            return
        is_private = asked.command.get("channel_name") == "privategroup"
        asked.ack(**self.digests.answer(asked.asker, digest_command, plan, is_private=is_private))
