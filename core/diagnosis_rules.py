"""What servers say, as data: phrases → a cause.

``|`` parts alternatives; ``*`` in a phrase stands for anything between its parts; a blank in front
keeps a short word from being found inside another. The first cause with a matching phrase wins, so
that the telling words come before the vague ones. The causes are Sisimai's reason words.
"""

from __future__ import annotations

from typing import Final

#: The order matters: see the module's docstring.
PHRASES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("suppressed", ("on the suppression list", "has suppressed sending to this address")),
    (
        "mailboxfull",
        (
            "mailbox full|mailbox is full|mailbox is currently full|mailbox was full|inbox is full",
            "over quota|overquota|over the quota|quota exceeded|exceeded*quota|exceeds*quota",
            "quota is full|quota full|over the maximum allowed quota|over its disk quota",
            "out of storage|insufficient storage|not enough storage|exceeded the local limit",
            "mailbox size limit|mailbox limit|folder is full|disk quota|not enough disk space",
            "too much mail data|account is full|user is full|storage limit",
        ),
    ),
    (
        "requireptr",
        (
            "ptr record|reverse dns|rdns|fcrdns|reverse hostname|reverse lookup|no reverse",
            "cannot find your hostname|cannot resolve your address|invalid dns ptr",
            "regarding ptr|ip address of the hostname specified|ip name lookup failed",
            "server access*forbidden by invalid rdns|client host rejected: cannot find",
        ),
    ),
    (
        "authfailure",
        (
            "dmarc|dkim|spf check|spf record|spf validation|with spf|spf fail|failed spf|spf:",
            "sender policy framework|either spf|not aligned|is unauthenticated|spf ou|spf/dns",
            "authentication checks|spf did not pass|does not pass spf|spf authentication",
            "sender is not authenticated|aligned with either",
        ),
    ),
    (
        "failedstarttls",
        (
            "starttls|tls required|use tls|requires tls|tls is required|tls handshake",
            "tls negotiation|without tls|encryption required|cannot start tls|failed to start tls",
            "ssl connection|must use a secure connection",
        ),
    ),
    (
        "notcompliantrfc",
        (
            "rfc 5322 compliant|not rfc*compliant|duplicate header|disallowed header",
            "malformed|missing a valid|multiple addresses in from|encoded-word",
            "invalid header|header is missing|non-compliant|bare lf|bare line feed|rfc 2822",
            "unicode character in",
        ),
    ),
    (
        "virusdetected",
        ("virus detected|infected|virus found|contains a virus|malware|a virus was|bad content",),
    ),
    (
        "speeding",
        (
            "receiving mail at a rate|receiving mail too quickly|too many recipients this hour",
            "rate limit|relay limit|sending limit exceeded|excessive volume|too fast",
            "too many messages|exceeded*per hour|daily*quota|mails per|sending rate|throttl",
            "unusual rate of mail|too much mail|rate that prevents",
        ),
    ),
    (
        "toomanyconn",
        (
            "too many connections|too many concurrent|too many simultaneous|connection limit",
            "connection rate|too many sessions|max message per connection|messages per connection",
            "too many recipients|too many hosts|concurrent connections|too many sockets",
        ),
    ),
    (
        "mesgtoobig",
        (
            "message too large|message too big|message size exceeds|message is too large",
            "size of your message|exceeds*size limit|exceeded*message size|mail size limit",
            "message exceeds maximum|size exceeds|maximum message size|too large for",
            "message file too big|exceeds fixed maximum|header size limit|mail too large",
        ),
    ),
    (
        "exceedlimit",
        ("message length exceeds|number of attachments|length exceeds|exceeds*limit of",),
    ),
    (
        "spamdetected",
        (
            "spam detected|detected as spam|considered spam|spam content|looks like spam|is spam",
            "for spam or virus|message content rejected|- spam|spam score|classified as*spam",
            "as spam|likely spam|spam message|unsolicited bulk|bulk email|likely unsolicited",
            "suspicious due to the nature| ube|junk mail|spam-like|resembles spam|spam was",
        ),
    ),
    (
        "badreputation",
        ("reputation|bad sender score|poor sender|unexpected volume or user complaints",),
    ),
    (
        "suspend",
        (
            "is inactive|account*disabled|mailbox*disabled|user*disabled|account*suspended",
            "account is locked|temporary locked|temporarily locked|account*deactivated",
            "mailbox is inactive|user*suspended|mailbox*suspended|account expired|frozen",
            "mailbox unavailable or access denied|is inaccessible|account closed",
        ),
    ),
    (
        "hasmoved",
        ("has moved|address has been changed|has been replaced by|mailbox has moved|no longer at",),
    ),
    (
        "norelaying",
        (
            "relay access denied|relaying denied|not permitted to relay|relay not permitted",
            "unable to relay|relay*denied|relaying*prohibited|does not relay|not a gateway",
            "for relay|no relaying|relay operation|open relay|relaying not allowed",
            "rcpthosts|not authorized to send email directly|not local",
        ),
    ),
    (
        "securityerror",
        (
            "authentication required|username and password|login attempts|log in with your",
            "log in via",
            "application-specific password|authentication fail|authentication unsuccessful",
            "cannot decode response|authentication credentials|smtp auth|password*not accepted",
            "insecure|authentication mechanism|not authenticated|smtp.office365.com",
            "web login required|verification needed",
        ),
    ),
    (
        "blocked",
        (
            "spamhaus|dnsbl|spamcop|sorbs|barracuda|proofpoint.com/dnsbl|blacklist|blocklist",
            "black list|block list|blocked using|banned sending|ip*blocked|blocked by| rbl",
            "refused to talk to me|connection refused|not accepting connections|helo",
            "denied*your ip|banned|sending ip|from your ip|unusual rate of unsolicited",
            "whitelist|client host*rejected|connections*not*accepted|after initial connection",
            "too many errors|block listed|blacklisted|ip address*rejected|denial of service",
            "bad host|poor email reputation|is blocked|domain present in|from ip addresses",
        ),
    ),
    (
        "policyviolation",
        (
            "policy reason|local policy|policy violation|denied by policy|protocol violation",
            "policy that prohibited|potential security|potential securi|illegal attachment",
            "attachment type|blocked attachment|security policies|due to policy|against policy",
            "policy restrict|message not allowed|file type",
        ),
    ),
    (
        "rejected",
        (
            "sender address rejected|sender rejected|sender was rejected|sender address",
            "domain of sender|sender denied|unresolvable|permanently deferred|sending denied",
            "sender verify failed|invalid sender|bad sender|sender domain|unauthenticated email",
            "domain does not exist*mail from|registered gateway user|from domain",
            "you are not allowed to post|not authorized to send|not permitted to post",
        ),
    ),
    (
        "notaccept",
        (
            "does not accept mail|doesn't accept mail|no mx record|null mx|mx points to nowhere",
            "not accept any mail|does not accept email|nullmx|no mail accepted",
        ),
    ),
    (
        "hostunknown",
        (
            "host unknown|host not found|domain not found|unknown host|domain does not exist",
            "unrouteable|unroutable|no such domain|nxdomain|name or service not known",
            "find the recipient domain|invalid domain|domain must exist",
            "no such host|unknown domain|illegal host|host or domain name not found",
        ),
    ),
    (
        "userunknown",
        (
            "user unknown|unknown user|no such user|does not exist|doesn't exist|not exist",
            "unknown recipient|recipient unknown|no mailbox|no such mailbox|unknown or illegal",
            "invalid recipient|recipient not found|user not found|mailbox not found",
            "unknown address|address unknown|invalid address|invalid mailbox|bad destination",
            "inactive email address|mailbox unavailable|no such recipient|account*not found",
            "not a valid*address|not a known user|unknown account|unknown local|no account",
            "user doesn't have a|is not a valid|userid:|not listed in|recipient rejected",
            "no such address|no such person|address not found|not our customer|invalid user",
            "destination address|user*unknown|delivery to that recipient|access denied. as(",
            "not a valid mailbox|email account that you tried",
        ),
    ),
    (
        "expired",
        (
            "message expired|envelope expired|timed out|timeout|time-out|giving up|too long",
            "could not deliver for|multiple retries|has been delayed|been failing for a long",
            "retry time|not reachable|connection expired|delivery time expired|queue*expired",
            "unable to deliver in|has not been delivered|could not be delivered for",
            "no answer from host|delayed",
        ),
    ),
    (
        "networkerror",
        (
            "no route to host|mail loop|too many hops| hops|name server|lookup failure",
            "loop detected|unable to lookup dns",
            "network is unreachable|network error|connection reset|connection lost|dns error",
            "connection dropped|connection closed|unable to connect|host unreachable|routing loop",
            "dns lookup|lookup failed|connection was dropped|bad connection",
        ),
    ),
    ("onhold", ("on hold",)),
    (
        "systemfull",
        ("mail system full|insufficient system|system storage|disk full|no space left",),
    ),
    (
        "systemerror",
        (
            "system error|system problem|temporary problem|internal error|server error|ldap",
            "server busy|temporarily rejected|try again later|local error|server configuration",
            "temporary failure|temporary error|temporary server|try later|system not",
            "please try again|service unavailable|interrupted|misconfigur|temporarily unavailable",
            "per transaction|system is busy|system resources|service refus|unexpected error",
        ),
    ),
    (
        "mailererror",
        ("mailer error|procmail|unknown mailer|command died|exited with|pipe to|mailer returned",),
    ),
    (
        "syntaxerror",
        (
            "syntax error|unimplemented command|command not|out of sequence|command unrecognized",
            "mail first|after bdat|no longer supported|bad command|unrecognized|argument",
            "bad sequence|need rcpt|need mail|pipelining|not implemented",
        ),
    ),
    ("rejected", ("access denied|permission denied|rejected|denied",)),
)
