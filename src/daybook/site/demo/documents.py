"""Exhibits that are not pictures: e-mails with headers, call logs, statements, PDF letters, voicemail."""

from __future__ import annotations

import csv
import io
import math
import wave
from array import array
from datetime import UTC, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from daybook.site.demo.drawing import drawable
from daybook.site.demo.evidence_source import EvidenceSource
from daybook.site.demo.letter_words import LETTER_WORDS

_SUBJECTS = (
    "Us",
    "You need to read this",
    "no subject",
    "For the last time",
    "Things to settle",
    "Re: Re: Re: talk",
    "Fairness",
    "The list",
    "I have been thinking",
)

_SEEN = (
    "He came in as if he had an errand and then only looked round.",
    "He asked for her hours. I said we do not give those out.",
    "I would know him again. Tall, green parka, short brown hair.",
    "It was not a long talk. He said the same thing three times.",
    "He waited outside afterwards, across the road, for a quarter of an hour or so.",
    "I did not hear every word because the machine was running.",
    "He left a piece of paper on the counter. I put it in an envelope with the date.",
    "There was a second man in the car. I did not see his face.",
    "He was calm. That is what I found odd.",
    "I wrote this the same evening, before I talked to anyone about it.",
)
_LEAVE = (
    "I am happy for the police to ring me.",
    "I would rather my name was kept back.",
    "I can say this again if asked.",
)


def make_email(source: EvidenceSource) -> bytes:
    """A message as saved from a mail program, with the headers of each hop. RFC 5322, CRLF line ends."""
    rng = source.rng()
    sender = (
        source.sender
        if "@" in source.sender and "." in source.sender.split("@")[-1] and not source.sender.startswith("@")
        else "afterwords@example.org"
    )
    user, host = sender.split("@")
    sent = source.at.astimezone(UTC)
    token = f"{rng.getrandbits(64):016x}"
    message = EmailMessage(policy=SMTP)
    message["Return-Path"] = f"<{sender}>"
    for hop, (by, came) in enumerate(
        (("mx2.example.net", "out7.example.com"), ("out7.example.com", "[192.0.2.45]"))
    ):
        when = format_datetime(sent + timedelta(seconds=9 - hop * 4))
        message["Received"] = f"from {came} by {by} with ESMTPS id {token[hop * 4 : hop * 4 + 10]}; {when}"
    message["Authentication-Results"] = f"mx2.example.net; spf=pass smtp.mailfrom={host}; dkim=none"
    message["Date"] = format_datetime(sent)
    message["From"] = Address(user.split(".")[0].title(), user, host)
    message["To"] = Address(
        source.cast.person.pseudonym, source.cast.person.pseudonym.split()[0].lower(), "example.com"
    )
    message["Subject"] = rng.choice(_SUBJECTS)
    message["Message-ID"] = f"<{token}@{host}>"
    message["X-Mailer"] = "Plainpost 3.1"
    said = source.said or "I have set out below what I think."
    body = [said, *rng.sample(LETTER_WORDS, rng.randint(3, 6)), user.split(".")[0].title()]
    message.set_content("\n\n".join(body), cte="quoted-printable")
    return message.as_bytes()


def make_text(source: EvidenceSource) -> bytes:
    """A plain text file: messages copied out by hand, or what somebody wrote down."""
    rng = source.rng()
    if source.kind == "statement":
        lines = [
            f"Written for {source.cast.person.pseudonym} by someone who was there, {source.at:%d %B %Y}.",
            "",
            "What I saw or heard myself:",
            *rng.sample(_SEEN, rng.randint(3, 5)),
            "",
            rng.choice(_LEAVE),
        ]
    else:
        lines = [f"Copied from my phone, {source.at:%d/%m/%Y}. From {source.sender}.", ""]
        sent = source.at - timedelta(minutes=50)
        for text in rng.sample(("Hello?", "Answer", "I know you are in", "Ok", "Fine", "You will see"), 4):
            lines.append(f"{sent:%H:%M}  {text}")
            sent += timedelta(minutes=rng.randint(1, 12))
        lines.append(f"{source.at:%H:%M}  {source.said or 'No words, only a full stop'}")
    return ("\n".join(lines) + "\n").encode()


def make_call_log(source: EvidenceSource) -> bytes:
    """Calls as a phone company lists them, CSV with CRLF line ends."""
    rng = source.rng()
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("date", "time", "direction", "number", "seconds", "answered"))
    called = source.at - timedelta(days=3)
    for _ in range(rng.randint(28, 70)):
        number = (
            "withheld"
            if rng.random() < 0.55
            else source.sender
            if source.sender[:1] == "0"
            else source.cast.traces.ex_number
        )
        seconds = rng.choice((0, 0, 0, rng.randint(3, 90)))
        table.writerow(
            (f"{called:%Y-%m-%d}", f"{called:%H:%M:%S}", "in", number, seconds, "yes" if seconds else "no")
        )
        called += timedelta(minutes=rng.randint(1, 210), seconds=rng.randrange(60))
    return out.getvalue().encode()


def make_bank_list(source: EvidenceSource) -> bytes:
    """Payments of a penny whose references make sentences, CSV."""
    rng = source.rng()
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(("date", "from", "reference", "amount"))
    words = (drawable(source.said) or "I ONLY WANT TO TALK").upper().split()
    for word in words * rng.randint(1, 2):
        table.writerow((f"{source.at:%d/%m/%Y}", source.cast.suspects[0].name, word, "0.01"))
    return out.getvalue().encode()


def make_voicemail(source: EvidenceSource) -> bytes:
    """About four seconds of a voice-like murmur over road noise: 8 kHz, 16 bit, one channel."""
    rng = source.rng()
    rate, seconds, pitch = 8000, 3 + rng.randint(0, 2), rng.uniform(95, 130)
    noise = rng.randbytes(rate * seconds)
    samples = array("h")
    for number in range(rate * seconds):
        moment = number / rate
        syllable = max(0.0, math.sin(2 * math.pi * 2.7 * moment)) * (0.4 + 0.6 * math.sin(0.9 * moment) ** 2)
        tone = math.sin(2 * math.pi * (pitch * moment + 1.1 * math.sin(3 * moment))) + 0.4 * math.sin(
            4 * math.pi * pitch * moment
        )
        samples.append(int(5200 * syllable * tone + (noise[number] - 128) * 7))
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())
    return out.getvalue()


def make_pdf(source: EvidenceSource) -> bytes:
    """A one-page letter in PDF 1.4, with one of the fonts every reader has."""
    rng = source.rng()
    cast = source.cast
    if source.kind == "pdf-order":
        heading = "COPY - Stalking Protection Order (made up for a demonstration)"
        body = [
            f"Made on {source.at:%d %B %Y}. In force for two years from that day.",
            f"To: {cast.suspects[0].name}",
            "",
            "You must not:",
            "1. contact the person named in the schedule by any means,",
            "   directly or through anyone else;",
            "2. follow or watch that person;",
            "3. come within 100 metres of the places in the schedule;",
            "4. post anything about that person.",
            "",
            "You must give the police your name and home address within 3 days.",
        ]
    else:
        heading = rng.choice((f"{cast.force}", "Marsh & Vane Lettings", "Larkmoor Mobile - Customer Care"))
        body = [
            f"{source.at:%d %B %Y}",
            f"Reference: {cast.crime_number}",
            "",
            f"Dear {cast.person.pseudonym},",
            "",
            rng.choice(
                (
                    "Thank you for the information you gave us.",
                    "We write about the matter you reported.",
                    "We have kept a copy of what was sent to us.",
                )
            ),
            rng.choice(
                (
                    "We will keep the recordings until you hear from us again.",
                    "Please keep the originals and do not delete anything.",
                    "The person who dealt with your call has added a note.",
                )
            ),
            rng.choice(
                ("You can ring us on 0808 157 0199.", "You can ring us on 01632 960412 between 9 and 5.")
            ),
            "",
            "Yours sincerely,",
            rng.choice((cast.officer, "Customer Care", "The lettings team")),
        ]
    return _page(heading, body)


def _page(heading: str, lines: list[str]) -> bytes:
    text = [f"BT /F1 15 Tf 72 770 Td ({_escaped(heading)}) Tj ET"]
    text += [
        f"BT /F1 11 Tf 72 {730 - 18 * number} Td ({_escaped(line)}) Tj ET"
        for number, line in enumerate(lines)
    ]
    stream = "\n".join(text).encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox %s /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
        % b"[0 0 595 842]",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _escaped(line: str) -> str:
    return (
        drawable(line).replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        if not line.startswith("   ")
        else f"   {_escaped(line.strip())}"
    )
