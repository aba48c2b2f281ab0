"""Walk the chains of all audited rows; exits with 1 where one is broken."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from common.audit import Audited, broken_links


class Command(BaseCommand):
    help = "Checks the audit of every order, issue, approval and refund."

    def handle(self, *args, **options) -> None:
        models = [model for model in apps.get_models() if issubclass(model, Audited)]
        faults = 0
        for model in models:
            for fault in faults_of(model):
                faults += 1
                self.stdout.write(fault)
        if faults:
            raise CommandError(f"The audit is broken in {faults} places.", returncode=1)
        self.stdout.write(self.style.SUCCESS(f"The audit of {len(models)} kinds of rows is unbroken."))


def faults_of(model: Any) -> Iterator[str]:
    name = model._meta.label
    for row in model.objects.order_by("pk").iterator(chunk_size=500):
        for fault in broken_links(row):
            yield f"{name} {row.pk}: {fault}"
    without_row = model.history.model.objects.exclude(**{f"{model._meta.pk.name}__in": model.objects.values("pk")})
    for pk in without_row.values_list(model._meta.pk.name, flat=True).distinct().order_by():
        yield f"{name} {pk}: the row that this history tells of is gone"
