"""What secrets look like in a terminal: one table of shapes, tried in order, each leaving its name in place of the secret.

Tokens with a fixed shape come first, then what programs take, then values behind secret-looking names. Every shape is linear
(RE2) and none fits its own replacement, so that redacting twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import re2

MASK = "[redacted]"
_NAME = (
    r"(?:[\w.-]*(?:passw(?:or)?d|passwd|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|private[_-]?key"
    r"|account[_-]?key|auth[_-]?key|client[_-]?secret|credential|_pass|_auth|sas[_-]?key|signature|session[_-]?key))"
)
_VALUE = r"(?:\"[^\"\n]*\"|'[^'\n]*'|[^\s\"'&;|<>,)}\]$%{/~*(\[-][^\s\"'&;|<>,)}\]]*)"


_QUOTED = r"\"[^\"\n]+\"|'[^'\n]+'"
_NO_NAME = re.compile(  # names that speak of a secret and hold none
    r"\bNOPASSWD\s*:\s*$"  # a tag of sudoers
    r"|/g?passwd-?:\s*$"  # the file before a line that grep found in it
    r"|(?i:(?:^|\s)-[a-z]*credential[\s:]+$)"  # PowerShell's parameter takes a user's name, and asks for the password
    r"|(?i:(?:idempotency|starting|next|client|client-request|continuation)-?token[\s=:]+$)"  # AWS's paging and idempotency
)
_CMDLET = re.compile(  # a call that gives the secret; others with a hyphen may be passwords
    r"(?i)new-object|get-(?:credential|content|secret)|convert(?:to|from)-securestring|import-clixml|read-host"
)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a secret looks like. The first group, if any, stays; the second, if any, too, behind the mask.

    `keep` is given the first group and what would be masked, and says whether it only looks like a secret.
    """

    pattern: str
    keep: Callable[[str, str], bool] = lambda head, found: False


def _harmless(head: str, found: str) -> bool:
    """A value that names a place of the secret, not the secret: a variable, a path, a prompt, a switch, a mask; or no secret's name."""
    value = found.strip(" \"':")
    plain = value.lower()
    return (
        not value
        or MASK in found
        or value[:1] in "$%<{/~*-[("
        or value.startswith(("./", "\\\\", "file:", "fileb:", "arn:", "stdin", "env:", "pass:$"))
        or re.fullmatch(r"[A-Za-z]:\\.*", value) is not None
        or _NO_NAME.search(head) is not None
        or _CMDLET.fullmatch(value) is not None
        or plain in ("true", "false", "yes", "no", "null", "none", "0", "1", "prompt", "ask", "required", "optional")
    )


SHAPES: tuple[Shape, ...] = (
    Shape(r"()-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[^-]*(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?"),
    Shape(r"()\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    Shape(r"()\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?"),
    Shape(
        r"()\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,})"
    ),
    Shape(
        r"()\b(?:(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|AIza[A-Za-z0-9_-]{30,}|hvs\.[A-Za-z0-9_-]{20,}|dop_v1_[a-f0-9]{40,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|sk-(?:ant-|proj-)?[A-Za-z0-9_-]{20,}|AGE-SECRET-KEY-[A-Z0-9]{20,})"
    ),
    Shape(r"()\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2id?)\$[./A-Za-z0-9$=,+-]{16,}"),
    Shape(r"(?i)()\b[0-9a-f]{32}:[0-9a-f]{32}\b"),
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
    Shape(rf"((?:^|[\s;|&(/])zip\s(?:[^\n|;&]{{0,200}}?\s)?-P\s*)(?:{_QUOTED}|[^\s\"'|;&]+)", _harmless),
    Shape(
        r"(\b(?:sshpass|psexec(?:64)?|winrs|evil-winrm|kinit|redis-cli|(?:docker|podman|az|oc) login|7z[ar]?)\b[^\n|;&]{0,200}?\s(?:-p|-P|-a)\s*:?)(?:\"[^\"\n]+\"|'[^'\n]+'|[^\s\"'|;&]+)",
        _harmless,
    ),
    Shape(r"(\b(?:curl|wget|http)\b[^\n|;&]{0,400}?\s(?:-u|--user|--proxy-user)[\s=]*[\"']?[^\s:\"']+:)[^\s\"']+", _harmless),
    Shape(rf"(\b(?:sqlcmd|osql|bcp|isql)\b[^\n|;&]{{0,400}}?\s-P\s*)(?:{_QUOTED}|[^\s\"'|;&]+)", _harmless),
    Shape(rf"(\bldap[a-z]{{3,8}}\b[^\n|;&]{{0,400}}?\s-w\s*)(?:{_QUOTED}|[^\s\"'|;&]+)", _harmless),
    Shape(r"(\b(?:smbclient|smbmap|rpcclient|winexe|net)\b[^\n|;&]{0,200}?\s(?:-U|--user)[\s=]*[\"']?[^\s%\"']+%)[^\s\"']+", _harmless),
    Shape(r"(\b(?:user|group)(?:add|mod)\b[^\n|;&]{0,200}?\s(?:-p|--password)[\s=]+)(?:\"[^\"\n$]+\"|'[^'\n]+'|[^\s\"'$|;&-][^\s|;&]*)"),
    Shape(rf"(?i)(\b(?:aws_)?secret_access_key\s+)(?:{_QUOTED}|[^\s\"'=:|;&]+)", _harmless),
    Shape(
        rf"(\b(?:echo|printf)\s+(?:-\w+\s+)?)(?:{_QUOTED}|[^\s\"'|;&]+)(\s*\|\s*(?:sudo\s+(?:-\w+\s+)*(?:-[A-Za-z]*S|--stdin)\b|(?:sudo\s+)?passwd\s[^\n|;&]{{0,80}}--stdin))",
        _harmless,
    ),
    Shape(
        rf"(\b(?:sudo\s+(?:-\w+\s+)*(?:-[A-Za-z]*S|--stdin)|passwd\s[^\n|;&<]{{0,80}}--stdin)\b[^\n|;&<]{{0,200}}<<<\s*)(?:{_QUOTED}|[^\s\"'|;&]+)",
        _harmless,
    ),
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
HINT = re2.compile(
    r"(?i)passw|passphrase|pwd|secret|token|key|credential|_pass|auth|signature|bearer|akia|asia|abia|acca|eyj|gh[pousr]_"
    r"|github_pat|glpat|xox|xapp|_live_|_test_|npm_|pypi-|aiza|hvs\.|dop_v1|sg\.|sk-|hooks\.slack|://|securestring"
    r"|\bnet1?(?:\.exe)?\s+use|mysql|mariadb|sshpass|psexec|winrs|winrm|kinit|redis-cli|login|\b7za?\b|\bzip\b|curl|wget|http"
    r"|schtasks|sqlcmd|osql|bcp|isql|ldap|smb|rpcclient|winexe|\bnet\b|useradd|usermod|groupadd|groupmod|sudo|argon2|[$][1-7gya]|[0-9a-f]{32}:|chpasswd|identified|pass:|/p:"
)
