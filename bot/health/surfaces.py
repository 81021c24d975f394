"""The parts of Slack that are switched on, with when they were last used."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.models.health import PANE_OPENED, SLACKBOT_ASKED, Surface
from bot.slack.client import TRY_TYPES_AGAIN_SECONDS, UNKNOWN_TYPE, WORK_OBJECTS
from bot.store import Store

# A result that Slack takes is reported within seconds.
SLOW_SECONDS = 600.0


@dataclass(frozen=True)
class SlackSurfaces:
    """What admins see about workflow steps, the side pane, and AI clients."""

    store: Store
    clock: Clock
    has_workflow_steps: bool
    has_side_pane: bool
    has_mcp: bool

    def all(self) -> tuple[Surface, ...]:
        """Return what is switched on."""
        states = (
            (self.has_workflow_steps, self._workflow_steps),
            (self.has_side_pane, self._side_pane),
            (self.has_mcp, self._mcp),
        )
        return tuple(state() for is_on, state in states if is_on)

    def _workflow_steps(self) -> Surface:
        results = self.store.step_results
        late = results.waiting(before=self.clock.now() - SLOW_SECONDS)
        waiting = "1 result is" if late == 1 else f"{late:,} results are"
        problem = f"{waiting} not in Slack yet" if late else ""
        return Surface("Workflow steps", results.last_run(), problem)

    def _side_pane(self) -> Surface:
        notes = self.store.key_values
        refused = notes.moment(f"{UNKNOWN_TYPE} {WORK_OBJECTS}")
        is_refused = refused is not None and self.clock.now() - refused < TRY_TYPES_AGAIN_SECONDS
        return Surface("Side pane", notes.moment(PANE_OPENED), "Refused" if is_refused else "")

    def _mcp(self) -> Surface:
        used = [token.used_at for token in self.store.access_tokens.all()]
        used.append(self.store.key_values.moment(SLACKBOT_ASKED))
        return Surface("AI clients (MCP)", max((at for at in used if at is not None), default=None))
