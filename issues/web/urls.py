"""The manager's pages, and the customer's one."""

from django.urls import path

from issues.desk_beside import FORMS_BESIDE
from issues.web.figures import FigureIssuesPage, FiguresCsv, FiguresPage
from issues.web.patterns import PatternIssuesPage, PatternOrdersPage, PatternsCsv, PatternsPage
from issues.web.problems import ProblemPage, ProblemsPage
from issues.web.refunds import RefundsPage, RefundsWaitingPage
from issues.web.views.approvals import ApprovalPage, ApprovalsPage
from issues.web.views.calendar import CalendarFeed, CalendarPage
from issues.web.views.delegations import DelegationsPage, EndDelegation
from issues.web.views.files import FileView, ThumbnailView
from issues.web.views.find import FindPage
from issues.web.views.here import HerePage
from issues.web.views.home import HomePage
from issues.web.views.inbound import inbound
from issues.web.views.issues import (
    BesidePage,
    CommunicationsPage,
    IssuePage,
    IssueRefundsPage,
    IssuesPage,
    StepRequestsPage,
    TakeIssuePage,
)
from issues.web.views.news import NewsPage, ReadNews
from issues.web.views.notifications import NotificationsPage, UnsubscribePage
from issues.web.views.satisfaction import SatisfactionPage

app_name = "web"

urlpatterns = [
    path("", HomePage.as_view(), name="home"),
    path("approvals", ApprovalsPage.as_view(), name="approvals"),
    path("approvals/<uuid:approval_id>", ApprovalPage.as_view(), name="approval"),
    path("delegations", DelegationsPage.as_view(), name="delegations"),
    path("delegations/<uuid:delegation_id>/end", EndDelegation.as_view(), name="end_delegation"),
    path("calendar", CalendarPage.as_view(), name="calendar"),
    path("calendar/<str:token>.ics", CalendarFeed.as_view(), name="calendar_feed"),
    path("issues", IssuesPage.as_view(), name="issues"),
    path("issues/<uuid:issue_id>", IssuePage.as_view(), name="issue"),
    path("issues/<uuid:issue_id>/communications", CommunicationsPage.as_view(), name="communications"),
    path("issues/<uuid:issue_id>/requests", StepRequestsPage.as_view(), name="step_requests"),
    path("issues/<uuid:issue_id>/refunds", IssueRefundsPage.as_view(), name="issue_refunds"),
    path("issues/<uuid:issue_id>/take", TakeIssuePage.as_view(), name="take_issue"),
    path("issues/<uuid:issue_id>/files/<uuid:file_id>", FileView.as_view(), name="file"),
    path("issues/<uuid:issue_id>/files/<uuid:file_id>/thumbnail", ThumbnailView.as_view(), name="thumbnail"),
    *(
        path(f"issues/<uuid:issue_id>/{name}", BesidePage.as_view(form_class=form_class), name=name)
        for name, form_class in FORMS_BESIDE.items()
    ),
    path("issues/<uuid:issue_id>/here", HerePage.as_view(), name="here"),
    path("find", FindPage.as_view(), name="find"),
    path("figures", FiguresPage.as_view(), name="figures"),
    path("figures/issues/<slug:figure>", FigureIssuesPage.as_view(), name="figure_issues"),
    path("figures/<slug:table>.csv", FiguresCsv.as_view(), name="figures_csv"),
    path("patterns", PatternsPage.as_view(), name="patterns"),
    path("patterns.csv", PatternsCsv.as_view(), name="patterns_csv"),
    path("patterns/issues", PatternIssuesPage.as_view(), name="pattern_issues"),
    path("patterns/orders", PatternOrdersPage.as_view(), name="pattern_orders"),
    path("problems", ProblemsPage.as_view(), name="problems"),
    path("problems/<uuid:problem_id>", ProblemPage.as_view(), name="problem"),
    path("news", NewsPage.as_view(), name="news"),
    path("news/read", ReadNews.as_view(), name="read_all_news"),
    path("news/<uuid:delivery_id>/read", ReadNews.as_view(), name="read_news"),
    path("notifications", NotificationsPage.as_view(), name="notifications"),
    path("notifications/off/<str:token>", UnsubscribePage.as_view(), name="unsubscribe"),
    path("refunds", RefundsPage.as_view(), name="refunds"),
    path("refunds/waiting/<slug:which>", RefundsWaitingPage.as_view(), name="refunds_waiting"),
    path("mail/inbound", inbound, name="inbound_mail"),
    path("satisfaction/<str:token>", SatisfactionPage.as_view(), name="satisfaction"),
]
