"""Nobody leads our workers into our own network: of more than 60 ways, none makes a single connection there."""

import socket
import ssl
import threading
from contextlib import closing, suppress

import pytest

from accounts.actor import Actor
from common.errors import ValidationFailed
from events import deliver
from events.actions.create_webhook import create_webhook
from events.models import WebhookDelivery, WebhookEndpoint
from events.record import record
from events.webhooks import addresses, client, senders
from events.webhooks.secrets import new_secret, sealed
from tests.certificates import self_signed
from tests.factories import AuditedFactory
from tests.receiver import Receiver, answer

SYSTEM = Actor.system("test")


class EndpointFactory(AuditedFactory):
    """As if it had been registered before its address was forbidden."""

    class Meta:
        model = WebhookEndpoint

    events = ["order.updated"]


class Guard:
    """Listens where nobody may come, on IPv4 and IPv6, and counts who comes."""

    def __init__(self) -> None:
        self.connections = 0
        self.sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port = self.sockets[0].getsockname()[1]
        with suppress(OSError):
            self.sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for listening in self.sockets:
            threading.Thread(target=self._count, args=(listening,), daemon=True).start()

    def _count(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                self.connections += 1
                connection.close()

    def close(self) -> None:
        for listening in self.sockets:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()


@pytest.fixture
def guard():
    with closing(Guard()) as guard:
        yield guard


@pytest.fixture(autouse=True)
def quick(settings):
    settings.WEBHOOK_TIMEOUT = 1


class Names(dict):
    """``names["evil.example"] = ["10.0.0.1"]``: what the resolver answers; several lists: one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []
        self._ask = socket.getaddrinfo

    def getaddrinfo(self, host, port, *args, **kwargs):
        if host not in self:
            return self._ask(host, port, *args, **kwargs)
        self.asked.append(host)
        answers = self[host] if isinstance(self[host][0], list) else [self[host]]
        found = answers[min(len(self.asked), len(answers)) - 1]
        return [each for address in found for each in self._ask(address, port, *args, **kwargs)]


@pytest.fixture
def names(monkeypatch):
    names = Names()
    monkeypatch.setattr(socket, "getaddrinfo", names.getaddrinfo)
    return names


def send_to(url: str) -> WebhookDelivery:
    EndpointFactory(url=url, secret=sealed(new_secret()))
    record({"order.updated": {"changed": []}}, actor=SYSTEM)
    deliver.deliver_due()
    senders.send_here()
    return WebhookDelivery.objects.get()


LITERALS = [
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.01", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433",
    "017700000001", "127.0.0.1.", "0.0.0.0", "0", "0x0", "127.127.127.127", "[::1]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::]", "[fe80::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]",
    "[::ffff:0:127.0.0.1]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "192.0.0.1",
    "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "localhost", "LOCALHOST", "localhost.", "app.localhost", "printer.local", "db.internal",
    "①②⑦.⓪.⓪.①", "127。0。0。1", "ⓛocalhost", "%31%32%37.0.0.1", "127.0.0.1%00.example.com",
]  # fmt: skip
WORDINGS = [
    "https://user:secret@127.0.0.1:{port}/", "https://example.com@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}\\@example.com/", "https://example.com#@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}#@example.com/", "http://127.0.0.1:{port}/", "http://example.com@localhost:{port}/",
    "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/_GET", "file:///etc/passwd", "//127.0.0.1:{port}/",
    "127.0.0.1:{port}", "https:127.0.0.1:{port}", "https:///127.0.0.1:{port}/", "https://127.0.0.1:{port}",
    "https:// 127.0.0.1:{port}/", "https://127.0.0.1\t:{port}/", "https://127.0.0.1:{port}/\r\nHost: example.com",
    "HTTPS://127.0.0.1:{port}/", "https://[::1]:{port}@example.com/", "https://127.0.0.1:0{port}/", "https://:{port}/",
]  # fmt: skip
VECTORS = [f"https://{host}:{{port}}/" for host in LITERALS] + WORDINGS
ANSWERS = [
    ["127.0.0.1"], ["::1"], ["10.0.0.1"], ["169.254.169.254"], ["0.0.0.0"], ["::ffff:127.0.0.1"],
    ["64:ff9b::7f00:1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"], ["2001:4860:4860::8888", "::1"],
    ["fd00::1"], ["100.64.0.1"],
]  # fmt: skip


def test_there_are_sixty_and_more():
    assert len(set(VECTORS)) + len(ANSWERS) >= 60


@pytest.mark.parametrize("vector", VECTORS)
def test_an_address_of_ours_is_neither_registered_nor_connected_to(db, guard, vector):
    url = vector.format(port=guard.port)
    with pytest.raises(ValidationFailed) as refused:
        create_webhook({"url": url, "events": ["*"]}, actor=SYSTEM)
    assert list(refused.value.errors) == ["url"]
    assert send_to(url).last_error
    assert guard.connections == 0


@pytest.mark.parametrize("answered", ANSWERS, ids=str)
def test_a_name_that_leads_to_us_is_not_connected_to(db, guard, names, answered):
    names["evil.example"] = answered
    delivery = send_to(f"https://evil.example:{guard.port}/")
    assert delivery.last_error == "The host is not one of the public internet."
    assert guard.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example"])
def test_control_without_the_check_the_guard_sees_who_comes(db, guard, names, monkeypatch, host):
    names["evil.example"] = ["127.0.0.1"]
    monkeypatch.setattr(addresses, "is_public", lambda address: True)
    send_to(f"https://{host}:{guard.port}/")
    assert guard.connections == 1


@pytest.fixture
def next_door(settings):
    """A receiver at an address that is open, while the guard's is not."""
    settings.WEBHOOK_TEST_NETWORKS = ["127.0.0.2/32"]
    with closing(Receiver(host="127.0.0.2")) as receiver:
        yield receiver


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("to", ["http://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://[::1]:{port}/"])
def test_a_redirect_leads_nowhere(db, guard, next_door, status, to):
    next_door.behave = answer(status, Location=to.format(port=guard.port), Refresh=f"0; url={to}")
    assert send_to(next_door.url).last_error == f"The receiver answered {status}."
    assert (next_door.connections, guard.connections) == (1, 0)


def test_a_name_that_answers_otherwise_a_moment_later_gains_nothing(db, next_door, names):
    """The guard listens at the very port of the receiver that was checked."""
    names["evil.example"] = [["127.0.0.2"], ["127.0.0.1"]]
    with closing(Receiver(host="127.0.0.1", port=next_door.port)) as guard:
        delivery = send_to(f"http://evil.example:{next_door.port}/")
    assert names.asked == ["evil.example"]
    assert (delivery.status, guard.connections) == ("delivered", 0)
    assert next_door.calls[0].headers["host"] == f"evil.example:{next_door.port}"


def test_plain_http_is_for_test_networks_alone(db, settings, names):
    settings.WEBHOOK_TEST_NETWORKS = ["127.0.0.2/32"]
    names["public.example"] = ["8.8.8.8"]
    assert send_to("http://public.example/").last_error == "The address must begin with https://."


def test_no_proxy_of_the_environment_is_asked(db, guard, next_door, monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{guard.port}")
    assert send_to(next_door.url).status == "delivered"
    assert guard.connections == 0


def test_a_name_that_takes_too_long_to_resolve_delays_no_longer_than_that(db, settings, monkeypatch):
    settings.WEBHOOK_TIMEOUT = 0.2
    asked, go_on = threading.Event(), threading.Event()

    def slow(*args, **kwargs):
        asked.set()
        go_on.wait(10)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    assert send_to("https://slow.example/").last_error == "The name was not resolved in time."
    assert asked.is_set()
    go_on.set()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://shop.example/hook?key=1", ("shop.example", "/hook?key=1")),
        ("https://Shop.Example.:8443", ("shop.example:8443", "/")),
        ("https://bücher.example/x", ("xn--bcher-kva.example", "/x")),
        ("https://8.8.8.8/x", ("8.8.8.8", "/x")),
        ("https://[2001:4860:4860::8888]:444/x", ("[2001:4860:4860::8888]:444", "/x")),
    ],
)
def test_addresses_of_the_public_internet_are_taken(url, shown):
    target = addresses.read_url(url)
    assert (target.authority, target.path) == shown


class TestTls:
    @pytest.fixture
    def certificate(self, tmp_path, monkeypatch):
        """For ``good.example``, by an authority that the client trusts for this test."""
        path = tmp_path / "certificate.pem"
        path.write_bytes(self_signed("good.example"))
        monkeypatch.setattr(client, "tls", lambda: ssl.create_default_context(cafile=path))
        return str(path)

    @pytest.fixture
    def receiver(self, certificate, settings):
        settings.WEBHOOK_TEST_NETWORKS = ["127.0.0.2/32"]
        with closing(Receiver(host="127.0.0.2", certificate=certificate)) as receiver:
            yield receiver

    def test_names_the_host_and_goes_to_the_address(self, db, receiver, names):
        names["good.example"] = [["127.0.0.2"], ["127.0.0.1"]]
        assert send_to(f"https://good.example:{receiver.port}/").status == "delivered"
        assert receiver.server_names == ["good.example"]
        assert receiver.calls[0].headers["host"] == f"good.example:{receiver.port}"

    def test_of_another_name_is_refused(self, db, receiver, names):
        names["bad.example"] = ["127.0.0.2"]
        assert send_to(f"https://bad.example:{receiver.port}/").last_error.startswith("TLS: CERTIFICATE_VERIFY_FAILED")
        assert receiver.calls == []

    def test_of_nobody_known_is_refused(self, db, receiver, names, monkeypatch):
        monkeypatch.setattr(client, "tls", ssl.create_default_context)
        names["good.example"] = ["127.0.0.2"]
        assert send_to(f"https://good.example:{receiver.port}/").last_error.startswith("TLS: CERTIFICATE_VERIFY_FAILED")
        assert receiver.calls == []
