"""Who runs the mailboxes of a domain, told by a server's words or by the domain itself: data.

The words are host names and signatures that the providers' servers put into their answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Provider:
    name: str
    says: tuple[str, ...]
    """Parts of host names and answers, in lower case, that only its servers use."""
    domains: tuple[str, ...] = ()
    """Domains of its own mailboxes; one that ends with a dot stands for every country's."""


PROVIDERS: Final = (
    # The consumer service first: its hosts end like those of the business one.
    Provider(
        "Outlook.com",
        ("olc.protection.outlook.com", "hotmail.com", "outlook.live", "hotmail"),
        ("outlook.", "hotmail.", "live.", "msn.com", "passport.com"),
    ),
    Provider(
        "Microsoft 365",
        (
            "protection.outlook.com",
            "prod.outlook.com",
            "mail.protection",
            "office365",
            "outlook.office",
            "microsoft 365",
            "microsoft",
        ),
        ("onmicrosoft.com",),
    ),
    Provider(
        "Google",
        ("gsmtp", "google.com", "googlemail", "support.google", "gmail", "google workspace"),
        ("gmail.com", "googlemail.com"),
    ),
    Provider(
        "Yahoo",
        ("yahoodns.net", "yahoo.com", "yahoo.net", "aol.com", "yahoo"),
        ("yahoo.", "ymail.com", "rocketmail.com", "aol.", "verizon.net"),
    ),
    Provider("Apple iCloud", ("icloud.com", "mail.me.com"), ("icloud.com", "me.com", "mac.com")),
    Provider("Proofpoint", ("pphosted.com", "ppe-hosted.com", "proofpoint.com")),
    Provider("Mimecast", ("mimecast.",)),
    Provider("Barracuda", ("barracudanetworks.com", "ess.barracuda")),
    Provider("Cisco", ("iphmx.com",)),
    Provider("Zoho", ("zoho.com", "zoho.eu"), ("zoho.", "zohomail.")),
    Provider("Fastmail", ("messagingengine.com",), ("fastmail.com", "fastmail.fm")),
    Provider("Proton", ("protonmail.ch",), ("proton.me", "protonmail.", "pm.me")),
    Provider("Amazon WorkMail", ("awsapps.com", "workmail")),
    Provider("Rackspace", ("emailsrvr.com",)),
    Provider("GoDaddy", ("secureserver.net",)),
    Provider("IONOS", ("kundenserver.de", "perfora.net", "ionos.")),
    Provider("GMX and WEB.DE", ("gmx.net", "web.de", "mail.com"), ("gmx.", "web.de", "mail.com")),
    Provider("Telekom", ("t-online.de", "t-ipnet.de"), ("t-online.de", "magenta.de")),
    Provider("Orange", ("orange.fr", "wanadoo.fr"), ("orange.fr", "wanadoo.fr")),
    Provider("Free", ("free.fr", "proxad.net"), ("free.fr",)),
    Provider("Comcast", ("comcast.net",), ("comcast.net", "xfinity.com")),
    Provider("Mail.ru", ("mail.ru",), ("mail.ru", "bk.ru", "inbox.ru", "list.ru")),
    Provider("Yandex", ("yandex.",), ("yandex.", "ya.ru")),
    Provider("Tencent", ("qq.com",), ("qq.com", "foxmail.com")),
    Provider("NetEase", ("netease.com", "163.com"), ("163.com", "126.com", "yeah.net")),
    Provider("OVH", ("ovh.net",)),
)

_LONGEST_ANSWER: Final = 2_000
#: Addresses in an answer belong to the customer, not to the server that speaks.
_ADDRESSES: Final = re.compile(r"(?<![^\s<>:;,()])[^\s<>:;,()]+@[^\s<>:;,()]+")


def provider_of(domain: str, told: Iterable[str] = ()) -> str:
    """Return the provider's name; ``domain`` itself where neither it nor anything told gives it.

    ``told`` is what SES calls the provider and what servers answered, the surest first.
    """
    for words in told:
        found = _by_words(words)
        if found:
            return found
    return _by_domain(domain) or domain


def _by_words(words: str) -> str:
    plain = _ADDRESSES.sub(" ", words[:_LONGEST_ANSWER].lower())
    for provider in PROVIDERS:
        if any(_stands_in(part, plain) for part in provider.says):
            return provider.name
    return ""


def _stands_in(part: str, text: str) -> bool:
    """A part begins where a name or one of its labels begins: ``web.de`` is not in ``myweb.de``."""
    at = text.find(part)
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            return True
        at = text.find(part, at + 1)
    return False


def _by_domain(domain: str) -> str:
    for provider in PROVIDERS:
        for own in provider.domains:
            if domain == own or (own.endswith(".") and domain.startswith(own)):
                return provider.name
    return ""
