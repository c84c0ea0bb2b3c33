"""The methods of the Web API, each module a subject, each subject a table `METHODS` by Slack's names."""

from __future__ import annotations

from bot.workspace.call import Method
from bot.workspace.methods import blocks, chat, conversations, files, identity, people, reactions, views

METHODS: dict[str, Method] = {
    name: method
    for module in (identity, chat, views, files, people, conversations, reactions, blocks)
    for name, method in module.METHODS.items()
}
