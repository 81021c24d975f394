"""The stand-ins: a strict Vocatech and a strict Slack on loopback, and the demo between them."""
