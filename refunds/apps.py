from django.apps import AppConfig
from django.core.checks import register


class RefundsConfig(AppConfig):
    name = "refunds"
    verbose_name = "Money"

    def ready(self) -> None:
        from events.kinds import describe
        from events.subscribers import subscribe
        from orders.erasing import forget_also_by
        from refunds.actions.credit_forget import forget_in_claims, when_customer_is_erased
        from refunds.actions.reconcile_findings import DIFFERS
        from refunds.actions.reconcile_run import UNREAD
        from refunds.checks import check_insurer, check_limits, check_stripe
        from refunds.notices import KIND, tell_of_differences, tell_of_unread

        register(check_limits)
        register(check_insurer)
        register(check_stripe)
        subscribe("customer.erased", when_customer_is_erased)
        forget_also_by(forget_in_claims)
        subscribe(DIFFERS, tell_of_differences)
        subscribe(UNREAD, tell_of_unread)
        describe(KIND, "The books and the providers' record differ, or can't be read")
