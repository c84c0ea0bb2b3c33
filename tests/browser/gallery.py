"""One message per block type, and the modals and texts that the toy bot shows: what the page must be able to draw."""

from __future__ import annotations

from typing import Any

Block = dict[str, Any]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63a8f82d06000378018ad6c794d60000000049454e44ae426082"
)
STAMP = 1392734382  # 2014-02-18 14:39:42 UTC
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> <!channel> <@U0ANAFERR1> *not bold* &lt;b&gt; \"'`"


def plain(text: str) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str, **more: Any) -> Block:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text, **more}


def option(text: str, value: str, about: str = "") -> Block:
    """An option of a menu."""
    return {"text": plain(text), "value": value, **({"description": plain(about)} if about else {})}


def button(text: str, action_id: str, **more: Any) -> Block:
    """A button."""
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": more.pop("value", text.lower()), **more}


CONFIRM = {
    "title": plain("End this session?"),
    "text": mrkdwn("Ana's shell on *web-1* closes at once."),
    "confirm": plain("End it"),
    "deny": plain("Keep it"),
    "style": "danger",
}
LEVELS = [option("Low", "low", "can wait"), option("High", "high", "today"), option("Critical", "critical", "now")]


def rich(*elements: Block) -> Block:
    """A rich_text block of one section."""
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def text(words: str, **style: bool) -> Block:
    """A rich text leaf."""
    return {"type": "text", "text": words, **({"style": style} if style else {})}


LAYOUT: list[Block] = [
    {"type": "header", "text": plain("Session ana-0a1b on web-1")},
    {
        "type": "section",
        "text": mrkdwn(
            "*bold* _italic_ ~gone~ `code` <https://example.com/a?b=1|a link> :lock: :no_such_emoji:\n> quoted\n```\nsudo -i\n```"
        ),
    },
    {
        "type": "section",
        "fields": [
            mrkdwn("*Node*\ni-0123456789abcdef0"),
            mrkdwn("*Owner*\n<@U0ANAFERR1>"),
            plain("Plain field"),
            mrkdwn("<#C0SECFLAG1> <!subteam^S0ONCALL01>"),
        ],
    },
    {"type": "divider"},
    {
        "type": "section",
        "text": mrkdwn(f"Seen <!date^{STAMP}^{{date_long}} at {{time_secs}}|2014-02-18 14:39 UTC>"),
        "accessory": button("Open", "open"),
    },
    {"type": "context", "elements": [mrkdwn("asked: sessions · 2 accounts"), plain("3 rows")]},
    {"type": "image", "image_url": "https://images.example.com/chart.png", "alt_text": "sessions by hour", "title": plain("Sessions")},
]

RICH: list[Block] = [
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    text("strong", bold=True),
                    text(" and "),
                    text("struck", strike=True),
                    text(" "),
                    text("x=1", code=True),
                    text(" "),
                    {"type": "user", "user_id": "U0BENOKAF1"},
                    text(" "),
                    {"type": "emoji", "name": "eyes"},
                    text(" "),
                    {"type": "link", "url": "https://example.com", "text": "docs"},
                    text(" "),
                    {"type": "date", "timestamp": STAMP, "format": "{date_num} {time}", "fallback": "then"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [
                    {"type": "rich_text_section", "elements": [text("first")]},
                    {"type": "rich_text_section", "elements": [text("second")]},
                ],
            },
            {"type": "rich_text_list", "style": "ordered", "elements": [{"type": "rich_text_section", "elements": [text("one")]}]},
            {"type": "rich_text_preformatted", "elements": [text("$ whoami\nroot <script>")]},
            {"type": "rich_text_quote", "elements": [text("said so")]},
        ],
    },
    {
        "type": "markdown",
        "text": "## Findings\n\n- **reverse shell** on `web-1`\n- [x] read\n\n| node | hits |\n|---|---|\n| web-1 | 3 |\n",
    },
]

TABLE: list[Block] = [
    {
        "type": "table",
        "column_settings": [{"align": "left"}, {"align": "right"}, {"is_wrapped": True}],
        "rows": [
            [{"type": "raw_text", "text": "Node"}, {"type": "raw_text", "text": "Lines"}, {"type": "raw_text", "text": "Command"}],
            [{"type": "raw_text", "text": "web-1"}, {"type": "raw_number", "value": 42}, rich(text("cat /etc/shadow", code=True))],
            [{"type": "raw_text", "text": "db-1"}, {"type": "raw_number", "value": 7}, {"type": "raw_text", "text": HOSTILE}],
        ],
    },
]

DATA: list[Block] = [
    {
        "type": "data_table",
        "caption": "Sessions by person",
        "page_size": 2,
        "rows": [[{"type": "raw_text", "text": "Person"}, {"type": "raw_text", "text": "Sessions"}]]
        + [
            [{"type": "raw_text", "text": name}, {"type": "raw_number", "value": count}]
            for name, count in (("Ana", 3), ("Ben", 11), ("Rhea", 5))
        ],
    },
    {
        "type": "data_visualization",
        "title": "Port forwards a day",
        "chart": {
            "type": "bar",
            "axis_config": {"categories": ["Mon", "Tue", "Wed"], "x_label": "Day", "y_label": "Tunnels"},
            "series": [
                {"name": "ssh", "data": [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 9}, {"label": "Wed", "value": 4}]},
                {"name": "rdp", "data": [{"label": "Mon", "value": 1}, {"label": "Tue", "value": 2}, {"label": "Wed", "value": 6}]},
            ],
        },
    },
    {
        "type": "data_visualization",
        "title": "By kind",
        "chart": {"type": "pie", "segments": [{"label": "shell", "value": 12}, {"label": "tunnel", "value": 5}]},
    },
]

VIDEO: Block = {
    "type": "video",
    "video_url": "https://video.example.com/1",
    "thumbnail_url": "https://video.example.com/1.png",
    "alt_text": "a video",
    "title": plain("How to review"),
}

CONTROLS: list[Block] = [
    {
        "type": "actions",
        "block_id": "acts",
        "elements": [
            button("Approve", "approve", style="primary"),
            button("End session", "end", style="danger", confirm=CONFIRM),
            button("Console", "console", url="https://console.example.com/"),
            {"type": "overflow", "action_id": "more", "options": [option("Snooze", "snooze"), option("Transcript", "transcript")]},
            {"type": "static_select", "action_id": "level", "placeholder": plain("Level"), "options": LEVELS},
            {"type": "users_select", "action_id": "who", "placeholder": plain("Reviewer")},
            {"type": "conversations_select", "action_id": "where", "placeholder": plain("Where")},
            {"type": "channels_select", "action_id": "room", "placeholder": plain("Channel")},
            {"type": "external_select", "action_id": "node", "placeholder": plain("Node"), "min_query_length": 0},
            {"type": "multi_static_select", "action_id": "levels", "placeholder": plain("Levels"), "options": LEVELS},
            {"type": "datepicker", "action_id": "day", "initial_date": "2026-11-20"},
            {"type": "timepicker", "action_id": "hour", "initial_time": "22:15"},
            {"type": "datetimepicker", "action_id": "moment", "initial_date_time": STAMP},
            {"type": "radio_buttons", "action_id": "verdict", "options": LEVELS[:2]},
            {"type": "checkboxes", "action_id": "flags", "options": LEVELS[:2]},
        ],
    },
]

ATTACHMENTS: list[Block] = [
    {"color": "#d1242f", "blocks": [{"type": "section", "text": mrkdwn("*critical* reverse shell")}]},
    {
        "color": "good",
        "title": "Runbook",
        "title_link": "https://example.com/runbook",
        "text": "_legacy_ text",
        "fields": [{"title": "Level", "value": "high", "short": True}],
        "footer": "rules",
    },
]
