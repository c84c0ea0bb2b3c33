"""The versions that SSM keeps of a Session document: up to a thousand, until the document is deleted.

Source: SSM API ListDocumentVersions (CreatedDate, DocumentVersion), GetDocument with DocumentVersion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.core.documents import base_name
from bot.core.model import Document, Place
from queries.documents import document_of
from queries.inquiry import Asking, Inquiry
from queries.scopes import Post
from queries.sources import joined

MOST = 20  # versions of one document in one answer, the newest
QUERY = "aws ssm list-document-versions --name {0}; aws ssm get-document --name {0} --document-format JSON --document-version …"
Part = tuple[Post, str]


def versions(inquiry: Inquiry, wanted: Iterable[tuple[Place, str]], since: datetime) -> tuple[Document, ...]:
    """Each document's versions made since then, and the one before them; oldest first. One that is gone has none. What could not be read is
    noted and is no unread part: that there was a change is known without it.
    """
    parts = [(post, name) for place, name in dict.fromkeys(wanted) if (post := inquiry.post(place))]
    if not parts:
        return ()
    text = "\n".join(dict.fromkeys(QUERY.format(base_name(name)) for _, name in parts))
    asking = Asking("ssm", "document versions", text, parts, lambda part: str(part[0].place), None, "ssm")
    said, source = inquiry.put(asking, lambda part: _versions(inquiry, part, since))
    found = tuple(document for _, (documents, _) in said.answers for document in documents)
    lost = tuple(dict.fromkeys(f"What a changed document said before could not be read: {part.why}" for part in source.unread))
    cut = [f"only the newest {MOST} versions of a document were read"] if any(more for _, (_, more) in said.answers) else []
    note = joined([source.note, *cut, *lost])
    inquiry.asked.add(replace(source, rows=len(found), read=tuple(dict.fromkeys(source.read)), unread=(), note=note))
    return tuple(sorted(found, key=lambda one: (str(one.made), one.name)))


def _versions(inquiry: Inquiry, part: Part, since: datetime) -> tuple[list[Document], bool]:
    post, name = part
    client = inquiry.shared.clients.client(post.scope, "ssm", post.region)
    listed, more = chosen(_listed(client, base_name(name)), since)
    made = []
    for item in listed:
        inquiry.budget.check()
        reply = client.get_document(Name=base_name(name), DocumentFormat="JSON", DocumentVersion=item["DocumentVersion"])
        made.append(
            replace(document_of(reply, post.place, base_name(name)), version=str(item["DocumentVersion"]), made=item["CreatedDate"])
        )
    return made, more


def _listed(client: Any, name: str) -> list[Mapping[str, Any]]:  # noqa: ANN401 - a boto3 client
    """Every version of a document; none where there is no such document."""
    pages = client.get_paginator("list_document_versions").paginate(Name=name)
    try:
        return [item for page in pages for item in page.get("DocumentVersions") or () if item.get("CreatedDate")]
    except client.exceptions.InvalidDocument:
        return []


def chosen(listed: Sequence[Mapping[str, Any]], since: datetime) -> tuple[list[Mapping[str, Any]], bool]:
    """The versions made since then and the one before, oldest first; and whether there are more than are read."""
    rows = sorted(listed, key=lambda item: item["CreatedDate"])
    old = [item for item in rows if item["CreatedDate"] < since]
    found = [*old[-1:], *(item for item in rows if item["CreatedDate"] >= since)]
    return found[-MOST:], len(found) > MOST
