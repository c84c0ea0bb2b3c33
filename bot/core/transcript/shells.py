"""What a command says about the lines that follow it: does it open another shell, is it finished at all?

`unfinished` reads as bash does just enough to know whether it would ask for another line.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PREFIXES = frozenset(
    {"sudo", "doas", "env", "nohup", "time", "exec", "command", "builtin", "setsid", "stdbuf", "nice", "ionice", "chroot", "script"}
)
_ELEVATE = frozenset({"sudo", "doas", "pkexec"})
_OPENERS: Final = _words("""
    bash sh zsh dash ash ksh fish tcsh csh rbash busybox su newgrp runuser login chroot nsenter unshare script exec
    ssh mosh telnet nc ncat socat expect rlwrap screen tmux byobu toolbox distrobox machinectl lxd vagrant wsl
    python python2 python3 ipython node ruby irb perl php lua ghci scala jshell r octave bc spark-shell pyspark
    mysql mariadb psql sqlite3 sqlite redis-cli mongo mongosh cqlsh sqlcmd sqlplus hive gdb lldb ftp sftp
    pwsh pwsh.exe powershell powershell.exe cmd cmd.exe enter-pssession etsn nix-shell k9s
""")
_WITH_VERB: Final = {
    **dict.fromkeys(
        ("docker", "podman", "nerdctl", "kubectl", "oc", "crictl", "ctr", "lxc"), frozenset({"exec", "run", "attach", "debug", "rsh"})
    ),
    "aws": frozenset({"start-session", "execute-command"}),
    "az": frozenset({"ssh", "exec"}),
    "gcloud": frozenset({"ssh"}),
    "nix": frozenset({"shell", "develop"}),
    "poetry": frozenset({"shell", "run"}),
    "pipenv": frozenset({"shell", "run"}),
}
_PRINTERS: Final = _words("""
    cat less more head tail grep egrep fgrep rg sed awk git journalctl dmesg zcat zgrep bat nl tac strings xxd od
    hexdump diff cut sort uniq echo printf type get-content gc select-string find ls man curl wget history asciinema
""")
_OTHERS: Final = _words("""
    cd pwd rm cp mv ln mkdir rmdir touch chmod chown chgrp useradd usermod userdel groupadd passwd who whoami id w last uptime uname hostname
    date df du free ps top kill pkill killall systemctl service crontab mount umount ip ss netstat ping dig host nslookup iptables
    tar gzip gunzip zip unzip wget scp rsync make pip npm yum dnf apt apt-get rpm dpkg export unset alias source exit logout clear
    vi vim nano tee xargs wc tr test true false sleep watch openssl base64 aws terraform ansible yes env jq PATH HOME
""")
COMMON = _PREFIXES | _ELEVATE | _OPENERS | _PRINTERS | _OTHERS | frozenset(_WITH_VERB)
MULTIPLEXERS = frozenset({"tmux", "screen", "byobu", "zellij", "abduco", "dtach", "dvtm"})

MOST_LINES, LONGEST = 500, 1 << 16

_WORD = re.compile(r"""[^\s;&|()<>'"]+""")
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)([\w.!+-]+)\1")
_CLOSED = re.compile(r"""\\.|'[^']*+'|"(?:[^"\\]|\\.)*+"|`(?:[^`\\]|\\.)*+`""", re.DOTALL)  # what is escaped or between quotes
_OPEN_WORDS = re.compile(r"(?:^|[;&|({\n]|\bdo|\bthen|\belse)\s*(if|for|while|until|case|select)\b")
_CLOSE_WORDS = re.compile(r"(?:^|[;&|)}\n])\s*(fi|done|esac)\b")


@lru_cache(maxsize=1024)
def head(command: str) -> str:
    """The program that a command line starts, past `sudo`, assignments and options."""
    for word in _WORD.findall(command.replace("\n", " ")):
        base: str = word.rsplit("/", 1)[-1].rsplit("\\", 1)[-1].lower()
        if base in _PREFIXES and base != "exec":
            continue
        if word.startswith("-") or ("=" in word and not word.startswith("=")):
            continue
        return base
    first = _WORD.search(command)
    return str(first.group()).rsplit("/", 1)[-1].lower() if first else ""


@lru_cache(maxsize=1024)
def opens(command: str) -> bool:
    """Whether prompts of another shell or console may follow the command."""
    words = [word.rsplit("/", 1)[-1].lower() for word in _WORD.findall(command)]
    name = head(command)
    if name in _WITH_VERB:
        return not _WITH_VERB[name].isdisjoint(words)
    elevated = words[0] in _ELEVATE if words else False
    return name in _OPENERS or (elevated and (name in _ELEVATE or any(word in ("-i", "-s", "su") for word in words[1:3])))


@lru_cache(maxsize=1024)
def prints(command: str) -> bool:
    """Whether the command shows text that others wrote, prompts in it included."""
    return head(command) in _PRINTERS and not opens(command)


def heredoc(command: str) -> str:
    """The word that ends the here-document which the command left open, or ''."""
    lines = command.split("\n")
    found = [match.group(2) for match in _HEREDOC.finditer(_outside_quotes(lines[0]))]
    below = set(map(str.strip, lines[1:])) if found else ()
    return next((word for word in found if word not in below), "")


def unfinished(command: str) -> bool:
    """Whether bash would ask for another line: an open quote, bracket, loop, pipe, backslash or here-document.

    One of more than MOST_LINES, or of several and LONGEST signs, is taken as unfinished: where it ends, the shell's first prompt tells.
    """
    if (len(command) > LONGEST and "\n" in command) or command.count("\n") > MOST_LINES or heredoc(command):
        return True
    naked = _CLOSED.sub("", command)
    if any(map(naked.__contains__, "'\"`")) or naked.endswith("\\") or sum(map(naked.count, "({")) > sum(map(naked.count, ")}")):
        return True
    bare = _outside_quotes(command)
    loops = len(_OPEN_WORDS.findall(bare)) - len(_CLOSE_WORDS.findall(bare))
    return loops > 0 or bare.rstrip().endswith(("|", "&&"))


def _outside_quotes(text: str) -> str:
    return re.sub(r"'[^']*'|\"(?:\\.|[^\"\\])*\"|(?<=\s)#[^\n]*|\\.", "_", re.sub(r"(<<-?\s*)(['\"])([\w.!+-]+)\2", r"\1\3", text))
