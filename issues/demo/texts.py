"""What people say in the demo data, by the type of the issue."""

from dataclasses import dataclass

from issues.workflow import IssueType


@dataclass(frozen=True)
class Words:
    """``said`` is the customer's first word, ``found`` what the agent found, ``done`` how it was resolved."""

    description: tuple[str, ...]
    said: tuple[str, ...]
    found: tuple[str, ...]
    done: tuple[str, ...]


WORDS: dict[str, Words] = {
    IssueType.WRONG_ITEMS: Words(
        description=(
            "The parcel held the right box with the wrong article in it.",
            "Ordered the blue one, the red one came.",
            "Two articles of another customer's order were in the parcel.",
        ),
        said=("This is not what I ordered.", "I need the right one by the weekend, can you send it?"),
        found=("Warehouse confirms a mix-up at packing station 4.", "The picking list is right; the shelf was not."),
        done=("The right article is on its way; the customer keeps the wrong one.", "Exchanged at the store."),
    ),
    IssueType.MISSING_ITEMS: Words(
        description=(
            "One article of the order is missing from the parcel.",
            "The delivery note lists three articles, two were in the box.",
            "The spare parts announced on the package are not there.",
        ),
        said=("I looked through the paper twice, it is not there.", "Was it perhaps sent separately?"),
        found=("The parcel's weight at dispatch is 400 g short.", "Stock shows the article was never picked."),
        done=("Sent the missing article by express.", "Refunded the missing article; it is out of stock."),
    ),
    IssueType.DAMAGED_ITEMS: Words(
        description=(
            "The lid is cracked and the handle is loose.",
            "The glass came in pieces; the outer box has a hole.",
            "Deep scratches on the front, visible at once.",
        ),
        said=("I have sent you three photos.", "The box already looked bad when it was handed over."),
        found=("Photos show damage in transit; carrier informed.", "The packaging was below our standard."),
        done=("Replacement delivered and confirmed.", "Refunded; the customer disposes of the broken one."),
    ),
    IssueType.DELIVERY_ISSUE: Words(
        description=(
            "Marked as delivered on Tuesday, nothing has arrived.",
            "The courier left the parcel with an unknown neighbour.",
            "Delivery has been promised for four days running.",
        ),
        said=("I was at home all day and nobody rang.", "Where is my parcel now?"),
        found=("Carrier opened a trace.", "The depot scanned it yesterday; the address label is damaged."),
        done=("Found at the depot and delivered.", "Declared lost by the carrier; refunded."),
    ),
    IssueType.PAYMENT_ISSUE: Words(
        description=(
            "The card was charged twice for the same order.",
            "The discount shown in the basket was not taken off.",
            "The wallet says paid, the confirmation says open.",
        ),
        said=("I see two lines on my statement.", "Please put the difference back."),
        found=("The ledger shows one capture and one hold.", "The voucher expired between basket and payment."),
        done=("The hold was released by the bank.", "Refunded the difference."),
    ),
    IssueType.CUSTOMER_COMPLAINT: Words(
        description=(
            "The customer was on hold for forty minutes and then cut off.",
            "A promised call back never came.",
            "The store refused an exchange that our terms allow.",
        ),
        said=("I only want somebody to answer.", "Third time that I explain this."),
        found=("Call log confirms it.", "Spoke to the store: new staff, told about the terms."),
        done=("Apologised by phone, with a voucher.", "The exchange was made; the store called as well."),
    ),
    IssueType.QUALITY_ISSUE: Words(
        description=(
            "The seam came apart after two days.",
            "The battery holds for one hour instead of eight.",
            "The colour washed out at the first wash at 30 degrees.",
        ),
        said=("I expected more at this price.", "Is this a known fault?"),
        found=("Fourth case from this batch; told purchasing.", "The supplier asks for the serial number."),
        done=("Replaced from a new batch.", "Refunded in part; the customer keeps it."),
    ),
    IssueType.OTHER: Words(
        description=(
            "The invoice shows the wrong company name.",
            "The gift message was printed with the price beside it.",
            "The customer wants to change the address after dispatch.",
        ),
        said=("Could you correct this, please?", "It was meant as a surprise."),
        found=("The template takes the billing name.", "The carrier can still be redirected."),
        done=("Sent a corrected invoice.", "Redirected the parcel; arrived."),
    ),
}

REOPEN_REASONS = (
    "The customer writes that it broke again after a week.",
    "The replacement never arrived.",
    "The refund is not on the customer's statement.",
)
ESCALATION_REASONS = (
    "The customer has written to the management board.",
    "The third failure with the same order.",
    "A lawyer's letter came in by e-mail.",
)
HANDOVER = "I am off for the rest of the week; handing this over."
CALL_BACK = "Promised to call back after the carrier's answer."
CREDIT_INSTEAD = "The payment could not be refunded; the customer agrees to store credit."
ASK_TO_CLOSE = "The customer confirms by phone that all is well; please close."
REJECTIONS = ("Please open a new issue for this.", "Not covered: outside the terms.", "Needs the photos first.")
