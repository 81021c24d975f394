"""The questions of the setup, as a table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A setting that the setup asks for; `where` says where to find the answer."""

    setting: str
    flag: str
    label: str
    where: str
    is_secret: bool = False
    is_optional: bool = False

    @property
    def option(self) -> str:
        """The command-line option that answers the question."""
        # Other users of the machine can see options, so a secret is read from a file.
        return f"--{self.flag}-file" if self.is_secret else f"--{self.flag}"


BOT_TOKEN = Question(
    "SLACK_BOT_TOKEN",
    "bot-token",
    "Bot token",
    "In your Slack app's settings, open Install App, install the app, and copy the Bot User OAuth"
    " Token. It starts with xoxb-.",
    is_secret=True,
)
APP_TOKEN = Question(
    "SLACK_APP_TOKEN",
    "app-token",
    "App-level token",
    "In your Slack app's settings, open Basic Information > App-Level Tokens, and generate a token"
    " with the scope connections:write. It starts with xapp-.",
    is_secret=True,
)
SIGNING_SECRET = Question(
    "SLACK_SIGNING_SECRET",
    "signing-secret",
    "Signing secret",
    "Use it instead of the app-level token if Slack sends its requests to the app over HTTP.",
    is_secret=True,
    is_optional=True,
)
API_KEY = Question(
    "VOCATECH_API_KEY",
    "api-key",
    "Vocatech API key",
    "In Vocatech's admin portal, open the integrations area, create an API key, and copy it.",
    is_secret=True,
)
CHANNEL = Question(
    "SLACK_DEFAULT_CHANNEL",
    "channel",
    "Default channel",
    "Calls that match no routing rule appear in this channel. Enter its number or name. To use a"
    " private channel, type /invite @Vocatech in it first.",
)
TIME_ZONE = Question(
    "TIMEZONE",
    "timezone",
    "Time zone",
    "The company's time zone, such as America/New_York.",
)
PUBLIC_URL = Question(
    "PUBLIC_URL",
    "public-url",
    "Public URL",
    "Optional. With a public HTTPS URL, Vocatech's webhooks report calls immediately. Without one,"
    " calls appear within 20 seconds of their end. Press Enter to skip.",
    is_optional=True,
)
ADMINS = Question(
    "SLACK_ADMINS",
    "admins",
    "Admins",
    "Optional. The app sends direct messages about problems to these people. Enter email addresses"
    " or Slack user IDs, separated by commas. Press Enter for the workspace's owners and admins.",
    is_optional=True,
)
QUESTIONS = (
    *(BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, API_KEY),
    *(CHANNEL, TIME_ZONE, PUBLIC_URL, ADMINS),
)
