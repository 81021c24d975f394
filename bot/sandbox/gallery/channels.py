"""Owns the examples about when to be quiet: what is set for channels, and mutes."""

from dataclasses import replace

from bot.channels.modals import (
    LIFTED,
    ChannelShown,
    render_channel_form,
    render_channel_list,
    render_lifted,
    render_mute_answer,
    render_mute_modal,
    render_muted,
)
from bot.models.channels import LIFTED as WAS_LIFTED
from bot.models.channels import (
    MOST_CALLS_A_MINUTE,
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
    MOST_CALLS_A_MINUTE,
    Visibility(summary=False, transcript=False, whole_numbers=False),
)
MUTE = Mute(facts.CHANNEL, facts.NOW + 3_600, facts.ANA)
MANY = [ChannelShown(replace(FULL, channel=f"C0{at:07}"), MUTE) for at in range(100)]
LISTED = (ChannelShown(ChannelSettings(facts.CHANNEL), MUTE), ChannelShown(SET))

QUIET = Group(
    "When to be quiet",
    (
        Example("Mute a channel", "From the menu on a card, or after /vocatech mute.",
                lambda: render_mute_modal(facts.CHANNEL, None, token="token", locale=LOCALE)),
        Example("Mute a muted channel", "The same, while a mute holds.",
                lambda: render_mute_modal(facts.CHANNEL, MUTE, token="token", locale=LOCALE)),
        Example("Channel is muted", "To the channel, at once.",
                lambda: render_muted("n", MUTE, name="Ana Torres", ended=None, ended_by=None,
                                     locale=LOCALE)),
        Example("Channel is muted anew", "In its place, once somebody muted it again.",
                lambda: render_muted("n", MUTE, name="Ana Torres", ended=REPLACED,
                                     ended_by=facts.BEN, locale=LOCALE)),
        Example("Mute was lifted", "In its place, by somebody with a long name.",
                lambda: render_muted("n", MUTE, name=facts.LONG_NAME, ended=WAS_LIFTED,
                                     ended_by=facts.BEN, locale=LOCALE)),
        Example("Mute is lifted", "In place of the form, after Lift the mute.",
                lambda: render_lifted(LIFTED)),
        Example("Muted by command", "After /vocatech mute 1h.",
                lambda: render_mute_answer(MUTE.until, LOCALE)),
        Example("Channels", "After /vocatech channels, by an admin.",
                lambda: render_channel_list(LISTED, locale=LOCALE,
                                            said="The channel's settings are saved.")),
        Example("No channels", "The same, before any is set up.",
                lambda: render_channel_list((), locale=LOCALE)),
        Example("100 channels", "All of them muted, each with everything set.",
                lambda: render_channel_list(MANY, locale=LOCALE, page=2)),
        Example("A channel", "After Edit.",
                lambda: render_channel_form(SET, zone=ZONE, token="token")),
        Example("New channel", "After Set up a channel.",
                lambda: render_channel_form(ChannelSettings(""), zone=ZONE, token="token")),
    ),
)  # fmt: skip
