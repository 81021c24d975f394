"""Owns what is answered about digests, typed or clicked: switched on, off, posted, or shown."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.clock import Clock, zone_names
from bot.digests.command_parsing import What, Wish, read_digest_wish
from bot.digests.digest_answers import (
    render_no_plan,
    render_plan,
    render_posted_now,
    render_switched_off,
)
from bot.digests.generator import DigestMaker
from bot.errors import NotLinked
from bot.models.digest_schedule import Plan, next_run
from bot.models.digests_bot import Digest
from bot.people.permissions import Rights
from bot.store import Store
from bot.ui.blocks import Json

SWITCH_OTHERS = "change the digests of channels"


@dataclass(frozen=True)
class DigestAnswers:
    """Answers about the digests of channels, which admins change, and about one's own."""

    store: Store
    maker: DigestMaker
    rights: Rights
    clock: Clock
    wake: Callable[[], None]

    def read(self, asker: str, channel: str, typed: list[str]) -> tuple[Wish, Plan]:
        """Read what is wished, and give the plan that it is about, as it shall be.

        In a direct channel one's own digest is meant. Raises NotUnderstood.
        """
        wish = read_digest_wish(typed, zone_names())
        is_own = wish.is_own or channel.startswith("D")
        plan = self.maker.usual_plan(asker if is_own else channel)
        return wish, wish.applied_to(plan)

    def answer(self, asker: str, wish: Wish, plan: Plan, *, is_private: bool) -> Json:
        """Do what is wished and say so; raises NotAllowed or NotLinked.

        `is_private` is whether the channel is, so that the bot may have to be invited.
        """
        if wish.what is What.SHOW:
            return self._shown(plan)
        if wish.what is What.OFF:
            return self._switch_off(asker, plan)
        self._check(asker, plan)
        if wish.what is What.NOW:
            period, is_new = self.maker.post_now(plan, self.clock.now())
            self._note(asker, "posted a digest", plan)
            self.wake()
            return render_posted_now(plan, period, is_new=is_new)
        return self._switch_on(asker, plan, is_private=is_private)

    def switch(self, asker: str, channel: str, *, is_on: bool) -> None:
        """Switch a plan on or off; raises NotAllowed or NotLinked."""
        plan = self.maker.usual_plan(channel)
        if is_on:
            self._check(asker, plan)
            self._switch_on(asker, plan, is_private=False)
        else:
            self._switch_off(asker, plan)

    def preview(self, plan: Plan) -> Digest:
        """Give the digest as it would be posted now; raises NotLinked."""
        return self.maker.preview(plan, self.clock.now())

    def _check(self, asker: str, plan: Plan) -> None:
        """Let everybody have their own digest, and admins those of channels."""
        if plan.channel != asker:
            self.rights.need_admin(asker, SWITCH_OTHERS, plan.channel)
        elif (person := self.store.links.person_of(asker)) is None or not person.extension:
            raise NotLinked(None, has_no_extension=person is not None)

    def _switch_on(self, asker: str, plan: Plan, *, is_private: bool) -> Json:
        now = self.clock.now()
        # Digests are due from now on; what was due before and still waits goes its way.
        plan = replace(plan, is_on=True, since=now)
        self.store.digests.set_plan(plan)
        self._note(asker, "switched a digest on", plan)
        return render_plan(plan, next_run(plan, now), is_private=is_private)

    def _switch_off(self, asker: str, plan: Plan) -> Json:
        if plan.channel != asker:
            self.rights.need_admin(asker, SWITCH_OTHERS, plan.channel)
        known = self.store.digests.plan(plan.channel)
        if known is None or not known.is_on:
            return render_no_plan(plan)
        self.store.digests.set_plan(replace(known, is_on=False))
        self._note(asker, "switched a digest off", plan)
        return render_switched_off(known)

    def _shown(self, plan: Plan) -> Json:
        if not plan.is_on:
            return render_no_plan(plan)
        return render_plan(plan, next_run(plan, self.clock.now()))

    def _note(self, asker: str, what: str, plan: Plan) -> None:
        if plan.channel != asker:
            self.store.audit.note(asker, what, plan.channel, now=self.clock.now())
