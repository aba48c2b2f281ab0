"""What a mail says, whatever program wrote it, and that no garbage breaks the reading."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.mail.parse import CUT, MOST_KEPT, NO_TEXT, Mail
from tests.mail.letters import QUOTED, letter


def read(message) -> Mail:
    return Mail(bytes(message))


@pytest.mark.parametrize(
    "quote",
    [
        QUOTED,
        "\n\nAm Mo., 15. Juni 2026 um 12:00 Uhr schrieb Redress <redress@localhost>:\n> Hallo.\n",
        "\n\nLe lun. 15 juin 2026 à 12:00, Redress <redress@localhost> a écrit :\n> Bonjour.\n",
        "\n\n-----Original Message-----\nFrom: Redress\nSent: Monday\nTo: Kim\nSubject: Your order\n\nHello.\n",
        "",
    ],
    ids=["gmail", "german", "french", "outlook", "none"],
)
def test_the_quote_is_cut_and_the_answer_stays(quote):
    assert read(letter("It still leaks.\nPlease call." + quote)).answer == "It still leaks.\nPlease call."


def test_a_mail_that_is_nothing_but_quote_is_kept_whole():
    assert "resolved" in read(letter(QUOTED)).answer


def test_html_alone_is_read_as_text_without_its_scripts():
    message = letter()
    message.set_content("<p>It <b>still</b> leaks.</p><script>alert(1)</script><style>p{}</style>", subtype="html")
    assert read(message).answer == "It still leaks."


def test_text_is_preferred_to_html():
    message = letter("The text.")
    message.add_alternative("<p>The page.</p>", subtype="html")
    assert read(message).answer == "The text."


def test_a_long_answer_is_cut_and_says_so():
    answer = read(letter("word " * 5000)).answer
    assert len(answer) == MOST_KEPT
    assert answer.endswith(CUT)


def test_nothing_said_is_said_to_be_nothing():
    assert read(letter("  \n")).answer == NO_TEXT


def test_a_charset_that_there_is_not_is_read_as_well_as_can_be():
    raw = b'From: kim@shop.example\nContent-Type: text/plain; charset="x-klingon"\n\nIt leaks, \xc3\xa9t\xc3\xa9.'
    assert Mail(raw).answer == "It leaks, été."


def test_a_mail_has_one_fingerprint_and_two_have_two():
    first = letter(message_id="<a@shop.example>")
    assert read(first).fingerprint == "<a@shop.example>"
    del first["Message-ID"]
    assert read(first).fingerprint.startswith("sha256:")
    assert read(first).fingerprint != read(letter("Another.")).fingerprint


def test_files_come_with_their_names_and_bytes():
    message = letter()
    message.add_attachment(b"\x89PNG...", maintype="image", subtype="png", filename="../../leak.png")
    assert [(each.name, each.content) for each in read(message).files] == [("../../leak.png", b"\x89PNG...")]


PHOTO, LOGO = b"\xff\xd8\xff" + b"x" * 50_000, b"\x89PNG..."


def files_of(message) -> list[tuple[str, bytes]]:
    return [(each.name, each.content) for each in read(message).files]


def test_a_photo_between_the_words_is_a_file():
    message = letter("See:")
    message.add_attachment(PHOTO, maintype="image", subtype="jpeg", filename="IMG_1.jpeg", disposition="inline")
    assert files_of(message) == [("IMG_1.jpeg", PHOTO)]


def test_a_photo_that_the_html_shows_is_a_file_and_a_logo_is_none():
    message = letter("See:")
    message.add_alternative('<p>See <img src="cid:a@x"> <img src="cid:b@x"></p>', subtype="html")
    for content, cid in ((PHOTO, "<a@x>"), (LOGO, "<b@x>")):
        message.get_payload()[1].add_related(content, maintype="image", subtype="jpeg", cid=cid)
    assert files_of(message) == [("file.jpg", PHOTO)]
    assert read(message).answer == "See:"


def test_a_mail_that_is_one_photo_has_it_as_a_file():
    message = letter()
    message.set_content(PHOTO, maintype="image", subtype="jpeg", filename="IMG_2.jpeg")
    assert files_of(message) == [("IMG_2.jpeg", PHOTO)]
    assert read(message).answer == NO_TEXT


def test_a_mail_within_the_mail_is_a_file():
    message = letter("See the carrier's mail.")
    message.add_attachment(letter("We lost it."))
    ((name, content),) = files_of(message)
    assert name == "mail.eml"
    assert b"We lost it." in content
    assert read(message).answer == "See the carrier's mail."


def test_a_text_that_was_attached_is_a_file_and_the_mails_own_is_none():
    message = letter("See the log.")
    message.add_attachment("12:00 broken", filename="leak.log")
    assert [name for name, _ in files_of(message)] == ["leak.log"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"List_Id": "<news.shop.example>"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"sender": "MAILER-DAEMON@shop.example"},
        {"sender": "no-reply@shop.example"},
    ],
    ids=str,
)
def test_a_machine_is_known_by_its_headers(headers):
    assert read(letter(**headers)).why_automatic


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "no"}, {"Return_Path": "<kim@shop.example>"}], ids=str)
def test_a_person_is_known_as_one(headers):
    assert read(letter(**headers)).why_automatic == ""


@given(st.binary(max_size=600))
def test_no_garbage_breaks_the_reading(raw):
    mail = Mail(raw)
    assert 0 < len(mail.fingerprint) <= 255
    assert 0 < len(mail.answer) <= MOST_KEPT
    assert "\0" not in mail.answer + mail.sender + mail.subject
    assert isinstance(mail.why_automatic, str)
    assert all(isinstance(each, str) for each in (*mail.recipients, *mail.references))
    assert all(file.content for file in mail.files)


HEADERS = st.sampled_from(["From", "To", "Subject", "Message-ID", "References", "Content-Type", "Return-Path"])


@given(st.lists(st.tuples(HEADERS, st.binary(max_size=80)), max_size=8), st.binary(max_size=200))
def test_no_strange_header_breaks_the_reading(headers, body):
    raw = b"".join(name.encode() + b": " + value.replace(b"\n", b" ") + b"\n" for name, value in headers)
    mail = Mail(raw + b"\n" + body)
    assert len(mail.sender) <= 254
    assert len(mail.subject) <= 200
    assert mail.answer
    assert list(mail.recipients) is not None
    assert len(mail.references) <= 50


def test_a_report_of_a_mail_server_is_no_answer():
    message = EmailMessage()
    message["From"] = "postbox@shop.example"
    message["Content-Type"] = 'multipart/report; report-type=delivery-status; boundary="x"'
    assert read(message).why_automatic
