"""Did-you-mean: the known word for a misspelled, foreign, or similar one."""

import difflib
from collections.abc import Collection

# Words of other languages and other apps, by the word that people here mean by them.
_MEANINGS = {
    "help": "hilfe ayuda aide aiuto ajuda hulp pomoc usage manual commands info about hello hi",
    "today": "heute hoy aujourd'hui oggi hoje vandaag idag dzisiaj",
    "yesterday": "gestern ayer hier ieri ontem gisteren igår wczoraj",
    "last week": "letzte",
    # A list of missed calls says who claimed which.
    "missed": "claimed assigned verpasst perdidas perdues manquées perse perdidos",
    "settings": "preferences prefs config configuration setup options notifications dnd",
    "mute": "snooze quiet silence pause stumm silenciar",
    "mute off": "unmute unsnooze unpause resume",
    "digest": "report summary reports statistics stats",
    "follow-ups": "reminders reminder remind todos tasks followup",
    "status": "health state ping version whoami",
    "forget": "erase purge wipe gdpr anonymize",
    "callers": "spam block blocked blacklist blocklist",
    "users": "user employees colleagues staff extensions",
    "outcomes": "outcome disposition dispositions",
    "webhooks": "webhook integrations zapier n8n",
    "rules": "rule routes routing route",
    "channels": "channel",
    "templates": "template",
    "unlink": "logout disconnect signout",
    "link": "login connect signin register",
    "off": "stop disable cancel end remove delete unsubscribe none",
    "on": "start enable schedule subscribe activate",
    "now": "post send",
    "preview": "test view",
    "unclaimed": "pending unreturned uncalled todo callbacks callback",
    "weekdays": "workdays workday",
}
_MEANT = {word: meaning for meaning, words in _MEANINGS.items() for word in words.split()}

_HELP = frozenset(
    {
        "help",
        "hilfe",
        "ayuda",
        "aiuto",
        "ajuda",
        "?",
        "??",
        "-h",
        "-?",
        "/?",
        "--help",
        "-help",
        "help me",
        "usage",
    }
)
_AROUND_HELP = " .!\"'“”‘’"


def asks_for_help(typed: str) -> bool:
    """Return whether someone asks how a command is used, in one of the ways people do."""
    words = typed.lower().strip(_AROUND_HELP).removesuffix("please").removeprefix("please")
    return words.strip(_AROUND_HELP) in _HELP


def nearest_word(word: str, known: Collection[str], *, least: float = 0.6) -> str | None:
    """Return the known word that `word` is most likely meant to be, or None.

    A word of another language or app comes first, then a misspelling. `least` is how alike they
    must be, from 0 to 1.
    """
    word = word.lower()
    meant = _MEANT.get(word)
    if meant and (meant in known or meant.split()[0] in known):
        return meant
    words = [one for one in known if one]
    return next(iter(difflib.get_close_matches(word, words, n=1, cutoff=least)), None)
