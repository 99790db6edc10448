"""What servers say in English, as data: phrases → a cause. The first rule that matches wins.

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
from core.rules.diagnosis.message import MESSAGE
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
