"""Secrets leave no text; everything else stays."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.redact import redact, redact_count
from bot.core.secret_shapes import MASK

# Made of parts, so that no scanner takes them for real ones.
KEY_ID = "AKIA" + "EXAMPLE234567ABC"[:16]
SECRET_KEY = "wJalrXUtnF" + "EMI0K7MDEN" + "GbPxRfiCYE" + "XAMPLEKEY9"
JWT = "eyJ" + "hbGciOiJub25lIn0" + ".eyJ" + "zdWIiOiIxMjM0In0" + ".c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("secret", "text"),
    [
        pytest.param(KEY_ID, f"aws configure set aws_access_key_id {KEY_ID}", id="access key id"),
        pytest.param(SECRET_KEY, f"export AWS_SECRET_ACCESS_KEY={SECRET_KEY}", id="secret access key by name"),
        pytest.param(SECRET_KEY, f"aws configure\n{SECRET_KEY}", id="secret access key alone"),
        pytest.param(JWT, f"curl -H 'Cookie: s={JWT}'", id="JWT"),
        pytest.param("abcdefghijklmnop", "curl -H 'Authorization: Bearer abcdefghijklmnop' https://x", id="bearer"),
        pytest.param("Ym9iOmh1bnRlcjI=", "curl -H 'Authorization: Basic Ym9iOmh1bnRlcjI='", id="basic"),
        pytest.param("hunter2", "curl -u bob:hunter2 https://example.com", id="curl -u"),
        pytest.param("hunter2", "psql postgres://app:hunter2@db.example.com/app", id="URL with a password"),
        pytest.param("hunter2", "mysql -uroot -phunter2 app", id="mysql -p"),
        pytest.param("hunter2", "mysqldump --password=hunter2 app", id="--password="),
        pytest.param("hunter2", "tool --password hunter2 --verbose", id="--password x"),
        pytest.param("hunter2", "PASSWORD=hunter2 ./run", id="PASSWORD="),
        pytest.param("hunter2", "export DB_SECRET='hunter2'", id="export SECRET"),
        pytest.param("hunter2", "Server=db;User Id=sa;Password=hunter2;Encrypt=true", id="connection string"),
        pytest.param("hunter2", '{"client_secret": "hunter2"}', id="JSON"),
        pytest.param("hunter2", "ConvertTo-SecureString 'hunter2' -AsPlainText -Force", id="SecureString"),
        pytest.param("hunter2", "net user bob hunter2 /add", id="net user"),
        pytest.param("hunter2", "net use \\\\srv\\c$ hunter2 /u:corp\\bob", id="net use"),
        pytest.param("hunter2", "sshpass -p hunter2 ssh web01", id="sshpass"),
        pytest.param("hunter2", "echo 'root:hunter2' | chpasswd", id="chpasswd"),
        pytest.param("hunter2", "openssl enc -pass pass:hunter2 -in f", id="openssl pass:"),
        pytest.param("hunter2", "schtasks /create /ru bob /rp hunter2 /tn x", id="schtasks /rp"),
        pytest.param("hunter2", "echo hunter2 | sudo -S id", id="echo to sudo -S"),
        pytest.param("hunter2", "printf 'hunter2\\n' | sudo -k -S id", id="printf to sudo -S"),
        pytest.param("hunter2", "sudo -S id <<< 'hunter2'", id="here-string to sudo -S"),
        pytest.param("hunter2", "echo hunter2 | sudo passwd --stdin ana", id="passwd --stdin"),
        pytest.param("new-hunter2", "tool --password new-hunter2", id="a password like a cmdlet"),
        pytest.param("hunter2", "zip -r -P hunter2 out.zip dir", id="zip -P"),
        pytest.param("hunter2", "sqlcmd -S db -U sa -P hunter2 -Q 'select 1'", id="sqlcmd -P"),
        pytest.param("hunter2", "ldapsearch -x -D cn=app -w hunter2 -b dc=example", id="ldapsearch -w"),
        pytest.param("hunter2", "smbclient //files/share -U corp/ana%hunter2", id="smbclient -U"),
        pytest.param("hunter2", "az login --service-principal -u app -p hunter2", id="az login"),
        pytest.param("$6$ab$" + "x1" * 12, "root:$6$ab$" + "x1" * 12 + ":19000:0:99999:7:::", id="a line of /etc/shadow"),
        pytest.param("$6$ab$" + "x1" * 12, "usermod -p '$6$ab$" + "x1" * 12 + "' ana", id="usermod -p"),
        pytest.param("0a" * 16, "Administrator:500:" + "f1" * 16 + ":" + "0a" * 16 + ":::", id="a line of a SAM dump"),
        pytest.param("hunter2", "rclone config create s s3 secret_access_key hunter2", id="key and value as words"),
        pytest.param("ghp_" + "a1B2" * 9, "git clone https://" + "ghp_" + "a1B2" * 9 + "@github.com/x", id="GitHub"),
        pytest.param("xoxb-" + "1234567890-abcdef", "TOKEN xoxb-" + "1234567890-abcdef", id="Slack"),
        pytest.param("glpat-" + "abcdefghij1234567890", "glab auth glpat-" + "abcdefghij1234567890", id="GitLab"),
        pytest.param("npm_" + "a1" * 18, "npm set npm_" + "a1" * 18, id="npm"),
        pytest.param("sk_live_" + "abcdefghij12", "stripe sk_live_" + "abcdefghij12", id="Stripe"),
        pytest.param("MIIEabc", "-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\n-----END RSA PRIVATE KEY-----", id="private key"),
        pytest.param("T0/B0/xyz", "curl https://hooks.slack.com/services/T0/B0/xyz", id="Slack webhook"),
    ],
)
def test_a_secret_goes(secret: str, text: str) -> None:
    """The secret is gone, its place is marked, and it was counted."""
    clean, number = redact_count(text)
    assert secret not in clean
    assert MASK in clean
    assert number >= 1


@pytest.mark.parametrize(
    "text",
    [
        "cat /etc/passwd /etc/shadow",
        "grep -ri password /",
        "ssh -i ~/.ssh/id_rsa host",
        "passwd root",
        "mysql -h db -u root -p",
        "export PASSWORD=$1",
        "tool --password-file /run/secrets/db",
        "TOKEN=$(curl -s http://169.254.169.254/latest/api/token)",
        "kubectl create secret generic db",
        "aws secretsmanager get-secret-value --secret-id prod",
        "aws ssm get-parameter --name /db/password --with-decryption",
        "git checkout 3f786850e387550fdab836ed7e6dc881de23001b",
        "curl https://example.com/a:b",
        "net user bob",
        "Get-Content C:\\Users\\a\\.aws\\credentials",
        "history -c",
        "echo 'ana ALL=(ALL) NOPASSWD:ALL' | sudo tee /etc/sudoers.d/ana",
        "ana ALL=(ALL) NOPASSWD: SETENV: /usr/bin/systemctl",
        "/etc/passwd:12:root:x:0:0:root:/root:/bin/bash",
        "sudo -S id",
        "find /var/zip -name '*.zip' -print | xargs rm",
        "Enter-PSSession -ComputerName web1 -Credential corp\\ana",
        "$cred = Get-Credential -Message 'to copy'",
        "aws ses list-identities --starting-token abc --max-items 5",
        "echo done | sudo tee /etc/motd",
        'useradd -p "$(openssl passwd -6)" -m ana',
        "net rpc info -U ana",
        "sqlcmd -S db -Q 'select 1'",
        "md5sum " + "0a" * 16,
    ],
)
def test_everything_else_stays(text: str) -> None:
    """Paths, names, hashes and commands that only speak of secrets are left as they are."""
    assert (text, 0) == redact_count(text)


def test_what_was_done_stays_readable() -> None:
    """Only the secret itself is replaced."""
    assert f"mysql -uroot -p{MASK} -e 'drop database prod'" == redact("mysql -uroot -pS3cr3t -e 'drop database prod'")
    assert f"psql postgres://app:{MASK}@db/app" == redact("psql postgres://app:s3cr3tx@db/app")


PIECES = [
    "password=",
    "--token ",
    "-p",
    "mysql ",
    "://a:",
    "@",
    "'",
    '"',
    " ",
    "\n",
    "Bearer ",
    "AKIA",
    "x1Y",
    "=",
    ":",
    "eyJabcdefgh.",
    "secret",
    "/p:",
    "-----BEGIN PRIVATE KEY-----",
    "$",
    "|",
]


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=30).map("".join)))
def test_twice_is_once(text: str) -> None:
    """Redacting what is redacted changes nothing."""
    once = redact(text)
    assert once == redact(once)


@pytest.mark.parametrize("unit", [*PIECES, "curl -u a:", "net use \\\\a ", "A1b/", "passwordpassword"])
def test_it_stays_linear(unit: str) -> None:
    """A hundred thousand hostile characters take a moment."""
    start = time.process_time()
    redact((unit * 100_000)[:100_000])
    assert time.process_time() - start < 2
