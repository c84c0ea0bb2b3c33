"""The local workspace is as strict as Slack."""
