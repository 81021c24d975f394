"""The `rules` command: exports, imports, and restores routing rules."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.options import DONE, Command, add_env_file
from bot.errors import RulesWrong

if TYPE_CHECKING:
    from bot.cli.context import CliContext
    from bot.models.rules import Rule, Rulebook
    from bot.slack.client import SlackClient

TERMINAL = "terminal"
MOST_BYTES = 5_000_000


def run_rules(arguments: argparse.Namespace) -> int:
    """Export the routing rules to a YAML file, import them, or bring back earlier ones.

    An import replaces all rules. The whole file is checked before anything changes. The last 50
    versions are kept. A running app uses the new rules immediately.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415

    run = {"export": _export, "import": _import, "versions": _versions, "restore": _restore}
    with open_context(arguments.env_file) as parts:
        return run[arguments.what](arguments, parts)


def _export(arguments: argparse.Namespace, parts: "CliContext") -> int:
    from bot.rules.yaml_file import write_rules  # noqa: PLC0415

    rules = parts.store.rules.book().rules
    if _target(arguments) == "-":
        sys.stdout.write(write_rules(rules))
        return DONE
    file = Path(_target(arguments))
    try:
        with file.open("w" if arguments.overwrite else "x", encoding="utf-8") as opened:
            opened.write(write_rules(rules))
    except FileExistsError:
        raise RulesWrong([f"{file} exists already. To replace it, add --overwrite."]) from None
    sys.stdout.write(f"Exported {_count(len(rules))} to {file}.\n")
    return DONE


def _import(arguments: argparse.Namespace, parts: "CliContext") -> int:
    from bot.clock import Timing  # noqa: PLC0415
    from bot.rules.yaml_file import read_rules  # noqa: PLC0415
    from bot.slack import app as slack_app  # noqa: PLC0415
    from bot.slack.client import SlackClient  # noqa: PLC0415

    file, book = Path(_target(arguments)), parts.store.rules.book()
    ids = {one.name: one.rule_id for one in book.rules}
    read = read_rules(_text_of(file), parts.settings.default_region)
    if not read and not arguments.replace_with_none:
        raise RulesWrong([f"{file} has no rules. To delete all rules, add --replace-with-none."])
    client = slack_app.make_web_client(parts.settings, Timing().slack_timeout)
    slack = SlackClient(client, parts.store.key_values, parts.clock.now)
    if arguments.check:
        known = {one.name: one for one in book.rules}
        reached = _reach(read, slack, parts.settings.slack_admins, is_check=True)
        rules = [_with_known_channel(rule, known.get(rule.name)) for rule in reached]
        _print_changes(book.rules, _number(rules, ids))
        _print_idle_parts(_number(rules, ids), parts)
        return DONE
    rules = _number(_reach(read, slack, parts.settings.slack_admins), ids)
    _replace(parts, rules, "rules imported", f"{len(rules)} from {file}", seen=book)
    sys.stdout.write(f"Imported {_count(len(rules))}. They apply from the next call on.\n")
    _print_idle_parts(rules, parts)
    return DONE


def _versions(_: argparse.Namespace, parts: "CliContext") -> int:
    """List the last versions of the rules, the newest first."""
    from bot.doctor.model import make_plain  # noqa: PLC0415

    versions = parts.store.rules.versions()
    if not versions:
        sys.stdout.write("There have been no rules yet.\n")
    for one in versions:
        at = datetime.fromtimestamp(one.made_at, parts.zone)
        found = parts.store.slack_people.find(one.made_by)
        by = make_plain((found.name if found else None) or one.made_by)
        now = " (current)" if one is versions[0] else ""
        sys.stdout.write(
            f"{one.version}: {at:%Y-%m-%d %H:%M}, {_count(len(one.rules))}, by {by}{now}\n"
        )
    return DONE


def _restore(arguments: argparse.Namespace, parts: "CliContext") -> int:
    """Make an earlier version of the rules the current one."""
    target, book = _target(arguments), parts.store.rules.book()
    found = [one for one in parts.store.rules.versions() if str(one.version) == target]
    if not found:
        raise RulesWrong(
            [f"There is no version {target}. `vocatech-slack rules versions` lists them."]
        )
    gone = _people_who_left(found[0].rules, parts)
    rules = tuple(one for one in found[0].rules if one.slack_user not in gone)
    for rule in found[0].rules:
        if rule.slack_user in gone:
            who = "its person is no longer a member of the workspace"
            sys.stdout.write(f"“{rule.name}” is left out: {who}.\n")
    if arguments.check:
        _print_changes(book.rules, rules)
        _print_idle_parts(rules, parts)
        return DONE
    _replace(parts, rules, "rules restored", f"version {target}", seen=book)
    sys.stdout.write(f"Restored version {target} with {_count(len(rules))}.\n")
    _print_idle_parts(rules, parts)
    return DONE


def _people_who_left(rules: Sequence["Rule"], parts: "CliContext") -> set[str]:
    """Return who gets calls by a rule and left or is a guest now; rules of theirs were dropped."""
    people = {one.slack_user for one in parts.store.slack_people.all()}
    known = {*people, *parts.settings.slack_admins}
    return {one.slack_user for one in rules if one.slack_user} - known if people else set()


def _target(arguments: argparse.Namespace) -> str:
    """Return the file or the version that was typed."""
    if arguments.target is None:
        needed = "a version" if arguments.what == "restore" else "a file"
        raise RulesWrong([f"`rules {arguments.what}` needs {needed}."])
    return str(arguments.target)


def _replace(
    parts: "CliContext", rules: Sequence["Rule"], what: str, detail: str, *, seen: "Rulebook"
) -> None:
    now = parts.clock.now()
    if not parts.store.rules.replace(seen, rules, by=TERMINAL, now=now):
        raise RulesWrong(["Someone changed the rules in Slack just now. Export and check them."])
    parts.store.audit.note(TERMINAL, what, detail, now=now)


def _with_known_channel(rule: "Rule", before: "Rule | None") -> "Rule":
    """Return a rule to a person with their channel, which only Slack knows otherwise."""
    is_same = before and rule.slack_user and before.slack_user == rule.slack_user
    return replace(rule, channel=before.channel) if before and is_same else rule


def _print_changes(before: Sequence["Rule"], after: Sequence["Rule"]) -> None:
    old, new = ({one.name: one for one in rules} for rules in (before, after))
    kept = [name for name in old if name in new]
    lines = [f"add: {name}" for name in new if name not in old]
    lines += [f"delete: {name}" for name in old if name not in new]
    lines += [f"change: {name}" for name in kept if old[name] != new[name]]
    if kept != [name for name in new if name in old]:
        lines.append("change the order")
    said = "".join(f"  {one}\n" for one in lines) or "  nothing\n"
    sys.stdout.write(f"This would change:\n{said}Nothing was changed (--check).\n")


def _print_idle_parts(rules: Sequence["Rule"], parts: "CliContext") -> None:
    """Print which rules never match, and which name something that doesn't exist."""
    from bot.rules.validation import (  # noqa: PLC0415
        deleted_endpoints,
        deleted_outcomes,
        find_unreachable,
        parts_of_numbers,
    )

    store = parts.store
    idle, gone = find_unreachable(rules), deleted_endpoints(rules, store.endpoints.names())
    no_outcomes = deleted_outcomes(rules, store.outcomes.all())
    fields = {one.name.casefold() for one in store.contacts.fields()}
    for rule in rules:
        said = []
        if rule.rule_id in idle:
            said.append(f"never matches: {idle[rule.rule_id]}")
        for one in parts_of_numbers(rule.when, store.contacts.has_name):
            why = f"{one}, which isn't a complete phone number, so it matches no one"
            said.append(f"has the caller {why}")
        if names := no_outcomes.get(rule.rule_id):
            said.append(f"waits for an outcome that doesn't exist: {', '.join(names)}")
        # Without any, they weren't fetched yet.
        if rule.when.field and fields and rule.when.field.casefold() not in fields:
            said.append(f"has the contact field {rule.when.field}, which doesn't exist")
        if rule.rule_id in gone:
            why = f"{gone[rule.rule_id]}, which doesn't exist, so nothing is sent"
            said.append(f"calls the webhook {why}")
        sys.stdout.writelines(f"“{rule.name}” {one}.\n" for one in said)


def _text_of(file: Path) -> str:
    raw = file.read_bytes()
    if len(raw) > MOST_BYTES:
        raise RulesWrong([f"{file} is too large for a rules file."])
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise RulesWrong([f"{file} is not UTF-8 text."]) from None


def _reach(
    read: Sequence[tuple["Rule", int]],
    slack: "SlackClient",
    admins: Sequence[str],
    *,
    is_check: bool = False,
) -> list["Rule"]:
    """Return the rules with their channels. Raises RulesWrong if the app can't post there.

    As in Slack, rules are for members of the workspace, or for `admins`. A check joins no channel,
    and passes where Slack can't be reached.
    """
    from bot.people.slack_sync import is_member  # noqa: PLC0415
    from bot.slack.errors import FAILURES, Rejected, classify  # noqa: PLC0415

    rules, problems = [], []
    for rule, line in read:
        channel = rule.channel
        try:
            if rule.slack_user:
                person = slack.person(rule.slack_user)
                if not slack.is_ours(person):
                    why = f"{rule.slack_user} belongs to another company."
                    problems.append(f"Line {line}: to: {why}")
                elif rule.slack_user not in admins and not is_member(person, slack):
                    why = f"{rule.slack_user} is a guest, an app, or a former member."
                    problems.append(f"Line {line}: to: {why}")
                else:
                    channel = slack.open_direct(rule.slack_user)
            elif not slack.can_enter(channel, joins=not is_check):
                problems.append(
                    f"Line {line}: to: Vocatech can't post in {channel}; invite it to the channel."
                )
        except FAILURES as error:
            outcome = classify(error)
            if is_check and not isinstance(outcome, Rejected):
                rules.append(rule)
                continue
            why = outcome.reason
            to = rule.slack_user or channel
            problems.append(f"Line {line}: to: Vocatech can't post to {to} ({why}).")
        rules.append(replace(rule, channel=channel))
    if problems:
        raise RulesWrong(problems)
    return rules


def _number(rules: Sequence["Rule"], ids: dict[str, int]) -> list["Rule"]:
    """Number the rules: the same ID as before for a known name, a new one for others."""
    free = max(ids.values(), default=0) + 1
    return [
        replace(rule, rule_id=ids.get(rule.name, free + number))
        for number, rule in enumerate(rules)
    ]


def _count(rules: int) -> str:
    return "1 rule" if rules == 1 else f"{rules} rules"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rules`."""
    add_env_file(parser)
    parser.add_argument(
        "what",
        choices=["export", "import", "versions", "restore"],
        help="Export to a file, import from one, list the last versions, or restore one",
    )
    parser.add_argument(
        "target",
        nargs="?",
        metavar="FILE or VERSION",
        help="YAML file to export to (- is the terminal) or import from; version to restore",
    )
    parser.add_argument(
        "--check", action="store_true", help="Only show what an import or a restore would change"
    )
    parser.add_argument(
        "--replace-with-none",
        action="store_true",
        help="Let the import of a file without rules delete all rules",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="Let the export replace a file that exists"
    )


COMMAND = Command(
    "rules",
    "Export, import, or restore routing rules",
    run_rules,
    "vocatech-slack rules export rules.yaml",
    add_options,
)
