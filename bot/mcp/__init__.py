"""Read-only Model Context Protocol (MCP) server, for Slackbot and other AI clients."""
