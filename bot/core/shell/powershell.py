"""A PowerShell text by tree-sitter's grammar: each command (cmdlet or program) wherever it stands in the text.

Strategy: collect `command` nodes without caring how deep they sit; words lose quotes and backticks, plain variables
and joined strings are filled in. Constant texts handed to Invoke-Expression and base64 blobs are read in turn.
"""

from __future__ import annotations

import re
from dataclasses import replace

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from bot.core.shell.decode import ascii_only, blobs, letter, typed_plain
from bot.core.shell.sink import Frame, Place, Sink

_POWERSHELL = Language(tree_sitter_powershell.language())
NESTED = 400  # the grammar takes some twenty levels for one operand
_TICK = re.compile(r"`(.)", re.DOTALL)
_STRING = r"(?:'((?:[^'\n]|'')*)'|\"((?:[^\"\n`$]|\"\")*)\")"
_JOINED = re.compile(rf"{_STRING}\s*\+\s*{_STRING}")
_CHAR = re.compile(r"\[char\]\s*\(?\s*(0x[0-9a-f]{1,4}|\d{1,5})\s*\)?", re.IGNORECASE)
_FORMAT = re.compile(
    r"\(?\s*[\"']((?:\{\d{1,2}\}){2,64})[\"']\s*-f\s*((?:'[^'\n]*'|\"[^\"\n]*\")(?:\s*,\s*(?:'[^'\n]*'|\"[^\"\n]*\")){0,64})\s*\)?",
    re.IGNORECASE,
)
_ASSIGNED = re.compile(rf"\$(\w+)\s*=\s*{_STRING}\s*(?:;|\n|$)")


def walk(text: str, sink: Sink, frame: Frame) -> None:
    """Read a text and add its commands to the sink."""
    clear = plain(typed_plain(text))
    if clear != text:
        sink.hidden.append(clear)
    for named in _ASSIGNED.finditer(clear):
        if len(sink.names) < 256:
            sink.names[named[1].lower()] = named[2] or named[3] or ""
    tree = Parser(_POWERSHELL).parse(ascii_only(clear))
    sink.errors |= tree.root_node.has_error
    _collect(tree.root_node, clear, sink, replace(frame, shell="powershell"))
    if "base64" in text.lower():
        for found in blobs(text):
            sink.read(found, replace(frame, depth=frame.depth + 1, shell="powershell", via=(*frame.via, "base64")))


def plain(text: str) -> str:
    """A text without the tricks that hide its words: backticks, joined strings, `-f` and [char] codes."""
    if "`" in text:
        text = _TICK.sub(
            lambda m: (
                m[1]
                if (m[1].isalnum() and m[1] not in "0abefnrtuv") or (m[1].isspace() and m[1] != "\n")
                else (m[1] if m[1].isalpha() else m[0])
            ),
            text,
        )
    if "[char" in text.lower():
        text = _CHAR.sub(lambda m: "'" + letter(int(m[1], 0)).replace("'", "''") + "'", text)
    if "-f" in text:
        text = _FORMAT.sub(_formatted, text)
    for _ in range(12):
        shorter = _JOINED.sub(lambda m: "'" + "".join(part or "" for part in m.groups()) + "'", text)
        if shorter == text:
            break
        text = shorter
    return text


def _formatted(match: re.Match[str]) -> str:
    parts = re.findall(r"'[^'\n]*'|\"[^\"\n]*\"", match[2])
    numbers = [int(number) for number in re.findall(r"\d+", match[1])]
    return "'" + "".join(parts[number][1:-1] for number in numbers if number < len(parts)) + "'"


def _text(node: Node, source: str) -> str:
    return source[node.start_byte : node.end_byte]


def _collect(root: Node, source: str, sink: Sink, frame: Frame) -> None:
    stack: list[tuple[Node, int]] = [(root, 0)]
    pipes: dict[int, list[int]] = {}
    while stack:
        node, deep = stack.pop()
        if deep > 4_000 or sink.full:
            sink.errors = True
            continue
        if node.type == "command":
            chain = node.parent.id if node.parent is not None else 0
            pipes.setdefault(chain, []).append(len(sink.commands))
            _command(node, source, sink, frame, len(pipes[chain]) - 1)
        stack.extend((child, deep + 1) for child in reversed(node.named_children))
    for starts in pipes.values():
        if len(starts) > 1:
            _link(sink, starts)


def _link(sink: Sink, starts: list[int]) -> None:
    names = [sink.commands[at].name for at in starts if at < len(sink.commands)]
    for number, at in enumerate(starts[: len(names)]):
        before, after = tuple(names[:number][-6:]), tuple(names[number + 1 :][:6])
        sink.commands[at] = replace(sink.commands[at], piped_from=before, piped_into=after)


def _command(node: Node, source: str, sink: Sink, frame: Frame, position: int) -> None:
    argv: list[str] = []
    writes: list[str] = []
    for child in node.named_children:
        if child.type in ("command_name", "command_name_expr"):
            argv.append(_value(child, source, sink))
        elif child.type == "command_elements":
            _elements(child, source, argv, writes, sink)
    if argv:
        shown = re.sub(r"\s+", " ", _text(node, source).strip())
        sink.add(tuple(argv), Place(tuple(writes), position=position, text=shown), frame)


def _elements(node: Node, source: str, argv: list[str], writes: list[str], sink: Sink) -> None:
    glue = False
    for child in node.named_children:
        if child.type == "redirection":
            name = next((part for part in child.named_children if part.type == "redirected_file_name"), None)
            writes.extend([_value(name, source, sink)] if name is not None else [])
        elif child.type == "command_argument_sep":
            glue = _text(child, source).strip() == ":"
        elif glue:
            glue = False
            argv.append(_value(child, source, sink))
        else:
            argv.append(_value(child, source, sink))


def _value(node: Node, source: str, sink: Sink) -> str:
    text = _text(node, source).strip()
    if "$" in text:
        text = re.sub(r"\$\{?(\w+)\}?", lambda m: sink.names.get(m[1].lower(), m[0]), text)
    return unquoted(text)


def unquoted(text: str) -> str:
    """A word without its quotes and the brackets around it.

    >>> unquoted("'a''b'"), unquoted('("x")')
    ("a'b", 'x')
    """
    for _ in range(4):
        if len(text) > 1 and text[0] == "(" and text[-1] == ")" and text[1:2] in "'\"(":
            text = text[1:-1].strip()
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"')
    return text.replace('"', "") if '"' in text and " " not in text else text
