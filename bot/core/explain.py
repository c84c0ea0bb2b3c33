"""`--explain`: the very queries that a question would ask, without asking them."""

from __future__ import annotations

from bot.core import blocks, foot, text
from bot.core.ask import Ask, Command
from bot.core.model import Refused, Source
from bot.core.ports import Evidence, Ledger
from bot.core.reply import Blocks, Message


def explained(command: Command, ask: Ask, evidence: Evidence, ledger: Ledger) -> Message:
    """What the command would ask. `evidence` only plans: it answers nothing, so later questions may depend on rows not yet known.

    Raises Refused where the words themselves are at fault: then nothing at all was planned.
    """
    try:
        command.run(ask, evidence, ledger)
    except Refused:
        if not evidence.asked:
            raise
    said = f"`/ssm {text.visible(ask.words)}` would ask {text.plural(len(evidence.asked), 'question')}; nothing was asked."
    data = tuple({"backend": s.backend, "question": s.question, "query": s.query, "places": list(s.read)} for s in evidence.asked)
    shown = [block for source in evidence.asked[:15] for block in _shown(source)]
    return Message(text.escaped(said, 3000), (blocks.section(text.escaped(said, 3000)), *shown), data=data)


def _shown(source: Source) -> Blocks:
    title = f"*{foot.BACKENDS.get(source.backend, source.backend)}* {text.safe(source.question)}"
    where = f" in {text.safe(text.listed(list(source.read)))}" if source.read else ""
    return (blocks.section(title + where), blocks.preformatted(source.query))
