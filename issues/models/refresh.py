"""Reload a row with a protected FSM field, without django-fsm's switch on the class.

django-fsm-2 makes ``refresh_from_db`` work by turning the protection of the *class* off and on again; after
one ``DoesNotExist`` it stays off for the whole process. Its descriptor only refuses while the name stands in
``__dict__``: so take it out, reload, and put back what was not asked for.
"""

from typing import TYPE_CHECKING, Any

from django.db import models
from django_fsm import FSMFieldMixin

if TYPE_CHECKING:
    _Model = models.Model
else:
    _Model = object


class SafeRefreshMixin(_Model):
    """Stands before ``models.Model`` in the bases."""

    def refresh_from_db(self, using=None, fields=None, from_queryset=None) -> None:
        protected = {
            field.attname
            for field in self._meta.concrete_fields
            if isinstance(field, FSMFieldMixin) and field.protected
        }
        kept = {name: self.__dict__.pop(name) for name in protected if name in self.__dict__}
        everything = fields is None and not (self.get_deferred_fields() - protected)
        if everything:
            fields = [field.attname for field in self._meta.concrete_fields]
        try:
            models.Model.refresh_from_db(self, using=using, fields=fields, from_queryset=from_queryset)
        except BaseException:
            self.__dict__.update(kept)
            raise
        for name in kept.keys() - self.__dict__.keys():
            self.__dict__[name] = kept[name]
        if everything:
            self._drop_cached_relations()

    def _drop_cached_relations(self) -> None:
        """What Django does itself when no fields are named."""
        self._prefetched_objects_cache: dict[str, Any] = {}
        for relation in self._meta.related_objects:
            if relation.is_cached(self):
                relation.delete_cached_value(self)
