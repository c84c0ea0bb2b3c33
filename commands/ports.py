"""Every tunnel: who forwarded which port to where."""

from __future__ import annotations

from collections import Counter

from bot.core import blocks, text, times
from bot.core.ask import Ask, Command
from bot.core.model import Kind, Session, Span
from bot.core.portnames import service
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Blocks, Reply
from bot.core.sheet import sheet
from commands import _merge, _sessions, _words

USAGE = "/ssm ports [span] [@person] [node] [account] [region]"


def run(ask: Ask, evidence: Evidence, _ledger: Ledger) -> Reply:
    """Tunnels by CloudTrail; which custom documents tunnel is learned from the documents themselves."""
    args = _words.taken(ask, _words.TAKES, USAGE)
    span, narrow = _words.span(ask, args, "24h"), _words.narrow(ask, args)
    custom = sorted({d.name for d in evidence.documents() if d.session_type == "Port"})
    found = evidence.tunnels(span, custom, narrow.where)
    nodes = evidence.nodes((s.place, s.target) for s in found if s.target)
    known = (*evidence.ended(span), *evidence.live()) if found else ()
    whole = _merge.with_ends(narrow.among(found, nodes), known)
    return view(_merge.latest_first(whole), nodes, span, ask)


def view(found: tuple[Session, ...], nodes: _sessions.Nodes, span: Span, ask: Ask) -> Reply:
    """Where to first, then each tunnel."""
    if not found:
        said = f"Nobody opened a tunnel {times.described(span)}. Port forwarding, SSH, RDP and custom Port documents were looked for."
        return Reply(said, (blocks.section(text.escape(said)),))
    where = Counter(_destination(s, nodes) for s in found).most_common(6)
    said = f"{text.plural(len(found), 'tunnel')} {times.described(span)}: {text.listed([f'{name} ({count})' for name, count in where], 6)}."
    data = _sessions.rows(found, nodes)
    told = "\n".join(f"{count} × {text.safe(name, 120)}" for name, count in where)
    head = (blocks.section(f"*{text.plural(len(found), 'tunnel')}* {text.escape(times.described(span))}\n{told}"),)
    tail = (blocks.context("What went through a tunnel is never logged by AWS."),)
    return Reply(said, head, tuple(_item(s, nodes, ask) for s in found), tail, sheet("ports", data), data)


def _item(session: Session, nodes: _sessions.Nodes, ask: Ask) -> Blocks:
    local = f"local port {text.code(session.local_port)}" if session.local_port else ""
    via = f"by {text.code(session.via)}" if session.via else ""
    return _sessions.item(session, nodes, ask.now, *filter(None, [local, via]))


def _destination(session: Session, nodes: _sessions.Nodes) -> str:
    named = service(session.port)
    host = session.host or _sessions.node(session, nodes)
    port = f":{session.port}" if session.port else ""
    if session.kind is not Kind.TUNNEL:
        return f"{session.kind.value} to {host}"
    return f"{session.kind.value} to {host}{port}" + (f" ({named})" if named else "")


COMMAND = Command(
    "ports",
    USAGE,
    "Every tunnel: port forwarding to the node, to a remote host or a socket, SSH, RDP, and your own Port documents.",
    ("/ssm ports 7d", "/ssm ports today @ana"),
    run,
)
