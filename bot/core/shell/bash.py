"""A POSIX-shell text by tree-sitter's bash grammar: each simple command with its words as the shell would see them.

Strategy: walk the tree once. Words lose their quotes and escapes, plain variables and constant substitutions are
filled in, and what one stage of a pipeline prints is carried to the next where it is known from the line alone.
"""

from __future__ import annotations

import re
from dataclasses import replace

import tree_sitter_bash
from tree_sitter import Language, Node, Parser

from bot.core.shell.bashwords import FIELDS, NESTED, Words
from bot.core.shell.decode import ascii_only, typed_plain
from bot.core.shell.sink import Frame, Place, Sink
from bot.core.shell.words import SHELLS, bare

_BASH = Language(tree_sitter_bash.language())


def walk(text: str, sink: Sink, frame: Frame) -> None:
    """Read a text and add its commands to the sink."""
    plain = typed_plain(text)
    tree = Parser(_BASH).parse(ascii_only(plain))
    sink.errors |= tree.root_node.has_error
    Reader(sink, frame, plain).statement(tree.root_node, None, Place(), 0)


class Reader(Words):
    """Reads one tree; what it finds goes to the sink."""

    def statement(self, node: Node, stdin: str | None, place: Place, deep: int) -> str | None:
        """Read a statement; what it prints, where that is known."""
        if deep > NESTED or self.sink.full:
            self.sink.errors = True
            return None
        kind = node.type
        if kind == "command":
            return self.command(node, stdin, place, deep)
        if kind == "pipeline":
            return self.pipeline(list(node.named_children), stdin, place, deep)
        if kind == "redirected_statement":
            return self.redirected(node, stdin, place, deep)
        if kind == "variable_assignment":
            self.sink.add((), Place(env=(self.assignment(node, deep),)), self.frame)
            return None
        if kind in ("declaration_command", "unset_command"):
            return self.declaration(node, deep)
        printed = [self.statement(child, stdin, place, deep + 1) for child in node.named_children]
        known = [text for text in printed if text is not None]
        return "\n".join(known) if known else None

    def pipeline(self, stages: list[Node], stdin: str | None, place: Place, deep: int) -> str | None:
        """Read the stages in order; each knows the names before and after it."""
        starts, printed = [], stdin
        for position, stage in enumerate(stages):
            starts.append(len(self.sink.commands))
            own = replace(place, position=position + place.position) if position else place
            printed = self.statement(stage, printed, own, deep + 1)
        self.link(starts)
        return printed

    def link(self, starts: list[int]) -> None:
        """Tell the commands of a pipeline what they are piped from and into."""
        found = self.sink.commands
        spans = list(zip(starts, [*starts[1:], len(found)], strict=True))
        names = [tuple(found[at].name for at in range(*span) if found[at].argv)[:6] for span in spans]
        for number, span in enumerate(spans):
            before = tuple(name for stage in names[max(0, number - 6) : number] for name in stage)
            after = tuple(name for stage in names[number + 1 : number + 7] for name in stage)
            for at in range(*span):
                old = found[at]
                found[at] = replace(old, piped_from=before + old.piped_from, piped_into=old.piped_into + after)

    def redirected(self, node: Node, stdin: str | None, place: Place, deep: int) -> str | None:
        """Read a statement with its redirections; a here-document may carry the rest of a pipeline."""
        body = node.child_by_field_name("body")
        later: list[Node] = []
        for child in node.named_children:
            if child == body:
                continue
            place, stdin, more = self.redirect(child, place, stdin, deep)
            later += more
        if body is None:
            self.sink.add((), replace(place, text=self.text_of(node)), self.frame)
            return None
        if not later:
            return self.statement(body, stdin, place, deep + 1)
        start = len(self.sink.commands)
        printed = self.statement(body, stdin, place, deep + 1)
        starts = [start]
        for stage in later:
            starts.append(len(self.sink.commands))
            printed = self.statement(stage, printed, replace(place, writes=(), reads=()), deep + 1)
        self.link(starts)
        return printed

    def redirect(self, node: Node, place: Place, stdin: str | None, deep: int) -> tuple[Place, str | None, list[Node]]:
        """Take one redirection into the place; the known standard input; the stages that a here-document hides."""
        if node.type == "file_redirect":
            target = node.child_by_field_name("destination")
            names = tuple(self.word(target, deep)) if target is not None else ()
            sign = next((child.type for child in node.children if not child.is_named), ">")
            if (target is not None and target.type == "number") or sign in (">&-", "<&-"):
                return place, stdin, []
            if sign.startswith("<") and sign != "<>":
                return replace(place, reads=place.reads + names), stdin, []
            return replace(place, writes=place.writes + names), stdin, []
        if node.type == "herestring_redirect":
            words = [part for child in node.named_children for part in self.word(child, deep)]
            return place, " ".join(words), []
        if node.type == "heredoc_redirect":
            body = next((child for child in node.named_children if child.type == "heredoc_body"), None)
            later = [
                stage
                for child in node.named_children
                if child.type in ("pipeline", "command")
                for stage in (child.named_children if child.type == "pipeline" else [child])
            ]
            for child in node.named_children:
                if child.type in ("file_redirect", "herestring_redirect"):
                    place, _, _ = self.redirect(child, place, stdin, deep)
            return place, self.text_of(body) if body is not None else stdin, later
        return place, stdin, []

    def command(self, node: Node, stdin: str | None, place: Place, deep: int) -> str | None:
        """Read one simple command."""
        env: list[str] = []
        argv: list[str] = []
        for child in node.named_children:
            kind = child.type
            if kind == "variable_assignment":
                env.append(self.assignment(child, deep, keep=False))
            elif kind == "command_name":
                argv += self.word(child.named_children[0] if child.named_child_count else child, deep)
            elif kind.endswith("_redirect"):
                place, stdin, _ = self.redirect(child, place, stdin, deep)
            else:
                argv += self.word(child, deep)
        if env or place.env or stdin != place.stdin:
            place = replace(place, env=tuple(env), stdin=stdin)
        return self.sink.add(tuple(argv), place, self.frame)

    def declaration(self, node: Node, deep: int) -> str | None:
        """Read `export`, `declare`, `unset` and their like as commands."""
        argv, env = [node.children[0].type], []
        for child in node.named_children:
            if child.type == "variable_assignment":
                env.append(self.assignment(child, deep))
                argv.append(env[-1])
            else:
                argv += self.word(child, deep)
        return self.sink.add(tuple(argv), Place(env=tuple(env)), self.frame)

    def assignment(self, node: Node, deep: int, keep: bool = True) -> str:
        """`name=value`; a plain value is remembered for later words."""
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        plain = " ".join(self.word(value, deep)) if value is not None else ""
        label = self.text_of(name) if name is not None else ""
        if keep and len(self.sink.names) < 256 and len(plain) < 4096:
            self.sink.names[label] = plain
        return f"{label}={plain}"

    def substitution(self, node: Node, deep: int, quoted: bool) -> str:
        """`$(…)`, backticks or `<(…)`: read what is in it; its output where that is known."""
        printed = self.pipeline_of(node, deep)
        if printed is None or node.type == "process_substitution":
            if printed is not None and bare(self.outer(node)) in (*SHELLS, "source", "."):
                self.sink.read(printed, replace(self.frame, depth=self.frame.depth + 1))
            return self.text_of(node)
        plain = printed.rstrip("\n")
        return plain if quoted else re.sub(r"[ \t\n]+", FIELDS, plain)

    def pipeline_of(self, node: Node, deep: int) -> str | None:
        """Read the commands in a substitution; the outer command starts them."""
        outer, name = self.frame, bare(self.outer(node))
        self.frame = replace(outer, via=(*outer.via, f"$({name})")[-12:])
        try:
            printed = [self.statement(child, None, Place(), deep + 1) for child in node.named_children]
        finally:
            self.frame = outer
        return printed[0] if len(printed) == 1 else None

    def outer(self, node: Node) -> str:
        """The name of the command that a word belongs to; `exec` where the word is that name itself."""
        above = node.parent
        for _ in range(6):
            if above is None or above.type == "command":
                break
            if above.type == "command_name":
                return "exec"
            above = above.parent
        named = above.child_by_field_name("name") if above is not None else None
        return self.text_of(named) if named is not None else ""
