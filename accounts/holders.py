"""Which roles hold a permission: for telling somebody without it whom to ask."""

from collections import defaultdict
from collections.abc import Iterable

from django.contrib.auth.models import Group


def roles_with(permissions: Iterable[str]) -> dict[str, list[str]]:
    """The names of the groups that hold each of ``permissions`` (``app.codename``). One statement, none for none."""
    holders: dict[str, list[str]] = defaultdict(list)
    asked = set(permissions)
    if not asked:
        return holders
    codenames = {permission.partition(".")[2] for permission in asked}
    held = Group.objects.filter(permissions__codename__in=codenames).order_by("name")
    for name, app, codename in held.values_list(
        "name", "permissions__content_type__app_label", "permissions__codename"
    ):
        if f"{app}.{codename}" in asked:
            holders[f"{app}.{codename}"].append(name)
    return holders
