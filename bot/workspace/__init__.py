"""A Slack workspace on this machine: Web API, Socket Mode and a browser page, strict about Slack's own rules."""
