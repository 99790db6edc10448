"""What single providers mean by their own marks and codes, as data; asked before the words.

Only what the words alone would not tell, and only what the provider or its users explain
somewhere public: the comment over each group names the page. Read like
``core.rules.diagnosis.rules``.
"""

from __future__ import annotations

from typing import Final

PROVIDERS: Final[tuple[tuple[str, str], ...]] = (
    # Microsoft Learn, "Email non-delivery reports and SMTP errors in Exchange Online" and the
    # Exchange Server list of the same name: their names of what went wrong stand before any words.
    (
        "expired",
        "message expired connection refused | queue.expired | message expired failed to connect",
    ),
    ("mailboxfull", "mailbox full storedrv | storedrv.deliver.exception quota"),
    (
        "systemerror",
        "message expired connection reset | storedrv.deliver | storedrv.storage",
    ),
    ("userunknown", "resolver.adr.recip | resolver.adr.exrecip | resolver.adr.invalid"),
    ("userunknown", "banned recipient"),
    ("mesgtoobig", "resolver.rst.recipsize | resolver.rst.sendsize"),
    ("toomanyconn", "resolver.adr.reciplimit"),
    ("securityerror:insiders", "resolver.rst.sendernotauth"),
    ("securityerror", "resolver.rst.auth"),
    ("filtered", "resolver.rst.notauth | resolver.rst.restricted"),
    ("networkerror", "resolver.fwd.loop | routing.loop | smtpsend.dns"),
    ("policyviolation", "transport.rules.reject"),
    # Outlook.com Postmaster, "Troubleshooting": SC, DY and OU are refusals of the machine that
    # sends, RP is its rate. S3140 and S3150 stand in the sentence about "our block list".
    (
        "blocked",
        "s3140 | s3150 | sc 001 | sc 002 | sc 003 | sc 004 | dy 001 | dy 002 | ou 001 | ou 002",
    ),
    ("speeding", "421 rp 001 | 421 rp 002"),
    ("toomanyconn", "421 rp 003"),
    # No page known: this server refuses a message at its end with these words for what its
    # subscriber does not let in.
    ("rejected", ".docomo.ne.jp * unknown user * end of data"),
    # Yahoo Sender Hub, "SMTP error codes", and the answers themselves.
    ("blocked", "bl21 | bl23 | ipts04 | tss07"),
    ("blocked:greylisted", "gl01"),
    ("policyviolation", "ph01"),
    # AOL Postmaster, "Error messages" (kept in archives): the letters before the colon.
    ("requireptr", "dns nr | rtr rd"),
    ("blocked", "dyn t1 | dyn t2 | con b1 | rtr bl | rtr sc | rtr ch | rtr bg"),
    ("blocked", "rtr du | rtr bb | rly b1 | rly b2 | rly bl | rly ch | rly ir"),
    ("spamdetected", "rly bd | hvu b1 | hvu b2"),
    ("rejected", "rly sn"),
    # NetEase (163, 126, yeah), its table of returned mail: two letters each, a link, nothing else.
    ("spamdetected", "dt spm"),
    ("speeding", "mi stc | mi sfq | rp qrc | rp trc | hl ifc"),
    ("toomanyconn", "mi dmc | rp rcl | hl icc"),
    ("blocked", "hl ihu | hl ipb | rp cel | mi nhd"),
    ("rejected", "dt sum | mi spb | mi imf | hl mep"),
    ("authfailure", "mi dma | mi spf"),
    ("norelaying", "rp frl"),
    # GoDaddy, "Fix rejected email with a bounce error".
    ("blocked", "ib104 | ib105"),
    ("requireptr", "ib108"),
    ("rejected", "ib506"),
    ("authfailure", "ib508"),
    ("toomanyconn", "ib605"),
    ("speeding", "ib607"),
    # T-Online and Orange say nothing but this; no table is published, senders agree on it.
    ("blocked", "ask your postmaster for help * bl."),
    ("badreputation", "bad reputation ask your postmaster"),
    ("spamdetected", "ofr * 506. | lpn * 506."),
    ("blocked", "ofr * 513. | lpn * 513. | ofr * 102. | lpn * 102."),
    ("toomanyconn", "ofr * 104. | lpn * 104."),
    # Comcast Postmaster, "Mail delivery error codes".
    ("blocked", "bl000 | bl001 | es000"),
    ("speeding", "rl000"),
    # Cox Postmaster, "Error codes", and Cox's forum on the AUP marks.
    ("blocked", "cxbl | cdrbl | ipbl0 | ipbl1"),
    ("rejected", "cxsnd"),
    ("securityerror", "cxmj"),
    ("toomanyconn", "cxcnct"),
    ("speeding", "cxmxrt"),
    # Charter: its marks of refused machines; its postmaster page explains them one by one.
    ("blocked", "aup i"),
)
