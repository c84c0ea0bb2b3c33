"""A cmd.exe text: commands split at `&`, `|` and lines outside quotes; carets gone; redirections apart."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.core.shell.sink import Frame, Place, Sink

_TOKEN = re.compile(
    r"""(?P<quoted>"[^"\n]*"?)|(?P<escaped>\^.?)|(?P<cut>&&|\|\||[&|\n()])|(?P<redirect>\d?>>?(?:&\d)?|<)"""
    r"""|(?P<space>[ \t\r,;]+)|(?P<plain>[^"^&|\n()<>\s,;]+)""",
    re.DOTALL,
)
_SET = re.compile(r"(?i)^set\s+\"?(\w+)=([^\"&|\n]*)\"?$")
_VARIABLE = re.compile(r"%(\w+)(?::~(-?\d+)(?:,(-?\d+))?)?%")


def walk(text: str, sink: Sink, frame: Frame) -> None:
    """Read a text and add its commands to the sink."""
    starts: list[int] = []
    position = 0
    for cut, raw in _split(text):
        if not cut.startswith("|") or cut == "||":
            _link(sink, starts)
            starts, position = [], 0
        words, writes, reads = _words(_filled(raw, sink))
        if not words and not writes:
            continue
        argv = (words[0].lstrip("@"), *words[1:]) if words else ()
        if named := _SET.match(raw.strip()):
            sink.names[named[1].lower()] = named[2]
        starts.append(len(sink.commands))
        shown = re.sub(r"\^(.)", r"\1", re.sub(r"\s+", " ", _filled(raw, sink).strip())).lstrip("@")
        sink.add(argv, Place(writes, reads, position=position, text=shown), replace(frame, shell="cmd"))
        position += 1
    _link(sink, starts)


def _split(text: str) -> list[tuple[str, str]]:
    parts, cut, start = [], "", 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "cut":
            parts.append((cut, text[start : token.start()]))
            cut, start = token.group(), token.end()
    return [*parts, (cut, text[start:])]


def _filled(raw: str, sink: Sink) -> str:
    return _VARIABLE.sub(lambda m: _slice(sink.names[m[1].lower()], m) if m[1].lower() in sink.names else m[0], raw)


def _slice(value: str, match: re.Match[str]) -> str:
    if not match[2]:
        return value
    first, length = int(match[2]), int(match[3]) if match[3] else None
    tail = value[first:]
    return tail if length is None else tail[:length]


def _words(raw: str) -> tuple[list[str], tuple[str, ...], tuple[str, ...]]:
    words: list[str] = []
    files: dict[str, list[str]] = {">": [], "<": []}
    current, into = "", ""
    for token in [*_TOKEN.finditer(raw), None]:
        kind = token.lastgroup if token else "space"
        if kind in ("space", "redirect"):
            if current and into:
                files[into].append(current)
            elif current:
                words.append(current)
            into = "" if current else into
            current = ""
        if token and kind == "redirect":
            into = "" if "&" in token.group() else ">" if ">" in token.group() else "<"
        elif token and kind in ("quoted", "escaped", "plain"):
            current += {"quoted": token.group().strip('"'), "escaped": token.group()[1:]}.get(kind, token.group())
    return words, tuple(files[">"]), tuple(files["<"])


def _link(sink: Sink, starts: list[int]) -> None:
    there = [at for at in starts if at < len(sink.commands)]
    names = [sink.commands[at].name for at in there]
    for number, at in enumerate(there):
        before, after = tuple(names[:number][-6:]), tuple(names[number + 1 :][:6])
        sink.commands[at] = replace(sink.commands[at], piped_from=before, piped_into=after)
