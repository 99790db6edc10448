"""What single providers mean by their own marks and codes, as data; asked before the words.

Only what the words alone would not tell. Read like ``core.diagnosis.rules``. Written from what
these providers' servers are known to answer, not checked against their postmaster pages.
"""

from __future__ import annotations

from typing import Final

PROVIDERS: Final[tuple[tuple[str, str], ...]] = (
    # Microsoft: Exchange's own names of what went wrong stand before any explanation.
    (
        "expired",
        "message expired connection refused | queue.expired | message expired failed to connect",
    ),
    ("mailboxfull", "mailbox full storedrv | storedrv.deliver.exception quota"),
    (
        "systemerror",
        "message expired connection reset | storedrv.deliver.exception | storedrv.storage",
    ),
    ("userunknown", "resolver.adr.recip | resolver.adr.exrecip | resolver.adr.invalid"),
    ("mesgtoobig", "resolver.rst.recipsize | resolver.rst.sendsize"),
    ("toomanyconn", "resolver.adr.reciplimit"),
    ("securityerror", "resolver.rst.auth | resolver.rst.sendernotauth"),
    ("filtered", "resolver.rst.notauth | resolver.rst.restricted"),
    ("networkerror", "resolver.fwd.loop | routing.loop | smtpsend.dns"),
    ("policyviolation", "transport.rules.reject"),
    (
        "blocked",
        "s3140 | s3150 | sc 001 | sc 002 | sc 003 | sc 004 | dy 001 | dy 002 | ou 001 | ou 002",
    ),
    # NTT docomo answers like this at the end of a message that the subscriber does not let in.
    ("rejected", ".docomo.ne.jp * unknown user * end of data"),
    # Yahoo and AOL.
    ("blocked", "bl21 | bl22 | bl23 | ipts04 | dyn t1 | rtr bl | rly bd | dns nr"),
    ("blocked:greylisted", "gl01"),
    ("policyviolation", "ph01"),
    # Tencent and NetEase (163, 126): two letters each, a link and nothing else.
    ("spamdetected", "dt spm | dt sur | mi spb | dt bbl"),
    ("speeding", "rp cel | rp uqt | mi stc | mi dmc | mi cel | mi sfq"),
    ("toomanyconn", "rp rcl | hl mep | hl ctc"),
    ("blocked", "hl rep | hl irp | mi clk | rp quit"),
    ("rejected", "mi nhd | dt sum | mi envelope"),
    ("authfailure", "mi dma | mi spf"),
    # GoDaddy's number is more exact than its sentence.
    ("blocked", "ib103 | ib104 | ib105 | ib110"),
    ("requireptr", "ib108"),
    ("speeding", "ib401 | ib607 | ib605 | ib705 | ib504"),
    ("rejected", "ib506 | ib501 | ib504 | ib516 | ib510"),
    ("spamdetected", "ib212"),
    # T-Online, Orange, Barracuda say nothing but this.
    ("blocked", "ask your postmaster for help * bl."),
    ("badreputation", "bad reputation ask your postmaster"),
    ("spamdetected", "ofr * 506. | lpn * 506. | permanent failure for one or more recipients"),
    ("blocked", "ofr * 513. | lpn * 513. | ofr * 102. | lpn * 102."),
    # Comcast, Charter, Cox.
    ("blocked", "bl000000 | bl000001 | bl000010 | aup#i | aup#in | cxbl | cxsnd | cxdns"),
    ("speeding", "rl000001 | rl000002 | rl000003 | cxcnct | cxthrt | cxmxrt"),
)
