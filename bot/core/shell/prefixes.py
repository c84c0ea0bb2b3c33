"""Wrappers whose inner command simply follows their own words: a table of where those words end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inner:
    """What a wrapper starts: words, or a text in a shell's language. `user` is set where the wrapper changes it."""

    argv: tuple[str, ...] = ()
    text: str = ""
    language: str = "bash"
    user: str = ""


@dataclass(frozen=True, slots=True)
class Prefix:
    """How a wrapper's own words end: `valued` options take the next word, then `operands` words are skipped."""

    valued: str = ""  # space-separated options
    operands: int = 0
    user: str = ""
    stop: str = "--"


PREFIXES: dict[str, Prefix] = {
    "sudo": Prefix("-u -g -h -p -C -D -R -T -U -r -t -c --user --group --host --prompt --chdir --role", user="root"),
    "doas": Prefix("-u -C", user="root"),
    "pkexec": Prefix("--user", user="root"),
    "run0": Prefix("-u --user --unit -D", user="root"),
    "gosu": Prefix(operands=1),
    "su-exec": Prefix(operands=1),
    "env": Prefix("-u --unset -C --chdir -S --split-string"),
    "xargs": Prefix("-a -d -E -I -L -n -P -s --arg-file --delimiter --max-args --max-procs --replace --max-lines"),
    "timeout": Prefix("-k -s --kill-after --signal", operands=1),
    "nice": Prefix("-n --adjustment"),
    "ionice": Prefix("-c -n -t --class --classdata"),
    "chrt": Prefix("-T -P -D", operands=1),
    "taskset": Prefix(operands=1),
    "stdbuf": Prefix("-i -o -e"),
    "strace": Prefix("-o -e -p -s -u -a -E -I -O -S -P -b -X"),
    "ltrace": Prefix("-o -e -p -s -u -a -n -l -x"),
    "chroot": Prefix("--userspec --groups", operands=1),
    "unshare": Prefix("--map-user --map-group -S -G -w --wd --setuid --setgid"),
    "nsenter": Prefix("-t --target -S -G --setuid --setgid"),
    "flock": Prefix("-w -E --timeout --conflict-exit-code", operands=1),
    "exec": Prefix("-a"),
    "faketime": Prefix(operands=1),
    "logsave": Prefix(operands=1),
    "setlock": Prefix(operands=1),
    "setpriv": Prefix("--reuid --regid --groups --bounding-set"),
    "systemd-run": Prefix("--unit --on-calendar --on-active --uid --gid -p --property --slice -u -E -H -M --machine"),
    "systemd-inhibit": Prefix("--what --who --why --mode"),
    "softlimit": Prefix("-m -d -s -l -a -o -p -f -c -r -t"),
    "prlimit": Prefix("-p"),
    "choom": Prefix("-n -p"),
    "cpulimit": Prefix("-l -p -e"),
    "parallel": Prefix("-j --jobs -a -I -S"),
    "script": Prefix("-t -T -I -O -B -o -m", operands=9),
    "runcon": Prefix("-t -u -r -l", operands=1),
    "proxychains4": Prefix("-f"),
    "proxychains": Prefix("-f"),
    "ssh-agent": Prefix("-a -t"),
    "dbus-run-session": Prefix("--config-file"),
    "chpst": Prefix("-u -U -b -/ -C -n -l -L -m -d -o -p -f -c -t -e"),
    "perf": Prefix("-o -e -F -p", operands=1),
}
PLAIN = "nohup setsid time command builtin busybox toybox setarch torify torsocks tsocks unbuffer valgrind eatmydata \
fakeroot firejail grc multitime pexec aa-exec noglob rlwrap coproc linux32 linux64 i386 x86_64 bwrap catchsegv stdbuf"
PREFIXES |= {name: Prefix() for name in PLAIN.split()}
