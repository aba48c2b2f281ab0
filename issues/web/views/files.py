"""A file of an issue, for those who see the issue. Nothing of it runs here: it is saved, or shown as a picture."""

from uuid import UUID

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.views import View

from accounts.browser import actor_of
from accounts.roles import VIEW_ISSUE
from issues.models import StoredFile

NOTHING_RUNS = "default-src 'none'; sandbox"
THUMBNAIL = "image/webp"


class FileView(LoginRequiredMixin, View):
    """As it was sent, always to be saved, under the name that it was given."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, issue_id: UUID, file_id: UUID) -> FileResponse:
        file = self.find(issue_id, file_id)
        charset = "; charset=utf-8" if file.media_type.startswith("text/") else ""
        return self.send(file, file.stored_as, content_type=file.media_type + charset, filename=file.name)

    def find(self, issue_id: UUID, file_id: UUID) -> StoredFile:
        actor = actor_of(self.request, via="web")
        if not actor.may(VIEW_ISSUE):
            raise PermissionDenied
        return get_object_or_404(StoredFile.objects.present().visible_to(actor.grants), pk=file_id, issue=issue_id)

    def send(self, file: StoredFile, name: str, *, content_type: str, filename: str = "") -> FileResponse:
        try:
            content = file.storage().open(name)
        except FileNotFoundError as error:  # erased in this moment
            raise Http404 from error
        response = FileResponse(content, as_attachment=bool(filename), filename=filename, content_type=content_type)
        if not filename:
            response["Content-Disposition"] = "inline"  # without what it is called in the storage
        response["Content-Security-Policy"] = NOTHING_RUNS
        response["X-Content-Type-Options"] = "nosniff"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Cache-Control"] = "private, max-age=300"
        return response


class ThumbnailView(FileView):
    """Drawn by ourselves, so that it may be shown where it stands."""

    def get(self, request: HttpRequest, issue_id: UUID, file_id: UUID) -> FileResponse:
        file = self.find(issue_id, file_id)
        if not file.thumbnail_as:
            raise Http404
        return self.send(file, file.thumbnail_as, content_type=THUMBNAIL)
