"""The store on SQLite, and on a PostgreSQL server of the test's own where its binaries are installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from bot.core.doctor.drift import Seen, Visit
from bot.core.model import Document, Place, Unavailable
from bot.store.ledger import START, Store, Verdict
from bot.store.schema import VERSION

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NOBODY = 65534


@pytest.fixture(scope="session", name="postgres")
def _postgres():
    """A PostgreSQL server in a folder of its own, on a loopback port; PostgreSQL refuses to run as root, so nobody runs it."""
    if not shutil.which("initdb") or not shutil.which("postgres"):
        pytest.skip("no PostgreSQL binaries (initdb, postgres) on the path")
    pytest.importorskip("psycopg", reason="the postgres extra is not installed")
    folder = Path(tempfile.mkdtemp(prefix="countersign-pg-", dir="/tmp"))
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    if user:
        os.chown(folder, NOBODY, NOBODY)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **user}
    data = str(folder / "data")
    subprocess.run(["initdb", "-D", data, "-U", "countersign", "-A", "trust", "-E", "UTF8", "-N"], check=True, **quiet)
    options = f"-F -p {port} -h 127.0.0.1 -k {folder}"
    control = [shutil.which("pg_ctl") or str(Path(shutil.which("postgres")).resolve().parent / "pg_ctl"), "-D", data]
    subprocess.run([*control, "-w", "-o", options, "start"], check=True, **quiet)
    yield f"postgresql://countersign@127.0.0.1:{port}"
    subprocess.run([*control, "-m", "immediate", "stop"], check=False, **quiet)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "memory", "postgresql"], name="url")
def _url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/var/countersign.db"
    if request.param == "memory":
        return "sqlite://"
    server = request.getfixturevalue("postgres")
    name = f"t{abs(hash(request.node.nodeid))}"
    engine = create_engine(make_url(f"{server}/postgres").set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture(name="store")
def _store(url):
    store = Store(url, timedelta(days=7), lambda: NOW)
    yield store
    store.close()


def test_an_empty_trail_holds(store):
    assert Verdict(0) == store.verify()
    assert (0, START) == store.head()


def test_what_is_noted_holds(store):
    for number in range(5):
        store.note(NOW, "U0ALICE", "asked", {"words": f"audit {number}d", "hostile": "\x00\ud800 '; DROP TABLE trail;--"})
    assert Verdict(5) == store.verify(store.head())


def test_a_name_with_nul_and_lone_surrogate_can_be_noted(store):
    store.note(NOW, "U\x00\ud800", "as\x00ked", {})
    assert Verdict(1) == store.verify()


def test_an_answer_is_kept_for_its_owner(store):
    token = store.keep(NOW, "U0ALICE", '{"text": "é\\u0000"}')
    assert ("U0ALICE", '{"text": "é\\u0000"}') == store.kept(token)


def test_tokens_differ_and_a_strange_one_is_nothing(store):
    assert store.keep(NOW, "U", "a") != store.keep(NOW, "U", "a")
    assert store.kept("' OR 1=1 --\x00") is None


def test_an_answer_expires(store):
    """Eight days old is gone for the reader at once, and swept with the next answer."""
    old = store.keep(NOW - timedelta(days=8), "U0ALICE", "old")
    assert store.kept(old) is None
    store.keep(NOW, "U0ALICE", "new")
    assert 1 == store.read(lambda connection: connection.execute(text("SELECT count(*) FROM answers")).scalar_one())


@pytest.mark.parametrize("statement", ["UPDATE trail SET who = 'U0MALLORY'", "DELETE FROM trail"])
def test_the_database_itself_refuses_to_change_the_trail(store, statement):
    store.note(NOW, "U0ALICE", "asked", {})
    with pytest.raises(Unavailable, match="append-only"):
        store.write(lambda connection: connection.execute(text(statement)))
    assert Verdict(1) == store.verify()


UNSEAL = {
    "sqlite": ("DROP TRIGGER trail_kept", "DROP TRIGGER trail_whole"),
    "postgresql": ("ALTER TABLE trail DISABLE TRIGGER trail_kept",),
}


def tamper(store, statement):
    def work(connection):
        for each in (*UNSEAL[connection.dialect.name], statement):
            connection.execute(text(each))

    store.write(work)


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        pytest.param("UPDATE trail SET who = 'U0MALLORY' WHERE number = 3", Verdict(2, 3, "the row is not what was written"), id="changed"),
        pytest.param(
            "UPDATE trail SET detail = '{}' WHERE number = 1", Verdict(0, 1, "the row is not what was written"), id="first changed"
        ),
        pytest.param("DELETE FROM trail WHERE number = 2", Verdict(1, 2, "a row is missing"), id="removed"),
        pytest.param("UPDATE trail SET number = 9 WHERE number = 5", Verdict(4, 5, "a row is missing"), id="moved"),
        pytest.param("UPDATE trail SET prev = hash WHERE number = 4", Verdict(3, 4, "the row is not what was written"), id="relinked"),
        pytest.param(
            "DELETE FROM trail WHERE number > 3", Verdict(3, 4, "the trail ends before row 5, which was noted elsewhere"), id="cut off"
        ),
    ],
)
def test_tampering_shows(store, statement, verdict):
    for number in range(5):
        store.note(NOW, "U0ALICE", "asked", {"number": number})
    head = store.head()
    tamper(store, statement)
    assert verdict == store.verify(head)


def test_a_trail_that_was_written_anew_does_not_hold_against_an_old_head(store):
    store.note(NOW, "U0ALICE", "asked", {"words": "one"})
    head = store.head()
    tamper(store, "DELETE FROM trail")
    store.note(NOW, "U0ALICE", "asked", {"words": "two"})
    assert Verdict(1) == store.verify()
    assert Verdict(0, 1, "the row is not the one noted elsewhere") == store.verify(head)


def test_many_threads_make_one_chain(store):
    threads = [threading.Thread(target=lambda: [store.note(NOW, "U", "asked", {}) for _ in range(20)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Verdict(160) == store.verify()


def test_a_job_that_fails_takes_nobody_with_it(store):
    """Jobs that wait together are one group; only the one at fault fails."""
    gate, errors = threading.Event(), []

    def fail():
        try:
            store.write(lambda connection: connection.execute(text("SELECT nothing FROM nowhere")))
        except Unavailable as error:
            errors.append(error)

    threads = [threading.Thread(target=lambda: store.write(lambda _: gate.wait(5)))]
    threads += [threading.Thread(target=fail), *(threading.Thread(target=lambda: store.note(NOW, "U", "asked", {})) for _ in range(5))]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert (1, Verdict(5)) == (len(errors), store.verify())


def test_what_was_written_is_there_after_a_restart(url):
    if url == "sqlite://":
        pytest.skip("memory forgets")
    first = Store(url, now=lambda: NOW)
    first.note(NOW, "U0ALICE", "asked", {})
    token = first.keep(NOW, "U0ALICE", "body")
    first.close()
    second = Store(url, now=lambda: NOW)
    assert (Verdict(1), ("U0ALICE", "body")) == (second.verify(), second.kept(token))
    second.close()


def test_two_processes_make_one_chain(url):
    """A worker and a clock share a store; here as two Stores."""
    if url == "sqlite://":
        pytest.skip("memory is not shared")
    stores = [Store(url), Store(url)]
    threads = [threading.Thread(target=lambda s=s: [s.note(NOW, "U", "asked", {}) for _ in range(20)]) for s in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Verdict(40) == stores[0].verify()
    for store in stores:
        store.close()


def test_a_newer_store_is_refused_with_a_sentence(url):
    if url == "sqlite://":
        pytest.skip("memory forgets")
    store = Store(url)
    store.write(lambda connection: connection.execute(text(f"UPDATE meta SET value = '{VERSION + 1}'")))
    store.close()
    with pytest.raises(Unavailable, match="run the newer program"):
        Store(url)


def test_the_file_is_its_owners_alone(tmp_path):
    Store(f"sqlite:///{tmp_path}/a.db").close()
    assert 0o600 == (tmp_path / "a.db").stat().st_mode & 0o777


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("sqlite:////proc/nowhere/a.db", id="a folder that cannot be made"),
        pytest.param("sqlite:////", id="a folder"),
        pytest.param("postgresql://countersign:hunter2@127.0.0.1:1/x", id="no server"),
    ],
)
def test_a_store_that_cannot_be_opened_says_which_and_hides_its_password(url):
    with pytest.raises(Unavailable, match="COUNTERSIGN_STORE") as caught:
        Store(url)
    assert "hunter2" not in str(caught.value)


def test_a_closed_store_says_so(url):
    store = Store(url)
    store.close()
    with pytest.raises(Unavailable, match="closed"):
        store.note(NOW, "U", "asked", {})


HERE = Place("111122223333", "eu-west-1")
SEEN = {"111122223333/eu-west-1 preferences.idle": Seen("ok", "Sessions end after 20 idle minutes.", NOW)}


def paper(idle):
    return Document("SSM-SessionManagerRunShell", "Standard_Stream", {"idleSessionTimeout": idle}, {}, HERE.account, HERE.region, "1")


def test_the_doctors_visits_are_kept_in_their_order(store):
    for days in (3, 1, 2):
        store.keep_visit(Visit(NOW - timedelta(days=days), "U0ALICE", SEEN, 46, 2))
    assert Visit(NOW - timedelta(days=2), "U0ALICE", SEEN, 46, 2) == store.visited(NOW - timedelta(days=2))
    assert [1, 3] == [(NOW - store.visited(NOW, first=first).at).days for first in (False, True)]
    assert store.visited(NOW - timedelta(days=4)) is None


def test_old_visits_go(store):
    store.keep_visit(Visit(NOW - timedelta(days=61)))
    store.keep_visit(Visit(NOW))
    assert store.visited(NOW - timedelta(days=1)) is None


def test_a_document_is_kept_when_it_is_seen_to_have_changed(store):
    """Four looks at a document that changed once and back: three copies, each from when it was first seen so."""
    for days, idle in ((4, "20"), (3, "60"), (2, "60"), (1, "20")):
        store.keep_visit(Visit(NOW - timedelta(days=days)), [paper(idle)])
    found = store.papers([(HERE, "SSM-SessionManagerRunShell"), (HERE, "acme-Own")])
    assert [("20", 4), ("60", 3), ("20", 1)] == [(d.inputs["idleSessionTimeout"], (NOW - d.made).days) for d in found]


def test_a_hostile_document_is_kept_as_it_is(store):
    hostile = {"shellProfile": {"linux": "\x00\ud800 '; DROP TABLE papers;--" + "é" * 70_000}}
    store.keep_visit(Visit(NOW), [replace(paper("20"), inputs=hostile)])
    assert hostile == store.papers([(HERE, "SSM-SessionManagerRunShell")])[0].inputs


def test_a_store_from_before_the_visits_gets_their_tables(url):
    store = Store(url, timedelta(days=7), lambda: NOW)
    for name in ("visits", "papers"):
        store.write(lambda connection, name=name: connection.execute(text(f"DROP TABLE {name}")))
    store.close()
    if url == "sqlite://":
        return
    store = Store(url, timedelta(days=7), lambda: NOW)
    assert store.visited(NOW) is None
    store.close()
