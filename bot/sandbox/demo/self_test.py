"""The demo's self-test: every scenario, without a browser."""

import json
import signal
import sys
import time
from collections.abc import Callable

from bot.sandbox.demo.bot_process import run_command
from bot.sandbox.demo.environment import CHANNEL, READER, DemoEnvironment, start_demo
from bot.sandbox.demo.self_test_texts import Wait, check_opt_out, check_reply

# The buttons that the test presses, and the seconds within which Slack must show the result.
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
TEXTS = (("SMS and one reply", check_reply), ("STOP", check_opt_out))
TYPED = ("/calls", "/calls mine", "/contact Maria", "/sms 212 555 0123", "/vocatech")


def check(*, say: Callable[[str], object] = print) -> bool:
    """Run the demo without a browser, print what happened, and return whether all of it worked."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the demo is stopped
    with start_demo(speed=10.0, poll_seconds=2) as demo:
        began = time.monotonic()
        results = [_play_act(demo, name, seconds, say) for name, seconds in ACTS]
        results += [_type(demo, typed, say) for typed in TYPED]
        results += [_play_texts(demo, what, play, say) for what, play in TEXTS]
        results.append(_open_home(demo, say))
        results.append(_run_doctor(demo, say))
        past = demo.past & set(demo.vocatech.calls.ids())
        reposted = [call_id for call_id in demo.shown() if call_id in past]
        duplicates = [call_id for call_id, times in demo.shown().items() if times > 1]
        lost = [call_id for call_id in demo.call_ids if not demo.shown()[call_id]]
        say(
            f"{len(demo.call_ids)} calls, {len(demo.shown())} cards, {len(lost)} lost,"
            f" {len(duplicates)} duplicates, {len(reposted)} of {len(past)} past calls posted,"
            f" in {time.monotonic() - began:.0f} s"
        )
        return all(results) and not duplicates and not lost and not reposted


def _play_act(
    demo: DemoEnvironment, name: str, seconds: float, say: Callable[[str], object]
) -> bool:
    began = time.monotonic()
    demo.play(name)
    is_ok = name.startswith("fault_") or demo.wait_until_shown(seconds)
    title = demo.scenarios()[name].title
    say(f"{'ok  ' if is_ok else 'FAIL'}  {title:<32} {time.monotonic() - began:5.1f} s")
    return is_ok


def _play_texts(
    demo: DemoEnvironment,
    what: str,
    play: Callable[[DemoEnvironment, Wait], bool],
    say: Callable[[str], object],
) -> bool:
    began = time.monotonic()
    is_ok = play(demo, wait_until)
    say(f"{'ok  ' if is_ok else 'FAIL'}  {what:<32} {time.monotonic() - began:5.1f} s")
    return is_ok


def _type(demo: DemoEnvironment, typed: str, say: Callable[[str], object]) -> bool:
    """Type a command; the app must respond with a private message or a modal."""
    began = time.monotonic()
    before = len(_private(demo))
    answer = demo.say(READER, CHANNEL, typed)
    is_answered = answer is not None and answer.ok and not answer.problem
    is_ok = is_answered and wait_until(
        lambda: len(_private(demo)) > before or demo.slack.open_view(READER) is not None
    )
    if view := demo.slack.open_view(READER):
        demo.slack.close_view(READER, view["id"])
    say(f"{'ok  ' if is_ok else 'FAIL'}  {typed:<32} {time.monotonic() - began:5.1f} s")
    return is_ok


def _private(demo: DemoEnvironment) -> list[str]:
    return [one["ts"] for one in demo.slack.messages(CHANNEL) if one.get("for_user") == READER]


def _open_home(demo: DemoEnvironment, say: Callable[[str], object]) -> bool:
    """Open App Home; it must show the user's extension."""
    began = time.monotonic()
    demo.open_home(READER)
    is_ok = wait_until(lambda: "Your extension" in str(demo.slack.home_view(READER)))
    say(f"{'ok  ' if is_ok else 'FAIL'}  {'Home':<32} {time.monotonic() - began:5.1f} s")
    return is_ok


def wait_until(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    """Wait for a condition; return whether it came true."""
    deadline = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds


def _run_doctor(demo: DemoEnvironment, say: Callable[[str], object]) -> bool:
    """Run the doctor; it must find nothing."""
    began = time.monotonic()
    ended = run_command("doctor", "--json", "--env-file", str(demo.env_file))
    findings = json.loads(ended.stdout)["findings"] if ended.stdout else []
    faults = [one for one in findings if one["verdict"] != "ok"]
    is_ok = ended.returncode == 0 and bool(findings) and not faults
    say(f"{'ok  ' if is_ok else 'FAIL'}  {'doctor':<32} {time.monotonic() - began:5.1f} s")
    for fault in faults:
        say(f"      {fault['group']}, {fault['what']}: {fault['found']}")
    return is_ok
