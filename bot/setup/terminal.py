"""Questions and messages in the terminal."""

import getpass
import sys
import textwrap
from dataclasses import dataclass

WIDTH = 88


@dataclass(frozen=True)
class Terminal:
    """The person at the terminal; if not `can_ask`, each question has its default answer."""

    can_ask: bool

    def say(self, text: str = "") -> None:
        """Print a paragraph."""
        lines = textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
        sys.stdout.write("\n".join(lines) + "\n")

    def list(self, lines: list[str]) -> None:
        """Print lines as they are."""
        sys.stdout.writelines(f"{line}\n" for line in lines)

    def ask(self, label: str, default: str = "", *, is_secret: bool = False) -> str:
        """Return what the person types, or the default; secrets are not shown."""
        sys.stdout.flush()
        if not self.can_ask:
            return default
        if is_secret:
            return getpass.getpass(f"{label} (not shown): ").strip()
        return input(f"{label} [{default}]: " if default else f"{label}: ").strip() or default

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Return whether the person agrees; yes if no one can be asked."""
        if not self.can_ask:
            return True
        answers = {"": default, "y": True, "yes": True, "n": False, "no": False}
        while True:
            answer = self.ask(f"{question} [{'Y/n' if default else 'y/N'}]").lower()
            if answer in answers:
                return answers[answer]
            self.say("Please type y or n.")
