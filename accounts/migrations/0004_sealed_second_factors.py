"""Second factors that were kept in clear are sealed; back again they are kept in clear, as the program before reads."""

from collections.abc import Callable

from django.db import migrations

from accounts.second_factor import sealed, unsealed

SEEDS = ("secret", "seed")
CODES = "migrated_codes"


def rewrite(apps, how: Callable[[str], str]) -> None:
    factors = apps.get_model("mfa", "Authenticator").objects.select_for_update().order_by("pk")
    for factor in factors:
        kept = {name: how(value) for name, value in factor.data.items() if name in SEEDS and isinstance(value, str)}
        if factor.data.get(CODES):
            kept[CODES] = [how(code) for code in factor.data[CODES]]
        if kept:
            factor.data = factor.data | kept
            factor.save(update_fields=["data"])


def seal_all(apps, schema_editor) -> None:
    rewrite(apps, sealed)


def unseal_all(apps, schema_editor) -> None:
    rewrite(apps, unsealed)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_callers_by_integration"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [migrations.RunPython(seal_all, unseal_all)]
