"""A limit on files while they arrive: what is too large is counted to its end and kept nowhere."""

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class LimitedUpload(FileUploadHandler):
    """Stands first. A file beyond the limit arrives as an empty one with its true ``size``, to be refused by that."""

    def new_file(self, *args, **kwargs) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self.received += len(raw_data)
        return raw_data if self.received <= settings.UPLOAD_MAX_BYTES else None

    def file_complete(self, file_size: int) -> UploadedFile | None:
        if file_size <= settings.UPLOAD_MAX_BYTES:
            return None
        return UploadedFile(ContentFile(b""), self.file_name, self.content_type, file_size)
