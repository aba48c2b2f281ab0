"""Everything under ``/api/v1``: each app brings its own addresses, and what nobody has is answered in our form."""

from django.urls import include, path, re_path

from accounts.api.views import DeskView
from common.errors import NotFound


class NowhereView(DeskView):
    """An address that does not exist, for any method; whoever asks must still say who they are."""

    schema = None

    def _handler(self):
        raise NotFound("There is no such address.")


urlpatterns = [
    path("", include("orders.api.urls")),
    path("", include("issues.api.urls")),
    path("", include("refunds.api.urls")),
    path("", include("events.api.urls")),
    re_path(r"", NowhereView.as_view()),
]
