"""What servers say about who sends, and how much; read like ``core.rules.diagnosis.rules``."""

from __future__ import annotations

from typing import Final

Rules = tuple[tuple[str, str], ...]

SENDER: Final[Rules] = (
    # ----------------------------------------------------------------------
    # SES never handed it over.
    ("suppressed", "on * suppression list | has suppressed sending to this address"),
    # ----------------------------------------------------------------------
    # Words that mean one thing wherever they stand.
    (
        "blocked:greylisted",
        """greylist | grey list | graylist | gray list | postgrey | greypass | grey listed
        first time * try again | triplet | deferred to verify""",
    ),
    (
        "syntaxerror",
        """pipelin | no commands allowed | smtp protocol violation | syntax error
        helo/ehlo/hello first | send /your helo/ehlo/hello
        unrecognized/unrecognised/unknown/unsupported authentication
        unrecognized/unrecognised/unknown/unsupported/too_many_unrecognized command/commands
        unrecognized/unrecognised/unknown/unsupported/invalid parameter/option/argument/extension
        nested mail""",
    ),
    (
        "contenterror",
        "character set | charset | body type | conversion required/prohibited/not/failed",
    ),
    (
        "securityerror:insiders",
        """sender not/was_not authenticated /by/for/when group/mailbox/organi/user
        from inside/within the/our/their/this organi/company | internal senders""",
    ),
    (
        "blocked",
        """#list | rbl. | dnsbl | spamhaus | sorbs. | spamcop | uceprotect
        barracuda reputation | client/client_host/sender_host/ip/ip_address/host * blocked using
        bad ip. | too many invalid/bad/unknown/nonexistent recipients/users/addresses/rcpt
        geoip | geographic | your country | ip/host * blacklist/blocklist/listed
        blacklist/blocklist/listed * #ip | spammer list | spammers list | as/known spammer
        #ip * reject_list/our_list/found_in | ip/host/server/network/#ip * spamming
        block/blocked/blocking for spam/spamming""",
    ),
    # ----------------------------------------------------------------------
    # Programs that name themselves.
    (
        "mailererror",
        """procmail | unknown mailer error | mailer error | command died | exit status
        exited with | died with signal | command output | child process | transport returned
        local delivery agent | transport error | unknown mail transport | exit code
        returned exit/status | mailer program | failed with status | delivery program
        program * failed/status""",
    ),
    # ----------------------------------------------------------------------
    # Who we are: telling words, also inside longer answers.
    (
        "authfailure",
        """dmarc | dkim | domainkey | spf. | sender policy framework | openspf | spfv
        authentication checks/information | fails authentication | failed authentication checks
        sender is unauthenticated | is unauthenticated
        unauthenticated email/mail/sender/message | aligned with | not aligned
        authenticate with either/spf | not permitted by domain owner | permitted sender
        arc validation | sender is not authenticated | sender id/authentication
        domain/message/mail/email authentication
        not authori * on_behalf/for_this_domain/from_this_domain | email authentication""",
    ),
    (
        "requireptr",
        """ptr record/resource/rr/entry/lookup/dns/pointer | ptr.
        reverse dns/hostname/lookup/name
        reverse ip/mapping/resolution/domain/entry/address/host | rdns | fcrdns | no reverse
        forward confirmed | forward record/dns/lookup/entry | find your hostname/reverse/host
        your hostname | resolve your | ip address of the hostname | ip name lookup
        unverifyable | unverifiable | valid sender domain * dns | in addr.arpa | dns ptr
        without a valid hostname | no hostname for | does not resolve to a name | has no dns
        not have reverse | not resolve to | ip/address/host must/does_not/can_not resolve
        client host rejected can not find | ip to name""",
    ),
    (
        "failedstarttls",
        """starttls | tls required | requires/require/use/using/must/need/over tls | over a tls
        tls is/negotiation/handshake/connection/session/not/error/failed/failure/certificate
        tls connection/encryption * required | without tls/ssl/encryption | tls/ssl
        ssl connection/handshake/error | encryption required/needed/is_required
        encrypted session | secure connection | must be encrypted
        certificate * verif/expired/mismatch/trust""",
    ),
    (
        "norelaying",
        """relay/relaying denied/not/prohibited/disallowed/forbidden/refused/operation/rejected
        relay/relaying /is/are disabled
        relay/relaying access/attempt/is/to * denied/not_permitted/not_allowed/prohibited/refused
        unable/cannot/can_not/not_permitted/not_allowed/refuse/not_authorized/not to relay
        for relay | does/do not relay | not relay | no relay | not a gateway | not gateway
        open relay | rcpthosts | as a relay | relay for | relays
        not authorized to send email/mail directly | user not local | not local host/domain
        not hosted/handled/served here/by/on | we do not handle/host/serve
        not a local/configured domain | domain is not/not_a * local/hosted/handled/here
        not allowed to relay | not our domain | not a domain | third party relay | mail relay
        local user/users/recipients/domain/domains/delivery only
        unauthorized/unauthorised/illegal relay | relayed | authentication * to relay
        authenticate before relay | before relaying
        specified/destination/recipient/target domain * not_allowed/not_permitted""",
    ),
    (
        "securityerror",
        """authentication/auth required/failed/fail/failure/unsuccessful/credentials/mechanism/error
        authentication not/is_required/needed/disabled | must authenticate | smtp auth
        auth login | not been authenticated | client was not authenticated | not authenticated
        authenticate first | please authenticate | login attempts
        log_in/login/authenticate first/required | username and password | username or password
        password * incorrect/wrong/not_accepted/required/expired | incorrect password
        log in with/via/through | web login | log into | cannot authenticate
        app/application specific password | credentials invalid | invalid credentials.
        compromised | verification needed | no identity changes | insecure | smtp.office365.com
        trust relationship | sendernotauthenticated | unauthorized mail is prohibited
        anti spoof | antispoof | spoof | you must be logged
        unauthenticated commands/connection/session/user | suspicious login
        verify your account | account * verification""",
    ),
    # ----------------------------------------------------------------------
    # What they think of us, and of how much we send.
    (
        "badreputation",
        """reputation * ip/domain/sender/sending/low/poor/bad
        low/poor/bad/very_low /sender reputation | sender score | senderscore | poor sender
        user complaints | due to * complaints | ip/domain/sender/sending/network reputation
        bad/poor email reputation * sender | poor reputation | bad reputation
        negative reputation | reputation score | due to /the/your/its/their reputation""",
    ),
    ("notcompliantrfc", "sender address * valid rfc"),
    (
        "mailboxfull",
        "too many messages * mailbox/inbox/folder/stored/server | over message/disk/mail quota",
    ),
    (
        "toomanyconn",
        """too many connections/sessions | connection rate | concurrent | session/sessions limit
        more recipients than | maximum recipients
        too many messages/emails/mails * connection/session""",
    ),
    ("speeding", "too much mail/email/traffic | too many messages/emails/mails"),
    (
        "blocked",
        """mail/email from #ip/ip | mismatch * ip | not match * ip | helo command
        not allowed to connect | no smtp service here""",
    ),
    (
        "rejected",
        """sender/from/return_path address * reject/denied/not_exist/not_found/unknown/invalid
        sender/envelope_sender/mail_from/return_path * rejected/denied/refused
        sender/envelope_sender/mail_from/return_path * not_verif/unverif/not_be_verified
        sender verify/verification/callout/callback | verification failed for
        domain of * sender | unroutable/unrouteable/invalid/bad/bogus/unknown/forged/fake sender
        sender * not_exist/not_found/unknown/invalid/not_allowed/not_permitted/not_authori
        null/empty sender | null reverse path | badmailfrom | batv | backscatter | not owned by
        send as | permissions to send as | not allowed/permitted/authorized/entitled to post
        not allowed to send to/mail/email/messages/as | permanently deferred | not a registered
        unauthenticated email is not | sending denied | bad outbound sender | closed list
        access to submit messages | group you tried to contact | permission to post
        only accept * from * members/subscribers/list | not subscribed
        not a member of /the/this/our/that list/group/mailing_list/distribution
        postmaster verification | members can/may/are | refuse bounce/bounces
        mail_from not accepted | verify /sender/mail_from/mailfrom/return_path failed
        mailfrom/mail_from failed
        mail_from/mailfrom/sender/from/envelope * mismatch/does_not_match/not_equal/not_match
        sender/from/sending domain/email/address * not in/on
        invalid/bad/forged/fake/unknown/wrong from /address
        from address * blacklist/blocked/forged
        of the sender * not/forged/invalid/unknown/fake
        your /email/mail/sender/from domain/address/account * not_exist/invalid/unknown/not_valid
        your /email/mail/sender/from domain/address/account * disabled/suspended/not_found
        your/sending/senders/sender account * disabled/suspended/blocked/locked/restricted
        from address/domain * not_be_resolved/unresolv/does_not_exist/not_resolve
        unconfigured/unregistered/unprovisioned /sending/sender/from domain/address
        unverified sending/sender/from domain/address | permission to send
        unregistered domains | distribution group | banned/blocked/barred/denied sender
        sender/from/sending domain /is/name/has/was has_no/no/without mx
        domain has no mx * sender | sender domain can_not/could_not/must/does_not
        sender * blacklist/blocklist/blocked/banned/spammer | third party dsn | unresolvable
        email address is not verified | administrative prohibition | must be a member
        will reject the message | domain of * does not resolve | envelope blocked""",
    ),
    ("blocked", "unusual rate"),
    ("systemerror", "per transaction"),
    (
        "speeding",
        """excessive volume/rate/mail | too quickly | too fast | rapidly
        hourly/daily/minute * limit | slower | slow down | throttl | rate limit | ratelimit
        rate * prevents | rate exceeded | over rate | sending rate
        relay/sending/send/hourly/daily/message/messages/recipient/email/outbound limit exceed
        exceed * daily/hourly/sending/relay/message_rate/rate * limit/quota | per hour
        permitted limits | exceeded threshold | threshold exceed | queue quota | high /a rate
        at a rate | rate of mail/email/messages | exceed * rate | rate control
        sending/submission quota | this hour | too many recipients this/received
        frequency limit
        too many recent/messages/emails/mails/spams /messages from/received/sent/messages/emails
        many messages at once | too many messages/emails/mails in/within | too much mail from
        sends too many | daily/message/sending/relay/hourly quota
        daily/hourly/relay/sending/outbound/rate/bandwidth * quota
        messages per minute/day/second | per minute | reached * limit for
        unusual sending activity | too many emails | receive limit exceed | sent too many
        volume of * mail/email/messages * exceed | mail flood | sending volume | outgoing quota
        sender/your/client * quota * exceed | quota * per./for_this_sender
        exceed * your/sender * quota | your/message sending limit""",
    ),
    (
        "toomanyconn",
        """too many * connections/sessions/sockets/recipients/hosts/concurrent/simultaneous/rcpt
        too many connections/sessions/sockets/recipients/hosts/concurrent/simultaneous/rcpt
        connection rate/limit | concurrent connections | connections exceed | maximum connection
        messages per connection | message per connection | per session | max connections
        number of connections/recipients/sessions | recipient/recipients limit
        simultaneous connections | concurrent * connections | concurrency limit
        transactions per connection | resolver.adr.reciplimit""",
    ),
)
