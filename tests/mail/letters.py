"""Mails as customers' programs write them."""

from email.message import EmailMessage
from email.utils import make_msgid

QUOTED = "\n\nOn Mon, Jun 15, 2026 at 12:00 PM Redress <redress@localhost> wrote:\n> Hello, we have resolved it.\n"


def letter(text="It still leaks.", *, to="support@desk.example", sender="kim@shop.example", **headers) -> EmailMessage:
    message = EmailMessage()
    message["From"] = f"Kim <{sender}>"
    message["To"] = to
    message["Subject"] = headers.pop("subject", "Re: About your order")
    message["Message-ID"] = headers.pop("message_id", None) or make_msgid(domain="shop.example")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message
