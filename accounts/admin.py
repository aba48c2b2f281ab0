"""People, roles, limits and keys for administrators. Nothing here is deleted: people leave, keys are revoked."""

from datetime import timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from accounts.actions.create_key import ADD_KEY, NewKey, create_key
from accounts.actions.revoke_key import CHANGE_KEY, revoke_key
from accounts.actions.rotate_key import rotate_key
from accounts.browser import actor_of
from accounts.forms import EmployeeForm, NewEmployeeForm, NewKeyForm, RotateForm
from accounts.models import ApiKey, Employee, RefundLimit
from accounts.roles import PERMISSIONS
from common import clock
from common.admin import Kept, Traced
from common.as_seen import AsSeen, AsSeenMixin
from common.dialogs import DialogForm, dialog_action, done
from common.errors import NotFound

KEYS = "admin:accounts_apikey_changelist"
ROTATE = {
    "title": "Rotate this key",
    "description": "A new key with the same owner and scopes.",
    "form_class": RotateForm,
    "form_submit_text": "Rotate",
}
REVOKE = {
    "title": "Revoke this key",
    "description": "Whoever uses it is refused from now on. This can't be undone.",
    "form_submit_text": "Revoke",
}

admin.site.unregister(Group)
# What people sign in with is changed by themselves alone, and shown to nobody.
admin.site.unregister((Authenticator, EmailAddress))


@admin.register(Group)
class RoleAdmin(AsSeenMixin, Kept, Traced, GroupAdmin, ModelAdmin):
    """The permissions of a role. The four of the desk keep their names: its rules and messages find them by these."""

    form = AsSeen

    def get_readonly_fields(self, request: HttpRequest, obj: Group | None = None):
        return ("name",) if obj and obj.name in PERMISSIONS else ()


@admin.register(RefundLimit)
class RefundLimitAdmin(AsSeenMixin, Kept, Traced, ModelAdmin):
    form = AsSeen
    list_display = ("group", "amount")

    def get_readonly_fields(self, request: HttpRequest, obj: RefundLimit | None = None):
        return ("group",) if obj else ()


@admin.register(Employee)
class EmployeeAdmin(AsSeenMixin, Kept, Traced, UserAdmin, ModelAdmin):
    """Roles are groups. Nobody is made a superuser here, and only a superuser changes one."""

    form = EmployeeForm
    add_form = NewEmployeeForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("employee_id", "username", "name", "email", "team", "is_active")
    list_filter = ("is_active", "groups", "team")
    search_fields = ("employee_id", "username", "first_name", "last_name", "email")
    list_select_related = ("team",)
    readonly_fields = ("last_login", "date_joined")
    _person = ("employee_id", "first_name", "last_name", "email", "team", "groups", "is_active", "is_staff")
    fieldsets = ((None, {"fields": ("username", "password", *_person, *readonly_fields, "seen")}),)
    add_fieldsets = ((None, {"fields": ("username", "usable_password", "password1", "password2", *_person)}),)

    def formfield_for_manytomany(self, db_field, request: HttpRequest, **kwargs):
        if db_field.name == "groups":
            kwargs |= {"widget": UnfoldAdminCheckboxSelectMultipleWidget(), "label": "Roles", "help_text": ""}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        return {"is_staff": True} | super().get_changeform_initial_data(request)

    def has_change_permission(self, request: HttpRequest, obj: Employee | None = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return super().has_change_permission(request, obj)


@admin.register(ApiKey)
class ApiKeyAdmin(Kept, ModelAdmin):
    """Keys are made, rotated and revoked by their actions; their columns are not edited."""

    form = NewKeyForm
    list_display = ("prefix", "owner", "state", "created_at", "expires_at", "last_used_at")
    list_filter = ("employee__team",)
    search_fields = ("prefix", "integration", "employee__employee_id", "employee__username")
    list_select_related = ("employee",)
    ordering = ("-created_at",)
    actions_detail = ("rotate", "revoke")
    add_fields = ("employee", "integration", "scopes", "expires_at")
    shown_fields = (
        "prefix", "owner", "state", "scopes", "created_at", "expires_at", "revoked_at", "last_used_at", "replaces",
    )  # fmt: skip

    @admin.display(description="belongs to")
    def owner(self, key: ApiKey) -> str:
        return str(key.employee or key.integration)

    @admin.display
    def state(self, key: ApiKey) -> str:
        if key.revoked_at:
            return "revoked"
        return "works" if key.is_usable(at=clock.now()) else "expired"

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None):
        return self.shown_fields if obj else self.add_fields

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        return request.user.has_perm("accounts.view_apikey")

    def has_rotate_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm(ADD_KEY)

    def has_revoke_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm(CHANGE_KEY)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: NewKeyForm, change: bool) -> None:
        given = {name: form.cleaned_data[name] for name in self.add_fields}
        new = create_key(actor=actor_of(request, via="admin"), **given)
        obj.pk, obj._new = new.key.pk, new  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue=None) -> HttpResponse:
        """The secret, in this answer alone: a message would leave it in a cookie."""
        context = self.admin_site.each_context(request) | self._secret_context(obj._new)  # type: ignore[attr-defined]
        return TemplateResponse(request, "admin/accounts/apikey/created.html", context)

    @dialog_action(ROTATE, description="Rotate", permissions=["rotate"])
    def rotate(self, request: HttpRequest, form: RotateForm, object_id: str) -> HttpResponse:
        overlap = timedelta(hours=form.cleaned_data["overlap_hours"])
        new = rotate_key(self._id(request, object_id), actor=actor_of(request, via="admin"), overlap=overlap)
        headers = {"HX-Retarget": "#dialog", "HX-Reselect": "#dialog"}
        context = self._secret_context(new)
        return TemplateResponse(request, "admin/accounts/apikey/rotated.html", context, headers=headers)

    @dialog_action(REVOKE, description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, form: DialogForm, object_id: str) -> HttpResponse:
        key = revoke_key(self._id(request, object_id), actor=actor_of(request, via="admin"))
        return done(request, f"{key} was revoked.", reverse(KEYS))

    def _id(self, request: HttpRequest, object_id: str) -> int:
        """Raises ``NotFound``."""
        key = self.get_object(request, object_id)
        if key is None:
            raise NotFound("There is no such key.")
        return key.pk

    def _secret_context(self, new: NewKey) -> dict:
        return {"key": new.key, "secret": new.secret, "list_url": reverse(KEYS)}
