"""Owns the demo without a browser: the whole scenario, played and looked at by itself."""

import json
import signal
import sys
import time
from collections.abc import Callable

from bot.sandbox.demo.bot_process import run_command
from bot.sandbox.demo.environment import CHANNEL, READER, DemoEnvironment, start_demo
from bot.sandbox.demo.self_test_texts import Wait, check_opt_out, check_reply

# What the check plays, and how many seconds may pass until all of it is shown.
ACTS: tuple[tuple[str, float], ...] = (
    ("answered", 15),
    ("missed", 15),
    ("voicemail", 15),
    ("transferred", 15),
    ("outbound", 20),
    ("shuffled_five_times", 15),
    ("burst", 120),
    ("fault_slack_down", 1),
    ("missed", 60),
    ("fault_kill", 1),
    ("answered", 30),
)
TEXTS = (("A text, answered once", check_reply), ("STOP", check_opt_out))
TYPED = ("/calls", "/calls mine", "/contact Maria", "/sms 212 555 0123", "/vocatech")


def check(*, say: Callable[[str], object] = print) -> bool:
    """Play the whole scenario without a browser; say what was seen, and whether all is well."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the stage is taken down
    with start_demo(speed=10.0, poll_seconds=2) as demo:
        began = time.monotonic()
        fine = [_play_act(demo, name, seconds, say) for name, seconds in ACTS]
        fine += [_type(demo, typed, say) for typed in TYPED]
        fine += [_play_texts(demo, what, play, say) for what, play in TEXTS]
        fine.append(_open_home(demo, say))
        fine.append(_see_the_doctor(demo, say))
        past = demo.past & set(demo.vocatech.calls.ids())
        revived = [call_id for call_id in demo.shown() if call_id in past]
        doubled = [call_id for call_id, times in demo.shown().items() if times > 1]
        lost = [call_id for call_id in demo.call_ids if not demo.shown()[call_id]]
        say(
            f"{len(demo.call_ids)} calls, {len(demo.shown())} cards, {len(lost)} lost,"
            f" {len(doubled)} doubled, {len(revived)} of {len(past)} past ones posted,"
            f" in {time.monotonic() - began:.0f} s"
        )
        return all(fine) and not doubled and not lost and not revived


def _play_act(
    demo: DemoEnvironment, name: str, seconds: float, say: Callable[[str], object]
) -> bool:
    began = time.monotonic()
    demo.play(name)
    is_well = name.startswith("fault_") or demo.wait_until_shown(seconds)
    title = demo.scenarios()[name].title
    say(f"{'ok  ' if is_well else 'FAIL'}  {title:<32} {time.monotonic() - began:5.1f} s")
    return is_well


def _play_texts(
    demo: DemoEnvironment,
    what: str,
    play: Callable[[DemoEnvironment, Wait], bool],
    say: Callable[[str], object],
) -> bool:
    began = time.monotonic()
    is_well = play(demo, wait_until)
    say(f"{'ok  ' if is_well else 'FAIL'}  {what:<32} {time.monotonic() - began:5.1f} s")
    return is_well


def _type(demo: DemoEnvironment, typed: str, say: Callable[[str], object]) -> bool:
    """Type a command; it is answered at once, to whoever typed it alone, or with a form."""
    began = time.monotonic()
    before = len(_private(demo))
    answer = demo.say(READER, CHANNEL, typed)
    is_answered = answer is not None and answer.ok and not answer.problem
    is_well = is_answered and wait_until(
        lambda: len(_private(demo)) > before or demo.slack.open_view(READER) is not None
    )
    if view := demo.slack.open_view(READER):
        demo.slack.close_view(READER, view["id"])
    say(f"{'ok  ' if is_well else 'FAIL'}  {typed:<32} {time.monotonic() - began:5.1f} s")
    return is_well


def _private(demo: DemoEnvironment) -> list[str]:
    return [one["ts"] for one in demo.slack.messages(CHANNEL) if one.get("for_user") == READER]


def _open_home(demo: DemoEnvironment, say: Callable[[str], object]) -> bool:
    """Open the Home; it knows by then who the reader is."""
    began = time.monotonic()
    demo.open_home(READER)
    is_well = wait_until(lambda: "Your extension" in str(demo.slack.home_view(READER)))
    say(f"{'ok  ' if is_well else 'FAIL'}  {'Home':<32} {time.monotonic() - began:5.1f} s")
    return is_well


def wait_until(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    """Wait until a condition holds, and say whether it did."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds


def _see_the_doctor(demo: DemoEnvironment, say: Callable[[str], object]) -> bool:
    """Run the checkup as a process of its own; here it has nothing to find fault with."""
    began = time.monotonic()
    ended = run_command("doctor", "--json", "--env-file", str(demo.env_file))
    findings = json.loads(ended.stdout)["findings"] if ended.stdout else []
    faults = [one for one in findings if one["verdict"] != "ok"]
    is_well = ended.returncode == 0 and bool(findings) and not faults
    say(f"{'ok  ' if is_well else 'FAIL'}  {'doctor':<32} {time.monotonic() - began:5.1f} s")
    for fault in faults:
        say(f"      {fault['group']}, {fault['what']}: {fault['found']}")
    return is_well
