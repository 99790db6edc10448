"""What servers say in English, as data: phrases → a cause. The first rule that matches wins.

How to read a phrase (the text it is compared with is in lower case, without punctuation,
``n't`` written out as ``not``; see ``core.diagnosis_text``):

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

Rules = tuple[tuple[str, str], ...]

_BOX = "user/users/recipient/recipients/mailbox/account/inbox/maildir/folder"
_WHO = (
    "user/recipient/recipients/mailbox/account/address/addressee/alias/username/userid/customer"
    "/local_part/localpart/destination/rcpt/member/person/employee"
)
_NOT_THERE = (
    "unknown/not_exist/not_found/not_known/not_valid/not_a_valid/not_recogni/not_listed/invalid"
    "/nonexist/non_exist/no_longer_exist/no_longer_valid/not_defined/not_registered/not_present"
    "/not_been_found/could_not_be_found/can_not_be_found/was_not_found/not_a_known/never_existed"
)
_UNKNOWN = (
    "unknown/invalid/no_such/nonexistent/non_existent/not_existing/bad_destination/unrecognized/unrecognised/illegal"
    "/incorrect/undefined/no_valid/unknown_or_illegal/invalid_or_unknown/unknown_or_invalid"
)

STRONG: Final[Rules] = (
    # ----------------------------------------------------------------------
    # SES never handed it over.
    ("suppressed", "on * suppression list | has suppressed sending to this address"),
    # ----------------------------------------------------------------------
    # Programs that name themselves.
    (
        "mailererror",
        """procmail | unknown mailer error | mailer error | command died | exit status
        exited with | died with signal | command output | child process | transport returned | local delivery agent
        transport error | unknown mail transport""",
    ),
    # ----------------------------------------------------------------------
    # Who we are: telling words, also inside longer answers.
    (
        "authfailure",
        """dmarc | dkim | domainkey | spf. | sender policy framework | openspf | spfv
        authentication checks/information | fails authentication | failed authentication checks
        sender is unauthenticated | is unauthenticated | unauthenticated email/mail/sender/message
        aligned with | not aligned | authenticate with either/spf | not permitted by domain owner
        permitted sender | arc validation | sender is not authenticated | sender id/authentication
        not authori * on_behalf/for_this_domain/from_this_domain | email authentication""",
    ),
    (
        "requireptr",
        """ptr record/resource/rr/entry/lookup/dns/pointer | ptr. | reverse dns/hostname/lookup/name
        reverse ip/mapping/resolution/domain/entry/address/host | rdns | fcrdns | no reverse
        forward confirmed | find your hostname/reverse/host | your hostname | resolve your
        ip address of the hostname | ip name lookup | unverifyable | unverifiable
        valid sender domain * dns | in addr.arpa | dns ptr | without a valid hostname
        no hostname for | does not resolve to a name | has no dns | not have reverse
        client host rejected can not find | ip to name""",
    ),
    ("syntaxerror", "pipelin | no commands allowed | smtp protocol violation | syntax error"),
    (
        "failedstarttls",
        """starttls | tls required | requires/require/use/using/must/need/over tls | over a tls
        tls is/negotiation/handshake/connection/session/not/error/failed/failure/certificate
        tls connection/encryption * required | without tls/ssl/encryption | tls/ssl
        ssl connection/handshake/error | encryption required/needed/is_required | encrypted session
        secure connection | must be encrypted | certificate * verif/expired/mismatch/trust""",
    ),
    (
        "norelaying",
        """relay/relaying denied/not/prohibited/disallowed/forbidden/refused/operation/rejected
        relay/relaying access/attempt/is/to * denied/not_permitted/not_allowed/prohibited/refused
        unable/cannot/can_not/not_permitted/not_allowed/refuse/not_authorized/not to relay | for relay
        does/do not relay | not relay | no relay | not a gateway | not gateway | open relay
        rcpthosts | as a relay | relay for | relays | not authorized to send email/mail directly
        user not local | not local host/domain | not hosted/handled/served here/by/on | we do not handle/host/serve
        not a local/configured domain | domain is not/not_a * local/hosted/handled/here
        not allowed to relay | not our domain | not a domain | third party relay | mail relay""",
    ),
    (
        "securityerror",
        """authentication required/failed/fail/failure/unsuccessful/credentials/mechanism/error
        authentication not/is_required/needed/disabled | must authenticate | smtp auth | auth login
        not been authenticated | client was not authenticated | not authenticated | authenticate first
        please authenticate | login attempts | username and password | username or password
        password * incorrect/wrong/not_accepted/required/expired | incorrect password
        log in with/via/through | web login | log into | cannot authenticate  | app/application specific password | credentials invalid
        invalid credentials. | compromised | verification needed | no identity changes
        insecure | smtp.office365.com | trust relationship | sendernotauthenticated
        unauthorized mail is prohibited | anti spoof | antispoof | spoof | you must be logged""",
    ),
    # ----------------------------------------------------------------------
    # What they think of us, and of how much we send.
    (
        "badreputation",
        """reputation * ip/domain/sender/sending/low/poor/bad | low/poor/bad/very_low /sender reputation
        sender score | senderscore | poor sender | user complaints | due to * complaints
        ip/domain/sender/sending/network reputation | bad/poor email reputation * sender
        poor reputation | bad reputation | negative reputation | reputation score
        due to /the/your/its/their reputation""",
    ),
    ("notcompliantrfc", "sender address * valid rfc"),
    ("blocked", "mail from #ip | helo command | not allowed to connect | no smtp service here"),
    (
        "rejected",
        """sender/from/return_path address * reject/denied/not_exist/not_found/unknown/invalid
        sender/envelope_sender/mail_from/return_path * rejected/denied/refused/not_verif/unverif
        sender verify/verification/callout/callback | verification failed for
        domain of * sender | unroutable/unrouteable/invalid/bad/bogus/unknown/forged/fake sender
        sender * not_exist/not_found/unknown/invalid/not_allowed/not_permitted/not_authori
        null/empty sender | null reverse path | badmailfrom | batv | backscatter | not owned by
        send as | permissions to send as | not allowed/permitted/authorized/entitled to post
        not allowed to send to/mail/email/messages/as | permanently deferred | not a registered
        unauthenticated email is not | sending denied | bad outbound sender | closed list
        access to submit messages | group you tried to contact | permission to post
        only accept * from * members/subscribers/list | not a member of | not subscribed
        sender * blacklist/blocklist/blocked/banned/spammer | third party dsn | unresolvable
        email address is not verified | administrative prohibition | must be a member
        will reject the message | domain of * does not resolve | envelope blocked""",
    ),
    (
        "blocked:greylisted",
        """greylist | grey list | graylist | gray list | postgrey | greypass | grey listed
        first time * try again | triplet | deferred to verify""",
    ),
    ("blocked", "unusual rate"),
    ("systemerror", "per transaction"),
    (
        "speeding",
        """excessive volume/rate/mail | too quickly | too fast | slower | slow down | throttl
        rate limit | ratelimit | rate * prevents | rate exceeded | over rate | sending rate
        relay/sending/send/hourly/daily/message/messages/recipient/email/outbound limit exceed
        exceed * daily/hourly/sending/relay/message_rate/rate * limit/quota | per hour | this hour
        too many recipients this/received | frequency limit | too many messages/emails/mails from
        too many messages/emails/mails in/within | too much mail from | sends too many
        daily/message/sending/relay/hourly quota | messages per minute/day/second | per minute | reached * limit for
        unusual sending activity | too many emails | receive limit exceed | sent too many
        volume of * mail/email/messages * exceed | mail flood""",
    ),
    (
        "toomanyconn",
        """too many * connections/sessions/sockets/recipients/hosts/concurrent/simultaneous/rcpt
        too many connections/sessions/sockets/recipients/hosts/concurrent/simultaneous/rcpt
        connection rate/limit | concurrent connections | connections exceed | maximum connection
        messages per connection | message per connection | per session | max connections
        number of connections/recipients/sessions | recipient/recipients limit | simultaneous connections
        concurrency limit | transactions per connection | resolver.adr.reciplimit""",
    ),
    # ----------------------------------------------------------------------
    # The way there.
    (
        "notaccept",
        """domain/host/server/address/site/does/system not accept/receive/take /any mail/email/smtp
        null mx | nullmx | no mx | mx * nowhere | not accept mail/email/any/incoming/inbound
        indicated no smtp service | no mail/email accepted | never sends/accepts * mail | no mail service
        without an mx | has no mail exchanger/server | no mail server/exchanger/hosts | mx lookup
        not have an mx/mail_server | no valid mx/mail_server | not accept messages at this""",
    ),
    ("networkerror", "not found try again | temporary name | temporary failure in name"),
    (
        "hostunknown",
        """host/domain unknown/not_found/not_exist/invalid/does_not_exist/nonexistent/has_expired
        host/domain name not found/exist/known | domain name /recipient not found/exist
        domain * not_exist/not_found/does_not_exist/not_valid/not_be_found/must_exist/is_unknown
        unknown/invalid/no_such/nonexistent/non_existent/illegal/bad/unroutable/unrouteable host
        unknown/invalid/no_such/nonexistent/non_existent/illegal/bad/unroutable/unrouteable domain
        unrouteable/unroutable /mail/email domain | name or service | nxdomain | non existent hosts
        bad destination system/host | find any host | any host named | find the recipient domain
        dns.nonexistentdomain | no data known | could not be resolved | no address associated
        invalid mail domain | domain part * invalid""",
    ),
    (
        "networkerror",
        """no route | mail/routing/forwarding/message/email loop | loop detected | looping | loops back
        too many hops/received | hops | hop count | lookup failure/failed/error/did_not/timed
        temporary/dns/name lookup | lookup dns | dns error/failure/query/server/resolution/timeout
        name server | name resolution | name service error | network is/unreachable/error/problem
        host/destination/server unreachable | connection lost/reset/dropped/closed/died/aborted
        lost/bad/broken/dropped/interrupted connection | connection was lost/dropped/reset/closed
        connection * dropped/lost/reset/broken | unable/failed/could_not/can_not to connect
        can/could not connect | failed to connect | connect failed | broken pipe
        temporary dns | routing error | unable to route""",
    ),
    # ----------------------------------------------------------------------
    # The mailbox.
    (
        "mailboxfull",
        f"""{_BOX} /is/was/are/has/currently/size/quota * full. | {_BOX} full. | mailboxfull
        over/above/beyond/out_of /the/its/their/his/disk/storage/mail/mailbox quota | overquota
        quota /is/has/limit/size/disk/was exceed/full/violat/reached/overrun | quotaexceed | quota.
        exceed * quota | storage/disk/mailbox/local * limit/quota/allocation * exceed/reached/full
        exceed * storage/mailbox_size/mailbox_limit/local_limit/allocation/allotted/space/capacity
        out of * space/storage/disk | not enough/insufficient /disk/mailbox/storage space/storage
        insufficient/not_enough * space | too much mail data | storage limit/space/full
        mailbox * size/limit/over | disk quota | no space for/in/available | mailbox too large
        too many messages on/stored | too many messages in * mailbox | mailbox_quota
        no more space/room | no room | would exceed * limit | mail quota | quota""",
    ),
    (
        "hasmoved",
        """has/have/mailbox/user/recipient /been moved | moved to | has moved | address * changed
        changed * address | replaced by | new address/email_address | forwarding address
        no longer at this/that | please update your | address * replaced | use * instead
        changed * email | owner has changed""",
    ),
    (
        "userunknown",
        """inactive email address | does not have a/an * account/mailbox/inbox | userid
        recipient address rejected access denied | access denied as | not have an email account
        invalid or inactive | unknown or inactive""",
    ),
    (
        "suspend",
        """user/recipient/account/mailbox/inbox/address/email/domain * disabled/suspended/inactive
        user/recipient/account/mailbox/inbox/address * deactivat/frozen/locked/dormant/not_active
        user/account/mailbox/inbox/recipient * discontinu/terminated/expired/closed/cancel
        disabled/suspended/inactive/deactivated/locked/closed/frozen/expired/terminated user/recipient
        disabled/suspended/inactive/deactivated/locked/closed/frozen/expired/terminated account/mailbox
        temporarily/temporary disabled/locked/inactive | unavailable or access denied
        due to * inactivity | extended inactivity | is inactive | is inaccessible | not activated
        currently suspended | account * archived | not accepting * for this mailbox
        user/account/mailbox * temporarily_unavailable/inaccessible/not_enabled/barred/blocked_due""",
    ),
    (
        "filtered",
        """recipient/user/customer * preferences/does_not_want/refuses/refused_to/only_accept/wants
        refused by * recipient/user | rejected by /the recipient/user
        only accept /mail/email/messages from | accepting mail from specific | user rule | users rule
        blocked by the recipient/user | recipient/user has blocked | is not accepting any
        not accepting mail/email/messages from | refuse to receive | address is protected
        account is protected | does not wish | not wish to receive | has restricted
        resolver.rst.notauthori | personal filter | mailbox access for | restricted by
        not accept mail/messages from you | not_accept/not_accepting unsolicited""",
    ),
    (
        "userunknown",
        f"""{_WHO} * {_NOT_THERE}
        {_UNKNOWN} {_WHO}
        {_UNKNOWN} * {_WHO}
        unknown/invalid/incorrect/bad email | invalid/unknown/bad/wrong address | no such name
        no/not_a /valid/known/local mailbox/account/user/recipient/recipients/addressee/person
        account that you tried to reach does | account not here/available/configured
        mailbox/mailbox_is /currently/temporarily unavailable | mailbox * not available
        not our customer | not in our/the/my * directory/list/database/system | not listed in
        no longer with/employed/works/working/available/active/used/in_use/here/valid/on/monitored
        left the company/organi | has left | unrouteable/unroutable/undeliverable address/user
        double check | double checking | not a valid mailbox/user/email/address/recipient
        no one/nobody * by/with that name | by that name | resolver.adr | recipnotfound
        recipientnotfound | user doesnt | bad recipient | bad address
        address is not valid | delivery to that recipient | deleted user/mailbox/account
        account/mailbox/user * deleted/removed | has been deleted | not a deliverable
        all recipients * invalid | not accept mail for this/that address/user/recipient
        no valid recipients | unable to find recipient/user | cannot find user | can not find user""",
    ),
    # ----------------------------------------------------------------------
    # What we sent.
    ("spamdetected", "spam or virus | spamassassin | by * spam filter/engine/firewall"),
    (
        "virusdetected",
        "virus | infected | malware | trojan | worm. | bad content",
    ),
    (
        "exceedlimit",
        """message length | number of attachments | length exceed | header size/value
        administrative limit | individual header | limit of * attachments""",
    ),
    (
        "mesgtoobig",
        """message/mail/email/body/attachment/attachments/data/content /is/was/size too large/big/long
        message/mail/email/body/attachment * size/length * exceed/limit/maximum/larger/too/greater
        size * exceed/limit/maximum/larger/too_big/too_large/databytes | exceed * size
        maximum/max /allowed/permitted/message/mail/email size | message exceed | exceed fixed
        message file too big | too large for | too big for | exceed * message/bytes/megabytes/mb.
        larger than | recipsizelimit | message is larger/too | limit for message size""",
    ),
    (
        "notcompliantrfc",
        """rfc * complian/conform/violat/5322/2822 | non compliant | sender address * rfc
        duplicate/disallowed/multiple/missing/invalid/malformed/bad/illegal/empty header
        header * missing/malformed/invalid/required/duplicate/disallowed | no from/date/message_id header
        missing /a/valid/or/invalid from/date/to/subject/message/sender/valid/header
        malformed | encoded word | bare lf/cr/line/linefeed | unicode character | line length
        line too long | lines longer | not conform | multiple addresses in | multiple from
        two from | header/headers from | violates rfc""",
    ),
    (
        "blocked",
        """#list | blacklist | blocklist | block list | black list | blacklisted | block listed
        deny list | denylist | rbl. | dnsbl | dnswl | spam trap | listed in/at/by/on | client host
        blocked using/by/for/from/at/your/due_to_your | banned sending | ip/ips/hostname/network * block
        ip/ip_address/your_host/your_server/hostname/client/network/provider/subnet * reject/denied/refused
        ip/ip_address/your_host * not_allowed/not_permitted/not_authori/not_accept/disallowed/prohibited
        denied * #ip/ip | messages/mail/email/connection/connections from #ip
        connection/connections /is/was/were/will/has/have refused/rejected/denied/blocked/not/forbidden
        not accept/accepting /any/more/mail/email/messages/connections connections/from
        not accepting connections | refused to talk | refused connection | refused mail | helo | ehlo
        unsolicited mail originating | sending/source ip | your ip | from ip
        whitelist | allowlist | too many errors | too many bad | too many invalid | error limit
        denial of service | bad host | dynamic | dial up | dialup | residential
        generic hostname | open proxy
        spam source | source of spam | use /the/your smtp server of
        isps/your/an/providers mail/smtp/outgoing server | smtp server of your isp
        traffic not accepted | poor email reputation
        unauthorized/not_authori * connect/host/server/ip | blackholed | relay quota | your server/host/network/isp/domain * blocked
        connection rejected | botnet | exploits""",
    ),
    (
        "spamdetected",
        """as/is/be/was/likely/possible/probable/suspected/appears/contains/for/considered spam
        as/is/be/possible/suspected phish
        spam detected/content/score/message/filter/check/check_failed/mail/like/email/signature/rule
        spam/ube/uce. | junk. | bulk mail/email | unsolicited | spamassassin | classified as
        nature of the content | suspicious due | links within | bayes | content filter
        mail content denied | message content rejected/not_acceptable | anti spam | antispam
        content judged | objectionable | suspicion | suspicious content | message filtered | message looks
        unacceptable content | undesirable | advertis | url * blacklist""",
    ),
    (
        "blocked",
        """is blocked | are blocked | been blocked | has blocked | temporarily blocked | go away
        suspicious activity | abuse from | spammers | spamming | access * from * denied/blocked""",
    ),
    # ----------------------------------------------------------------------
    # Their rules.
    (
        "policyviolation",
        """policy reason/reasons/violation/restriction/restrictions/rejection/that_prohibit/rule
        local policy | due to * policy/policies | by/against/under/violates/per /our/your/the policy
        policy/policies | protocol violation | potential/potentially security/dangerous/harmful
        potential * security | illegal/banned/blocked/forbidden/unsafe/prohibited/dangerous attachment
        attachment * not_allowed/not_permitted/blocked/banned/prohibited/not_accepted/type/policy
        file type/name/extension | executable | message not allowed | organizational settings
        prohibited | header error | transport.rules | mass mail | not accept * attachments
        this type of | reject id * banned | security policies | mail rule | restricted content | rejectmessage""",
    ),
    (
        "contenterror",
        """mime * error/complex/invalid/not | charset | character set | 8bit | 8 bit | media not
        conversion * required/failed | content * not/error/reject/block/denied/unsafe | data format
        message content | bad header | invalid content | improper use of""",
    ),
    # ----------------------------------------------------------------------
    # Time and trouble.
    (
        "systemfull",
        """system full | disk full | /mail/file system is full | no space left | system storage
        insufficient system storage/resources | system is full | spool * full | congest
        server is full | low on disk/space""",
    ),
    (
        "systemerror",
        """system/internal/server/local/database/configuration/software/unexpected error
        configuration error/problem | server configuration | misconfig | ldap
        internal/configuration problem/failure | crashed | out of memory | backend""",
    ),
    (
        "expired",
        """connection/connect/conversation/session/operation/delivery/read/user/smtp timed/timeout
        message/envelope/queue/delivery/connection * expired | timed out | timeout | time out
        giving up | in queue for | in the queue too | queue too long | could not deliver | multiple retries
        retry time | not reachable | unreachable | no answer | no response | not respond
        unable to deliver * in/within/after | been delayed | is delayed | delayed | failing for a long
        for the last * hours/days/seconds | not be delivered for/within/after | has not been delivered
        too long | not been able to deliver | will be retried | keep trying | within * days/hours
        establish an smtp connection | communicating with primary | queue.expired""",
    ),
    (
        "systemerror",
        """system/internal/server/local/database/configuration/temporary/software/unexpected error
        system/internal/server/temporary/temporarily/configuration problem/failure/fault/resources
        configuration error/problem | server configuration | misconfig | ldap | busy
        temporar * problem/failure/error/fail/rejected/issue/resources/unable/failure
        service refuse/refused/currently/is_not/not_available/temporarily | system not/is_not/resources
        try again | try later | try * later | later. * try | come back later | retry later
        per transaction | resources * unavailable | overload | load * too_high | high load
        down for maintenance | maintenance | out of memory | interrupted | unable to open/write/create
        backend | requested action aborted | processing error | loop back | points to local host
        can not accept * now/moment/time | unable to accept * now/moment/time | crashed
        storedrv | not capable""",
    ),
    # One refusal makes the commands after it fail too: these words are believed last.
    (
        "syntaxerror",
        """starttls may not | pipelin | no commands allowed | command/commands out of | mail first
        out of order/sequence | sequence of commands | bad/improper/wrong/incorrect sequence
        need rcpt/mail/helo/ehlo/data | after bdat | no data after | unimplemented | not implemented
        syntax error | syntax incorrect | unrecognized command | command unrecogni | unknown command
        command not/unknown/unrecogni | bad command | no longer supported | smtp protocol violation
        protocol error | invalid command | parameters or arguments | argument * missing
        malformed address * may not follow | unexpected command""",
    ),
    ("onhold", "on hold"),
)

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
