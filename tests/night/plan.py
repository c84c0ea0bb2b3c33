"""The timetable: every session and every denied attempt, each told by how long before the end of the night it began."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from tests.night.documents import COMMAND, DB_TUNNEL, INTERACTIVE, PORT, QUIET_SHELL, REMOTE, SOCKET, SSH
from tests.night.pictures import span

ORDERS_DB = "orders.cluster-c1example.eu-west-1.rds.amazonaws.com"
HOSTILE_REASON = "<!channel> see <https://evil.example.com|ticket> *bold* `code`"
GUI = "ssm-guiconnect.amazonaws.com"


@dataclass(frozen=True, slots=True)
class Plan:
    """One line of the timetable. `lasts` is in minutes, None while it is live; `logs` overrides what the preferences would give."""

    key: str
    who: str
    node: str
    ago: timedelta
    lasts: int | None
    script: str = ""
    document: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    error: str = ""
    ended_by: str = ""
    resumed_from: str = ""
    via: str = ""
    jit: bool = False
    approver: str = ""
    logs: str = ""  # lost: never written; cut: the node stopped and the stream with it; deleted: somebody removed it
    short_id: bool = False
    delivered: bool = True
    status: str = ""


def S(key, who, node, ago, lasts, script="", **more) -> Plan:
    """One line of the timetable."""
    return Plan(key, who, node, span(ago), lasts, script, **more)


def to(host: str, port: str, local: str) -> dict[str, str]:
    return {"host": host, "portNumber": port, "localPortNumber": local}


def port(remote: str, local: str) -> dict[str, str]:
    return {"portNumber": remote, "localPortNumber": local}


# A timetable reads by its lines.
# fmt: off
LIVE = (
    S("live-shell", "ana", "bastion-prod-1", "38m", None, "deploy-check", reason="INC-4211 orders latency"),
    S("live-tunnel", "ben", "orders-db-proxy", "1h52m", None, document=REMOTE, parameters=to(ORDERS_DB, "5432", "15432"), reason="INC-4211 slow query"),
    S("live-ssh", "omar", "edge-us-1", "47m", None, document=SSH, parameters={"portNumber": "22"}, reason="CHG-877 certificate"),
    S("live-rdp", "rhea", "win-sql-02", "26m", None, document=PORT, parameters={"portNumber": "3389"}, via=GUI),
    S("live-jit", "jit", "billing-worker-1", "19m", None, "mysql-look", reason="INC-4213 billing stuck", jit=True, approver="rhea"),
    S("live-windows", "posing", "win-ad-01", "14m", None, "ad-live"),
    S("live-stale", "dana", "warehouse-jump", "5d6h12m", None, reason="backfill"),
    S("live-hostile", "gil", "orders-api-2", "11m", None, "intruder-live", reason=HOSTILE_REASON),
    S("live-fresh", "ben", "bastion-prod-1", "2m", None, reason="INC-4211", delivered=False),
)
LAST_NIGHT = (
    S("orders-look", "ana", "orders-api-1", "11h20m", 34, "orders-look", reason="INC-4209 failed logins"),
    S("edit-config", "ben", "bastion-prod-1", "10h48m", 21, "edit-config", reason="CHG-871 reload nginx"),
    S("psql", "omar", "orders-db-proxy", "10h5m", 17, "psql-look", reason="INC-4209"),
    S("win-look", "ana", "win-ad-01", "9h40m", 26, "ad-look", reason="INC-4210 locked accounts"),
    S("redis-tunnel", "ben", "orders-db-proxy", "9h12m", 44, document=REMOTE, parameters=to("orders-cache.abc123.0001.euw1.cache.amazonaws.com", "6379", "6379")),
    S("db-tunnel", "gil", "orders-db-proxy", "8h30m", 63, document=DB_TUNNEL, reason="data check"),
    S("command-tail", "ana", "billing-worker-1", "8h2m", 4, "tail-log", document=INTERACTIVE, parameters={"command": "tail -f /var/log/billing/worker.log"}),
    S("command-os", "ci", "orders-api-1", "7h30m", 1, "os-release", document=COMMAND, parameters={"command": "cat /etc/os-release"}),
    S("watch-load", "omar", "orders-api-2", "7h4m", 52, "watch-load", reason="on call", resumed_from="192.0.2.180"),
    S("unlogged", "ben", "billing-worker-1", "6h41m", 23, "glance", reason="quick look", logs="lost"),
    S("quiet", "legacy", "bastion-prod-1", "6h10m", 41, "root-work", document=QUIET_SHELL, short_id=True),
    S("cut-off", "gil", "orders-api-2", "5h31m", 38, "cut-off", reason="restart", logs="cut"),
    S("fan-1", "gil", "bastion-prod-1", "4h10m", 2, "glance"),
    S("fan-2", "gil", "orders-db-proxy", "4h8m", 1, "glance"),
    S("fan-3", "gil", "orders-api-1", "4h6m", 2, "glance"),
    S("fan-4", "gil", "orders-api-2", "4h4m", 1, "glance"),
    S("fan-5", "gil", "billing-worker-1", "4h3m", 2, "metadata"),
    S("fan-6", "gil", "win-ad-01", "4h1m", 38, "ad-evil"),
    S("intruder", "gil", "orders-api-1", "3h20m", 29, "intruder", ended_by="omar"),
    S("secret", "ben", "billing-worker-1", "2h44m", 9, "secret", reason="INC-4213"),
    S("ecs-shell", "ana", "orders-task", "2h21m", 6, reason=""),
    S("docker-socket", "gil", "orders-api-2", "2h2m", 12, document=SOCKET, parameters={"socketFile": "/var/run/docker.sock", "localPortNumber": "2375"}),
    S("probe", "gil", "orders-api-2", "1h58m", 1, document=REMOTE, parameters=to("169.254.169.254", "80", "8080"), status="Failed"),
)
WEEK = (
    S("rdp-week", "omar", "win-ad-01", "1d2h", 35, document=PORT, parameters={"portNumber": "3389"}, via=GUI, reason="CHG-866"),
    S("weak-1", "gil", "bastion-prod-1", "1d6h40m", 12, "weakened-shell", reason="maintenance"),
    S("weak-2", "ana", "orders-api-1", "1d6h25m", 15, "glance", reason="INC-4207"),
    S("after-weak", "ana", "orders-api-1", "1d5h30m", 19, "hunt-failures", reason="INC-4207"),
    S("exfil", "dana", "etl-runner-1", "1d9h", 33, "exfil", reason="backfill", ended_by="rhea"),
    S("deleted", "dana", "etl-runner-1", "1d10h", 20, "exfil", logs="deleted"),
    S("gateway", "ben", "plant-gw-7", "1d11h", 14, "gateway", reason="CHG-860 bridge check"),
    S("staging-shell", "ana", "staging-api-1", "1d13h", 22, "orders-look"),
    S("staging-win", "ben", "staging-win-1", "1d14h30m", 18, "sql-look", reason="test data"),
    S("loadtest", "ci", "loadtest-1", "1d16h", 6, "nohow", reason="nightly"),
    S("root", "root", "bastion-prod-1", "1d19h", 8, "hunt-failures", ended_by="root"),
    S("legacy", "legacy", "staging-api-1", "1d22h", 5, "legacy", short_id=True),
    S("markup", "markup", "orders-api-2", "2d1h", 7, "glance", reason="*urgent* _now_ <@U0ANAFERR1>"),
    S("box", "box", "orders-db-proxy", "2d3h", 3, "metadata"),
    S("socks", "dana", "warehouse-jump", "2d5h", 128, document=PORT, parameters=port("8089", "18089")),
    S("winrm", "omar", "bastion-prod-1", "2d8h", 27, document=REMOTE, parameters=to("10.0.5.10", "5985", "5985"), reason="CHG-858"),
    S("mysql", "ben", "billing-worker-1", "2d10h", 31, "mysql-look", reason="INC-4199"),
    S("etl-1", "dana", "etl-runner-1", "2d12h", 47, "etl", reason="DATA-310"),
    S("late-record", "ana", "bastion-prod-1", "2d14h", 11, "hunt-failures", reason="INC-4198"),
    S("edge-1", "omar", "edge-us-1", "3d2h", 16, "edge", reason="CHG-851", ended_by="omar"),
    S("ssh-push", "ben", "edge-us-1", "3d4h", 58, document=SSH, parameters={"portNumber": "22"}, reason="CHG-851"),
    S("etl-2", "dana", "etl-runner-1", "3d9h", 25, "etl"),
    S("sql-tunnel", "gil", "win-sql-02", "3d11h", 70, document=PORT, parameters=port("1433", "11433"), reason="report"),
    S("scratch", "dana", "scratch", "3d13h", 9, "nohow"),
    S("jit-week", "jit", "bastion-prod-1", "4d1h", 95, "deploy-check", reason="INC-4188", jit=True, approver="ben"),
    S("win-sql", "omar", "win-sql-02", "4d3h", 28, "sql-look", reason="INC-4187"),
    S("k8s-api", "ben", "bastion-prod-1", "4d6h", 95, document=REMOTE, parameters=to("k8s.internal.example.com", "6443", "6443")),
    S("mysql-2", "ana", "billing-worker-1", "4d9h", 20, "one-long-line"),
    S("dup-record", "rhea", "bastion-prod-1", "5d2h", 10, "hunt-failures", reason="quarterly audit"),
    S("loadtest-2", "ci", "loadtest-1", "5d16h", 5, "nohow", reason="nightly"),
    S("edge-2", "omar", "edge-us-1", "5d20h", 13, "edge"),
    S("gateway-2", "ben", "plant-gw-7", "6d3h", 17, "gateway", reason="CHG-840"),
    S("etl-3", "dana", "warehouse-jump", "6d7h", 36, "etl", reason="DATA-301"),
    S("psql-2", "ana", "orders-db-proxy", "6d11h", 12, "psql-look", reason="INC-4170"),
    S("staging-2", "gil", "staging-api-1", "6d15h", 24, "hunt-failures", reason="onboarding"),
)
DENIED = (
    *(S(f"denied-{n}", "gil", "win-ad-01", f"4h{22 - 3 * n}m", 0, error="AccessDenied") for n in range(1, 6)),
    S("denied-legacy", "legacy", "orders-db-proxy", "1d3h", 0, error="AccessDenied"),
    S("denied-box", "box", "win-ad-01", "2d2h50m", 0, error="AccessDenied"),
    S("denied-tunnel", "dana", "orders-db-proxy", "3d8h", 0, document=REMOTE, error="AccessDeniedException"),
    S("not-connected", "ci", "loadtest-1", "4d16h", 0, error="TargetNotConnected"),
)
# fmt: on
TIMETABLE = (*LIVE, *LAST_NIGHT, *WEEK, *DENIED)
WEAKENED = (span("1d7h"), span("1d6h"))
LATE, TWICE = "late-record", "dup-record"
