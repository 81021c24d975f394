"""Gallery examples of channel settings and mutes."""

from dataclasses import replace

from bot.channels.modals import (
    UNMUTED,
    ChannelShown,
    render_channel_form,
    render_channel_list,
    render_mute_answer,
    render_mute_modal,
    render_muted,
    render_unmuted,
)
from bot.models.channels import LIFTED as WAS_LIFTED
from bot.models.channels import (
    MAX_CALLS_PER_MINUTE,
    REPLACED,
    ChannelSettings,
    Mute,
    QuietHours,
    Visibility,
)
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group

ZONE = "America/New_York"
NIGHT = QuietHours(ZONE, 18 * 60, 8 * 60, (5, 6))
SET = ChannelSettings(facts.SALES, NIGHT, 20, Visibility(transcript=False, whole_numbers=False))
FULL = ChannelSettings(
    facts.SALES,
    QuietHours("America/Argentina/ComodRivadavia", 0, 1_439, (0, 1, 2, 3, 4, 5)),
    MAX_CALLS_PER_MINUTE,
    Visibility(summary=False, transcript=False, whole_numbers=False),
)
MUTE = Mute(facts.CHANNEL, facts.NOW + 3_600, facts.ANA)
MANY = [ChannelShown(replace(FULL, channel=f"C0{at:07}"), MUTE) for at in range(100)]
LISTED = (ChannelShown(ChannelSettings(facts.CHANNEL), MUTE), ChannelShown(SET))

QUIET = Group(
    "Channels and mutes",
    (
        Example("Mute a channel", "From the menu on a card, or after /vocatech mute.",
                lambda: render_mute_modal(facts.CHANNEL, None, token="token", locale=LOCALE)),
        Example("Mute a muted channel", "The same, for a muted channel.",
                lambda: render_mute_modal(facts.CHANNEL, MUTE, token="token", locale=LOCALE)),
        Example("Channel is muted", "In the channel, immediately.",
                lambda: render_muted("n", MUTE, name="Ana Torres", ended=None, ended_by=None,
                                     locale=LOCALE)),
        Example("Channel is muted again", "In its place, after a second mute.",
                lambda: render_muted("n", MUTE, name="Ana Torres", ended=REPLACED,
                                     ended_by=facts.BEN, locale=LOCALE)),
        Example("Channel was unmuted", "In its place, by a person with a long name.",
                lambda: render_muted("n", MUTE, name=facts.LONG_NAME, ended=WAS_LIFTED,
                                     ended_by=facts.BEN, locale=LOCALE)),
        Example("Unmuted", "In place of the form, after Unmute.",
                lambda: render_unmuted(UNMUTED)),
        Example("Muted by command", "After /vocatech mute 1h.",
                lambda: render_mute_answer(MUTE.until, LOCALE)),
        Example("Channels", "After /vocatech channels, by an admin.",
                lambda: render_channel_list(LISTED, locale=LOCALE,
                                            notice="Channel settings saved.")),
        Example("No channels", "The same, before any is set up.",
                lambda: render_channel_list((), locale=LOCALE)),
        Example("100 channels", "All are muted and have every setting.",
                lambda: render_channel_list(MANY, locale=LOCALE, page=2)),
        Example("A channel", "After Edit.",
                lambda: render_channel_form(SET, zone=ZONE, token="token")),
        Example("New channel", "After Set up channel.",
                lambda: render_channel_form(ChannelSettings(""), zone=ZONE, token="token")),
    ),
)  # fmt: skip
