"""A server's words in, the cause and the advice out."""

from __future__ import annotations

import time

import pytest

from core.rules.diagnosis import explain
from core.rules.diagnosis.codes import CODES, REPLIES, SUBJECTS, SUBTYPES
from core.rules.diagnosis.meanings import DEAD, MEANINGS
from core.rules.diagnosis.rules import PROVIDERS, STRONG, VAGUE

EXPIRED = "smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes."


@pytest.mark.parametrize(
    ("words", "code", "cause", "class_", "hard"),
    [
        ("smtp; 550 5.1.1 user unknown", "5.1.1", "userunknown", "address", True),
        ("550 No such user here", "", "userunknown", "address", True),
        ("550 5.1.2 Host unknown", "5.1.2", "hostunknown", "address", True),
        ("452 4.2.2 The mailbox is full", "4.2.2", "mailboxfull", "mailbox_full", False),
        ("552 5.3.4 message size exceeds limit", "5.3.4", "mesgtoobig", "too_big", False),
        ("550 5.7.26 fails DMARC", "5.7.26", "authfailure", "blocked", False),
        ("554 5.7.1 blocked using zen.spamhaus.org", "5.7.1", "blocked", "blocked", False),
        ("554 5.7.1 message classified as spam", "5.7.1", "spamdetected", "blocked", False),
        ("421 4.4.1 connection timed out", "4.4.1", "expired", "temporary", False),
        ("451 4.3.0 temporary system problem", "4.3.0", "systemerror", "temporary", False),
        ("", "5.2.2", "mailboxfull", "mailbox_full", False),
        ("", "", "undefined", "unknown", False),
    ],
)
def test_the_cause_is_read_from_words_and_then_from_the_code(
    words: str, code: str, cause: str, class_: str, hard: bool
) -> None:
    found = explain(words, code)
    assert (found.cause, found.class_, found.hard) == (cause, class_, hard)


def test_words_are_believed_over_a_code_that_hides_many_causes() -> None:
    assert explain("550 5.7.1 mailbox over quota", "5.7.1").cause == "mailboxfull"


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        # Microsoft
        (
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient b@c.example not found",
            "userunknown",
        ),
        ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "userunknown"),
        (
            "550 5.7.1 messages from [203.0.113.9] weren't sent. … our block list (S3150).",
            "blocked",
        ),
        ("550 5.7.64 TenantAttribution; Relay Access Denied", "norelaying"),
        ("530 5.7.57 SMTP; Client was not authenticated to send anonymous mail", "securityerror"),
        ("550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large", "exceedlimit"),
        ("554 5.4.14 Hop count exceeded - possible mail loop ATTR34", "networkerror"),
        # filters in front of a server
        ("550 csi.mimecast.org Poor Reputation Sender.", "badreputation"),
        (
            "554 5.7.1 Service unavailable; Client host blocked using Barracuda Reputation",
            "blocked",
        ),
        ("550 #5.1.0 Address rejected.", "userunknown"),
        (
            "554 Your access to this mail system … the sending MTA's poor reputation.",
            "badreputation",
        ),
        ("553-you are trying to use me [server-5.tower-1.example] as a relay", "norelaying"),
        ("553-SPF (Sender Policy Framework) domain authentication fail.", "authfailure"),
        # providers
        ("554 delivery error: dd This account has been disabled or discontinued", "suspend"),
        ("550 5.1.1 Not our Customer", "userunknown"),
        ("554-Transaction failed 554-Reject due to policy restrictions.", "policyviolation"),
        ("554-No SMTP service 554-Bad DNS PTR resource record.", "requireptr"),
        ("550 Local mailbox b@c.example is unavailable: account is disabled", "suspend"),
        ("554 5.7.1 Message rejected under suspicion of SPAM", "spamdetected"),
        ("550 Domain frequency limited.", "speeding"),
        ("554 DT:SPM 163 smtp10,DsCowADnZ3", "spamdetected"),
        ("550 5.5.0 Boite du destinataire archivee. Archived recipient. OFR_418", "suspend"),
        # the classic programs
        ("550 Unrouteable address", "userunknown"),
        ("all relevant MX records point to non-existent hosts", "hostunknown"),
        ("Sorry, I couldn't find any host named exmaple.example. (#5.1.2)", "hostunknown"),
        ("553 sorry, that domain isn't in my list of allowed rcpthosts", "norelaying"),
        ("This message is looping: it already has my Delivered-To line.", "networkerror"),
        ("450 4.7.1 Client host rejected: cannot find your reverse hostname", "requireptr"),
        ("451 4.7.1 Greylisting in action, please come back in 00:05:00", "blocked"),
        ("maildir delivery failed: error writing message: Disk quota exceeded", "mailboxfull"),
        ("Name service error for name=x type=MX: Host not found, try again", "networkerror"),
        ("554 5.7.0 Reject, id=12345-01 - INFECTED: Eicar-Test-Signature", "virusdetected"),
        ("550 bob... No such user in Domino Directory; not listed", "userunknown"),
        ("553 5.1.8 … Domain of sender address x does not exist", "rejected"),
    ],
)
def test_the_servers_of_this_world_are_understood_without_a_code_of_their_own(
    words: str, cause: str
) -> None:
    assert explain(words).cause == cause


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("550 Benutzer unbekannt", "userunknown"),
        ("Das Postfach des Empfängers ist voll", "mailboxfull"),
        ("552 Boîte aux lettres pleine", "mailboxfull"),
        ("552 BoÃ®te aux lettres pleine", "mailboxfull"),
        ("552 Bo=C3=AEte aux lettres pleine", "mailboxfull"),
        ("550 el usuario no existe", "userunknown"),
        ("550 casella piena", "mailboxfull"),
        ("550 destinatário inexistente", "userunknown"),
        ("550 Onbekende gebruiker", "userunknown"),
        ("メールボックスがいっぱいです", "mailboxfull"),
        ("550 用户不存在", "userunknown"),
        ("550 Пользователь не найден", "userunknown"),
        ("451 Graue Liste, bitte später erneut versuchen", "blocked"),
    ],
)
def test_other_languages_are_read_accents_or_not(words: str, cause: str) -> None:
    assert explain(words).cause == cause


def test_the_server_that_refused_is_believed_not_the_one_that_passed_it_on() -> None:
    words = "host mx.example[203.0.113.2] said: 552 5.2.2 Over quota (in reply to RCPT TO command)"
    assert explain(words).cause == "mailboxfull"


def test_a_refusal_after_the_message_is_a_filter_not_a_dead_address() -> None:
    words = "host mx.example[203.0.113.2] said: 550 : User unknown"
    assert explain(f"{words} (in reply to RCPT TO command)").hard
    assert not explain(f"{words} (in reply to end of DATA command)").hard


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("550 User unknown (in reply to MAIL FROM command)", "rejected"),
        ("host mx.example[203.0.113.5] refused to talk to me: 554 Access denied", "blocked"),
        ("Connected to 203.0.113.5 but my name was rejected. Remote host said: 550 no", "blocked"),
        ("... while talking to mx.example.: >>> MAIL From:<a@x.example> <<< 550 no", "rejected"),
        ("550 5.1.1 <b@c.example>: Recipient address rejected: Inactive", "suspend"),
    ],
)
def test_the_step_of_the_conversation_tells_who_is_meant(words: str, cause: str) -> None:
    assert explain(words).cause == cause


@pytest.mark.parametrize(
    ("words", "code", "cause"),
    [
        ("552 mailbox unavailable", "5.2.2", "mailboxfull"),
        ("550 this mail has been blocked", "5.7.26", "authfailure"),
        ("550 no such user", "5.1.6", "hasmoved"),
        ("550 over quota", "5.1.1", "mailboxfull"),
    ],
)
def test_an_exact_code_is_believed_over_words_that_suit_many_causes(
    words: str, code: str, cause: str
) -> None:
    assert explain(words, code).cause == cause


def test_a_mailbox_that_is_unavailable_for_now_is_not_called_dead() -> None:
    assert not explain("450 4.2.0 mailbox temporarily unavailable").hard
    assert explain("450 4.1.1 user unknown").hard


def test_a_mailbox_for_insiders_is_told_from_a_fault_of_ours() -> None:
    found = explain("550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup")
    assert (found.cause, found.fault) == ("securityerror", "recipient")
    assert "inside their company" in found.advice


def test_an_answer_that_asks_to_come_back_is_a_matter_of_time() -> None:
    assert explain("450 4.0.0 hmm").class_ == "temporary"
    assert explain("550 5.0.0 hmm").class_ == "unknown"


def test_greylisting_is_nobodys_fault_and_passes() -> None:
    found = explain("450 4.2.0 <b@c.example>: Recipient address rejected: Greylisted")
    assert (found.fault, found.hard, found.next) == ("passing", False, "resend later")


@pytest.mark.parametrize(
    ("inner", "cause", "code"),
    [
        ("<452-4.2.2 The recipient's inbox is\n452 4.2.2 out of storage>", "mailboxfull", "4.2.2"),
        ("<421 4.4.0 Unable to lookup DNS for x.example>", "networkerror", "4.4.0"),
        ("<450 4.1.1 <a@x.example>: User unknown in table>", "userunknown", "4.1.1"),
        ("", "expired", "4.4.7"),
    ],
)
def test_the_last_answer_is_taken_out_of_the_wrapper_of_expired_mail(
    inner: str, cause: str, code: str
) -> None:
    found = explain(EXPIRED + inner, "4.4.7", "Transient/General")
    assert (found.cause, found.enhanced_status) == (cause, code)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "<CRLF>", " "])
def test_an_answer_of_several_lines_is_read_as_one_sentence(newline: str) -> None:
    words = f"smtp; 550-5.1.1 The account that you tried does not{newline}550 5.1.1 exist."
    assert explain(words, "5.1.1").cause == "userunknown"


def test_a_code_on_the_last_line_only_is_kept() -> None:
    words = "550-Mailbox unknown. Either there is no mailbox 550-by this name 550 5.1.1 or so"
    assert explain(words).enhanced_status == "5.1.1"


@pytest.mark.parametrize(
    ("words", "subtype"),
    [
        ("Amazon SES has suppressed sending to this address because it has a recent history", ""),
        ("Amazon SES did not send … because it is on the suppression list for your account", ""),
        ("", "Permanent/OnTenantSuppressionList"),
        ("", "OnAccountSuppressionList"),
    ],
)
def test_a_suppressed_address_is_not_called_unknown(words: str, subtype: str) -> None:
    found = explain(words, "5.1.1", subtype)
    assert (found.cause, found.hard) == ("suppressed", False)


@pytest.mark.parametrize(
    ("subtype", "cause"),
    [
        ("Permanent/NoEmail", "userunknown"),
        ("Transient/MailboxFull", "mailboxfull"),
        ("Transient/MessageTooLarge", "mesgtoobig"),
        ("MailboxFull", "mailboxfull"),
        ("Transient/General", "vacation"),
        ("Permanent/General", "undefined"),
    ],
)
def test_the_subtype_decides_where_the_server_said_nothing(subtype: str, cause: str) -> None:
    assert explain("", "", subtype).cause == cause


@pytest.mark.parametrize(
    "name", ["mailboxfull@x.example", "https://x.example/user-unknown", "spam@x"]
)
def test_a_name_is_no_reason(name: str) -> None:
    assert explain(f"550 <{name}> no").cause == "undefined"


def test_a_wrong_code_is_not_repeated() -> None:
    assert explain("", "banana").enhanced_status == ""


def test_every_cause_of_the_rules_has_a_meaning_within_the_contract() -> None:
    causes = {cause for cause, _ in (*PROVIDERS, *STRONG, *VAGUE)}
    causes |= {*CODES.values(), *SUBJECTS.values(), *REPLIES.values(), *SUBTYPES.values()}
    assert causes | DEAD <= set(MEANINGS)
    assert {m.class_ for m in MEANINGS.values()} == {
        "address",
        "mailbox_full",
        "too_big",
        "blocked",
        "temporary",
        "unknown",
    }
    assert {m.fault for m in MEANINGS.values()} == {
        "recipient",
        "their_server",
        "our_reputation",
        "our_configuration",
        "passing",
    }


def test_advice_is_for_people_and_names_no_key() -> None:
    for meaning in MEANINGS.values():
        assert meaning.advice.endswith(".")
        assert not {"MTA", "RBL", "SPF", "DKIM", "DNS", "SMTP"} & set(meaning.advice.split())
        assert meaning.next == "" or meaning.next.startswith("resend ")


def test_a_shade_never_leaves_the_class_of_its_cause() -> None:
    for name, meaning in MEANINGS.items():
        assert meaning.class_ == MEANINGS[name.partition(":")[0]].class_


@pytest.mark.parametrize(
    "unit",
    ["\n", "\r\n", " ", "\t", ".", "1", "4.4.4.", "550-", "(", ")", "<", "a@", "said: ", "Ã "],
)
def test_a_megabyte_of_one_thing_is_explained_at_once(unit: str) -> None:
    began = time.process_time()
    assert explain((unit * 1_000_000)[:1_000_000]).cause
    assert time.process_time() - began < 1
