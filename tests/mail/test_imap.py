"""A real mailbox: Dovecot on loopback, where it is installed, and a visible skip where it is not."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from pathlib import Path

import pytest
from imap_tools import MailboxLoginError

from events.threads import reply_address
from issues.actions.place_mail import place_due_mail
from issues.mail import imap
from issues.models import InboundMail
from tests.mail.conftest import ACTOR
from tests.mail.letters import letter
from tests.ports import free_port

DOVECOT = shutil.which("dovecot") or "/usr/sbin/dovecot"
CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
"""


@pytest.fixture(scope="module")
def server():
    """The port on which it answers."""
    if not shutil.which(DOVECOT):
        pytest.skip("needs a mailbox: apt-get install dovecot-imapd")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # not pytest's, which it closes to others now and then
    port = free_port()
    (folder / "conf").write_text(configuration(folder, port))
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "conf")])
    wait_for(port, process, folder)
    yield port
    process.terminate()
    process.wait(10)
    shutil.rmtree(folder, ignore_errors=True)


def configuration(folder, port: int) -> str:
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    group = grp.getgrgid(owner.pw_gid)
    folder.chmod(0o755)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return CONFIGURATION.format(
        folder=folder, port=port, user=owner.pw_name, group=group.gr_name, uid=owner.pw_uid, gid=owner.pw_gid
    )


def wait_for(port: int, process, folder) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
    raise AssertionError((folder / "log").read_text())


@pytest.fixture
def mailbox(server, settings):
    """Each test has an owner, and so a mailbox, of its own."""
    owner = f"kim-{uuid.uuid4().hex}"
    settings.IMAP_URL = f"imap://{owner}:secret@127.0.0.1:{server}/INBOX"
    with imaplib.IMAP4("127.0.0.1", server) as connection:
        connection.login(owner, "secret")
        yield connection


def put(mailbox, message) -> None:
    mailbox.append("INBOX", None, None, bytes(message))


def flags(mailbox) -> list[str]:
    mailbox.select("INBOX")
    _, found = mailbox.fetch("1:*", "(FLAGS)")
    return [each.decode() for each in found if each]


def test_an_answer_is_fetched_once_and_marked_as_seen(mailbox, issue):
    put(mailbox, letter("It still leaks, bitte prüfen.", to=reply_address(issue.pk)))
    assert [imap.fetch_all(actor=ACTOR) for _ in range(2)] == [1, 0]
    place_due_mail(actor=ACTOR)
    assert issue.communications.get().body == "It still leaks, bitte prüfen."
    assert all("\\Seen" in each for each in flags(mailbox))


def test_one_that_was_fetched_and_not_marked_before_a_crash_counts_once(mailbox, issue, monkeypatch):
    put(mailbox, letter(to=reply_address(issue.pk)))
    with monkeypatch.context() as patch:
        patch.setattr("imap_tools.BaseMailBox.flag", broken)
        with pytest.raises(RuntimeError):
            imap.fetch_all(actor=ACTOR)
    assert imap.fetch_all(actor=ACTOR) == 1
    assert InboundMail.objects.count() == 1


def broken(*args, **kwargs):
    raise RuntimeError("the worker dies")


def test_one_that_is_too_large_is_left_and_flagged(mailbox, db, monkeypatch):
    monkeypatch.setattr(imap, "MOST_BYTES", 300)
    put(mailbox, letter("x" * 2000))
    assert imap.fetch_all(actor=ACTOR) == 0
    assert not InboundMail.objects.exists()
    assert "\\Flagged" in flags(mailbox)[0]


def test_a_mail_keeps_no_other_from_being_fetched(mailbox, issue):
    mailbox.append("INBOX", None, None, b"\xff\xfe garbage without any header\r\n")
    put(mailbox, letter(to=reply_address(issue.pk)))
    assert imap.fetch_all(actor=ACTOR) == 2
    place_due_mail(actor=ACTOR)
    assert issue.communications.count() == 1


def test_a_wrong_password_is_an_error_and_nothing_is_lost(mailbox, db, settings):
    settings.IMAP_URL = settings.IMAP_URL.replace(":secret@", ":wrong@")
    with pytest.raises(MailboxLoginError):
        imap.fetch_all(actor=ACTOR)
    assert not InboundMail.objects.exists()


def test_without_a_mailbox_nothing_is_asked(db, settings):
    settings.IMAP_URL = ""
    assert imap.fetch_all(actor=ACTOR) == 0
