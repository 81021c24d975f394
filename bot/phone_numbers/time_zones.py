"""Time zones of phone numbers, by their area codes."""

from phonenumbers import timezone

from bot.phone_numbers.parsing import parse_possible

_UNKNOWN = "Etc/Unknown"


def time_zones_of(number: str) -> tuple[str, ...]:
    """Return the IANA names of the time zones where a number (E.164) may be.

    Several for a country with several zones, if the area code doesn't tell; none if unknown.
    """
    parsed = parse_possible(number, "ZZ")
    if parsed is None:
        return ()
    return tuple(zone for zone in timezone.time_zones_for_number(parsed) if zone != _UNKNOWN)
