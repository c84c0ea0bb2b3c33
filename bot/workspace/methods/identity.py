"""Who the caller is: api.test, auth.test, apps.connections.open, bots.info, team.info."""

from __future__ import annotations

from bot.workspace.call import Call, Method
from bot.workspace.errors import SlackError
from bot.workspace.facts import Json


def api_test(call: Call) -> Json:
    """Echo the arguments; `error` among them makes it fail."""
    if call.text("error"):
        raise SlackError(call.text("error"), args=call.args)
    return {"args": call.args} if call.args else {}


def auth_test(call: Call) -> Json:
    """Whose token it is."""
    workspace = call.workspace
    return {
        "url": f"{workspace.base}/",
        "team": workspace.team.name,
        "user": workspace.people[workspace.app.bot_user].name,
        "team_id": workspace.team.id,
        "user_id": workspace.app.bot_user,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


def connections_open(call: Call) -> Json:
    """A WebSocket address for one connection."""
    address = call.workspace.base.replace("http", "ws", 1)
    return {"url": f"{address}/link?ticket={call.hub.ticket()}&app_id={call.workspace.app.id}"}


def bots_info(call: Call) -> Json:
    """The bot by its B-id."""
    app = call.workspace.app
    if call.text("bot", app.bot_id) != app.bot_id:
        raise SlackError("bot_not_found")
    icons = {f"image_{size}": f"{call.workspace.base}/static/bot.svg" for size in (36, 48, 72)}
    bot = {"id": app.bot_id, "deleted": False, "name": app.name, "updated": 0, "app_id": app.id, "user_id": app.bot_user, "icons": icons}
    return {"bot": bot}


def team_info(call: Call) -> Json:
    """The workspace."""
    team = call.workspace.team
    address = f"{call.workspace.base}/"
    icon = {"image_default": True, "image_34": f"{call.workspace.base}/static/bot.svg"}
    return {"team": {"id": team.id, "name": team.name, "url": address, "domain": team.domain, "email_domain": "example.com", "icon": icon}}


METHODS = {
    "api.test": Method(api_test, token="none", tier=4),  # noqa: S106 - a kind of token
    "auth.test": Method(auth_test, tier=4),
    "apps.connections.open": Method(connections_open, ("connections:write",), tier=1, token="app"),  # noqa: S106 - a kind of token
    "bots.info": Method(bots_info, ("users:read",)),
    "team.info": Method(team_info, ("team:read",)),
}
