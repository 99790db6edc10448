"""What servers say about the way to a mailbox and the mailbox itself; read like the rest."""

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
    "/no_exist/not_ok/not_here/not_be_matched/not_unique/ambiguous/not_been_found/could_not_be_found/can_not_be_found/was_not_found/not_a_known/never_existed/not_in_recipient/not_in_the/not_in_our"
)
_UNKNOWN = (
    "unknown/invalid/no_such/nonexistent/non_existent/not_existing/bad_destination/unrecognized/unrecognised/illegal"
    "/incorrect/undefined/no_valid/unknown_or_illegal/invalid_or_unknown/unknown_or_invalid"
)

ADDRESS: Final[Rules] = (
    # ----------------------------------------------------------------------
    # The way there.
    ("systemerror", "temporary lookup"),
    (
        "networkerror",
        """mx/mxs * be_reached/reachable/responding | dns soft error | soft error looking
        connect to * connection refused | socket error/closed | socketerror | servfail
        connection * closed * unexpected/before/by | closed connection | closed unexpectedly
        requests to connect | connect error | closed by remote/peer/foreign/the_remote
        host is down | no_route to | communication failure | communications failure
        bounce between | unexpected eof/close/disconnect/end_of | not found try again
        temporary name | temporary failure in name""",
    ),
    (
        "hostunknown",
        """host/domain unknown/not_found/not_exist/invalid/does_not_exist/nonexistent/has_expired
        host/domain name not found/exist/known | domain name /recipient not found/exist
        domain * not_exist/not_found/does_not_exist/not_valid/not_be_found/must_exist/is_unknown
        unknown/invalid/no_such/nonexistent/non_existent/illegal/bad/unroutable/unrouteable host
        unknown/invalid/no_such/nonexistent/non_existent/illegal/bad/unroutable/unrouteable domain
        unrouteable/unroutable /mail/email domain | name or service | nxdomain
        non existent hosts | bad destination system/host | find any host | any host named
        find the recipient domain | dns.nonexistentdomain | no data known
        could not be resolved | no address associated | invalid mail domain
        domain part * invalid""",
    ),
    (
        "filtered",
        """recipient/user/addressee/mailbox * not/only accept/receive * from
        list of approved/allowed/safe senders
        blocked by this/that/the user/recipient/addressee | not to receive
        recipient/user has set | does not want""",
    ),
    (
        "blocked",
        "not accept/accepting * from #ip/your_ip/your_host/hosts/servers/dynamic/your_network",
    ),
    (
        "rejected",
        """not accept/accepting /any mail/email/mails/emails/messages/anything from
        from your domain""",
    ),
    (
        "notaccept",
        """domain/host/server/address/site/does/system not accept/receive/take /any mail/email/smtp
        null mx | nullmx | no mx | mx * nowhere | not accept mail/email/any/incoming/inbound
        indicated no smtp service | no mail/email/messages accepted/at_all | accepts/takes no
        never sends/accepts * mail | no mail service | without an mx
        has no mail exchanger/server | no mail server/exchanger | mx lookup
        not have an mx/mail_server | no valid mx/mail_server | not accept messages at this""",
    ),
    (
        "networkerror",
        """no route | mail/routing/forwarding/message/email loop | loop detected | looping
        loops back | too many hops/received | hops | hop count
        lookup failure/failed/error/did_not/timed | temporary/dns/name lookup | lookup dns
        dns error/failure/query/server/resolution/timeout | name server | name resolution
        name service error | network /is unreachable/error/problem/down
        host/destination/server /is unreachable
        connection lost/reset/dropped/closed/died/aborted
        lost/bad/broken/dropped/interrupted connection
        connection was lost/dropped/reset/closed | connection * dropped/lost/reset/broken
        unable/failed/could_not/can_not to connect | can/could not connect | failed to connect
        connect failed | broken pipe | temporary dns | routing error | unable to route""",
    ),
    # ----------------------------------------------------------------------
    # The mailbox.
    ("policyviolation", "due to policy | policy error | restricted by policy"),
    (
        "mailboxfull",
        """mailbox/inbox/maildir/account /is over /its/the/their limit/size
        mailbox/inbox/user/account/recipient * no/out_of/enough space/room | enough room
        room in | mailbox/inbox/storage/user capacity * exceed/reached/exhausted
        storage/space/allotment/allotted/allocation * exhausted/used/consumed""",
    ),
    (
        "systemfull",
        """system/spool/server/disk/filesystem/file_system/partition /is/was full
        no space left""",
    ),
    (
        "mailboxfull",
        f"""{_BOX} /is/was/are/has/currently/size/quota * full. | {_BOX} full. | mailboxfull
        over/above/beyond/out_of /the/its/their/his/disk/storage/mail/mailbox quota | overquota
        quota /is/has/limit/size/disk/was exceed/full/violat/reached/overrun | quotaexceed
        quota. | exceed * quota | file too large | no/enough * disk_space/hard_disk
        maximum allowed mailbox | overdrawn | mailbox/inbox exceed | size of * mailbox exceed
        storage/disk/mailbox/local * limit/quota/allocation * exceed/reached/full
        exceed * storage/mailbox_size/mailbox_limit/local_limit/allocation/allotted/space/capacity
        out of * space/storage/disk
        not enough/insufficient /disk/mailbox/storage space/storage
        insufficient/not_enough * space | too much mail data | storage limit/space/full
        mailbox * size/limit/over | disk quota | no space for/in/available | mailbox too large
        too many messages on/stored | too many messages in * mailbox | mailbox_quota
        no more space/room | no room | would exceed * limit | mail quota | quota""",
    ),
    (
        "hasmoved",
        """has/have/mailbox/user/recipient /been moved | moved to | has moved
        address * changed | changed * address | replaced by | new address/email_address
        forwarding address | no longer at this/that | please update your | address * replaced
        use * instead | changed * email | owner has changed | domain/company * changed
        write/mail/send * instead""",
    ),
    (
        "userunknown",
        """user unknown | unknown user | inactive email address
        no such mailbox/user/recipient/account/address/person
        does not have a/an * account/mailbox/inbox | userid
        recipient address/addresses rejected access denied | access denied as
        not have an email account | invalid or inactive | unknown or inactive""",
    ),
    ("systemerror", "maintenance"),
    (
        "suspend",
        """is/was/been/now/permanently /administratively/currently disabled/deactivated/suspended
        user/recipient/account/mailbox/inbox/address/email/domain * disabled/suspended/inactive
        user/recipient/account/mailbox/inbox/address * deactivat/frozen/locked/dormant/not_active
        user/account/mailbox/inbox/recipient * discontinu/terminated/expired/closed/cancel
        disabled/suspended/inactive/deactivated/locked user/recipient/account/mailbox
        closed/frozen/expired/terminated user/recipient/account/mailbox
        temporarily/temporary disabled/locked/inactive | unavailable or access denied
        due to * inactivity | extended inactivity | is inactive | is inaccessible
        not activated | dormant | unpaid | overdue | non payment | has been locked
        switched off | expired account/mailbox/user | currently suspended | account * archived
        not accepting * for this mailbox
        user/account/mailbox * temporarily_unavailable/inaccessible/not_enabled
        user/account/mailbox * barred/blocked_due | owner * blocked/disabled/suspended
        mailbox/account is blocked | under review""",
    ),
    (
        "filtered",
        """recipient/user/customer * preferences/does_not_want/refuses/refused_to/only_accept/wants
        refused by * recipient/user | rejected by /the recipient/user
        only accept /mail/email/messages from | accepting mail from specific | user rule
        users rule | blocked by the recipient/user | recipient/user has blocked
        is not accepting any | not accepting mail/email/messages from | refuse to receive
        address is protected | account is protected | does not wish | not wish to receive
        has restricted | mailbox/user/account/recipient is restricted | resolver.rst.notauthori
        personal filter | mailbox access for | restricted by | not accept mail/messages from you
        not_accept/not_accepting unsolicited""",
    ),
    (
        "userunknown",
        f"""{_WHO} * {_NOT_THERE} | {_UNKNOWN} {_WHO} | {_UNKNOWN} * {_WHO}
        unknown/invalid/incorrect/bad email | invalid/unknown/bad/wrong address | no such name
        no/not_a /valid/known/local mailbox/account/user/recipient/recipients/addressee/person
        account that you tried to reach does | account not here/available/configured
        mailbox/mailbox_is/recipient/recipient_is/user/user_is /currently/temporarily unavailable
        mailbox * not available | not our customer
        not in our/the/my * directory/list/database/system | not listed in
        no longer with/employed/works/working/available/active/used/in_use/here/valid/on/monitored
        left the company/organi | has left | unrouteable/unroutable/undeliverable address/user
        double check | double checking | not a valid mailbox/user/email/address/recipient
        no one/nobody * by/with that name | by that/the name | not known
        not/can_not verify recipient | resolver.adr | recipnotfound | recipientnotfound
        user doesnt | bad recipient | bad address | address is not valid
        delivery to that recipient | deleted user/mailbox/account
        account/mailbox/user * deleted/removed | has been deleted | not a deliverable
        all recipients * invalid | not accept mail for this/that address/user/recipient
        no valid recipients | unable to find recipient/user | cannot find user
        can not find user | recipient/address/user can_not/could_not be verified/found
        user/recipient/address * not a member of | lookup in * failed | wrong recipient
        wrong recipients | several matches | can not deliver mail for
        recipient/address verify/validation | address verification failed | unavailable to take
        find a/any/the user/recipient/mailbox/account/address | matching the/that/this
        mailbox name not/not_allowed | there is no * here/user/account/mailbox/address
        there is no one | unknown local | local name | typo. | misspel | never logged
        name not recogni | incorrectly addressed | no account. | does not have an account
        has no account/mailbox | not a mailbox | unknown to | not found at/here
        nobody/no_one called/named | left our/the company/firm""",
    ),
)
