"""Simulated workflows of Workflow Builder: they run the app's steps."""

import secrets

from bot.sandbox.slack.function_methods import StepExecution
from bot.sandbox.slack.state import Json
from bot.sandbox.slack.user_actions import SlackUserActions


class SlackWorkflowActions(SlackUserActions):
    """Runs steps as Slack does: by an event that names no user."""

    def install_steps(self, functions: Json) -> None:
        """Set the `functions` of the app's manifest."""
        with self.state.lock:
            self.functions.definitions = functions

    def run_step(
        self, user: str, callback_id: str, *, execution_id: str | None = None, **inputs: object
    ) -> str:
        """Run a step in a workflow that a user started; return the ID of the run.

        Inputs of the type `user_context` are filled in. Raises LookupError for a step that isn't in
        the manifest, and ValueError for inputs that Slack would refuse.
        """
        with self.state.lock:
            who = {"id": user, "secret": secrets.token_hex(16)}
            event = self.functions.begin(callback_id, inputs, who=who, execution_id=execution_id)
        self.send_event(event)
        return str(event["function_execution_id"])

    def repeat_step(self, execution_id: str) -> None:
        """Send the event of a run again, as after a lost acknowledgment."""
        with self.state.lock:
            event = self.functions.executions[execution_id].event
        self.send_event(event)

    def post_as_workflow(self, name: str, channel: str, text: str) -> None:
        """Post a message as the next step of a workflow does; `text` is mrkdwn."""
        with self.state.lock:
            ts = self.state.new_ts()
            message = {"type": "message", "subtype": "bot_message", "ts": ts, "text": text}
            who = {"bot_id": "B0WORKFLOW", "username": name}
            self.state.put(self.state.channels[channel], {**message, **who})

    def execution(self, execution_id: str) -> StepExecution:
        """Return the run of a step."""
        with self.state.lock:
            return self.functions.executions[execution_id]
