"""`countersign manifest`: the Slack app manifest, to paste at api.slack.com/apps."""

from __future__ import annotations

import argparse
import json

from bot.core.model import Refused
from bot.manifest import manifest
from bot.roof import house
from bot.roof.cli import Environment, Verb


def arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `manifest`."""
    parser.add_argument("--url", default="", help="the bot's public https address, for HTTP mode")


def run(given: argparse.Namespace, environment: Environment) -> int:
    """Prints it as JSON."""
    mode = house.settings(environment).mode
    if mode == "http" and not given.url.startswith("https://"):
        raise Refused("HTTP mode needs the bot's public address: countersign manifest --url https://bot.example.com")
    print(json.dumps(manifest("http" if given.url else mode, given.url), indent=2))
    return 0


VERB = Verb("manifest", "print the Slack app manifest", arguments, run)
