"""What stands beside an issue's conversation: its tags, links, macros and files. Shown and sent by both doors alike."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.actor import Actor
from common import clock
from common.ids import as_uuid
from issues.actions.merge import plan_of
from issues.forms import ActionForm
from issues.forms.files import FilesForm
from issues.forms.follow_up import FollowUpForm
from issues.forms.link import LinkForm, MergeForm, UndoMergeForm, UnlinkForm
from issues.forms.macro import MacroForm
from issues.forms.tag import TagForm
from issues.merging import Plan
from issues.models import Issue, IssueLink, LinkKind, Macro, StoredFile
from issues.sla.explain import explain

# By the last part of the address that each is sent to.
FORMS_BESIDE: dict[str, type[ActionForm]] = {
    "tags": TagForm,
    "links": LinkForm,
    "unlink": UnlinkForm,
    "merge": MergeForm,
    "unmerge": UndoMergeForm,
    "macro": MacroForm,
    "files": FilesForm,
    "follow_up": FollowUpForm,
}
SEEN_FROM_THE_OTHER = {
    LinkKind.DUPLICATE_OF: "has the duplicate",
    LinkKind.RELATED: "is related to",
    LinkKind.CAUSED_BY: "caused",
}


@dataclass(frozen=True)
class Linked:
    """A link as one of its two issues sees it."""

    link: IssueLink
    words: str
    other: Issue
    is_source: bool


def beside(issue: Issue, actor: Actor, asked: Mapping[str, str], submitted: ActionForm | None) -> dict[str, Any]:
    """``asked``: the page's query, by which a macro or a merge is looked at; ``submitted``: a form that was refused."""
    plan = _plan(issue, actor, asked, submitted)
    files = StoredFile.objects.present().filter(issue=issue).select_related("author")
    merge_form = MergeForm(issue, actor=actor, initial={"number": asked.get("merge", ""), "version": issue.version})
    return {
        "tags": list(issue.tags.on().order_by("name")),
        "links": list(_links(issue, actor)),
        "macros": list(Macro.objects.seen_by(actor.person).in_use()),
        "macro_form": _macro_form(issue, actor, asked, submitted),
        "merge_plan": plan,
        "files": list(files.order_by("created_at", "id")),
        "files_form": _shown(submitted, FilesForm(issue, actor=actor)),
        "deadlines": explain(issue),
        "follow_up_form": _shown(submitted, FollowUpForm(issue, actor=actor)),
        "is_follow_up_due": issue.is_follow_up_due(at=clock.now()),
        "tag_form": _shown(submitted, TagForm(issue, actor=actor)),
        "link_form": _shown(submitted, LinkForm(issue, actor=actor)),
        "unlink_form": _shown(submitted, UnlinkForm(issue, actor=actor)),
        "merge_form": _shown(submitted, merge_form),
        "unmerge_form": _shown(submitted, UndoMergeForm(issue, actor=actor)),
    }


def _shown(submitted: ActionForm | None, fresh: ActionForm) -> ActionForm:
    return submitted if submitted is not None and type(submitted) is type(fresh) else fresh


def _links(issue: Issue, actor: Actor) -> Iterator[Linked]:
    links = IssueLink.objects.in_effect().of(issue).visible_to(actor.grants)
    for link in links.select_related("issue", "other").order_by("created_at", "id"):
        is_source = link.issue_id == issue.pk
        words = LinkKind(link.kind).label if is_source else SEEN_FROM_THE_OTHER[LinkKind(link.kind)]
        yield Linked(link, words, link.other if is_source else link.issue, is_source)


def _macro_form(
    issue: Issue, actor: Actor, asked: Mapping[str, str], submitted: ActionForm | None
) -> ActionForm | None:
    if isinstance(submitted, MacroForm):
        return submitted
    chosen = as_uuid(asked.get("macro", ""))
    macro = Macro.objects.seen_by(actor.person).in_use().filter(pk=chosen).first() if chosen else None
    return MacroForm(issue, actor=actor, macro=macro) if macro else None


def _plan(issue: Issue, actor: Actor, asked: Mapping[str, str], submitted: ActionForm | None) -> Plan | None:
    """What a merge would come to, for the number that was asked for; without problems only for another issue."""
    number = submitted.data.get("number", "") if isinstance(submitted, MergeForm) else asked.get("merge", "")
    if not number.strip():
        return None
    survivor = Issue.objects.visible_to(actor.grants).in_full().filter(number=number.strip().upper()).first()
    if survivor is None or survivor == issue:
        return Plan(issue, issue, ["There is no such other issue. Check its number."])
    return plan_of(issue, survivor)
