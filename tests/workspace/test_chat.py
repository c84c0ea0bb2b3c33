"""What the bot says: posted, changed, taken back, whispered; and what Slack would not let it say."""

from __future__ import annotations

import pytest

from bot.workspace import cast
from tests.workspace.payloads import button, plain

PLATFORM = "C0PLATFRM1"
SECTION = {"type": "section", "text": plain()}


def texts(client, user=cast.ANA, channel=PLATFORM):
    """What a person reads in a channel."""
    return [message["text"] for message in client.messages(user, channel)]


def test_post_answers_the_message(client):
    """The answer holds channel, ts and the message with a block_id for each block."""
    answer = client.api("chat.postMessage", channel=PLATFORM, text="hi", blocks=[SECTION])
    assert (PLATFORM, answer["ts"]) == (answer["channel"], answer["message"]["ts"])
    assert answer["message"]["blocks"][0]["block_id"]


@pytest.mark.parametrize("channel", [pytest.param("#platform", id="by name"), pytest.param(cast.ANA.id, id="a person")])
def test_addresses(client, channel):
    """A channel may be named, and a person's id is their direct conversation."""
    assert client.api("chat.postMessage", channel=channel, text="hi")["channel"][0] in "CD"


@pytest.mark.parametrize(
    ("args", "error"),
    [
        pytest.param({"channel": "C1"}, "channel_not_found", id="no such channel"),
        pytest.param({"channel": "C0INCIDNT1"}, "channel_not_found", id="private, without the bot"),
        pytest.param({"text": ""}, "no_text", id="nothing to say"),
        pytest.param({"blocks": "{"}, "invalid_blocks_format", id="blocks that are no JSON"),
        pytest.param({"blocks": [{"type": "poem"}]}, "invalid_blocks", id="an unknown block"),
        pytest.param({"thread_ts": "1.1"}, "thread_not_found", id="no such thread"),
        pytest.param({"metadata": {"event_type": "x"}}, "invalid_metadata_schema", id="half of a metadata"),
        pytest.param({"attachments": [{}] * 101}, "too_many_attachments", id="101 attachments"),
    ],
)
def test_post_refuses(client, args, error):
    """Each has Slack's word."""
    assert error == client.api("chat.postMessage", **{"channel": PLATFORM, "text": "hi", **args})["error"]


def test_invalid_blocks_point(client):
    """The whole message is refused for one bad block, with its pointer twice as in Slack."""
    answer = client.api("chat.postMessage", channel=PLATFORM, text="hi", blocks=[SECTION, {"type": "header", "text": plain("x" * 151)}])
    assert ["must be less than 151 characters [json-pointer:/blocks/1/text/text]"] == answer["errors"]
    assert ["[ERROR] must be less than 151 characters [json-pointer:/blocks/1/text/text]"] == answer["response_metadata"]["messages"]
    assert [] == texts(client)


def test_text_is_cut_at_forty_thousand(client):
    """Longer text is truncated."""
    assert 40_000 == len(client.api("chat.postMessage", channel=PLATFORM, text="x" * 50_000)["message"]["text"])


def test_update_without_blocks_takes_them_away(client):
    """chat.update replaces what the message says; text alone removes the blocks, and the edit is marked."""
    ts = client.api("chat.postMessage", channel=PLATFORM, text="1", blocks=[SECTION])["ts"]
    client.api("chat.update", channel=PLATFORM, ts=ts, text="2")
    [message] = client.messages(cast.ANA, PLATFORM)
    assert ("2", False, True) == (message["text"], "blocks" in message, "edited" in message)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("x" * 4000, None, id="4,000 bytes"),
        pytest.param("x" * 4001, "msg_too_long", id="one more"),
        pytest.param("é" * 2001, "msg_too_long", id="bytes count, not characters"),
        pytest.param("&" * 801, "msg_too_long", id="each & counts as &amp;"),
        pytest.param("&amp;" * 800, None, id="what is escaped is not escaped again"),
    ],
)
def test_update_takes_four_thousand_bytes(client, text, error):
    """chat.update refuses longer text even beside blocks; chat.postMessage takes it."""
    ts = client.api("chat.postMessage", channel=PLATFORM, text=text)["ts"]
    assert error == client.api("chat.update", channel=PLATFORM, ts=ts, text=text, blocks=[SECTION]).get("error")


@pytest.mark.parametrize(
    ("count", "error"), [pytest.param(4, None, id="four full sections"), pytest.param(5, "msg_blocks_too_long", id="five full sections")]
)
def test_much_text_in_blocks(client, count, error):
    """Blocks that are each within their limit may be too much together."""
    blocks = [{"type": "section", "text": plain("x" * 3000)}] * count
    assert error == client.api("chat.postMessage", channel=PLATFORM, text="hi", blocks=blocks).get("error")


@pytest.mark.parametrize(
    ("blocks", "error"),
    [
        pytest.param([{"type": "markdown", "text": "x" * 12_000}], None, id="as much markdown as a block takes"),
        pytest.param([{"type": "divider"}] * 50, None, id="fifty dividers"),
        pytest.param([{"type": "table", "rows": [[{"type": "raw_text", "text": "x" * 99}] * 2] * 50}], None, id="a full table"),
    ],
)
def test_full_blocks_alone(client, blocks, error):
    """A block that is full to its own limit still goes."""
    assert error == client.api("chat.postMessage", channel=PLATFORM, text="hi", blocks=blocks).get("error")


def test_update_keeps_metadata(client):
    """Metadata stays unless it is given anew."""
    metadata = {"event_type": "review", "event_payload": {"id": "7"}}
    ts = client.api("chat.postMessage", channel=PLATFORM, text="1", metadata=metadata)["ts"]
    client.api("chat.update", channel=PLATFORM, ts=ts, text="2")
    assert metadata == client.form("conversations.history", channel=PLATFORM, include_all_metadata="1")["messages"][0]["metadata"]


def test_only_its_own(client):
    """The bot changes and deletes no message of a person."""
    ts = client.page("message", **{"as": cast.ANA.id}, channel=PLATFORM, text="mine").json()["ts"]
    assert "cant_update_message" == client.api("chat.update", channel=PLATFORM, ts=ts, text="2")["error"]
    assert "cant_delete_message" == client.api("chat.delete", channel=PLATFORM, ts=ts)["error"]
    assert "message_not_found" == client.api("chat.delete", channel=PLATFORM, ts="1.1")["error"]


def test_delete(client):
    """A deleted message is gone for everyone."""
    ts = client.api("chat.postMessage", channel=PLATFORM, text="1")["ts"]
    assert client.api("chat.delete", channel=PLATFORM, ts=ts)["ok"]
    assert [] == texts(client)


class TestEphemeral:
    """chat.postEphemeral."""

    def test_one_person_sees_it_until_reload(self, client):
        """Nobody else sees it, and a reload forgets it."""
        client.api("chat.postEphemeral", channel=PLATFORM, user=cast.ANA.id, text="psst")
        assert (["psst"], []) == (texts(client), texts(client, cast.BEN))
        client.page("reset-ephemeral", **{"as": cast.ANA.id})
        assert [] == texts(client)

    def test_only_for_people_in_the_channel(self, client):
        """Someone outside cannot be whispered to."""
        answer = client.api("chat.postEphemeral", channel="C0SSMAUDT1", user=cast.GIL.id, text="psst")
        assert "user_not_in_channel" == answer["error"]

    def test_cannot_be_updated(self, client):
        """chat.update does not find it: only its response_url could change it."""
        ts = client.api("chat.postEphemeral", channel=PLATFORM, user=cast.ANA.id, text="psst")["message_ts"]
        assert "message_not_found" == client.api("chat.update", channel=PLATFORM, ts=ts, text="2")["error"]


def test_permalink(client):
    """A link names channel and ts."""
    ts = client.api("chat.postMessage", channel=PLATFORM, text="1")["ts"]
    link = client.form("chat.getPermalink", channel=PLATFORM, message_ts=ts)["permalink"]
    assert link.endswith(f"/archives/{PLATFORM}/p{ts.replace('.', '')}")


@pytest.mark.parametrize(
    ("ahead", "error"),
    [
        pytest.param(60, None, id="in a minute"),
        pytest.param(-1, "time_in_past", id="past"),
        pytest.param(121 * 86_400, "time_too_far", id="121 days"),
    ],
)
def test_schedule(client, clock, ahead, error):
    """A message may be scheduled for the next 120 days."""
    assert error == client.api("chat.scheduleMessage", channel=PLATFORM, text="later", post_at=int(clock()) + ahead).get("error")


def test_thread_shows_on_its_parent(client):
    """Replies are in the thread, and the parent counts them."""
    parent = client.api("chat.postMessage", channel=PLATFORM, text="1")["ts"]
    client.api("chat.postMessage", channel=PLATFORM, text="2", thread_ts=parent)
    assert (["1"], 1) == (texts(client), client.messages(cast.ANA, PLATFORM)[0]["reply_count"])
    assert ["1", "2"] == [message["text"] for message in client.messages(cast.ANA, PLATFORM, parent)]


def test_reaction(client):
    """A reaction counts once per bot."""
    ts = client.api("chat.postMessage", channel=PLATFORM, text="1")["ts"]
    assert client.form("reactions.add", channel=PLATFORM, timestamp=ts, name="eyes")["ok"]
    assert "already_reacted" == client.form("reactions.add", channel=PLATFORM, timestamp=ts, name="eyes")["error"]
    assert [{"name": "eyes", "count": 1, "users": ["U0COUNTER1"]}] == client.messages(cast.ANA, PLATFORM)[0]["reactions"]


def test_timestamps_never_repeat(client):
    """Two messages in one instant of a standing clock have two timestamps, in order."""
    first, second = (client.api("chat.postMessage", channel=PLATFORM, text=text)["ts"] for text in "12")
    assert float(first) < float(second)


def test_action_ids_are_made_up(client):
    """A button without an action_id gets one, as in Slack."""
    nameless = {name: value for name, value in button().items() if name != "action_id"}
    answer = client.api("chat.postMessage", channel=PLATFORM, text="1", blocks=[{"type": "actions", "elements": [nameless]}])
    assert answer["message"]["blocks"][0]["elements"][0]["action_id"]
