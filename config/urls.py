from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config import health
from config.api import NowhereView
from config.openapi import OnceGenerator

# One way in: the page that counts tries and asks for a second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# And one to another password: the page that counts tries of the old one.
admin.site.password_change = RedirectView.as_view(  # type: ignore[method-assign, assignment]
    pattern_name="account_change_password"
)

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"

# Of allauth's pages those that the desk means: an administrator writes down what an employee's address is, and nobody
# comes in by a link to a mailbox.
ACCOUNTS = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
]

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("api/v1", NowhereView.as_view()),
    path("api/v1/", include("config.api")),
    path("api/schema", SpectacularAPIView.as_view(generator_class=OnceGenerator), name="schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(template_name="api_docs.html"), name="docs"),
    path("admin/", admin.site.urls),
    path("accounts/", include(ACCOUNTS)),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("", include("issues.web.urls")),
]
