from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = "Desk"

    def ready(self) -> None:
        from events.subscribers import subscribe
        from issues import notifications, refund_messages, search
        from issues.actions.ask_for_refund import when_refund_awaits_approval
        from issues.actions.erase_files import when_customer_is_erased
        from issues.actions.erase_words import forget_in_issues
        from issues.actions.lapse import when_refund_is_cancelled
        from issues.mail.keeping import forget_mail_of_the_erased
        from issues.metrics import keeping
        from orders.erasing import forget_also_by

        subscribe("customer.erased", forget_mail_of_the_erased)
        notifications.subscribe_all()
        refund_messages.subscribe_all()
        search.subscribe_all()
        keeping.subscribe_all()
        subscribe("customer.erased", when_customer_is_erased)
        forget_also_by(forget_in_issues)
        subscribe("refund.awaiting_approval", when_refund_awaits_approval)
        subscribe("refund.cancelled", when_refund_is_cancelled)
