"""A slow, simple model of where calls go and when, independent of the app's code.

Rules are dicts such as `{"id", "channel", "goes_on", "on", "mention", "at_once", "asks"}`, calls
dicts of what has been reported about them so far. It knows nothing of the product's code.
"""

from collections import defaultdict
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

MOST_IN_ONE = 100


def squeeze(text):
    return " ".join(text.casefold().split())


def stands_in(phrase, text):
    """Search for a phrase at every position of a text, then check the characters around it."""
    phrase, text = squeeze(phrase), squeeze(text)

    def is_letter(sign):
        return sign.isalnum() or sign == "_"

    for at in range(len(text) - len(phrase) + 1):
        if text[at : at + len(phrase)] != phrase:
            continue
        before, after = text[:at][-1:], text[at + len(phrase) :][:1]
        if before and is_letter(before) and is_letter(phrase[0]):
            continue
        if after and is_letter(after) and is_letter(phrase[-1]):
            continue
        return True
    return False


def found_in(phrases, texts):
    return any(stands_in(one, text) for one in phrases for text in texts)


def has_waited(call, seconds):
    """A caller waits until the call is answered, or until it ends."""
    if call["direction"] != "incoming" or not call["over"]:
        return False
    return (call["seconds"] if call["status"] == "missed" else call["wait"]) >= seconds


def is_quiet(quiet, moment):
    """`quiet` is a zone, two times such as "18:00", and names of days such as "Sat"."""
    if quiet is None:
        return False
    local = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(quiet["zone"]))
    shown, day = local.strftime("%H:%M"), local.strftime("%a")
    start, end = quiet["from"], quiet["until"]
    if day in quiet["days"]:
        return True
    if start < end:
        return start <= shown < end
    return start != end and (shown >= start or shown < end)


class Model:
    """Where every call of a company has gone so far."""

    def __init__(self, rules, channels, contacts, default):
        self.rules, self.channels, self.contacts = rules, channels, contacts
        self.default = default
        self.calls = {}
        self.with_number = defaultdict(dict)
        self.arrived = defaultdict(dict)  # channel: call: when
        self.cards = defaultdict(list)
        self.waiting = defaultdict(list)
        self.bundles = defaultdict(list)  # channel: {"began", "calls"}
        self.alerts = set()

    def told(self, call_id, facts, now):
        call = self.calls.setdefault(call_id, {"over": False})
        if facts.items() <= call.items():
            return  # a repeat is not news
        call.update(facts)
        self.with_number[call["number"]][call_id] = call
        caught, is_open = self.ask(call)
        places = {}
        for rule in caught:
            places[rule["channel"]] = places.get(rule["channel"], False) or rule["at_once"]
            if rule["mention"]:
                self.alerts.add((call_id, rule["id"], rule["channel"]))
        if not caught and not is_open:
            places[self.default] = False
        for channel, at_once in places.items():
            self.place(channel, call_id, now, at_once=at_once)

    def place(self, channel, call_id, now, *, at_once):
        if call_id in self.arrived[channel]:
            if at_once and call_id in self.waiting[channel]:
                self.waiting[channel].remove(call_id)
                self.cards[channel].append(call_id)
            return
        last_ones = list(self.arrived[channel].values())[-70:]
        lately = sum(when > now - 60 for when in last_ones)
        self.arrived[channel][call_id] = now
        set_up = self.channels.get(channel, {})
        most = set_up.get("most", 0)
        if at_once:
            self.cards[channel].append(call_id)
        elif is_quiet(set_up.get("quiet"), now):
            self.waiting[channel].append(call_id)
        elif most and lately >= most:
            last = self.bundles[channel][-1] if self.bundles[channel] else None
            fits = last and last["burst"] and now < last["began"] + 60
            if not fits or len(last["calls"]) >= MOST_IN_ONE:
                self.bundles[channel].append({"burst": True, "began": now, "calls": []})
            self.bundles[channel][-1]["calls"].append(call_id)
        else:
            self.cards[channel].append(call_id)

    def tick(self, now):
        for channel, calls in self.waiting.items():
            if not calls or is_quiet(self.channels[channel]["quiet"], now):
                continue
            if len(calls) == 1:
                self.cards[channel].append(calls[0])
            else:
                for at in range(0, len(calls), MOST_IN_ONE):
                    told = {"burst": False, "began": now, "calls": calls[at : at + MOST_IN_ONE]}
                    self.bundles[channel].append(told)
            self.waiting[channel] = []

    def ask(self, call):
        caught, is_open = [], False
        for rule in self.rules:
            if not rule["on"]:
                continue
            verdicts = [self.holds(name, asked, call) for name, asked in rule["asks"].items()]
            if False in verdicts:
                continue
            if None in verdicts:
                is_open = True
            else:
                caught.append(rule)
            if not rule["goes_on"]:
                break
        return caught, is_open

    def holds(self, name, asked, call):
        """Return True, False, or None if it may become true during the call."""
        contacts = [one for one in self.contacts if call["number"] in one["numbers"]]
        names = [name for name in (call["name"], *(one["name"] for one in contacts)) if name]
        said = [*names, call["summary"]] if "summary" in call else names
        not_yet = False if call["over"] else None
        verdicts = {
            "outcome": lambda: call.get("status", "answered") in asked,
            "caller": lambda: call["number"] in asked or found_in(asked, names),
            "field": lambda: any(one["fields"].get(asked[0]) in asked[1] for one in contacts),
            "words": lambda: found_in(asked, said) or not_yet,
            "seconds": lambda: asked[0] <= call["seconds"] <= asked[1] if call["over"] else None,
            "waited": lambda: has_waited(call, asked) or not_yet,
            "repeated": lambda: self.is_repeated(call, *asked),
        }
        if name in verdicts:
            return verdicts[name]()
        return call[name] in asked if name in call else not_yet

    def is_repeated(self, call, times, minutes):
        since = call["started"] - minutes * 60
        same = [
            other
            for other in self.with_number[call["number"]].values()
            if other["direction"] == "incoming" and since < other["started"] <= call["started"]
        ]
        return call["direction"] == "incoming" and len(same) >= times
