from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health
from config.api import NowhereView
from config.openapi import OnceGenerator

# One way in: the page that counts tries and asks for a second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/v1", NowhereView.as_view()),
    path("api/v1/", include("config.api")),
    path("api/schema", SpectacularAPIView.as_view(generator_class=OnceGenerator), name="schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(template_name="api_docs.html"), name="docs"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("issues.web.urls")),
]
