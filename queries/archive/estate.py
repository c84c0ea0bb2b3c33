"""The estate as far as an archive's snapshots and logs tell it; every other part says that only AWS can."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from bot.core.coverage import ARRIVES
from bot.core.doctor.facts import Arrival, Estate, ManagedNode, Part, SessionDocument, Unknown
from bot.core.documents import DEFAULT_SHELL, base_name
from bot.core.model import Kind, Place
from bot.core.plan_preferences import inputs
from bot.core.records import mapping
from queries.archive import saved
from queries.archive.asking import Answer, Inquiry

LATELY = timedelta(days=1)
MOST = 5
UNTOLD = Unknown("An archive does not hold this; ask AWS itself.")
LOGS = "SELECT DISTINCT session, account, region, grp FROM logs"


def estates(inquiry: Inquiry) -> Answer:
    """One estate a place that the snapshots name."""
    held = saved.snapshots(inquiry, "%")
    places = sorted({one.place for one in held})
    when = sorted({f"{one.taken:%Y-%m-%d %H:%M} UTC" for one in held})
    note = () if not when else (f"as exported at {when[0]}" if len(when) == 1 else f"as exported between {when[0]} and {when[-1]}",)
    return Answer(tuple(_estate(inquiry, place) for place in places), note, tuple(map(str, places)))


def _estate(inquiry: Inquiry, place: Place) -> Estate:
    found = {document.name: document for document in _documents(inquiry, place)}
    preferences = found.pop(DEFAULT_SHELL, None)
    listed = {s.name for s in saved.snapshots(inquiry, "ssm.%") if s.place == place}
    return Estate(
        place,
        preferences=preferences if preferences or "ssm.list-documents" in listed else UNTOLD,
        documents=tuple(found[name] for name in sorted(found)) if listed else UNTOLD,
        tunnels=UNTOLD,
        access=UNTOLD,
        bucket=UNTOLD,
        group=UNTOLD,
        key=UNTOLD,
        arrivals=_arrivals(inquiry, place, preferences),
        nodes=_nodes(inquiry, place),
        roles=UNTOLD,
        networks=UNTOLD,
        trails=UNTOLD,
        table=None,
        workgroup=None,
    )


def _documents(inquiry: Inquiry, place: Place) -> Iterator[SessionDocument]:
    for one in saved.snapshots(inquiry, "ssm.get-document.%"):
        name = str(one.content.get("Name") or one.name.removeprefix("ssm.get-document."))
        content = _content(one.content)
        if one.place == place and content.get("sessionType") and not name.lower().startswith(saved.RESERVED):
            version = str(one.content.get("DocumentVersion") or "1")
            yield SessionDocument(base_name(name), content, version, version, None, UNTOLD)


def _content(reply: Mapping[str, Any]) -> Mapping[str, Any]:
    held = reply.get("Content")
    try:
        return mapping(json.loads(held) if isinstance(held, str) else held)
    except ValueError:
        return {}


def _arrivals(inquiry: Inquiry, place: Place, preferences: SessionDocument | None) -> Part[tuple[Arrival, ...]]:
    exported = [sessions for s, sessions in saved.sessions(inquiry, "history") if s.place == place]
    if preferences is None or not exported:
        return UNTOLD
    wanted = inputs(preferences)
    logs = inquiry.keep("logs by place", lambda: {(r["session"], r["grp"]) for r in inquiry.rows(LOGS)})
    ended = sorted(
        (
            (session.ended, session.id)
            for session in exported[0]
            if session.ended
            and inquiry.now - LATELY < session.ended < inquiry.now - ARRIVES
            and base_name(session.document or DEFAULT_SHELL) == DEFAULT_SHELL
        ),
        reverse=True,
    )
    return tuple(
        Arrival(name, Kind.SHELL, at, (name, "") in logs if wanted.bucket else None, (name, wanted.group) in logs if wanted.group else None)
        for at, name in ended[:MOST]
    )


def _nodes(inquiry: Inquiry, place: Place) -> Part[tuple[ManagedNode, ...]]:
    exported = [s.content for s in saved.snapshots(inquiry, "ssm.describe-instance-information%") if s.place == place]
    if not exported:
        return UNTOLD
    items = [item for content in exported for item in saved._items(content, "InstanceInformationList")]  # noqa: SLF001 - one room
    return tuple(
        ManagedNode(
            str(item.get("InstanceId") or ""),
            str(item.get("ComputerName") or ""),
            str(item.get("PlatformType") or "").lower(),
            online=item.get("PingStatus") == "Online",
            agent=str(item.get("AgentVersion") or ""),
        )
        for item in items
    )
