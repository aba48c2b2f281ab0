"""The broker in a folder: a worker that looks at any moment finds whole messages, or none."""

from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from threading import Thread

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from config.celery import app
from config.file_broker import Channel, Transport

MESSAGES = 300
LONG = "x" * 20_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "queue").mkdir()
    return tmp_path / "queue"


@pytest.fixture
def channel(folder: Path) -> Iterator[Channel]:
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder.parent / "control"),
    }
    with Connection(transport=Transport, transport_options=options) as connection:
        yield connection.channel()


def test_the_desk_on_one_machine_takes_this_broker():
    with app.connection_for_write("filesystem://localhost") as connection:
        assert connection.get_transport_cls() is Transport


def test_a_message_is_got_as_it_was_put_and_once(channel, folder):
    channel._put("celery", {"body": "pay", "headers": {"id": 1}})

    assert channel._size("celery") == 1
    assert channel._get("celery") == {"body": "pay", "headers": {"id": 1}}
    with pytest.raises(Empty):
        channel._get("celery")
    assert list(folder.iterdir()) == []


def test_what_a_killed_process_wrote_half_is_no_message(channel, folder):
    channel._put("celery", {"body": "pay"})
    (whole,) = folder.iterdir()
    whole.with_suffix(".part").write_text('{"bo')
    whole.unlink()

    assert channel._size("celery") == 0
    with pytest.raises(Empty):
        channel._get("celery")


def test_a_worker_that_looks_all_the_time_finds_every_message_whole(channel):
    def put_all() -> None:
        for number in range(MESSAGES):
            channel._put("celery", {"number": number, "body": LONG})

    writer = Thread(target=put_all)
    writer.start()
    got = []
    while writer.is_alive() or channel._size("celery"):
        try:
            got.append(channel._get("celery"))
        except Empty:
            continue
    writer.join()

    assert sorted(message["number"] for message in got) == list(range(MESSAGES))
    assert {message["body"] for message in got} == {LONG}


def test_a_folder_that_takes_nothing_is_an_error_of_the_broker(channel, folder):
    folder.rmdir()

    with pytest.raises(ChannelError, match="can't be put"):
        channel._put("celery", {"body": "pay"})


def test_what_is_no_json_leaves_no_message_behind(channel, folder):
    with pytest.raises(TypeError):
        channel._put("celery", {"body": object()})

    assert list(folder.iterdir()) == []
