"""What servers say about the message and its looks; read like ``core.rules.diagnosis.rules``."""

from __future__ import annotations

from typing import Final

Rules = tuple[tuple[str, str], ...]

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
