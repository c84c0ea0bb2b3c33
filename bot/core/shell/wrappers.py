"""Programs that start another program: where the inner command begins, and as whom it runs.

Strategy: a table says, for each wrapper, which options take a value and how many operands come first; what is left
is the inner command. Shells and their like take a text instead, which is parsed again.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence

from bot.core.shell.decode import unbase64
from bot.core.shell.prefixes import PREFIXES, Inner, Prefix
from bot.core.shell.words import POWERSHELLS, SHELLS, bare

_SSH_VALUED = frozenset(
    ["-b", "-c", "-D", "-E", "-e", "-F", "-I", "-i", "-J", "-L", "-l", "-m", "-O", "-o", "-p", "-Q", "-R", "-S", "-W", "-w"]
)
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_CRON = re.compile(r"^\s*(?:@\w+|(?:[\d*/,LW#A-Za-z-]+\s+){4}[\d*/,LW#A-Za-z-]+)\s+(.*)$", re.MULTILINE)


def inside(argv: tuple[str, ...], stdin: str | None) -> list[Inner]:
    """What a command starts; empty for a command that starts nothing else."""
    name = bare(argv[0])
    if name in SHELLS or name in ("eval", "su", "runuser", "rsh") or name == "source" or argv[0] == ".":
        return _shell(name, argv, stdin)
    if name in POWERSHELLS:
        return _powershell(argv, stdin)
    special = SPECIAL.get(name)
    if special:
        return special(argv, stdin)
    prefix = PREFIXES.get(name)
    return _prefixed(argv, prefix) if prefix else []


def _prefixed(argv: tuple[str, ...], prefix: Prefix) -> list[Inner]:
    valued, user, skip, at = set(prefix.valued.split()), prefix.user, prefix.operands, 1
    while at < len(argv):
        word = argv[at]
        if word == "--":
            skip, at = min(skip, 1 if prefix.operands == 1 else 0), at + 1
            continue
        if word.startswith("-") and len(word) > 1:
            name, _, glued = word.partition("=")
            step = 2 if name in valued and not glued else 1
            user = _user(word, argv[at + 1 : at + 2], user)
            if word in ("-c", "--command") and prefix.operands and bare(argv[0]) in ("flock", "script"):
                return [Inner(text=" ".join(argv[at + 1 : at + 2]))]
            if word in ("-S", "--split-string") and bare(argv[0]) == "env":
                return [Inner(text=" ".join(argv[at + 1 :]))]
            at += step
        elif _ASSIGNMENT.match(word):
            at += 1
        elif skip:
            skip, at = skip - 1, at + 1
        else:
            return [Inner(argv[at:], user=user)]
    shell = argv[0].endswith("sudo") and any(re.fullmatch(r"-\w*[is]|--login|--shell", word) for word in argv[1:])
    return [Inner(("sh",), user=user)] if shell else []


def _user(word: str, after: Sequence[str], user: str) -> str:
    if word in ("-u", "--user"):
        return after[0] if after else user
    if word.startswith("--user="):
        return word[7:]
    return word[2:] if user and word.startswith("-u") else user


def _shell(name: str, argv: tuple[str, ...], stdin: str | None) -> list[Inner]:
    if name == "eval":
        return [Inner(text=" ".join(argv[1:]))]
    user = {"su": _su_user(argv), "runuser": _su_user(argv)}.get(name, "")
    for at, word in enumerate(argv[1:], 1):
        if word in ("-c", "--command") or (re.fullmatch(r"-[a-zA-Z]*c", word) and word != "-rc"):
            return [Inner(text=" ".join(argv[at + 1 : at + 2]), user=user)]
        if word.startswith("--command="):
            return [Inner(text=word[10:], user=user)]
        if word == "--" and user and argv[at + 1 :]:
            return [Inner(argv[at + 1 :], user=user)]
    return [Inner(text=stdin, user=user)] if stdin and stdin.strip() else []


def _su_user(argv: tuple[str, ...]) -> str:
    plain = [word for before, word in itertools.pairwise(argv) if word[:1] != "-" and before != "-c"]
    return plain[0] if plain else "root"


def _powershell(argv: tuple[str, ...], stdin: str | None) -> list[Inner]:
    for at, word in enumerate(argv[1:], 1):
        flag = word.lower().lstrip("-/\u2013\u2014").split(":")[0]
        dashed = word[:1] in "-/\u2013\u2014" and bool(flag)
        if dashed and (flag == "ec" or "encodedcommand".startswith(flag)) and argv[at + 1 :]:
            return [Inner(text=unbase64(argv[at + 1]) or "", language="powershell")]
        if dashed and "command".startswith(flag):
            return [Inner(text=" ".join(argv[at + 1 :]).strip("&{} "), language="powershell")]
        if dashed and flag and ("file".startswith(flag) or flag.startswith("conf")):
            return []
        if not dashed and not (at > 1 and re.match(r"[-/](ex|ep|w|v|inp|out|o|if|of|st)", argv[at - 1].lower())):
            return [Inner(text=" ".join(argv[at:]), language="powershell")]
    return [Inner(text=stdin, language="powershell")] if stdin else []


def _ssh(argv: tuple[str, ...], _: str | None) -> list[Inner]:
    at, hosts = 1, 0
    while at < len(argv):
        if argv[at].startswith("-") and not hosts:
            at += 2 if argv[at] in _SSH_VALUED else 1
        elif not hosts:
            hosts, at = 1, at + 1
        else:
            return [Inner(text=" ".join(argv[at:]))]
    return []


def _find(argv: tuple[str, ...], _: str | None) -> list[Inner]:
    found = []
    for at, word in enumerate(argv):
        if word in ("-exec", "-execdir", "-ok", "-okdir", "-x", "--exec"):
            rest = argv[at + 1 :]
            ends = [place for place, part in enumerate(rest) if part in (";", "+", "\\;")]
            found.append(Inner(rest[: ends[0]] if ends else rest))
    return [inner for inner in found[:16] if inner.argv]


def _watch(argv: tuple[str, ...], _: str | None) -> list[Inner]:
    inner = _prefixed(argv, Prefix("-n --interval -q"))
    return [Inner(text=" ".join(one.argv)) for one in inner]


def _container(argv: tuple[str, ...], _: str | None) -> list[Inner]:
    if "--" in argv:
        return [Inner(argv[argv.index("--") + 1 :])] if argv[argv.index("--") + 1 :] else []
    if "exec" not in argv[1:4]:
        return []
    return _prefixed(argv[argv.index("exec") :], Prefix("-u --user -e --env -w --workdir -n -c", operands=1))


def _at(argv: tuple[str, ...], stdin: str | None) -> list[Inner]:
    return [Inner(text=stdin)] if stdin else []


def _crontab(argv: tuple[str, ...], stdin: str | None) -> list[Inner]:
    return [Inner(text=match.group(1)) for match in list(_CRON.finditer(stdin or ""))[:16]]


def _cmd(argv: tuple[str, ...], stdin: str | None) -> list[Inner]:
    for at, word in enumerate(argv[1:], 1):
        switch = re.match(r"(?i)[-/][a-z/:]*[ckr](.*)$", word)
        if switch and not re.match(r"(?i)[-/][vefst]:", word):
            return [Inner(text=" ".join((switch.group(1), *argv[at + 1 :])).strip(), language="cmd")]
    return [Inner(text=stdin, language="cmd")] if stdin else []


def _after(*flags: str, language: str = "cmd") -> Callable[[tuple[str, ...], str | None], list[Inner]]:
    def take(argv: tuple[str, ...], _: str | None) -> list[Inner]:
        low = [word.lower() for word in argv]
        at = next((low.index(flag) for flag in flags if flag in low), len(argv))
        return [Inner(text=" ".join(argv[at + 1 :]), language=language)] if argv[at + 1 :] else []

    return take


def _operands(language: str) -> Callable[[tuple[str, ...], str | None], list[Inner]]:
    def take(argv: tuple[str, ...], _: str | None) -> list[Inner]:
        plain = [word for word in argv[1:] if not re.match(r"[-/]|\\\\", word)]
        return [Inner(text=" ".join(plain), language=language)] if plain else []

    return take


def _wmic(argv: tuple[str, ...], _: str | None) -> list[Inner]:
    low = [word.lower() for word in argv]
    return [Inner(text=" ".join(argv[low.index("create") + 1 :]), language="cmd")] if "create" in low else []


def _iex(argv: tuple[str, ...], stdin: str | None) -> list[Inner]:
    text = " ".join(word for word in argv[1:] if word.lower() not in ("-command", "-c")) or stdin or ""
    return [Inner(text=text.strip("&{} "), language="powershell")] if text else []


def _start(argv: tuple[str, ...], _: str | None) -> list[Inner]:
    words = [word for word in argv[1:] if not re.match(r"(?i)-(file|arg|pass|no|wait|verb|runas|wind|hid|normal)", word)]
    words = [word for word in words if word.lower() not in ("runas", "hidden", "/b", "/min", "/wait", "/max")]
    return [Inner(text=" ".join(words), language="cmd")] if words else []


SPECIAL: dict[str, Callable[[tuple[str, ...], str | None], list[Inner]]] = {
    "ssh": _ssh,
    "find": _find,
    "fd": _find,
    "gfind": _find,
    "watch": _watch,
    "docker": _container,
    "podman": _container,
    "kubectl": _container,
    "oc": _container,
    "lxc": _container,
    "nerdctl": _container,
    "crictl": _container,
    "at": _at,
    "batch": _at,
    "crontab": _crontab,
    "cmd": _cmd,
    "invoke-expression": _iex,
    "iex": _iex,
    "start-process": _start,
    "saps": _start,
    "start": _start,
    "call": _operands("cmd"),
    "conhost": _operands("cmd"),
    "wt": _operands("cmd"),
    "runas": _operands("cmd"),
    "psexec": _operands("cmd"),
    "psexec64": _operands("cmd"),
    "wmic": _wmic,
    "wsl": _after("-e", "--exec", "--", language="bash"),
    "forfiles": _after("/c", "-c"),
    "schtasks": _after("/tr", "-tr"),
}
