"""The questions that SSM and EC2 answer: sessions now and then, documents, nodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.core.documents import kind_of
from bot.core.model import Document, Node, Place, Session, Span, Unread
from bot.core.parts import DOCUMENTS, SESSIONS
from queries import documents, nodes, sessions
from queries.inquiry import Asking, Inquiry, place_name
from queries.scopes import Post

Custom = Mapping[tuple[Place, str], Document]
Wanted = tuple[Post, str]


@dataclass(frozen=True, slots=True)
class Item:
    """A session as SSM gave it, and where."""

    place: Place
    raw: Mapping[str, Any]


def live(inquiry: Inquiry) -> tuple[Session, ...]:
    """Sessions in state Active, newest first."""
    return _described(inquiry, "active sessions", [sessions.asking("Active")])


def ended(inquiry: Inquiry, span: Span) -> tuple[Session, ...]:
    """Sessions in state History that started within the span, newest first."""
    found = _described(inquiry, "ended sessions", [sessions.asking("History", *sessions.within(span))], span)
    return tuple(filter(sessions.started_within(span), found))


def session(inquiry: Inquiry, session_id: str) -> tuple[Session, ...]:
    """SSM's record of one id, in either state."""
    one = ("SessionId", sessions.checked(session_id))
    return _described(inquiry, "one session", [sessions.asking("Active", one), sessions.asking("History", one)])


def _described(inquiry: Inquiry, question: str, requests: Sequence[Mapping[str, Any]], span: Span | None = None) -> tuple[Session, ...]:
    """Ask DescribeSessions everywhere, then read the documents that the sessions' kinds depend on."""
    text = "\n".join(map(sessions.call_text, requests))
    asking = Asking("ssm", question, text, inquiry.posts(SESSIONS), place_name, span, "ssm")
    said, source = inquiry.put(asking, lambda post: [item for request in requests for item in _items(inquiry, post, request)])
    items = [(post, item) for post, found in said.answers for item in found]
    inquiry.asked.add(replace(source, rows=len(items)))
    named = ((post, str(item.raw.get("DocumentName") or "")) for post, item in items)
    custom = read_documents(inquiry, [(post, name) for post, name in named if documents.foreign(name)])
    return sessions.newest_first(_session(item, custom) for _, item in items)


def _items(inquiry: Inquiry, post: Post, request: Mapping[str, Any]) -> list[Item]:
    """One place's sessions, page after page."""
    client = inquiry.shared.clients.client(post.scope, "ssm", post.region)
    bucket = inquiry.shared.rates.of(post.place)
    return [Item(post.place, raw) for raw in sessions.pages(client, request, bucket, inquiry.budget)]


def _session(item: Item, custom: Custom) -> Session:
    """A Session with its kind."""
    name = str(item.raw.get("DocumentName") or "") or sessions.SHELL
    document = custom.get((item.place, name))
    return sessions.session_of_item(item.raw, item.place, document, kind_of(name, {name: document} if document else {}))


def read_documents(inquiry: Inquiry, wanted: Iterable[Wanted]) -> Custom:
    """Those of the named documents that AWS does not own, by place and name; what cannot be read is recorded and left out."""
    named = list(dict.fromkeys((post, name) for post, name in wanted if documents.foreign(name) or name == documents.PREFERENCES))
    held = {(post.place, name): inquiry.shared.library.held(post.place, name) for post, name in named}
    missing = [(post, name) for post, name in named if held[post.place, name] is None and inquiry.takes(DOCUMENTS, post)]
    known = {key: document for key, document in held.items() if document}
    return known | (_asked_documents(inquiry, missing) if missing else {})


def _asked_documents(inquiry: Inquiry, missing: Sequence[Wanted]) -> dict[tuple[Place, str], Document]:
    """Documents by GetDocument, side by side."""
    text = "\n".join(dict.fromkeys(f"aws ssm get-document --name {name}" for _, name in missing))
    asking = Asking("ssm", "session documents", text, missing, lambda part: str(part[0].place), None, "ssm")
    said, source = inquiry.put(asking, lambda part: _document(inquiry, *part))
    inquiry.asked.add(replace(source, rows=len(said.answers), read=tuple(dict.fromkeys(source.read)), unread=_once(source.unread)))
    return {(post.place, name): document for (post, name), document in said.answers}


def _document(inquiry: Inquiry, post: Post, name: str) -> Document:
    """One document from the library, else from AWS."""
    return inquiry.shared.library.read(inquiry.shared.clients.client(post.scope, "ssm", post.region), post.place, name)


def _once(unread: Iterable[Unread]) -> tuple[Unread, ...]:
    """Each place and reason once, however many documents it hid."""
    return tuple(dict.fromkeys(unread))


def owned(inquiry: Inquiry) -> tuple[Document, ...]:
    """Every Session document of every place, the preferences always among them."""
    text = "aws ssm list-documents --filters Key=DocumentType,Values=Session Key=Owner,Values=Self; aws ssm get-document for each"
    said, source = inquiry.put(
        Asking("ssm", "session documents", text, inquiry.posts(DOCUMENTS), place_name, None, "ssm"), _library(inquiry)
    )
    found = tuple(document for _, some in said.answers for document in some)
    inquiry.asked.add(replace(source, rows=len(found)))
    return found


def _library(inquiry: Inquiry) -> Callable[[Post], tuple[Document, ...]]:
    """How one place is asked for its documents."""

    def ask(post: Post) -> tuple[Document, ...]:
        client = inquiry.shared.clients.client(post.scope, "ssm", post.region)
        listed = {documents.PREFERENCES, *documents.names(client)}
        return tuple(inquiry.shared.library.read(client, post.place, name) for name in sorted(listed))

    return ask


def known_nodes(inquiry: Inquiry, wanted: Iterable[tuple[Place, str]]) -> Mapping[str, Node]:
    """Nodes by id as far as EC2 and SSM know them."""
    by_place: dict[Place, list[str]] = {}
    for place, node in wanted:
        if nodes.INSTANCE.match(node) or nodes.MANAGED.match(node):
            by_place.setdefault(place, []).append(node)
    parts = [post for post in inquiry.posts() if post.place in by_place]
    ec2 = _nodes(
        inquiry, "ec2", "aws ec2 describe-instances", [p for p in parts if any(map(nodes.INSTANCE.match, by_place[p.place]))], by_place
    )
    ssm = _nodes(inquiry, "ssm", "aws ssm describe-instance-information", parts, by_place)
    return nodes.merged(ec2, ssm)


NODES: Mapping[str, Callable[[Any, Sequence[str]], dict[str, Node]]] = {"ec2": nodes.instances, "ssm": nodes.managed}


def _nodes(inquiry: Inquiry, service: str, text: str, parts: Sequence[Post], ids: Mapping[Place, list[str]]) -> dict[str, Node]:
    """One service's word on the nodes of each place."""
    if not parts:
        return {}
    asking = Asking(service, "nodes", text, parts, place_name, None, service)
    said, source = inquiry.put(
        asking, lambda post: NODES[service](inquiry.shared.clients.client(post.scope, service, post.region), sorted(set(ids[post.place])))
    )
    found = {node.id: node for _, some in said.answers for node in some.values()}
    inquiry.asked.add(replace(source, rows=len(found)))
    return found
