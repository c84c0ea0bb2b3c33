"""A bundle of evidence for an auditor: one zip whose bytes depend on the facts alone, with a manifest that `sha256sum -c` checks.

Nothing is compressed and every entry has the same date, so the same facts give the same bytes on any machine and with any zlib.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.core.model import Source
from bot.core.redact import redact
from bot.core.text import visible

MANIFEST = "SHA256SUMS"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can carry
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1d2733}"
    "table{border-collapse:collapse;width:100%}td,th{border:1px solid #c9d2dc;padding:.3rem .5rem;text-align:left;vertical-align:top;"
    "overflow-wrap:anywhere}th{background:#eef2f6;width:14rem}pre{background:#f5f7f9;padding:1rem;white-space:pre-wrap;overflow-wrap:anywhere}"
)
README = """Evidence of one Session Manager session and of its review.

dossier.html    everything below, to read in a browser; it loads nothing
dossier.json    what AWS knows of the session, its calls, its commands, its findings, and what is missing and why
transcript.txt  the screen as it was, secrets removed
findings.json   what the rules found
review.json     who was asked, who answered, who signed, when and with which words
trail.json      the rows of the append-only trail about this review, with their hashes and those of the rows before
questions.json  every question that was asked to make this, word for word

Check the files:  sha256sum -c SHA256SUMS
Check the trail:  countersign trail verify
"""


def bundle(parts: Mapping[str, bytes]) -> bytes:
    """A zip of the parts and of their manifest."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, body in (*sorted(parts.items()), (MANIFEST, manifest(parts))):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr, entry.create_system = 0o644 << 16, 3
            archive.writestr(entry, body)
    return out.getvalue()


def manifest(parts: Mapping[str, bytes]) -> bytes:
    """The parts' SHA-256, a line each, as `sha256sum` writes it."""
    return "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(parts.items())).encode()


def as_json(value: object, *, clean: bool = True) -> bytes:
    """JSON to read: indented, keys in order, secrets removed unless they have been before."""
    return (json.dumps(_clean(value) if clean else value, indent=2, sort_keys=True, default=str) + "\n").encode()


def _clean(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        return {str(key): _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list | tuple) else value


def questions(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """What was asked; without how long it took, which is no fact about the session."""
    return [
        {
            "backend": s.backend,
            "question": s.question,
            "query": s.query,
            "since": s.span.since.isoformat() if s.span else "",
            "until": s.span.until.isoformat() if s.span else "",
            "read": list(s.read),
            "unread": [{"place": part.place, "why": part.why} for part in s.unread],
            "rows": s.rows,
            "note": s.note,
        }
        for s in sources
    ]


def page(title: str, sections: Sequence[tuple[str, object]]) -> bytes:
    """A page of headed sections: a mapping or rows become a table, text stands as it is. Everything is escaped; nothing is loaded."""
    body = "".join(f"<h2>{_text(name)}</h2>{_shown(value)}" for name, value in sections)
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>{_text(title)}</title>'
    return f'<!doctype html><html lang="en"><head>{head}<style>{STYLE}</style></head><body><h1>{_text(title)}</h1>{body}</body></html>\n'.encode(
        "utf-8", "replace"
    )


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        rows = "".join(
            f"<tr><th>{_text(key)}</th><td>{_cell(each)}</td></tr>" for key, each in value.items() if each not in ("", None, [], {})
        )
        return f"<table>{rows}</table>"
    if isinstance(value, list | tuple):
        return "".join(map(_shown, value)) or "<p>None.</p>"
    return f"<pre>{_text(value, lines=True)}</pre>"


def _cell(value: object) -> str:
    return _shown(value) if isinstance(value, Mapping | list | tuple) else _text(value)


def _text(value: object, *, lines: bool = False) -> str:
    return html.escape(visible(redact(str(value)), lines=lines))
