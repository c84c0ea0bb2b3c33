"""Secrets out of a text before it leaves the process, with enough left to read what was done.

Strategy: one table of shapes, tried in order, each leaving its name in place of the secret. Tokens with a fixed shape
come first, then values behind secret-looking names. Every shape is linear (RE2) and none fits its own replacement, so
that redacting twice changes nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import re2

MASK = "[redacted]"
ROUNDS = 6  # masking one secret may bare the next
_NAME = (
    r"(?:[\w.-]*(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key"
    r"|account[_-]?key|auth[_-]?key|client[_-]?secret|credential|_pass|_auth|sas[_-]?key|signature|session[_-]?key))"
)
_VALUE = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'&;|<>,)}\]$%{/~*(\[-][^\s\"'&;|<>,)}\]]*)"


@dataclass(frozen=True, slots=True)
class Shape:
    """What a secret looks like. The first group, if any, stays; the second, if any, too, behind the mask."""

    pattern: str
    keep: Callable[[str], bool] = lambda found: False  # what looks like a secret and is none


def _harmless(found: str) -> bool:
    """A value that names a place of the secret, not the secret: a variable, a path, a prompt, a switch, a mask."""
    value = found.strip(" \"':")
    plain = value.lower()
    return (
        not value
        or MASK in found
        or value[:1] in "$%<{/~*-[("
        or value.startswith(("./", "\\\\", "file:", "fileb:", "arn:", "stdin", "env:", "pass:$"))
        or re.fullmatch(r"[A-Za-z]:\\.*", value) is not None
        or plain in ("true", "false", "yes", "no", "null", "none", "0", "1", "prompt", "ask", "required", "optional")
    )


_SHAPES: tuple[Shape, ...] = (
    Shape(r"()-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?"),
    Shape(r"()\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    Shape(r"()\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    Shape(
        r"()\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})"
    ),
    Shape(
        r"()\b(?:(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|AIza[A-Za-z0-9_-]{30,}|hvs\.[A-Za-z0-9_-]{20,}|dop_v1_[a-f0-9]{40,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|sk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}|AGE-SECRET-KEY-[A-Z0-9]{20,})"
    ),
    Shape(r"()https://hooks\.slack\.com/[^\s\"']+"),
    Shape(r"(?i)(\b(?:proxy-)?authorization\s*[:=]\s*(?:bearer|basic|token|digest|negotiate|aws4-hmac-sha256)\s+)[^\s\"']+", _harmless),
    Shape(r"(?i)(\b(?:bearer)\s+)[A-Za-z0-9._~+/=-]{12,}", _harmless),
    Shape(r"(?i)(\b(?:x-(?:api-key|auth-token|vault-token|amz-security-token)|private-token|api-key)\s*:\s*)[^\s\"']+", _harmless),
    Shape(r"(?i)(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@\"']{0,128}:)[^\s/@\"']{1,256}(@)", _harmless),
    Shape(r"(?i)(convertto-securestring\s+(?:-string\s+)?)(?:\"[^\"\n]*\"|'[^'\n]*')"),
    Shape(
        r"(?i)(convertto-securestring\s+(?:-asplaintext\s+|-force\s+|-string\s+)+)(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'$-][^\s\"']*)", _harmless
    ),
    Shape(r"(?i)(\bnet1?(?:\.exe)?\s+user\s+(?:\"[^\"\n]*\"|[^\s/]+)\s+)[^\s/*\"'][^\s]*", _harmless),
    Shape(r"(?i)(\bnet1?(?:\.exe)?\s+use\s+(?:[a-z]:\s+|\*\s+)?\\\\[^\s]+\s+)[^\s/*\"'][^\s]*", _harmless),
    Shape(
        r"(\b(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump|mysqlimport)\b[^\n|;&]{0,400}?\s-p)(?:\"[^\"\n]+\"|'[^'\n]+'|[^\s\"'|;&]+)",
        _harmless,
    ),
    Shape(
        r"(\b(?:sshpass|psexec(?:64)?|winrs|evil-winrm|kinit|redis-cli|docker login|podman login|7za?|zip)\b[^\n|;&]{0,200}?\s(?:-p|-P|-a)\s*:?)(?:\"[^\"\n]+\"|'[^'\n]+'|[^\s\"'|;&]+)",
        _harmless,
    ),
    Shape(r"(\b(?:curl|wget|http)\b[^\n|;&]{0,400}?\s(?:-u|--user|--proxy-user)[\s=]*[\"']?[^\s:\"']+:)[^\s\"']+", _harmless),
    Shape(r"(?i)(\bschtasks(?:\.exe)?\b[^\n]{0,400}?\s/rp\s+)(?:\"[^\"\n]+\"|[^\s\"]+)", _harmless),
    Shape(r"(?i)(\bchpasswd\b[^\n]{0,20}<<<?\s*[\"']?[^\s:\"']+:)[^\s\"']+", _harmless),
    Shape(r"(?i)((?:^|[|;&]\s*|\s)echo\s+(?:-n\s+)?[\"']?[\w.$-]+:)[^\s\"'|:]+([\"']?\s*\|\s*(?:sudo\s+)?chpasswd)", _harmless),
    Shape(rf"(?i)((?:^|[^\w.-])--?{_NAME}(?:[\s]+|=|:))(?:{_VALUE})", _harmless),
    Shape(rf"(?i)((?:^|[^\w.-])[\"']?{_NAME}[\"']?\s*[=:]\s*)(?:{_VALUE})", _harmless),
    Shape(
        r"(?i)(\b(?:identified\s+by|with\s+password|encrypted\s+password|set\s+password\s+(?:for\s+\S+\s+)?=|password\s*\()\s*)(?:\"[^\"\n]+\"|'[^'\n]+')"
    ),
    Shape(r"(?i)(\bpass:)[^\s\"'$]+", _harmless),
    Shape(r"(?i)((?:/pass(?:word)?|/p):)(?:\"[^\"\n]+\"|[^\s\"]+)", _harmless),
)
_COMPILED = tuple((re2.compile(shape.pattern), shape.keep) for shape in _SHAPES)
_HINT = re2.compile(
    r"(?i)passw|passphrase|pwd|secret|token|key|credential|_pass|auth|signature|bearer|akia|asia|abia|acca|eyj|gh[pousr]_"
    r"|github_pat|glpat|xox|xapp|_live_|_test_|npm_|pypi-|aiza|hvs\.|dop_v1|sg\.|sk-|hooks\.slack|://|securestring"
    r"|\bnet1?(?:\.exe)?\s+use|mysql|mariadb|sshpass|psexec|winrs|winrm|kinit|redis-cli|login|\b7za?\b|\bzip\b|curl|wget|http"
    r"|schtasks|chpasswd|identified|pass:|/p:"
)
_RANDOM = re2.compile(r"(?:^|[\s=:\"'])([A-Za-z0-9/+]{40})(?:$|[\s\"',;])")

_LONE = re.compile("[\ud800-\udfff]")  # half a character, which RE2 cannot take


def redact(text: str) -> str:
    """A text without the secrets in it; each one is replaced by `[redacted]`."""
    return redact_count(text)[0]


def redact_count(text: str) -> tuple[str, int]:
    """A text without the secrets in it, and how many there were. Idempotent, linear in the text, never raises."""
    text = _LONE.sub("\ufffd", text)
    if not _HINT.search(text):
        return _keys(text)
    total = 0
    for _ in range(ROUNDS):
        text, number = _once(text)
        total += number
        if not number:
            break
    return text, total


def _once(text: str) -> tuple[str, int]:
    total = 0
    for pattern, keep in _COMPILED:
        text, number = _masked(pattern, keep, text)
        total += number
    text, number = _keys(text)
    return text, total + number


def _masked(pattern: re.Pattern[str], keep: Callable[[str], bool], text: str) -> tuple[str, int]:
    """The text with every match masked. Matches are found once and the text is put together once."""
    parts: list[str] = []
    at = number = 0
    for match in pattern.finditer(text):
        head = match.group(1) or ""
        tail = (match.group(2) or "") if pattern.groups > 1 else ""
        secret = match.group()[len(head) : len(match.group()) - len(tail)]
        if not secret or MASK in secret or keep(secret):
            continue
        parts += [text[at : match.start()], head, MASK, tail]
        at, number = match.end(), number + 1
    return "".join((*parts, text[at:])) if number else text, number


def _keys(text: str) -> tuple[str, int]:
    """AWS secret access keys have no mark of their own: 40 characters, as mixed as only chance makes them."""
    if len(text) < 40:
        return text, 0
    found = [match.group(1) for match in _RANDOM.finditer(text) if _random(match.group(1))]
    for secret in dict.fromkeys(found[:64]):
        text = text.replace(secret, MASK)
    return text, len(found)


def _random(word: str) -> bool:
    kinds = any(char.islower() for char in word) + any(char.isupper() for char in word) + any(char.isdigit() for char in word)
    return kinds == 3 and word.count("/") < 5 and entropy(word) > 4.3


def entropy(word: str) -> float:
    """Shannon's measure of surprise in a word, in bits a character."""
    return -sum(count / len(word) * math.log2(count / len(word)) for count in Counter(word).values())
