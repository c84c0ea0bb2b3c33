"""Which session logs lie in S3: a listing of the buckets that the Region's preferences and the scope name.

Keys are `<prefix>/<session id>.log` and hold no date, so a prefix is listed whole, as far as `MOST` keys.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.core.model import Span, Stream
from bot.core.parts import STORED
from queries import documents, transcripts
from queries.aws_sessions import read_documents
from queries.inquiry import Asking, Inquiry, place_name
from queries.scopes import Post
from queries.sources import joined

MOST = 200_000  # keys: 200 calls of ListObjectsV2
LATER = timedelta(days=1)  # a log is written when its session ends
Listed = tuple[tuple[Stream, ...], str]


def stored(inquiry: Inquiry, span: Span) -> tuple[Stream, ...]:
    """Session logs written within the span or a day after it; `events` is their size in bytes."""
    stores = _stores(inquiry)
    shown = "\n".join(
        sorted({f"aws s3api list-objects-v2 --bucket {bucket} --prefix {prefix}" for found in stores.values() for bucket, prefix in found})
    )
    parts = [post for post, found in stores.items() if found]
    if not parts:
        return ()
    said, source = inquiry.put(
        Asking("s3", "stored", shown, parts, place_name, span, "s3"), lambda post: _listed(inquiry, post, stores[post], span)
    )
    found = tuple(stream for _, (streams, _) in said.answers for stream in streams)
    inquiry.asked.add(replace(source, rows=len(found), note=source.note or joined([note for _, (_, note) in said.answers])))
    return found


def _stores(inquiry: Inquiry) -> dict[Post, tuple[tuple[str, str], ...]]:
    every = inquiry.posts(STORED)
    read = {} if inquiry.explain else read_documents(inquiry, [(post, documents.PREFERENCES) for post in every])
    said = {place: transcripts.destinations(found.inputs)[1] for (place, _), found in read.items()}
    named = {post: (said.get(post.place, ("", "")), (post.scope.bucket, post.scope.prefix)) for post in every}
    return {post: tuple(dict.fromkeys(store for store in stores if store[0])) for post, stores in named.items()}


def _listed(inquiry: Inquiry, post: Post, stores: tuple[tuple[str, str], ...], span: Span) -> Listed:
    client = inquiry.shared.clients.client(post.scope, "s3", post.region)
    found: list[Stream] = []
    notes = []
    for bucket, prefix in stores:
        seen = 0
        for page in _pages(client, bucket, prefix):
            inquiry.budget.check()
            seen += len(page)
            found += [stream for item in page if (stream := _stream(item, post, bucket, span))]
            if seen >= MOST:
                notes.append(f"only the first {MOST:,} logs of s3://{bucket}/{prefix} were listed")
                break
    return tuple(found), joined(notes)


def _pages(client: Any, bucket: str, prefix: str) -> Iterator[list[dict[str, Any]]]:  # noqa: ANN401 - a boto3 client
    path = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=path):
        yield page.get("Contents") or []


def _stream(item: dict[str, Any], post: Post, bucket: str, span: Span) -> Stream | None:
    name, at = str(item["Key"]).rpartition("/")[2], item["LastModified"]
    if not name.endswith(".log") or not isinstance(at, datetime) or not span.since <= at < span.until + LATER:
        return None
    return Stream(name.removesuffix(".log"), at, at, int(item.get("Size") or 0), f"s3://{bucket}", str(post.place.account), post.region)
