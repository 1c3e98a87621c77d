"""Pictures of phone and browser screens: threads of messages, a call list, a page about the person."""

from __future__ import annotations

from datetime import timedelta

from PIL import Image, ImageDraw

from daybook.site.demo.drawing import Colour, camera_exif, drawable, encode, font, wrap
from daybook.site.demo.evidence_source import EvidenceSource

WIDTH, HEIGHT = 540, 1140
_INK: Colour = (24, 26, 30)
_SOFT: Colour = (118, 124, 132)
_EARLIER = (
    "Hello?",
    "You there",
    "I know you're reading these",
    "Fine. Be like that",
    "It doesn't have to be this way",
    "I'm only asking for five minutes",
    "You used to answer",
    "I went past earlier",
    "Your light was on till late",
    "Saw you had company",
    "Everyone asks about you",
    "I've got something of yours",
    "Don't be silly now",
    "Morning",
    "Did you get what I left",
    "I'm not angry",
    "One word and I'll stop",
    "You're making this harder",
    "Still got the spare key ring",
    "It's raining, take a coat",
    "I can wait",
    "???",
    "Pick up then",
    "This is the last one",
    "You know where I am",
)
_BACKGROUNDS: tuple[Colour, ...] = ((246, 246, 248), (232, 238, 232), (240, 234, 226), (226, 232, 240))
_BUBBLES: tuple[Colour, ...] = ((225, 227, 232), (255, 255, 255), (214, 226, 246), (236, 226, 214))


def draw_thread(source: EvidenceSource) -> bytes:
    """A thread of messages, the words of the entry last; number and times only if the phone showed them."""
    rng = source.rng()
    picture = Image.new("RGB", (WIDTH, HEIGHT), rng.choice(_BACKGROUNDS))
    draw = ImageDraw.Draw(picture)
    _draw_status_bar(draw, source)
    name = source.sender if source.shows_sender else rng.choice(("D", "Do not answer", "Him", "Unknown"))
    draw.rectangle((0, 44, WIDTH, 136), fill=(250, 250, 252))
    draw.line((0, 136, WIDTH, 136), fill=(205, 208, 214), width=2)
    draw.line((34, 78, 22, 90, 34, 102), fill=(40, 100, 190), width=4)
    draw.ellipse((60, 62, 116, 118), fill=(176, 184, 196))
    draw.text(
        (88, 90),
        drawable(name)[:1].replace("@", "?").replace("0", "?").upper(),
        font=font(28),
        fill=(255, 255, 255),
        anchor="mm",
    )
    draw.text((132, 90), drawable(name), font=font(26), fill=_INK, anchor="lm")
    texts = [*rng.sample(_EARLIER, rng.randint(4, 7)), drawable(source.said) or "You know who this is"]
    sent = source.at - timedelta(minutes=sum(gaps := [rng.randint(1, 26) for _ in texts]))
    top, bubble = 166, rng.choice(_BUBBLES)
    if source.shows_time:
        draw.text(
            (WIDTH // 2, top), f"{sent:%A} {sent.day} {sent:%B %Y}", font=font(19), fill=_SOFT, anchor="mm"
        )
    top += 26
    for text, gap in zip(texts, gaps, strict=True):
        sent += timedelta(minutes=gap)
        lines = wrap(text, 24, 320)
        width = 40 + max(int(font(24).getlength(line)) for line in lines)
        height = 22 + 31 * len(lines)
        if top + height > HEIGHT - 110:
            break
        draw.rounded_rectangle((20, top, 20 + width, top + height), radius=20, fill=bubble)
        for number, line in enumerate(lines):
            draw.text((40, top + 10 + number * 31), line, font=font(24), fill=_INK)
        if source.shows_time:
            draw.text(
                (30 + width, top + height - 12), f"{sent:%H:%M}", font=font(16), fill=_SOFT, anchor="ls"
            )
        top += height + rng.choice((8, 8, 22))
    _draw_reply_box(draw)
    return _finish(picture, source)


def draw_call_list(source: EvidenceSource) -> bytes:
    """The list of recent calls: many from one number or from none."""
    rng = source.rng()
    picture = Image.new("RGB", (WIDTH, HEIGHT), (252, 252, 253))
    draw = ImageDraw.Draw(picture)
    _draw_status_bar(draw, source)
    draw.text((28, 92), "Recent", font=font(40), fill=_INK, anchor="lm")
    called = source.at
    for row in range(11):
        top = 150 + row * 84
        withheld = rng.random() < 0.6
        who = "No caller ID" if withheld else source.sender if source.shows_sender else "Him"
        draw.ellipse(
            (28, top + 20, 56, top + 48), fill=(206, 62, 56) if rng.random() < 0.8 else (80, 150, 90)
        )
        draw.text((78, top + 24), drawable(who), font=font(25), fill=(186, 48, 44), anchor="lm")
        draw.text(
            (78, top + 54),
            "missed call" if rng.random() < 0.7 else f"{rng.randint(4, 70)} seconds",
            font=font(18),
            fill=_SOFT,
            anchor="lm",
        )
        if source.shows_time:
            draw.text((WIDTH - 28, top + 34), f"{called:%H:%M}", font=font(21), fill=_SOFT, anchor="rm")
        draw.line((78, top + 78, WIDTH, top + 78), fill=(224, 226, 230), width=1)
        called -= timedelta(minutes=rng.randint(1, 34))
    return _finish(picture, source)


def draw_page(source: EvidenceSource) -> bytes:
    """A page in a browser, with its address, about the person or pretending to be."""
    rng = source.rng()
    width, height = 1000, 760
    picture = Image.new("RGB", (width, height), (255, 255, 255))
    draw = ImageDraw.Draw(picture)
    handle = source.sender if source.sender.startswith("@") else "@corner_table"
    draw.rectangle((0, 0, width, 70), fill=(232, 234, 238))
    draw.rounded_rectangle((120, 16, width - 40, 54), radius=18, fill=(255, 255, 255))
    draw.text((144, 35), f"https://social.example.com/{handle[1:]}", font=font(21), fill=_SOFT, anchor="lm")
    for step in range(3):
        draw.ellipse((24 + step * 28, 26, 42 + step * 28, 44), fill=(190, 194, 200))
    tone = (rng.randint(90, 190), rng.randint(100, 180), rng.randint(110, 200))
    draw.rectangle((0, 70, width, 230), fill=tone)
    draw.ellipse((60, 160, 200, 300), fill=(206, 210, 216), outline=(255, 255, 255), width=6)
    draw.text((226, 262), handle, font=font(34), fill=_INK, anchor="lm")
    draw.text(
        (226, 298),
        f"{rng.randint(0, 4)} friends - joined {source.at:%B %Y}",
        font=font(20),
        fill=_SOFT,
        anchor="lm",
    )
    top = 350
    for text in (drawable(source.said) or "Truth always comes out.", *rng.sample(_EARLIER, 2)):
        lines = wrap(text, 25, 760)
        draw.rounded_rectangle(
            (60, top, width - 60, top + 46 + 32 * len(lines)), radius=10, outline=(214, 218, 224), width=2
        )
        for number, line in enumerate(lines):
            draw.text((84, top + 14 + number * 32), line, font=font(25), fill=_INK)
        if source.shows_time:
            draw.text(
                (width - 84, top + 30 + 32 * len(lines)),
                f"{source.at:%d/%m/%Y %H:%M}",
                font=font(17),
                fill=_SOFT,
                anchor="rm",
            )
        top += 66 + 32 * len(lines)
    return _finish(picture, source)


def _draw_status_bar(draw: ImageDraw.ImageDraw, source: EvidenceSource) -> None:
    draw.rectangle((0, 0, WIDTH, 44), fill=(250, 250, 252))
    draw.text((28, 23), f"{source.at + timedelta(minutes=2):%H:%M}", font=font(21), fill=_INK, anchor="lm")
    draw.rounded_rectangle((WIDTH - 66, 14, WIDTH - 26, 32), radius=4, outline=_INK, width=2)
    draw.rectangle((WIDTH - 62, 18, WIDTH - 42, 28), fill=_INK)
    for bar in range(4):
        draw.rectangle((WIDTH - 120 + bar * 10, 30 - bar * 5, WIDTH - 114 + bar * 10, 32), fill=_INK)


def _draw_reply_box(draw: ImageDraw.ImageDraw) -> None:
    draw.rounded_rectangle(
        (20, HEIGHT - 84, WIDTH - 84, HEIGHT - 32),
        radius=26,
        outline=(196, 200, 208),
        width=2,
        fill=(255, 255, 255),
    )
    draw.text((44, HEIGHT - 58), "Message", font=font(22), fill=(160, 166, 174), anchor="lm")
    draw.ellipse((WIDTH - 72, HEIGHT - 82, WIDTH - 22, HEIGHT - 32), fill=(90, 128, 190))


def _finish(picture: Image.Image, source: EvidenceSource) -> bytes:
    # A screen shot carries no camera, but some phones write the time into a JPEG.
    exif = (
        camera_exif(at=source.at + timedelta(minutes=2), camera=source.camera, spot=None)
        if source.encoding == "JPEG"
        else None
    )
    return encode(picture, source.encoding, exif)
