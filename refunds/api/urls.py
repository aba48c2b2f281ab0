from django.urls import path

from refunds.api.claim_events import InsurerEventsView
from refunds.api.credit import CreditView, DebitsView, InsteadView
from refunds.api.events import ProviderEventsView
from refunds.api.reports import ReportView
from refunds.api.views import CancelView, RefundsView, RefundView, RetryView
from refunds.reports import AGEING, RECOVERED

urlpatterns = [
    path("refunds", RefundsView.as_view()),
    path("refunds/<uuid:refund_id>", RefundView.as_view()),
    path("refunds/<uuid:refund_id>/cancel", CancelView.as_view()),
    path("refunds/<uuid:refund_id>/retry", RetryView.as_view()),
    path("refunds/<uuid:refund_id>/credit-instead", InsteadView.as_view()),
    path("customers/<path:customer_id>/store-credit", CreditView.as_view()),
    path("customers/<path:customer_id>/store-credit/debits", DebitsView.as_view()),
    path("providers/insurance/events", InsurerEventsView.as_view()),
    path("providers/stripe/events", ProviderEventsView.as_view(provider="stripe")),
    path("reports/refunds", ReportView.as_view()),
    path("reports/refunds/ageing", ReportView.as_view(kind=AGEING)),
    path("reports/refunds/recovered", ReportView.as_view(kind=RECOVERED)),
]
