"""The company of the design pictures: a customer with every status, and quiet neighbours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from core.model.delivery import DeliveryEvent
from core.model.enums import EmailKind
from tests.tui.company import NOW, Company, Customer, Document


def fact(type_: str, at: datetime, **fields: str) -> DeliveryEvent:
    return DeliveryEvent(type=type_, at=at, message_id="0100", **fields)


def bounce(
    at: datetime, diagnostic: str = "smtp; 550 5.1.1 User unknown", **more: str
) -> DeliveryEvent:
    return fact(
        "Bounce",
        at,
        subtype="Permanent/General",
        diagnostic=diagnostic,
        enhanced_status="5.1.1",
        action="failed",
        **more,
    )


def days(number: float) -> datetime:
    """That many days before NOW."""
    return NOW - timedelta(days=number)


_NAMES = (
    "Aurora Dental Practice", "Bergmann & Töchter", "Café Zénith", "Dahl Elektro AS",
    "Eastside Plumbing", "Fjord Logistics", "Gómez Hermanos", "Hartwell & Finch LLP",
    "Ivory Tower Books", "Joon-ho Trading", "Kowalski Dachy", "Lindqvist Trä AB",
    "Møller Rederi", "Northgate School", "Océane Traiteur", "Pemberton Estates",
    "Quigley Motors", "Rossi Ceramiche", "Santos & Filhos", "Tanaka Foods 田中食品",
)  # fmt: skip


def believable() -> Company:
    """Ludwig Krajcik of the design pictures, two with his name, and twenty quiet neighbours."""
    company = Company()
    ludwig = company.customer(
        "Ludwig Krajcik DVM", "brook59@example.org", "terrill@krajcik.example"
    )
    _ludwigs_documents(company, ludwig)
    sons = company.customer("Krajcik & Sons GmbH", "buchhaltung@krajcik.example")
    for number, total in (("INV-0050", "7900.00"), ("INV-0051", "5000.00")):
        document = company.document(sons, number, "OPEN", total, total)
        company.email(
            document, EmailKind.ORIGINAL, f"Invoice {number}", days(5), "ben",
            (sons.addresses[0], [fact("DeliveryDelay", days(4.9))]),
        )  # fmt: skip
    kranz = company.customer("Dr. Mikra Kranz", "kranz@example.net")
    _delivered(company, company.document(kranz, "INV-0060", "PAID", "120.00", "0"), days(69))
    for index, name in enumerate(_NAMES):
        word = name.split()[0].lower().encode("ascii", "ignore").decode()
        customer = company.customer(name, f"office@{word}.example")
        for step in range(1 + index % 3):
            price = Decimal(140 + index * 37 + step * 11)
            balance = price if (index + step) % 2 else Decimal(0)
            number = f"INV-1{index:02d}{step}"
            status = "OPEN" if balance else "PAID"
            made = company.document(customer, number, status, str(price), str(balance))
            _delivered(company, made, days(6 + index * 2 + step), opened=index % 4 == 0)
    company.suppressed["brook59@example.org"] = (
        "Suppressed: nothing can be sent to this address",
        "hard bounce today 14:03: User unknown · caused by Following up on invoice INV-0042",
    )
    return company


def _delivered(company: Company, document: Document, at: datetime, *, opened: bool = False) -> None:
    address = company.customers[document.customer_id].addresses[0]
    facts = [fact("Delivery", at + timedelta(seconds=4))]
    if opened:
        facts.append(fact("Open", at + timedelta(hours=2), user_agent="Thunderbird"))
    company.email(
        document, EmailKind.ORIGINAL, f"Invoice {document.number}", at, "billing", (address, facts)
    )


def _ludwigs_documents(company: Company, ludwig: Customer) -> None:
    brook, terrill = ludwig.addresses
    today = NOW.replace(hour=14, minute=2, second=11)
    said = "smtp; 550 5.1.1 <brook59@example.org>: Recipient address rejected: User unknown"
    first = company.document(
        ludwig, "INV-0042", "PARTIAL", "1350.00", "849.10", due_on=date(2026, 10, 17)
    )
    subject = "Invoice INV-0042"
    opened = [fact("Delivery", days(19)), fact("Open", days(18.9)), fact("Open", days(18))]
    company.email(first, EmailKind.ORIGINAL, subject, days(19.3), "billing", (brook, opened))
    company.email(
        first, EmailKind.FOLLOW_UP, "Following up on invoice INV-0042", days(8.2), "anna",
        (brook, [fact("Delivery", days(8.2)), fact("Open", days(8))]),
    )  # fmt: skip
    company.email(
        first, EmailKind.RESEND, subject, days(1.2), "ben", (brook, [fact("Delivery", days(1.2))])
    )
    company.email(
        first, EmailKind.FOLLOW_UP, "Following up on invoice INV-0042", today, "anna",
        (brook, [bounce(today + timedelta(seconds=89), said)]),
        body="Hi, I wanted to follow up on invoice INV-0042.\n\nLet us know.",
    )  # fmt: skip
    plan: list[tuple[str, str, str, str, float, str, list[DeliveryEvent]]] = [
        ("INV-0041", "OPEN", "980.50", "980.50", 1, brook, [fact("Delivery", days(1))]),
        ("EST-0007", "SENT", "4200.00", "0", 3, terrill, [fact("Open", days(2.9))]),
        ("INV-0039", "OVERDUE", "310.81", "310.81", 4, brook, [fact("DeliveryDelay", days(4))]),
        ("INV-0038", "PAID", "122.00", "0", 39, brook, [fact("Click", days(38.9), link="x")]),
        ("INV-0037", "OVERDUE", "76.10", "76.10", 42, "accounts@krajcik.example",
         [fact("Delivery", days(42)), fact("Complaint", days(41))]),
        ("INV-0035", "OPEN", "640.00", "640.00", 53, "brok59@example.org",
         [fact("Bounce", days(53), subtype="Permanent/OnAccountSuppressionList")]),
        ("INV-0034", "PAID", "64.00", "0", 60, brook, [fact("Open", days(59.9))]),
        ("INV-0033", "OPEN", "210.00", "210.00", 61, "billing@krajcik.example",
         [fact("Bounce", days(61), subtype="Transient/MailboxFull", diagnostic="452 4.2.2 full",
               action="failed")]),
    ]  # fmt: skip
    for number, status, total, balance, age, address, facts in plan:
        document = company.document(ludwig, number, status, total, balance)
        word = "Estimate" if number.startswith("EST") else "Invoice"
        company.email(
            document, EmailKind.ORIGINAL, f"{word} {number}", days(age), "billing", (address, facts)
        )
    twice = company.document(ludwig, "INV-0036", "OPEN", "1004.00", "1004.00")
    company.email(twice, EmailKind.ORIGINAL, "Invoice INV-0036", days(51), "ben",
                  (brook, [bounce(days(51))]))  # fmt: skip
    company.email(twice, EmailKind.RESEND, "Invoice INV-0036", days(0.4), "ben", (terrill, []))
    company.document(ludwig, "EST-0006", "DRAFT", "18400.00", "0")
