"""A Reply as Slack messages: so many entries a page, always within Slack's 50 blocks, with the buttons that go with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.core import blocks, foot
from bot.core.model import Source
from bot.core.reply import Block, Blocks, File, Message, Reply
from bot.core.text import escaped, visible

MOST_BLOCKS = 50
MOST_TEXT = 13_000  # beyond some 13,400 characters, each block counting for 125, chat.* answers msg_blocks_too_long (bolt-js #2509)
EACH = 125
MOST_THREADED = 12  # messages in the thread of a scheduled post; its CSV has every row
MOST_SAID = 1_300  # chat.update takes 4,000 bytes of text


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it is stored for its buttons: the reply, its small print, the words that asked it."""

    reply: Reply
    warnings: Blocks
    foot: Blocks
    words: str


def kept(reply: Reply, sources: Sequence[Source], words: str) -> Kept:
    """The reply with what its sources say: the warning is part of the top-level text too."""
    whole = " ".join(filter(None, [reply.text, foot.missing(sources), *foot.limits(sources)]))
    said = escaped(visible(whole, lines=True), MOST_SAID)
    return Kept(replace(reply, text=said), foot.warnings(sources), foot.foot(sources), words)


def store(answer: Kept) -> str:
    """The answer as JSON."""
    files = [{**asdict(file), "body": base64.b64encode(file.body).decode()} for file in answer.reply.files]
    reply = asdict(replace(answer.reply, files=(), data=(), image=None, counted=()))
    return json.dumps({**asdict(answer), "reply": {**reply, "files": files}})


def restore(body: str) -> Kept:
    """The answer that `store` wrote."""
    raw = json.loads(body)
    made: dict[str, Any] = raw["reply"]
    files = tuple(File(**{**file, "body": base64.b64decode(file["body"])}) for file in made["files"])
    reply = Reply(made["text"], tuple(made["head"]), tuple(map(tuple, made["items"])), tuple(made["tail"]), files, (), made["public"])
    return Kept(reply, tuple(raw["warnings"]), tuple(raw["foot"]), raw["words"])


def cuts(answer: Kept, size: int) -> list[tuple[int, int]]:
    """First and last+1 entry of each page; a page ends early where its blocks or text would grow too large for Slack."""
    frame = [*answer.reply.head, *answer.warnings, *answer.reply.tail, *answer.foot]
    room, space = MOST_BLOCKS - len(frame) - 3, MOST_TEXT - sum(map(_heavy, frame))
    found, start, used, weight = [], 0, 0, 0
    for index, item in enumerate(answer.reply.items):
        heavy = sum(map(_heavy, item))
        if index > start and (index - start >= size or used + len(item) > room or weight + heavy > space):
            found.append((start, index))
            start, used, weight = index, 0, 0
        used, weight = used + len(item), weight + heavy
    return [*found, (start, len(answer.reply.items))]


def _heavy(block: Block) -> int:
    return blocks.weight(block) + EACH


def page(answer: Kept, token: str, number: int, size: int, most: int) -> Message:
    """Page `number` (from 0) for the person who asked."""
    pages = cuts(answer, size)
    number = min(max(number, 0), min(len(pages), most) - 1)
    said = answer.reply.text + (f" Page {number + 1} of {len(pages)}." if len(pages) > 1 else "")
    body = (
        *_body(answer, pages[number]),
        *blocks.actions(_buttons(answer, token, number, min(len(pages), most))),
        *_beyond(len(pages), most),
    )
    return Message(said, (*body, *answer.foot)[:MOST_BLOCKS], (), answer.reply.data, answer.reply.public)


def shared(answer: Kept, number: int, size: int, by: str) -> Message:
    """The page for everyone in the channel: no private buttons but one, which asks the same question for whoever presses it."""
    body = _body(answer, cuts(answer, size)[number])
    said = blocks.context(f"Shared by {by} · `/ssm {blocks.mrkdwn(answer.words, 200)['text']}`")
    own = blocks.actions([blocks.asking("Ask this myself", answer.words)])
    return Message(answer.reply.text, (*body, *own, said, *answer.foot)[:MOST_BLOCKS], public=True)


def posted(answer: Kept, size: int) -> Message:
    """The answer for a channel that nobody asked from: the first entries in the channel, all others and the files in its thread.

    Its buttons are for everyone, so none of them turns pages that are one person's own.
    """
    reply = answer.reply
    shown = min(cuts(answer, size)[0][1], size if reply.first is None else reply.first)
    parent = replace(answer, reply=replace(reply, items=reply.items[:shown]))
    rest = replace(answer, reply=Reply(reply.text, items=reply.items[shown:]), warnings=(), foot=())
    threaded = tuple(_threaded(rest, cut) for cut in cuts(rest, MOST_BLOCKS)[:MOST_THREADED]) if rest.reply.items else ()
    own = blocks.actions([blocks.asking("Ask this now", answer.words)])
    body = (*_body(parent, (0, shown)), *own, *answer.foot)[:MOST_BLOCKS]
    return Message(reply.text, body, reply.files, reply.data, public=True, thread=threaded, image=reply.image, counted=reply.counted)


def _threaded(rest: Kept, cut: tuple[int, int]) -> Message:
    body = tuple(block for item in rest.reply.items[slice(*cut)] for block in item)
    return Message(str(blocks.mrkdwn(_said(body), MOST_SAID)["text"]), body, public=True)


def _said(body: Blocks) -> str:
    """What sections say, for who hears a message read aloud."""
    return "\n".join(str(block["text"]["text"]) for block in body if "text" in block) or "Details"


def _body(answer: Kept, cut: tuple[int, int]) -> Blocks:
    entries = (block for item in answer.reply.items[slice(*cut)] for block in item)
    return (*answer.reply.head, *answer.warnings, *entries, *answer.reply.tail)


def _buttons(answer: Kept, token: str, number: int, pages: int) -> Blocks:
    found = []
    if number > 0:
        found.append(blocks.button("Previous", "ssm:desk:page:previous", f"{token}:{number - 1}"))
    if number + 1 < pages:
        found.append(blocks.button("Next", "ssm:desk:page:next", f"{token}:{number + 1}"))
    if answer.reply.files:
        found.append(blocks.button("Send me the " + _kinds(answer.reply.files), "ssm:desk:file", token))
    if not answer.reply.public:
        found.append(blocks.button("Share to channel", "ssm:desk:share", f"{token}:{number}"))
    return tuple(found)


def _kinds(files: Sequence[File]) -> str:
    return " and ".join(dict.fromkeys(file.name.rpartition(".")[2].upper() for file in files))


def _beyond(pages: int, most: int) -> Blocks:
    return (blocks.context(f"Only the first {most} of {pages} pages can be turned here; the CSV has every row."),) if pages > most else ()
