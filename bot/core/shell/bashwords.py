"""Words of a POSIX-shell text as the shell would pass them on: quotes and escapes gone, plain variables filled in."""

from __future__ import annotations

import re

from tree_sitter import Node

from bot.core.shell.decode import escapes
from bot.core.shell.sink import Frame, Sink

NESTED = 80
_BACKSLASH = re.compile(r"\\(.)", re.DOTALL)
_QUOTED_BACKSLASH = re.compile(r"\\([\\\"$`\n])")
_EMPTY = frozenset("@*!123456789")  # positional parameters are empty at a prompt
FIELDS = "\x00"  # where the shell would split a word


class Words:
    """Reads words; commands inside of them are left to who knows how to read those."""

    def __init__(self, sink: Sink, frame: Frame, source: str) -> None:
        self.sink = sink
        self.frame = frame
        self.source = source

    def text_of(self, node: Node) -> str:
        """A node as it was written: the grammar saw one byte a character."""
        return self.source[node.start_byte : node.end_byte]

    def substitution(self, node: Node, deep: int, quoted: bool) -> str:
        """What a substitution gives; as written, unless it can be known."""
        raise NotImplementedError

    def word(self, node: Node, deep: int) -> list[str]:
        """A word as the shell would pass it on; more than one where it would be split, none where it is empty."""
        value = self.value(node, deep + 1, quoted=False)
        if FIELDS in value:
            return [part for part in value.split(FIELDS) if part]
        return [value] if value or node.type in ("string", "raw_string") else []

    def value(self, node: Node, deep: int, quoted: bool) -> str:
        """The text of a word or of a part of one."""
        kind = node.type
        if deep > NESTED:
            self.sink.errors = True
            return self.text_of(node)
        if kind in ("word", "number", "regex", "extglob_pattern") and not node.named_child_count:
            return _BACKSLASH.sub(lambda m: "" if m[1] == "\n" else m[1], self.text_of(node))
        if kind == "raw_string":
            return self.text_of(node)[1:-1]
        if kind == "ansi_c_string":
            return escapes(self.text_of(node)[2:-1])
        if kind in ("string", "translated_string"):
            return self.string(node, deep)
        if kind in ("simple_expansion", "expansion"):
            return self.expansion(node, deep, quoted)
        if kind in ("command_substitution", "process_substitution"):
            return self.substitution(node, deep, quoted)
        if node.named_child_count:
            return self.pieces(node, deep, quoted)
        return self.text_of(node)

    def pieces(self, node: Node, deep: int, quoted: bool) -> str:
        """The parts of a word that is glued together."""
        raw, start, parts = self.text_of(node), node.start_byte, []
        at = 0
        for child in node.named_children:
            parts.append(raw[at : child.start_byte - start])
            parts.append(self.value(child, deep + 1, quoted))
            at = child.end_byte - start
        parts.append(raw[at:])
        return "".join(parts)

    def string(self, node: Node, deep: int) -> str:
        """A double-quoted text."""
        raw, start, parts = self.text_of(node), node.start_byte, []
        at = 1 + raw.startswith("$")
        for child in node.named_children:
            parts.append(_unquote(raw[at : child.start_byte - start]))
            piece = child.type == "string_content"
            parts.append(_unquote(self.text_of(child)) if piece else self.value(child, deep + 1, quoted=True))
            at = child.end_byte - start
        parts.append(_unquote(raw[at:-1] if raw.endswith('"') else raw[at:]))
        return "".join(parts)

    def expansion(self, node: Node, deep: int, quoted: bool) -> str:
        """A variable: its plain value, a space for IFS, nothing for positional parameters, else as typed."""
        for child in node.named_children:
            if child.type not in ("variable_name", "special_variable_name"):
                self.value(child, deep + 1, quoted)
        text = self.text_of(node)
        name = re.match(r"\$\{?(\w+|[@*!#?$-])", text)
        if not name:
            return text
        if name[1] == "IFS":
            return " " if quoted else FIELDS
        if name[1] in _EMPTY:
            return ""
        known = self.sink.names.get(name[1])
        if known is None or not re.fullmatch(r"\$\{?\w+\}?", text):
            return text
        return known if quoted else re.sub(r"[ \t\n]+", FIELDS, known)


def _unquote(raw: str) -> str:
    return _QUOTED_BACKSLASH.sub(lambda m: "" if m[1] == "\n" else m[1], raw)
