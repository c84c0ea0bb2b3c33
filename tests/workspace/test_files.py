"""Uploads in three steps, and shares that come later."""

from __future__ import annotations

import pytest

from bot.workspace import cast
from tests.workspace.asgi import request

PLATFORM = "C0PLATFRM1"
BODY = b"node,count\nweb,3\n"


@pytest.fixture(name="asked")
def _asked(client):
    return client.form("files.getUploadURLExternal", filename="a.csv", length=len(BODY), alt_txt="Counts")


def send(app, asked, body=BODY, **headers):
    return request(app, "POST", asked["upload_url"], body=body, headers=headers)


def complete(client, asked, **more):
    return client.form("files.completeUploadExternal", files=[{"id": asked["file_id"], "title": "Counts"}], **more)


def test_upload_and_share(app, client, asked):
    """The bytes arrive, the file is completed and stands in the channel."""
    assert 200 == send(app, asked).status
    assert complete(client, asked, channel_id=PLATFORM, initial_comment="Here")["ok"]
    [message] = client.messages(cast.ANA, PLATFORM)
    [file] = message["files"]
    assert ("Here", "Counts", "text/csv", len(BODY)) == (message["text"], file["title"], file["mimetype"], file["size"])
    assert request(app, "GET", f"/page/files/{file['id']}").body == BODY


def test_not_completed_is_not_there(app, client, asked):
    """Until it is completed, nobody can see or ask for a file."""
    send(app, asked)
    assert "file_not_found" == client.form("files.info", file=asked["file_id"])["error"]
    assert 404 == request(app, "GET", f"/page/files/{asked['file_id']}").status


def test_bytes_must_arrive_first(client, asked):
    """A file without its bytes cannot be completed."""
    assert "file_not_found" == complete(client, asked)["error"]


def test_length_must_be_as_announced(app, asked):
    """Other bytes than announced are refused."""
    assert 400 == send(app, asked, b"x").status


def test_an_address_takes_bytes_once(app, asked):
    """The upload address is used up."""
    assert [200, 404] == [send(app, asked).status for _ in range(2)]


def test_multipart_upload(app, client, asked):
    """JavaScript's client sends the bytes as multipart."""
    part = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n' + BODY + b"\r\n--x--\r\n"
    )
    assert 200 == send(app, asked, part, **{"content-type": "multipart/form-data; boundary=x"}).status
    assert len(BODY) == complete(client, asked)["files"][0]["size"]


def test_shares_come_later(app, client, asked, clock):
    """With the switch on, files.info has no shares until the delay has passed: the bot must ask again."""
    app.state.faults.add("share_delay", seconds=2)
    send(app, asked)
    complete(client, asked, channel_id=PLATFORM)
    assert {} == client.form("files.info", file=asked["file_id"])["file"]["shares"]
    clock.forward(2)
    assert [PLATFORM] == list(client.form("files.info", file=asked["file_id"])["file"]["shares"]["public"])


def test_where_the_bot_is_not(app, client, asked):
    """A file is shared only where the bot may post."""
    send(app, asked)
    assert "channel_not_found" == complete(client, asked, channel_id="C0INCIDNT1")["error"]


def test_delete(app, client, asked):
    """A deleted file is gone from its message."""
    send(app, asked)
    complete(client, asked, channel_id=PLATFORM)
    assert client.form("files.delete", file=asked["file_id"])["ok"]
    assert "file_deleted" == client.form("files.info", file=asked["file_id"])["error"]
    assert "files" not in client.messages(cast.ANA, PLATFORM)[0]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("a.png", "inline", id="an image is shown"),
        pytest.param("a.html", "attachment", id="a page is downloaded, never run"),
        pytest.param('é"\r\nx: y.csv', "attachment", id="a name that would break the header"),
        pytest.param("a.svg", "attachment", id="an SVG may hold scripts"),
    ],
)
def test_only_images_open_in_the_page(app, client, name, shown):
    """The workspace serves nothing that could run in its own origin."""
    asked = client.form("files.getUploadURLExternal", filename=name, length=1)
    send(app, asked, b"x")
    complete(client, asked)
    answer = request(app, "GET", f"/page/files/{asked['file_id']}")
    assert (shown, "nosniff") == (answer.headers["content-disposition"].partition(";")[0], answer.headers["x-content-type-options"])
