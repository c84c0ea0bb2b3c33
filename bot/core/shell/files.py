"""Which files a command writes and reads, beyond its redirections.

Strategy: a table from program to the words that are files. It says what the words say, not what the program did.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence

from bot.core.shell.words import bare

Files = tuple[tuple[str, ...], tuple[str, ...]]  # written, read
_READERS = "cat less more most head tail tac nl od xxd hexdump strings grep egrep fgrep rg ag zgrep awk gawk mawk nawk cut \
sort uniq wc base64 base32 basenc vi vim view nano emacs pico ed joe bat batcat rev fold fmt pr paste join comm \
diff cmp colordiff gzip bzip2 xz zip tar 7z gpg openssl scp rsync curl wget nc ncat socat jq column unshadow john hashcat \
get-content gc type select-string sls findstr certutil source . xargs look ul zcat zless strings file pg expand unexpand \
iconv dd ar cpio busybox sed python python3 perl ruby php lua aspell date ss arp ip dmesg whiptail dialog msgcat sqlite3"
READERS = frozenset(_READERS.split())


def _operands(args: Sequence[str]) -> tuple[str, ...]:
    return tuple(arg for arg in args if arg and not arg.startswith("-"))


def _last(args: Sequence[str]) -> Files:
    words = _operands(args)
    target = next((args[at + 1] for at, arg in enumerate(args[:-1]) if arg in ("-t", "--target-directory")), "")
    return ((target,), words) if target else (words[-1:], words[:-1])


def _all(args: Sequence[str]) -> Files:
    return _operands(args), ()


def _dd(args: Sequence[str]) -> Files:
    return tuple(arg[3:] for arg in args if arg.startswith("of=")), tuple(arg[3:] for arg in args if arg.startswith("if="))


def _in_place(args: Sequence[str]) -> Files:
    words = _operands(args)
    edits = any(re.match(r"-[a-zA-Z]*i|--in-place", arg) for arg in args if arg.startswith("-"))
    return (words, ()) if edits else ((), words)


def _option(*names: str) -> Callable[[Sequence[str]], Files]:
    def take(args: Sequence[str]) -> Files:
        spaced = [after for name, after in itertools.pairwise(args) if name.lower() in names]
        glued = [arg.partition("=")[2] for arg in args if "=" in arg and arg.partition("=")[0].lower() in names]
        sent = [arg.partition("@")[2] for arg in args if "@" in arg and "://" not in arg]
        return tuple(spaced + glued), tuple(sent)

    return take


def _cmdlet(args: Sequence[str]) -> Files:
    named = [after for name, after in itertools.pairwise(args) if re.match(r"(?i)-(lit|pa|file|des|pspath)", name)]
    return tuple(named) or _operands(args)[:1], ()


WRITERS: dict[str, Callable[[Sequence[str]], Files]] = {
    **dict.fromkeys(("cp", "mv", "install", "ln", "link", "rsync", "scp", "copy", "xcopy", "robocopy", "move"), _last),
    **dict.fromkeys(("copy-item", "move-item"), _last),
    **dict.fromkeys(("tee", "truncate", "shred", "unlink", "rm", "sponge", "visudo", "touch", "del", "erase"), _all),
    **dict.fromkeys(("vi", "vim", "nano", "emacs", "pico", "ed", "joe", "vigr", "vipw", "nvim"), _all),
    **dict.fromkeys(("chmod", "chown", "chattr", "setfacl", "chgrp"), _all),
    **dict.fromkeys(("sed", "perl", "ruby", "gsed"), _in_place),
    **dict.fromkeys(("set-content", "add-content", "out-file", "new-item", "clear-content", "tee-object"), _cmdlet),
    "dd": _dd,
    "wget": _option("-o", "--output-document"),
    "curl": _option("-o", "--output"),
    "patch": _all,
}
CHANGES_ONLY = frozenset(["rm", "unlink", "shred", "del", "erase", "chmod", "chown", "chattr", "setfacl", "chgrp", "touch"])


def files(argv: Sequence[str]) -> Files:
    """Files that the words of a command say it writes and reads."""
    name, args = bare(argv[0]), argv[1:]
    writer = WRITERS.get(name)
    written, read = writer(args) if writer else ((), ())
    if name in READERS and not written:
        read = read + tuple(word for word in args if "/" in word or "\\" in word or word[:1] in ".~@")
    return written, read
