"""Which files of a mail its issue takes; of the others the customer's words say so."""

from django.conf import settings
from django.core.files.base import ContentFile, File

from issues.mail.parse import MOST_KEPT, Mail
from issues.models import Issue, StoredFile
from issues.uploads import broken_rules


def sorted_out(mail: Mail, issue: Issue) -> tuple[list[File], list[str]]:
    """The files that the issue takes, and of the others why not."""
    room = max(0, settings.UPLOADS_PER_ISSUE - StoredFile.objects.present().filter(issue=issue).count())
    files = [ContentFile(file.content, name=file.name or "file") for file in mail.files]
    reasons = {id(file): broken_rules(file) for file in files}
    fit = [file for file in files if not reasons[id(file)]]
    refused = [reason for file in files for reason in reasons[id(file)]]
    refused += [f"{file.name}: an issue takes {settings.UPLOADS_PER_ISSUE} files and no more." for file in fit[room:]]
    return list(fit[:room]), refused


def with_postscript(answer: str, refused: list[str]) -> str:
    """The customer's words, and which of their files were left in the mail."""
    if not refused:
        return answer
    postscript = "\n".join(["", "", "(Not taken from the mail:", *refused])[:1000] + ")"
    return answer[: MOST_KEPT - len(postscript)] + postscript
