"""What a person types, as Slack passes it on: &, < and > escaped, @people, #channels and links as entities.

Source: docs.slack.dev/messaging/formatting-message-text, and `should_escape` of slash commands.
"""

from __future__ import annotations

import re

from bot.workspace.facts import Channel
from bot.workspace.state import Workspace

_ENTITY = re.compile(r"&lt;(@[UWS][A-Z0-9]+(?:\|[^&<>]*)?|#C[A-Z0-9]+(?:\|[^&<>]*)?|!(?:here|channel|everyone|subteam\^S[A-Z0-9]+))&gt;")
_NAME = re.compile(r"(?<![\w<@|])([@#])([a-z0-9][a-z0-9._-]*)")
_LINK = re.compile(r"(?<![<|\w])(https?://[^\s<>|]+)")


def escaped(workspace: Workspace, text: str, *, with_names: bool) -> str:
    """The text with its entities; `with_names` writes `<@U1|ana>` as slash commands do, else `<@U1>`."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    safe = _ENTITY.sub(lambda found: f"<{found.group(1)}{_name(workspace, found.group(1)) if with_names else ''}>", safe)
    safe = _LINK.sub(r"<\1>", safe)
    return _NAME.sub(lambda found: _entity(workspace, found, with_names=with_names), safe)


def _name(workspace: Workspace, entity: str) -> str:
    """`|ana` for `@U1`: the page sends mentions by id alone, and Slack adds the name."""
    known = workspace.people.get(entity[1:]) or workspace.channels.get(entity[1:])
    return f"|{known.name}" if known else ""


def _entity(workspace: Workspace, found: re.Match[str], *, with_names: bool) -> str:
    sign, name = found.groups()
    bare = name.rstrip(".-_")
    rest = name[len(bare) :]
    if sign == "@":
        person = next((each for each in workspace.people.values() if each.name == bare), None)
        group = next((each for each in workspace.groups if each.handle == bare), None)
        if person is None and group is not None:
            return f"<!subteam^{group.id}|@{group.handle}>{rest}"
        return f"<@{person.id}{'|' + person.name if with_names else ''}>{rest}" if person else found.group()
    channel = next((each for each in workspace.channels.values() if _open(each) and each.name == bare), None)
    return f"<#{channel.id}|{channel.name}>{rest}" if channel else found.group()


def _open(channel: Channel) -> bool:
    return not channel.is_im and not channel.is_mpim
