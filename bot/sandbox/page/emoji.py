"""Owns the emoji shortcodes that the demo's page can show."""

import re
from collections.abc import Mapping
from typing import Final

SHORTCODE: Final = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-\d:)?")

_TABLE: Final = """
telephone_receiver 📞|phone ☎️|telephone ☎️|iphone 📱|calling 📲|vibration_mode 📳
mobile_phone_off 📴|no_entry ⛔|no_entry_sign 🚫|red_circle 🔴|large_green_circle 🟢
green_circle 🟢|large_yellow_circle 🟡|large_orange_circle 🟠|large_blue_circle 🔵
white_circle ⚪|black_circle ⚫|large_purple_circle 🟣|large_red_square 🟥
large_green_square 🟩|white_large_square ⬜|incoming_envelope 📨|envelope ✉️
envelope_with_arrow 📩|email 📧|bell 🔔|no_bell 🔕|white_check_mark ✅|heavy_check_mark ✔️
ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|warning ⚠️|rotating_light 🚨
exclamation ❗|question ❓|grey_question ❔|information_source ℹ️|hourglass ⌛
hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|clock1 🕐|clock3 🕒|clock6 🕕
clock9 🕘|robot_face 🤖|speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭
loudspeaker 📢|mega 📣|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️
arrow_upper_right ↗️|arrow_lower_right ↘️|arrow_lower_left ↙️|arrow_upper_left ↖️
leftwards_arrow_with_hook ↩️|arrow_right_hook ↪️|arrows_counterclockwise 🔄|repeat 🔁
twisted_rightwards_arrows 🔀|rewind ⏪|fast_forward ⏩|busts_in_silhouette 👥
bust_in_silhouette 👤|speaking_head_in_silhouette 🗣️|office 🏢|id 🆔|memo 📝|pencil 📝
pencil2 ✏️|page_facing_up 📄|clipboard 📋|bookmark_tabs 📑|card_index 📇|label 🏷️
mailbox 📫|mailbox_with_mail 📬|inbox_tray 📥|outbox_tray 📤|package 📦|file_folder 📁
paperclip 📎|voicemail 📼|vhs 📼|headphones 🎧|microphone 🎤|studio_microphone 🎙️|speaker 🔈
mute 🔇|sound 🔉|loud_sound 🔊|slightly_smiling_face 🙂|smile 😄|smiley 😃|grinning 😀
neutral_face 😐|slightly_frowning_face 🙁|white_frowning_face ☹️|angry 😠|confused 😕
thinking_face 🤔|wave 👋|raised_hand ✋|hand ✋|raising_hand 🙋|raised_hands 🙌|pray 🙏
clap 👏|ok_hand 👌|muscle 💪|point_right 👉|eyes 👀|handshake 🤝|thumbsup 👍|+1 👍
thumbsdown 👎|-1 👎|heart ❤️|tada 🎉|sparkles ✨|star ⭐|fire 🔥|zap ⚡|bulb 💡|rocket 🚀
calendar 📆|date 📅|spiral_calendar_pad 🗓️|bar_chart 📊|chart_with_upwards_trend 📈
chart_with_downwards_trend 📉|trophy 🏆|medal 🏅|dart 🎯|link 🔗|lock 🔒|unlock 🔓|key 🔑
shield 🛡️|gear ⚙️|wrench 🔧|hammer_and_wrench 🛠️|mag 🔍|mag_right 🔎|pushpin 📌
round_pushpin 📍|globe_with_meridians 🌐|satellite_antenna 📡|electric_plug 🔌|battery 🔋
computer 💻|crescent_moon 🌙|new_moon_with_face 🌚|zzz 💤|sunny ☀️|partly_sunny ⛅|cloud ☁️
rain_cloud 🌧️|snowflake ❄️|umbrella ☔|lightning ⚡|camera 📷|frame_with_picture 🖼️
movie_camera 🎥|wastebasket 🗑️|heavy_plus_sign ➕|heavy_minus_sign ➖|octagonal_sign 🛑
double_vertical_bar ⏸️|arrow_forward ▶️|black_square_for_stop ⏹️|new 🆕|sos 🆘|100 💯
"""
GLYPHS: Final[Mapping[str, str]] = dict(
    entry.split(" ") for entry in _TABLE.replace("\n", "|").split("|") if entry
)


def with_glyphs(text: str) -> str:
    """Replace the shortcodes that we know by their glyphs; others stay text."""
    return SHORTCODE.sub(lambda match: GLYPHS.get(match[1], match[0]), text)
