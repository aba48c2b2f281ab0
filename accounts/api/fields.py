"""Employees as outsiders name them."""

from typing import Any

from rest_framework import serializers

from accounts.models import Employee


class EmployeeId(serializers.CharField):
    """The id of an active employee; the Employee from here on."""

    default_error_messages = {
        "invalid": "Must be an employee id.",
        "unknown": "There is no active employee with this id.",
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": Employee._meta.get_field("employee_id").max_length} | kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Employee | None:
        if data is not serializers.empty and data is not None and not isinstance(data, str):
            self.fail("invalid")
        value = super().run_validation(data)
        if value is None or isinstance(value, Employee):
            return value
        employee = Employee.objects.named(value)
        if employee is None:
            self.fail("unknown")
        return employee
