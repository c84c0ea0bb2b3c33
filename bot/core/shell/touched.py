"""By which names a command speaks of files and things: what ties one typed line to another.

Strategy: names without their folders, in lower case, because the second line may stand elsewhere than the first.
"""

from __future__ import annotations

import re

from bot.core.shell.words import POWERSHELLS, SHELLS, Simple, bare

_RUNNERS = (
    SHELLS | POWERSHELLS | {"source", ".", "python", "python2", "python3", "perl", "ruby", "php", "node", "java", "cscript", "wscript"}
)
_RUNNERS_MORE = frozenset(("mshta", "rundll32", "regsvr32", "msiexec", "start-process", "start", "unblock-file", "insmod", "dpkg", "rpm"))
_FETCHERS = frozenset(
    ("curl", "wget", "aria2c", "axel", "fetch", "invoke-webrequest", "iwr", "start-bitstransfer", "certutil", "bitsadmin")
)
_OUT = re.compile(r"(?i)-(?:o|out\w*|destination|output-document)$")
_URL = re.compile(r"(?i)[a-z]+://[^/\s]+/(?:[^?#\s]*/)?([^/?#\s]+)")
_NAME = re.compile(r"[^/\\]+$")
_DEVICE = re.compile(r"/dev/(?!shm/)|(?i:nul$)")
_FLAG = re.compile(r"[-+]|/\w+$")


def operands(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The words after a program that are no options.

    >>> operands(("usermod", "-aG", "sudo", "ann")), operands(("net", "user", "ann", "/add"))
    (('sudo', 'ann'), ('user', 'ann'))
    """
    return tuple(word for word in argv[1:] if word and not _FLAG.match(word))


def touched(simple: Simple) -> tuple[str, ...]:
    """Base names of the files that a command fetches, writes, changes or runs.

    >>> touched(Simple(("sh", "/tmp/a.sh"), "sh /tmp/a.sh", "sh"))
    ('a.sh',)
    """
    image = (simple.image,) if re.search(r"[/\\]", simple.image) else ()
    found = (*simple.writes, *image, *_run(simple), *_fetched(simple))
    names = (_NAME.search(word.strip("\"'")) for word in found if not _DEVICE.match(word))
    return tuple(dict.fromkeys(name[0].lower() for name in names if name))


def _run(simple: Simple) -> tuple[str, ...]:
    if bare(simple.image) not in _RUNNERS and bare(simple.image) not in _RUNNERS_MORE:
        return ()
    return tuple(word for word in operands(simple.argv)[:4] if re.search(r"[./\\]", word) and "://" not in word)


def _fetched(simple: Simple) -> tuple[str, ...]:
    if bare(simple.image) not in _FETCHERS:
        return ()
    pairs = zip(simple.argv, simple.argv[1:], strict=False)
    named = tuple(after for flag, after in pairs if _OUT.match(flag) and not (simple.name == "curl" and flag == "-O"))
    if named:
        return named
    last = simple.argv[-1] if simple.name in ("certutil", "bitsadmin") and "://" not in simple.argv[-1] else ""
    return (last,) if last else tuple(match[1] for word in simple.argv[1:] if (match := _URL.match(word)))
