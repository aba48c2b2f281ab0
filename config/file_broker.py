"""Celery's broker in a folder, for the desk on one machine; kombu's own, but for the moment when a message is seen."""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]  # kombu's parents differ
        """Give the message its name when it is whole: kombu's worker takes an empty file for one, and ends of it."""
        whole = Path(self.data_folder_out, f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg")
        part = whole.with_suffix(".part")
        try:
            part.write_text(dumps(payload))
            part.rename(whole)
        except OSError as error:
            raise ChannelError(f"The message can't be put into {whole.parent}.") from error


class Transport(filesystem.Transport):
    Channel = Channel
