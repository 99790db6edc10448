"""What servers say, as data: phrases, and marks of single providers → a cause. First wins.

How to read a phrase (the text it is compared with is in lower case, without punctuation,
``n't`` written out as ``not``; see ``core.rules.diagnosis.normalize``):

- it starts at the start of a word and may end inside one: ``exceed`` also finds *exceeded*;
  a full stop closes the word: ``rbl.`` does not find *rblx*;
- ``*`` stands for anything, but not for much of it: a sentence, not a page;
- ``one/two`` is either word, ``/two`` either nothing or *two*; ``_`` is a blank inside a choice;
- ``#ip`` is an address of a machine, ``#list`` the name or link of a public block list.

``STRONG`` phrases are believed before any code; ``VAGUE`` ones only where the code says nothing.
The causes are Sisimai's reason words; ``cause:shade`` has an advice of its own. The order matters:
what only one cause would say comes first.
"""

from __future__ import annotations

from typing import Final

from core.rules.diagnosis.address import ADDRESS
from core.rules.diagnosis.languages import FOREIGN
from core.rules.diagnosis.sender import SENDER

Rules = tuple[tuple[str, str], ...]

TIME: Final[Rules] = (
    # ----------------------------------------------------------------------
    # Time and trouble.
    (
        "systemfull",
        """system full | disk full | /mail/file system is full | no space left | system storage
        insufficient system storage/resources | system is full | spool * full | congest
        server is full | low on disk/space""",
    ),
    ("systemerror", "address verification in progress | unverified address"),
    (
        "systemerror",
        """system/internal/server/local/database/configuration/software/unexpected error
        configuration error/problem | server configuration | misconfig | ldap
        not enough memory | internal/configuration problem/failure | crashed | out of memory
        backend""",
    ),
    (
        "expired",
        """connection/connect/conversation/session/operation/delivery/read/user/smtp timed/timeout
        message/envelope/queue/delivery/connection * expired | timed out | timeout | time out
        giving up | time expired | deadline | time limit | maximum time | too old.
        attempts * failed/exhausted/exceeded | retries exceeded/exhausted | maximum/max retr
        in queue for | in the queue too | queue too long | could not deliver | multiple retries
        retry time | not reachable | unreachable | no answer | no response | not respond
        unable to deliver * in/within/after | been delayed | is delayed | delayed
        failing for a long | for the last * hours/days/seconds
        not be delivered for/within/after | has not been delivered | too long
        not been able to deliver | will be retried | keep trying | within * days/hours
        establish /an/a /smtp connection | communicating with primary | queue.expired""",
    ),
    (
        "systemerror",
        """system/internal/server/local/database/configuration/temporary/software/unexpected error
        system/internal/server/temporary/temporarily/configuration problem/failure/fault/resources
        configuration error/problem | server configuration | misconfig | ldap | busy
        temporar * problem/failure/error/fail/rejected/issue/resources/unable/failure
        service refuse/refused/currently/is_not/not_available/temporarily
        system not/is_not/resources | try again | try later | try * later | later. * try
        come back later | retry later | per transaction | resources * unavailable | overload
        load * too_high | high load | down for maintenance | license | maintenance
        out of memory | interrupted | unable to open/write/create | backend
        requested action aborted | processing error | loop back | points to local host
        can not accept * now/moment/time | unable to accept * now/moment/time | crashed
        storedrv | not capable""",
    ),
    # One refusal makes the commands after it fail too: these words are believed last.
    (
        "syntaxerror",
        """starttls may not | pipelin | no commands allowed | command/commands out of
        mail first | out of order/sequence | sequence of commands
        bad/improper/wrong/incorrect sequence | need rcpt/mail/helo/ehlo/data | after bdat
        no data after | unimplemented | not implemented | syntax error | syntax incorrect
        unrecognized command | command unrecogni | unknown command
        command not/unknown/unrecogni | bad command | no longer supported
        smtp protocol violation | protocol error | invalid command | parameters or arguments
        argument * missing | malformed address * may not follow | unexpected command""",
    ),
    ("onhold", "on hold | held for/by/pending | quarantine"),
)

MESSAGE: Final[Rules] = (
    # ----------------------------------------------------------------------
    # What we sent.
    (
        "spamdetected",
        """spam or virus | spamassassin | by * spam filter/engine/firewall
        content scanner/scan | blocked by * content/spam/filter""",
    ),
    (
        "virusdetected",
        """virus | infected | malware | malicious | .malware | .trojan | clamav | eicar | trojan
        worm. | bad content""",
    ),
    (
        "exceedlimit",
        """message length | number of attachments | length exceed | header size/value
        administrative limit | individual header | limit of * attachments""",
    ),
    (
        "mesgtoobig",
        """message/mail/email/body/attachment/attachments /is/was/size too large/big/long
        data/content /is/was/size too large/big/long
        message/mail/email/body/attachment * size/length * exceed/limit/maximum/larger/too/greater
        size * exceed/limit/maximum/larger/too_big/too_large/databytes | exceed * size
        attachment/attachments/message bigger/larger/heavier | bigger than | heavier than
        mailsize/messagesize /limit | maximum/max /allowed/permitted/message/mail/email size
        message exceed | exceed fixed | message file too big | too large for | too big for
        exceed * message/bytes/megabytes/mb. | larger than | recipsizelimit
        message is larger/too_big/too_large/too_long | size of * more/larger/greater
        limit for message size""",
    ),
    (
        "notcompliantrfc",
        """rfc * complian/conform/violat/5322/2822 | non compliant | sender address * rfc
        duplicate/disallowed/multiple/missing/invalid/malformed/bad/illegal/empty header
        header * missing/malformed/invalid/required/duplicate/disallowed
        no from/date/message_id header
        missing /a/valid/or/invalid from/date/to/subject/message/sender/valid/header
        malformed message/mail/header/mime/from | message/mail/header is malformed
        lack/lacks/lacking * header | two/multiple/several/duplicate * headers
        more than one * header | 8_bit/8bit character/characters | encoded word
        bare/lone lf/cr/line/linefeed/linefeeds | no * field given | nul characters/bytes/octets
        null characters/bytes | long header | invalid 8bit/8_bit | unicode character
        line length | line too long | lines longer | not conform | multiple addresses in
        multiple from | two from | header/headers from | violates rfc""",
    ),
    (
        "blocked",
        """#list | blacklist | blocklist | block list | black list | blacklisted | block listed
        deny list | denylist | rbl. | dnsbl | dnswl | spam trap | listed in/at/by/on
        client host | blocked using/by/from/at/your/due_to_your | banned sending
        ip/ips/hostname/network * block
        ip/ip_address/your_host/your_server/hostname * reject/denied/refused
        client/network/provider/subnet * reject/denied/refused
        ip/ip_address/your_host * not_allowed/not_permitted/not_authori/not_accept
        ip/ip_address/your_host * disallowed/prohibited | denied * #ip/ip
        messages/mail/email/connection/connections from #ip
        connection/connections /is/was/were refused/rejected/denied/blocked/not/forbidden
        connection/connections will/has/have refused/rejected/denied/blocked/not/forbidden
        not accept/accepting /any/more/mail/email/messages/connections connections/from
        not accepting connections | refused to talk | refused connection | refused mail | helo
        ehlo | unsolicited mail originating | sending/source ip | your ip | from ip | whitelist
        allowlist | too many errors | too many bad | too many invalid | error limit
        denial of service | bad host | dynamic | dial up | dialup | residential
        generic hostname | open proxy | spam source | source of spam
        use /the/your smtp server of | isps/your/an/providers mail/smtp/outgoing server
        smtp server of your isp | traffic not accepted | poor email reputation
        unauthorized/not_authori * connect/host/server/ip | blackholed | relay quota
        your server/host/network/isp/domain * blocked | connection rejected | botnet | exploits""",
    ),
    (
        "spamdetected",
        """as/is/be/was/likely/possible/probable/suspected/appears/contains/for/considered spam
        as/is/be/possible/suspected phish
        spam detected/content/score/message/filter/check/check_failed/mail/like/email/signature/rule
        ube/uce. | junk. | bulk mail/email | unsolicited | spamassassin | classified as
        resembl * spam | content * spam/unsolicited | suspicious link/links/url/attachment
        looks like * spam/phish | nature of the content | suspicious due | links within | bayes
        content filter | content restriction | reject/rejected/restricted content
        mail content denied | message content rejected/not_acceptable | anti spam | antispam
        content judged | objectionable | suspicion | suspicious content | message filtered
        message looks | spammy | scored | probability of | scam. | fraud. | unacceptable content
        undesirable | advertis | url * blacklist""",
    ),
    # ----------------------------------------------------------------------
    # Their rules.
    (
        "policyviolation",
        """transport rule/rules | files of type | acceptable use/usage
        not meet * requirement/requirements/guidelines/standards
        policy reason/reasons/violation/restriction/restrictions/rejection/that_prohibit/rule
        local policy | due to * policy/policies
        by/against/under/violates/per /our/your/the policy | policy/policies
        protocol violation | potential/potentially security/dangerous/harmful
        potential * security
        illegal/banned/blocked/forbidden/unsafe/prohibited/dangerous attachment
        attachment * not_allowed/not_permitted/blocked/banned/prohibited/not_accepted/type/policy
        file type/name/extension | executable | message not allowed | organizational settings
        prohibited | header error | transport.rules | mass mail | not accept * attachments
        banned content | mailpolicy | this type of | reject id * banned | banned file
        security policies | mail rule | restricted content | rejectmessage""",
    ),
    (
        "contenterror",
        """mime * error/complex/invalid/not | 8bit | 8 bit | content type * not
        invalid/bad/corrupt/malformed/unreadable data/content/message/attachment/structure
        media not | conversion * required/failed
        content * not/error/reject/block/denied/unsafe | data format | message content
        bad header | invalid content | improper use of""",
    ),
    (
        "blocked",
        """is blocked | are blocked | been blocked | has blocked | temporarily blocked | go away
        unwelcome | not welcome | suspicious activity | abuse from | spammers | spamming
        access * from * denied/blocked""",
    ),
)

STRONG: Final[Rules] = (*SENDER, *ADDRESS, *MESSAGE, *TIME, *FOREIGN)

#: Words that many causes share: asked after the code.
VAGUE: Final[Rules] = (
    ("userunknown", "address rejected. | recipient rejected. | recipients failed | undeliverable"),
    ("spamdetected", "spam | ube. | junk"),
    ("badreputation", "reputation"),
    (
        "filtered",
        "recipient * rejected/refused/denied | user * rejected/refused | not accept/accepting",
    ),
    ("policyviolation", "attachment | not allowed | forbidden"),
    ("blocked", "blocked | banned | refused | abuse | closing * channel | service not available"),
    ("systemerror", "temporar | unavailable | service | later. | deferred | transaction failed"),
    ("rejected", "access denied | permission denied | rejected | reject | denied | not authori"),
    ("networkerror", "connection | connect. | network | dns."),
)
#: What single providers mean by their own marks and codes. Only what the words alone would not
#: tell, and only what the provider or its users explain somewhere public: the comment over each
#: group names the page.
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
