"""The timeline in words, for people: who did what, and when."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from accounts.models import ApiKey, Employee
from common.display import in_words
from issues.models import Communication, Issue
from issues.story_beside import DEEDS, deed_beside, place_of
from issues.timeline import MESSAGES, Entry, entries_of
from issues.workflow import ApprovalKind
from refunds.models import RefundStatus

Data = dict[str, Any]
Names = dict[str, str]  # of employees, by their ids

SHORT, WHOLE = 40, 1000

DOORS = {"api": "through the API", "admin": "in the admin", "web": "on the web pages"}
FIELDS = {"priority": "the priority", "assigned_to": "the assignee", "assigned_team": "the team"}

# Changes that read better as a deed; where it is '', another part of the same update tells it.
CHANGES: dict[str, Callable[[Any, Any], str]] = {
    "customer_contacted": lambda before, after: "",
    "customer_satisfied": lambda before, after: {
        True: "noted that the customer is satisfied",
        False: "noted that the customer is not satisfied",
        None: "no longer knows whether the customer is satisfied",
    }[after],
    "follow_up_required": lambda before, after: "marked it for a follow-up" if after else "ended the follow-up",
    "follow_up_date": lambda before, after: _follow_up(before, after),
}

REFUND_STEPS = {
    RefundStatus.AWAITING_APPROVAL: "asked a manager for a refund of {money}",
    RefundStatus.AWAITING_CLAIM: "claimed the refund of {money} from the insurer",
    RefundStatus.QUEUED: "started the refund of {money}",
    RefundStatus.PENDING: "handed the refund of {money} to the provider",
    RefundStatus.UNKNOWN: "is having the refund of {money} confirmed",
    RefundStatus.NEEDS_REVIEW: "could not find out about the refund of {money}; a person must look",
    RefundStatus.SUCCEEDED: "paid the refund of {money}",
    RefundStatus.FAILED: "could not pay the refund of {money}",
    RefundStatus.RETURNED: "got the refund of {money} back",
    RefundStatus.CANCELLED: "cancelled the refund of {money}",
    RefundStatus.REJECTED: "turned down the refund of {money}",
}
REQUESTS = {
    ApprovalKind.REOPEN: "reopen it", ApprovalKind.CLOSE: "close it", ApprovalKind.ESCALATE: "escalate it",
    ApprovalKind.REFUND: "pay the refund",
}  # fmt: skip
APPROVAL_STEPS = {
    "pending": "asked a manager to {step}", "approved": "approved the request to {step}",
    "rejected": "rejected the request to {step}", "superseded": "took back the request to {step}: no longer needed",
    "expired": "let the request to {step} expire",
}  # fmt: skip

# Parts of one update are written within moments of each other.
ONE_BREATH = timedelta(seconds=3)
NOTIFICATION = "notification"


@dataclass
class Part:
    """A deed, and perhaps the words that were said with it."""

    type: str
    deed: str
    words: str = ""
    url: str = ""
    label: str = ""
    status: str = ""
    recipient: str = ""
    was: str = ""  # the words that these replaced


@dataclass
class Passage:
    """What somebody did in one go."""

    at: datetime
    who: str
    via: str
    parts: list[Part]
    key_id: int | None = None
    door: str = ""  # and with whose key, in words
    is_new: bool = False

    @property
    def type(self) -> str:
        """Of the part that says most."""
        return max(self.parts, key=lambda part: TELLING.get(part.type, 0)).type


TELLING = {"note": 3, "communication": 3, "refund": 2, "approval": 2, "created": 1, "status_changed": 1}

# In which order the parts of one update are read: what changed, what was said, what it led to.
READING_ORDER = ("created", "status_changed", "field_changed", "note", "attachment", "refund", "approval")


def story_of(
    issue: Issue, *, whole: bool = False, messages_only: bool = False, since: datetime | None = None
) -> tuple[list[Passage], bool]:
    """The newest passages first, and whether there are earlier ones. What came after ``since`` is marked as new."""
    sources, limit = MESSAGES if messages_only else None, WHOLE if whole else SHORT
    entries, has_earlier = entries_of(issue, limit=limit, newest_first=True, sources=sources)
    passages = told(entries)
    for passage in passages:
        passage.is_new = since is not None and passage.at > since
    return passages, has_earlier


def told(entries: list[Entry]) -> list[Passage]:
    """``entries``, newest first, as passages."""
    names = _names_in(entries)
    passages: list[Passage] = []
    for entry in entries:
        part = TELLERS[entry.type](entry.data, names)
        if part is None:
            continue
        earlier = Passage(at=entry.at, who=_who(entry), via=entry.via, parts=[part], key_id=entry.key_id)
        if passages and _belongs_to(earlier, passages[-1]):
            passages[-1].parts.insert(0, part)
        else:
            passages.append(earlier)
    keys = _keys_in(passages)
    for passage in passages:
        _address(passage)
        _arrange(passage)
        passage.door = _door(passage, keys)
    return passages


def _door(passage: Passage, keys: Mapping[int, ApiKey]) -> str:
    """Through which door somebody came, and whose key acted for them where it was not their own."""
    door, key = DOORS.get(passage.via, ""), keys.get(passage.key_id or 0)
    if key is None or not key.integration:
        return door
    return f"{door}: {key.integration} (key {key.prefix}…) on behalf of {passage.who}"


def _keys_in(passages: Iterable[Passage]) -> dict[int, ApiKey]:
    """The keys of integrations that acted; one statement, and none where everybody came in person."""
    ids = {passage.key_id for passage in passages if passage.key_id}
    return {key.pk: key for key in ApiKey.objects.filter(pk__in=ids).only("integration", "prefix")} if ids else {}


def _belongs_to(earlier: Passage, later: Passage) -> bool:
    """Whether both are one update, or one message that went to several people."""
    if later.at - earlier.at >= ONE_BREATH:
        return False
    part, other = earlier.parts[0], later.parts[0]
    if NOTIFICATION in (part.type, other.type):
        return (part.type, part.deed, part.words) == (other.type, other.deed, other.words)
    return (earlier.who, earlier.via, earlier.key_id) == (later.who, later.via, later.key_id)


def _address(passage: Passage) -> None:
    """One message to several people is told once, with all of their names."""
    if passage.type == NOTIFICATION:
        recipients = dict.fromkeys(part.recipient for part in passage.parts)
        passage.parts = passage.parts[:1]
        passage.parts[0].deed = f"{passage.parts[0].deed} {', '.join(recipients)}:"


def _arrange(passage: Passage) -> None:
    """The note of an update may be that of the request, or the resolution, too: it is said once."""
    said = {part.words for part in passage.parts if part.type in ("approval", "field_changed")}
    parts = [part for part in passage.parts if part.type != "note" or part.words not in said]
    passage.parts = sorted(parts, key=_place)


def _place(part: Part) -> int:
    return READING_ORDER.index(part.type) if part.type in READING_ORDER else len(READING_ORDER)


def _who(entry: Entry) -> str:
    return entry.employee.name if entry.employee else "Redress"


def _tell_created(data: Data, names: Names) -> Part:
    assignee = names.get(data.get("assigned_to") or "", "")
    return Part("created", "opened the issue" + (f"; it went to {assignee}" if assignee else ""))


def _tell_step(data: Data, names: Names) -> Part:
    return Part("status_changed", f"moved it from {in_words(data['before'])} to", status=data["after"])


def _tell_change(data: Data, names: Names) -> Part | None:
    field, after = data["field"], data["after"]
    if field == "resolution_description":
        return Part("field_changed", "wrote how it was resolved", words=after or "", was=data["before"] or "")
    if field in DEEDS:
        return Part("field_changed", deed_beside(field, data["before"], after), words=data.get("description", ""))
    deed = CHANGES[field](data["before"], after) if field in CHANGES else _change_in_words(data, names)
    return Part("field_changed", deed) if deed else None


def _follow_up(before: datetime | None, after: datetime | None) -> str:
    if after is None:
        return ""
    if before is None:
        return f"set the follow-up to {after:%-d %b %Y, %H:%M}"
    return f"moved the follow-up from {before:%-d %b %Y, %H:%M} to {after:%-d %b %Y, %H:%M}"


def _change_in_words(data: Data, names: Names) -> str:
    what = FIELDS[data["field"]]
    before, after = (_value(data["field"], data[side], names) for side in ("before", "after"))
    return f"set {what} to {after}" if data["before"] is None else f"changed {what} from {before} to {after}"


def _tell_note(data: Data, names: Names) -> Part:
    return Part("note", f"noted{_where(data)}", words=data["body"])


def _tell_communication(data: Data, names: Names) -> Part:
    channel = in_words(data["channel"])
    channel = channel if channel.isupper() else channel.lower()
    heard = data["direction"] == Communication.Direction.INBOUND
    deed = f"{'heard from' if heard else 'told'} the customer ({channel}){_where(data)}"
    return Part("communication", deed, words=data["body"])


def _where(data: Data) -> str:
    return f" on {data['merged_from']}" if "merged_from" in data else ""


def _tell_attachment(data: Data, names: Names) -> Part:
    return Part("attachment", f"attached{_where(data)}", **place_of(data))


def _tell_refund(data: Data, names: Names) -> Part | None:
    if data["after"] == RefundStatus.PROCESSING:  # over in a moment
        return None
    money = f"{data['amount']:,} {data['currency']} from {in_words(data['source']).lower()}"
    deed = REFUND_STEPS[data["after"]].format(money=money)
    if data["after"] == data["before"]:
        deed = f"took a part of the refund back: it falls to {money}"
    elif data["previous_amount"] is not None:
        deed += f", of {data['previous_amount']:,} that were asked for"
    return Part("refund", deed, words=data["failure_reason"] or "")


def _tell_approval(data: Data, names: Names) -> Part | None:
    if (data["kind"], data["after"]) == (ApprovalKind.REFUND, "pending"):  # the refund's own part says so
        return None
    deed = APPROVAL_STEPS[data["after"]].format(step=REQUESTS[data["kind"]])
    absent = data["on_behalf_of"]
    deed += f", for {names.get(absent, absent)} who is away" if absent else ""
    return Part("approval", deed, words=data["note"] or "")


def _tell_notification(data: Data, names: Names) -> Part:
    recipient = data["recipient"]
    name = "the customer" if recipient == "customer" else names.get(recipient) or recipient
    deed = "could not tell" if data["undeliverable"] else "told"
    return Part(NOTIFICATION, deed, words=data["subject"], recipient=name)


TELLERS = {
    "created": _tell_created,
    "status_changed": _tell_step,
    "field_changed": _tell_change,
    "note": _tell_note,
    "communication": _tell_communication,
    "attachment": _tell_attachment,
    "refund": _tell_refund,
    "approval": _tell_approval,
    "notification": _tell_notification,
}


def _value(field: str, value: str | None, names: Names) -> str:
    if value is None:
        return "nobody"
    return in_words(value).lower() if field == "priority" else names.get(value, value)


NAMING = ("recipient", "assigned_to", "before", "after", "on_behalf_of")


def _names_in(entries: Iterable[Entry]) -> Names:
    """The people whom the entries name by their ids."""
    ids = {
        entry.data.get(name)
        for entry in entries
        for name in (
            ("recipient", "assigned_to", "before", "after", "on_behalf_of")
            if entry.type != "created"
            else ("assigned_to",)
        )
        if isinstance(entry.data.get(name), str)
    }
    return {employee.employee_id: employee.name for employee in Employee.objects.filter(employee_id__in=ids)}
