"""The request as the desk reads it: in UTF-8, and never broken by a header of its own."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest

from common.api.headers import media_type_of


class DeskRequest(WSGIRequest):
    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        """Django would read the address in the body's ``charset``, and fail outside of all handlers at a bad one."""
        self.content_type, self.content_params = media_type_of(meta.get("CONTENT_TYPE", ""))
