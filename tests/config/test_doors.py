"""What Django answers by itself, and what every answer carries."""

import pytest
from django.db import OperationalError
from django.test import Client

from tests.accounts.calls import refused
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v2", "/api/nowhere", "/api/schema/"])
def test_an_unknown_address_under_api_is_told_in_json(visitor, path):
    refused(visitor.get(path), 404, "NOT_FOUND")


def test_an_unknown_address_elsewhere_is_a_page(visitor):
    response = visitor.get("/nowhere/at/all")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.urls("tests.kernel_urls")
def test_a_breakage_outside_the_views_is_told_in_json_under_api(visitor):
    response = visitor.get("/api/breaks")
    refused(response, 500, "INTERNAL_ERROR")
    assert b"customer@example.com" not in response.content


def test_a_database_that_is_away_is_told_in_json_before_any_view(visitor, monkeypatch):
    def away(self, request):
        raise OperationalError("could not connect as postgres with hunter2")

    monkeypatch.setattr("django.contrib.sessions.middleware.SessionMiddleware.process_request", away)
    response = visitor.get("/api/v1/issues")
    refused(response, 503, "SERVICE_UNAVAILABLE")
    assert response["Retry-After"]
    assert b"hunter2" not in response.content

    page = visitor.get("/accounts/login/")
    assert (page.status_code, page["Content-Type"].split(";")[0]) == (503, "text/html")
    assert b"The desk is not available just now" in page.content
    assert page["Retry-After"]
    assert b"hunter2" not in page.content


@pytest.mark.urls("tests.kernel_urls")
def test_a_breakage_elsewhere_is_a_page_without_insides(visitor):
    response = visitor.get("/breaks")
    assert response.status_code == 500
    assert b"ZeroDivisionError" not in response.content
    assert b"customer@example.com" not in response.content


def test_an_unknown_host_is_refused_in_json_under_api(visitor):
    refused(visitor.get("/api/v1/orders/x", headers={"Host": "evil.example"}), 400, "MALFORMED_REQUEST")


STRICT = {"default-src": "'self'", "object-src": "'none'", "frame-ancestors": "'none'", "base-uri": "'self'"}


def policy_of(response) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in response["Content-Security-Policy"].split(";"))


@pytest.mark.parametrize("path", ["/accounts/login/", "/api/docs", "/api/schema", "/api/v1/issues", "/nowhere"])
def test_pages_and_api_take_no_inline_script_and_no_eval(visitor, path):
    policy = policy_of(visitor.get(path))
    assert STRICT.items() <= policy.items()
    assert "unsafe" not in str(policy)


def test_the_admin_alone_may_evaluate_and_style(visitor, ada):
    visitor.force_login(ada)
    policy = policy_of(visitor.get("/admin/"))
    assert STRICT.items() <= policy.items()
    assert policy["script-src"] == "'self' 'unsafe-eval'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"


@pytest.mark.parametrize("path", ["/accounts/login/", "/api/v1/issues", "/healthz"])
def test_every_answer_forbids_sniffing_and_framing(visitor, path):
    response = visitor.get(path)
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


class TestSigningIn:
    def sign_in(self, visitor, username="alice", password=PASSWORD, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return visitor.post("/accounts/login/", {"login": username, "password": password}, headers=named)

    def is_in(self, visitor) -> bool:
        return "_auth_user_id" in visitor.session

    def test_with_the_right_password(self, visitor, alice):
        response = self.sign_in(visitor)
        assert (response.status_code, response["Location"]) == (302, "/")
        assert self.is_in(visitor)

    def test_the_cookie_is_for_the_server_alone_and_new(self, visitor, alice):
        visitor.get("/accounts/login/")
        before = visitor.cookies.get("sessionid")
        self.sign_in(visitor)
        cookie = visitor.cookies["sessionid"]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert before is None or cookie.value != before.value

    def test_with_a_wrong_password_nobody_is_in(self, visitor, alice):
        assert self.sign_in(visitor, password="wrong").status_code == 200
        assert not self.is_in(visitor)

    def test_who_left_is_not_let_in(self, visitor, alice):
        alice.is_active = False
        alice.save()
        self.sign_in(visitor)
        assert not self.is_in(visitor)

    def test_after_five_wrong_passwords_the_right_one_does_not_help(self, visitor, alice):
        for _ in range(5):
            self.sign_in(visitor, password="wrong")
        self.sign_in(visitor)
        assert not self.is_in(visitor)

    def test_another_employee_is_not_locked_out_by_that(self, visitor, alice, ada):
        for _ in range(5):
            self.sign_in(visitor, password="wrong")
        self.sign_in(visitor, username="ada")
        assert self.is_in(visitor)

    @pytest.mark.parametrize("is_behind", [True, False])
    def test_behind_a_proxy_whoever_asked_it_is_locked_out_alone(self, visitor, alice, settings, is_behind):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = int(is_behind)
        for _ in range(5):
            self.sign_in(visitor, password="wrong", X_Forwarded_For="198.51.100.7, 203.0.113.66")
        self.sign_in(visitor, X_Forwarded_For="203.0.113.66, 198.51.100.7")
        assert self.is_in(visitor) == is_behind, "a header that no proxy has set says nothing"

    def test_axes_alone_locks_out_too_as_another_process_would_see(self, visitor, alice, forget_tries):
        for _ in range(5):
            self.sign_in(visitor, password="wrong")
            forget_tries()
        assert self.sign_in(visitor).status_code == 429
        assert not self.is_in(visitor)

    def test_signing_in_often_locks_nobody_out(self, alice):
        for _ in range(12):
            visitor = Client()
            self.sign_in(visitor)
            assert self.is_in(visitor)

    def test_nobody_signs_up(self, visitor):
        from accounts.models import Employee

        form = {"username": "eve", "password1": PASSWORD, "password2": PASSWORD, "email": "eve@example.com"}
        visitor.post("/accounts/signup/", form)
        assert not Employee.objects.filter(username="eve").exists()
        assert not self.is_in(visitor)

    def test_the_admin_sends_strangers_to_the_one_way_in(self, visitor):
        for path in ("/admin/", "/admin/login/"):
            response = visitor.get(path, follow=True)
            assert response.redirect_chain[-1][0].startswith("/accounts/login/")

    def test_the_admin_sends_whoever_wants_another_password_to_the_page_that_counts_tries(self, visitor, alice):
        visitor.force_login(alice)
        answer = visitor.get("/admin/password_change/")
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/password/change/")

    def test_the_admin_looks_at_no_old_password(self, visitor, alice):
        visitor.force_login(alice)
        new = "another horse"
        given = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        assert visitor.post("/admin/password_change/", given)["Location"] == "/accounts/password/change/"
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD)

    def test_of_many_tries_of_the_old_password_the_right_one_does_not_help(self, visitor, alice):
        visitor.force_login(alice)
        new = {"password1": "another horse", "password2": "another horse"}
        for _ in range(5):
            visitor.post("/accounts/password/change/", {"oldpassword": "wrong"} | new)
        answer = visitor.post("/accounts/password/change/", {"oldpassword": PASSWORD} | new)
        assert answer.status_code == 429
        alice.refresh_from_db()
        assert alice.check_password(PASSWORD)

    def test_looking_at_the_way_out_signs_nobody_out(self, visitor, alice):
        visitor.force_login(alice)
        visitor.get("/accounts/logout/")
        assert self.is_in(visitor)
        visitor.post("/accounts/logout/")
        assert not self.is_in(visitor)

    def test_a_session_does_not_outlive_a_changed_password(self, visitor, alice):
        visitor.force_login(alice)
        alice.set_password("another horse")
        alice.save()
        refused(visitor.get("/api/v1/issues"), 401, "NOT_AUTHENTICATED")

    def test_the_second_factor_has_its_page(self, visitor, alice):
        visitor.force_login(alice)
        assert visitor.get("/accounts/2fa/").status_code == 200
