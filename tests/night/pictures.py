"""What programs draw: output with its escapes made real, full-screen programs, bars that redraw themselves, times."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from tests.night.nodes import Node

TIME = re.compile(r"@\{([^|}]+)\|([^}]+)\}")


def escaped(text: str) -> str:
    """Output as the script writes it, with its escapes made real."""
    return text.replace("\\e", "\x1b").replace("\\a", "\x07").replace("\\b", "\b").replace("\\r", "\r")


def vim(words: str) -> str:
    """An edit of one file in vim, on the alternate screen; what is typed there are no commands."""
    path, *lines = words.split("|")
    body = "".join(f"\x1b[{row};1H{line}\x1b[K" for row, line in enumerate(lines, 1))
    tildes = "".join(f"\x1b[{row};1H\x1b[94m~\x1b[0m\x1b[K" for row in range(len(lines) + 1, 12))
    spot = f"\x1b[2;{len(lines[1]) - 1}H"
    return (
        "\x1b[?1049h\x1b[22;0;0t\x1b[>4;2m\x1b[?1h\x1b=\x1b[?2004h\x1b[?1004h\x1b[1;24r\x1b[?12h\x1b[?12l\x1b[22;2t\x1b[22;1t\x1b[29m\x1b[m\x1b[H\x1b[2J"
        f'\x1b[?25l\x1b[24;1H"{path}" {len(lines)}L, 412B{body}{tildes}\x1b[?25h{spot}\x1b[24;1H\x1b[1m-- INSERT --\x1b[m{spot}1\x1b[24;1H\x1b[K'
        f':wq\r"{path}" {len(lines)}L, 413B written\x1b[?2004l\x1b[>4;m\r\r\n\x1b[?1004l\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t'
    )


def less(words: str) -> str:
    """A page in less, left with q."""
    lines = words.split("|")
    return (
        "\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\r"
        + "\r\n".join(lines)
        + "\r\n\x1b[7m(END)\x1b[27m\x1b[K\r\x1b[K\x1b[?1l\x1b>\x1b[?1049l\x1b[23;0;0t"
    )


def top(node: Node) -> str:
    """Two refreshes of top; its screen is wiped when it ends."""
    head = f"top - 02:14:{{:02d}} up 41 days,  load average: 0.42, 0.38, 0.35 on {node.host}"
    rows = (
        "  PID USER      PR  NI    VIRT    RES S  %CPU  %MEM COMMAND",
        " 2211 orders    20   0 2814236 612044 S  37.2  15.4 java",
        "  641 root      20   0 1256300  28410 S   0.7   0.3 amazon-ssm-agen",
    )
    screens = "".join(
        "\x1b[H"
        + head.format(3 * i)
        + "\x1b[K\r\n"
        + "".join(f"\x1b[7m{row}\x1b[0m\x1b[K\r\n" if not n else f"{row}\x1b[K\r\n" for n, row in enumerate(rows))
        + "\x1b[J"
        for i in range(2)
    )
    return f"\x1b[?1h\x1b=\x1b[?25l\x1b[H\x1b[2J{screens}\x1b[?1l\x1b>\x1b[25;1H\r\n\x1b[?12l\x1b[?25h\x1b[K"


def progress(label: str) -> str:
    """A progress bar that redraws itself by CR."""
    bars = (f"\r{label} {done:3d}%[{'=' * (done // 5) + '>':<21}] {done * 41 // 10:>4}K  1.20MB/s" for done in range(0, 101, 10))
    return "".join(bars) + "\r\n"


def dated(script: str, began: datetime) -> str:
    """The script with its times made real."""
    return TIME.sub(lambda found: f"{began - span(found[1]):{found[2]}}", script)


def span(words: str) -> timedelta:
    """`2d3h15m40s` as a stretch of time."""
    names = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    return timedelta(**{names[unit]: int(count) for count, unit in re.findall(r"(\d+)([dhms])", words)})
