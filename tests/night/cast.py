"""From the timetable to the truth: each line of the plan becomes a Told, with its clock times, its id and what was logged of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.model import Kind
from tests.night import mischief, windows, work
from tests.night.documents import DOCUMENTS, PREFERENCES, QUIET_SHELL, RUN_SHELL, WEAKENED_PLACE
from tests.night.facts import Told
from tests.night.nodes import NODES, Node
from tests.night.people import PEOPLE, arn_of
from tests.night.pictures import dated
from tests.night.plan import GUI, TIMETABLE, WEAKENED, Plan
from tests.night.screens import Take, play, play_windows
from tests.night.seeds import HEX, LOWER, draw, number

SCRIPTS = work.WORK | mischief.MISCHIEF | windows.WORK | windows.MISCHIEF
ECS_DOCUMENT = "AmazonECS-ExecuteInteractiveCommand"
TUNNELS = (Kind.TUNNEL, Kind.SSH, Kind.RDP)


def cast(now: datetime) -> tuple[tuple[Told, Plan, Take], ...]:
    """Every line of the timetable with its truth and its terminal take, newest first."""
    told = (_told(plan, now) for plan in TIMETABLE)
    return tuple(sorted(told, key=lambda three: three[0].started, reverse=True))


def _told(plan: Plan, now: datetime) -> tuple[Told, Plan, Take]:
    person, node = PEOPLE[plan.who], NODES[plan.node]
    started = now - plan.ago - timedelta(seconds=number(50, plan.key) if plan.delivered else 0)
    ended = None if plan.lasts is None else started + timedelta(minutes=plan.lasts, seconds=1 + number(40, plan.key, "end"))
    host, remote, local = _tunnel(plan)
    take = _take(plan, node, started)
    told = Told(
        key=plan.key,
        id="" if plan.error else session_id(plan, node),
        kind=_kind(plan, node),
        person=person,
        owner=arn_of(person, node.account),
        node=node,
        started=started,
        ended=ended,
        status="" if plan.error else plan.status or ("Connected" if plan.lasts is None else "Terminated"),
        document=ECS_DOCUMENT if node.id.startswith("ecs:") else plan.document or RUN_SHELL,
        reason=plan.reason,
        access="JustInTime" if plan.jit else "Standard",
        host=host,
        port=remote,
        local_port=local,
        command=plan.parameters.get("command", ""),
        error=plan.error,
        ended_by=arn_of(PEOPLE[plan.ended_by], node.account) if plan.ended_by else "",
        resumed_from=plan.resumed_from,
        typed=tuple(take.typed),
        risky=tuple(take.risky),
        in_trail=plan.delivered,
    )
    return _covered(told, plan, take, now), plan, take


def session_id(plan: Plan, node: Node) -> str:
    """The caller's name and a suffix: 26 letters and digits, or 17 hex digits as old sessions have."""
    suffix = draw(HEX, 17, "session", plan.key) if plan.short_id else draw(LOWER, 26, "session", plan.key)
    name = "ecs-execute-command" if node.id.startswith("ecs:") else PEOPLE[plan.who].name
    return f"{name}-{suffix}"


def _kind(plan: Plan, node: Node) -> Kind:
    if node.id.startswith("ecs:"):
        return Kind.ECS
    if plan.via == GUI:
        return Kind.RDP
    return DOCUMENTS[plan.document].kind if plan.document else Kind.SHELL


def _tunnel(plan: Plan) -> tuple[str, str, str]:
    properties = DOCUMENTS[plan.document].body.get("properties", {}) if plan.document else {}
    fixed = {name: value for name, value in properties.items() if "{{" not in str(value)}
    given = fixed | plan.parameters
    return tuple(str(given.get(name, "")) for name in ("host", "portNumber", "localPortNumber"))


def _take(plan: Plan, node: Node, started: datetime) -> Take:
    if not plan.script and (plan.lasts is not None or plan.document):
        return Take()
    script, live = dated(SCRIPTS.get(plan.script, ""), started), plan.lasts is None
    return play_windows(script, open_end=live) if node.windows else play(node, script, open_end=live)


def _covered(told: Told, plan: Plan, take: Take, now: datetime) -> Told:
    logs, coverage, cause = _coverage(told, plan, take, now)
    return replace(told, logs=logs, coverage=coverage, cause=cause)


def _coverage(told: Told, plan: Plan, take: Take, now: datetime) -> tuple[tuple[str, ...], str, str]:
    if told.error:
        return (), "", ""
    if told.kind in TUNNELS:
        return (), "expected-none", "a tunnel leaves no transcript"
    why = _unlogged(told, plan, now)
    if why:
        return (), "unexpected-none", why
    logs = _stores(told)
    if plan.logs == "cut":
        return ("stream",), "partial", "node stopped"
    if told.live and not take.typed:
        return (), "pending", "nothing said yet"
    if told.live and "stream" not in logs:
        return (), "pending", "written when the session ends"
    return logs, "logged", ""


def _unlogged(told: Told, plan: Plan, now: datetime) -> str:
    inputs = PREFERENCES[told.node.place]["inputs"]
    if plan.logs in ("lost", "deleted"):
        return {"lost": "no stream", "deleted": "log stream deleted"}[plan.logs]
    if told.kind is Kind.ECS:
        return "the cluster logs nothing"
    if told.document == QUIET_SHELL:
        return "custom document"
    if told.node.place == WEAKENED_PLACE and now - WEAKENED[0] <= told.started < now - WEAKENED[1]:
        return "preferences weakened"
    return "" if inputs["s3BucketName"] or inputs["cloudWatchLogGroupName"] else "nothing configured"


def _stores(told: Told) -> tuple[str, ...]:
    inputs = PREFERENCES[told.node.place]["inputs"]
    streams = inputs["cloudWatchLogGroupName"] and inputs["cloudWatchStreamingEnabled"] and told.kind is Kind.SHELL
    stores = ["stream"] if streams else ["upload"] if inputs["cloudWatchLogGroupName"] and not told.live else []
    return (*stores, "object") if inputs["s3BucketName"] and not told.live else tuple(stores)
