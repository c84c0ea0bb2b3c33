"""The desk: every question passes here, whoever asks it and from wherever, and every answer leaves from here.

Words → verb (or what was probably meant) → may they? → the bot's own trail → the command → its reply with the small print →
pages. A button is a question too: `ssm:<command>:ask` asks its value; `ssm:desk:*` turns, sends or shares a kept answer.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bot.core import pages, words
from bot.core.ask import Ask, Command
from bot.core.explain import explained
from bot.core.model import Refused
from bot.core.ports import Evidence, Ledger
from bot.core.redact import redact
from bot.core.reply import Message, View
from bot.core.text import code

Open = Callable[[bool], Evidence]  # given: whether it only explains
ANSWER = False


@dataclass(frozen=True, slots=True)
class Desk:
    """Answers asks from a set of commands."""

    commands: Mapping[str, Command]

    def answer(self, ask: Ask, evidence: Open, ledger: Ledger) -> Message:
        """The first page of the answer. Raises Refused with a sentence for the asker."""
        ask, explain = _without_explain(ask)
        command = self.command(ask)
        ledger.note(ask.now, ask.user.id, "ask", {"words": redact(ask.words), "via": ask.via, "channel": ask.channel, "explain": explain})
        asked = evidence(explain)
        if explain:
            return explained(command, ask, asked, ledger)
        answer = pages.kept(command.run(ask, asked, ledger), asked.asked, ask.words)
        return pages.posted(answer, ask.policy.page_size) if ask.via == "clock" else self._first(ask, answer, ledger)

    def press(self, ask: Ask, action: str, value: str, evidence: Open, ledger: Ledger) -> Message:
        """What a button answers."""
        _, name, verb, *_ = [*action.split(":"), "", ""]
        if name == "desk":
            return DESK.get(verb, _unknown)(ask, value, ledger)
        if verb == "ask":
            return self.answer(replace(ask, words=value), evidence, ledger)
        command = self.commands.get(name)
        act = command.buttons.get(verb) if command else None
        if command is None or act is None:
            return _unknown(ask, value, ledger)
        self._allowed(ask, command)
        ledger.note(ask.now, ask.user.id, action, {"value": value, "via": ask.via, "channel": ask.channel})
        asked = evidence(ANSWER)
        reply = act(replace(ask, words=value), asked, ledger)
        return self._first(ask, pages.kept(reply, asked.asked, value), ledger)

    def form(self, ask: Ask, action: str, value: str, ledger: Ledger) -> View | None:
        """The modal that a button opens before it is pressed, if it opens one. Raises Refused where the presser may not."""
        command, verb = self._pressed(action)
        make = command.forms.get(verb) if command else None
        if command is None or make is None:
            return None
        self._allowed(ask, command)
        return make(replace(ask, words=value), ledger)

    def check(self, ask: Ask, action: str, value: str) -> Mapping[str, str]:
        """What is wrong with a form as it was submitted: a sentence for each block id; nothing if all is well."""
        command, verb = self._pressed(action)
        checks = command.checks.get(verb) if command else None
        return checks(replace(ask, words=value)) if checks else {}

    def _pressed(self, action: str) -> tuple[Command | None, str]:
        _, name, verb, *_ = [*action.split(":"), "", ""]
        return self.commands.get(name), verb

    def command(self, ask: Ask) -> Command:
        """The command that the words name, if the asker may use it."""
        verb = words.read(ask.words).verb or "help"
        if verb not in self.commands:
            raise Refused(f"I don't know {code(verb, 40)}.{self._meant(verb)} `/ssm help` lists what I answer.")
        return self._allowed(ask, self.commands[verb])

    def _allowed(self, ask: Ask, command: Command) -> Command:
        if ask.role >= command.role:
            return command
        if not ask.role:
            raise Refused(
                "You are not among the people who may ask me. An admin can add you or one of your user groups to `COUNTERSIGN_VIEWERS`."
            )
        raise Refused(
            f"`/ssm {command.name}` is for a {command.role.word}; you are a {ask.role.word}. An admin can change that in the configuration."
        )

    def _meant(self, verb: str) -> str:
        near = difflib.get_close_matches(verb, self.commands, n=2, cutoff=0.5)
        return f" Did you mean {' or '.join(f'`/ssm {name}`' for name in near)}?" if near else ""

    def _first(self, ask: Ask, answer: pages.Kept, ledger: Ledger) -> Message:
        if answer.reply.brief:
            return Message(answer.reply.text, (*answer.reply.head, *answer.warnings, *answer.reply.tail), answer.reply.files)
        token = ledger.keep(ask.now, ask.user.id, pages.store(answer))
        return pages.page(answer, token, 0, ask.policy.page_size, ask.policy.max_pages)


def _without_explain(ask: Ask) -> tuple[Ask, bool]:
    kept = [word for word in ask.words.split(" ") if words.DASHED.sub("--", word) != "--explain"]
    return replace(ask, words=" ".join(kept)), len(kept) < len(ask.words.split(" "))


def _kept(ask: Ask, value: str, ledger: Ledger) -> tuple[pages.Kept, str, int]:
    token, _, number = value.partition(":")
    found = ledger.kept(token)
    if found is None:
        raise Refused("That answer is no longer kept. Please ask again.")
    owner, body = found
    if owner != ask.user.id:
        raise Refused("That answer was given to somebody else. Ask it yourself, and it is yours.")
    return pages.restore(body), token, int(number) if number.isdigit() else 0


def _page(ask: Ask, value: str, ledger: Ledger) -> Message:
    answer, token, number = _kept(ask, value, ledger)
    return replace(pages.page(answer, token, number, ask.policy.page_size, ask.policy.max_pages), replaces=True)


def _file(ask: Ask, value: str, ledger: Ledger) -> Message:
    answer, _, _ = _kept(ask, value, ledger)
    ledger.note(ask.now, ask.user.id, "file", {"words": redact(answer.words), "files": [file.name for file in answer.reply.files]})
    return Message(f"Here is {' and '.join(file.name for file in answer.reply.files)}.", files=answer.reply.files)


def _share(ask: Ask, value: str, ledger: Ledger) -> Message:
    answer, _, number = _kept(ask, value, ledger)
    ledger.note(ask.now, ask.user.id, "share", {"words": redact(answer.words), "channel": ask.channel})
    cuts = pages.cuts(answer, ask.policy.page_size)
    return pages.shared(answer, min(number, len(cuts) - 1), ask.policy.page_size, f"<@{ask.user.id}>")


def _unknown(_ask: Ask, _value: str, _ledger: Ledger) -> Message:
    raise Refused("That button is from an older version of me and leads nowhere now. Ask again with `/ssm help`.")


DESK: Mapping[str, Callable[[Ask, str, Ledger], Message]] = {"page": _page, "file": _file, "share": _share}
