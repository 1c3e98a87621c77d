"""Made-up photographs: a street at night, a letter on a table, a note on a car, flowers on a step."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageFilter

from daybook.site.demo.drawing import (
    Colour,
    add_grain,
    camera_exif,
    drawable,
    encode,
    font,
    gradient,
    mix,
    paste_turned,
    wrap,
    write_lines,
)
from daybook.site.demo.evidence_source import EvidenceSource
from daybook.site.demo.letter_words import LETTER_WORDS

SIZE = (1200, 900)
_PEN: tuple[Colour, ...] = ((30, 40, 92), (28, 28, 32), (92, 30, 34))
_PAINTS: dict[str, Colour] = {
    "silver": (176, 180, 186),
    "dark blue": (38, 50, 92),
    "white": (226, 228, 228),
    "grey": (104, 108, 114),
    "black": (30, 31, 35),
    "green": (46, 84, 62),
}


def draw_photo(source: EvidenceSource) -> bytes:
    """The photograph of an exhibit, with camera EXIF."""
    rng = source.rng()
    picture = _SCENES[source.kind](rng, source)
    picture = add_grain(picture.filter(ImageFilter.GaussianBlur(0.8)), rng, 0.07)
    if rng.random() < 0.3:
        picture = picture.rotate(rng.uniform(-2.2, 2.2), resample=Image.Resampling.BICUBIC).crop(
            (40, 30, SIZE[0] - 40, SIZE[1] - 30)
        )
    return encode(picture, source.encoding, camera_exif(at=source.at, camera=source.camera, spot=source.spot))


def _street(rng: random.Random, source: EvidenceSource) -> Image.Image:
    summer = 4 <= source.at.month <= 9
    dark = source.at.hour >= (21 if summer else 17) or source.at.hour < (5 if summer else 7)
    sky: tuple[Colour, Colour] = ((12, 14, 30), (38, 34, 46)) if dark else ((168, 186, 204), (214, 218, 220))
    picture = gradient(*SIZE, *sky)
    draw = ImageDraw.Draw(picture)
    left = -rng.randint(0, 120)
    while left < SIZE[0]:
        width, top = rng.randint(150, 260), rng.randint(190, 330)
        wall: Colour = (
            mix((34, 30, 34), (52, 42, 40), rng.random())
            if dark
            else mix((120, 84, 70), (168, 150, 136), rng.random())
        )
        draw.rectangle((left, top, left + width, 640), fill=wall)
        draw.polygon(
            ((left - 8, top), (left + width // 2, top - 70), (left + width + 8, top)),
            fill=mix(wall, (20, 20, 24), 0.4),
        )
        for row in range(top + 40, 560, 120):
            for column in range(left + 24, left + width - 50, 74):
                lit = dark and rng.random() < 0.3
                draw.rectangle(
                    (column, row, column + 40, row + 62),
                    fill=(226, 186, 110) if lit else mix(wall, (14, 18, 28), 0.55),
                )
        left += width + rng.choice((0, 0, 14))
    draw.rectangle((0, 640, SIZE[0], 700), fill=(70, 70, 72) if dark else (150, 150, 148))
    draw.rectangle((0, 700, SIZE[0], SIZE[1]), fill=(34, 34, 38) if dark else (92, 94, 96))
    parked = rng.choice((60, 120, 560, 640))
    paint = _PAINTS[source.cast.ex_car.rsplit(" ", 1)[0]]
    _car_side(draw, parked, 640, mix(paint, (12, 12, 16), 0.55 if dark else 0.1))
    standing = rng.randint(660, 1100) if parked < 400 else rng.randint(120, 470)
    _figure(draw, standing, 690, rng.randint(120, 170), (16, 20, 18) if dark else (44, 62, 48))
    if dark:
        lamp = rng.randint(200, 1000)
        glow = Image.new("L", SIZE, 0)
        ImageDraw.Draw(glow).ellipse((lamp - 190, 20, lamp + 190, 420), fill=140)
        glow = glow.filter(ImageFilter.GaussianBlur(70))
        picture.paste((246, 202, 120), (0, 0), glow)
        draw.line((lamp, 200, lamp, 690), fill=(24, 24, 26), width=9)
        draw.ellipse((lamp - 22, 186, lamp + 22, 216), fill=(255, 240, 200))
    return picture.filter(ImageFilter.GaussianBlur(1.6 if dark else 0.6))


def _figure(draw: ImageDraw.ImageDraw, x: int, ground: int, height: int, colour: Colour) -> None:
    head = height // 7
    draw.ellipse((x - head // 2, ground - height, x + head // 2, ground - height + head), fill=colour)
    draw.rounded_rectangle(
        (x - head, ground - height + head, x + head, ground - height // 2 + head),
        radius=head // 2,
        fill=colour,
    )
    draw.rectangle((x - head + 4, ground - height // 2, x - 3, ground), fill=colour)
    draw.rectangle((x + 3, ground - height // 2, x + head - 4, ground), fill=colour)


def _car_side(draw: ImageDraw.ImageDraw, x: int, ground: int, paint: Colour) -> None:
    draw.rounded_rectangle((x, ground - 30, x + 330, ground + 52), radius=26, fill=paint)
    draw.polygon(
        ((x + 54, ground - 26), (x + 100, ground - 86), (x + 236, ground - 86), (x + 284, ground - 26)),
        fill=mix(paint, (16, 20, 26), 0.5),
    )
    for wheel in (x + 68, x + 252):
        draw.ellipse((wheel - 32, ground + 18, wheel + 32, ground + 82), fill=(18, 18, 20))
        draw.ellipse((wheel - 14, ground + 36, wheel + 14, ground + 64), fill=(120, 122, 126))


def _car(rng: random.Random, source: EvidenceSource) -> Image.Image:
    picture = gradient(*SIZE, (150, 160, 168), (84, 86, 90))
    draw = ImageDraw.Draw(picture)
    paint = mix(_PAINTS[source.cast.ex_car.rsplit(" ", 1)[0]], (128, 132, 138), rng.random() * 0.3)
    draw.rectangle((0, 640, *SIZE), fill=(74, 76, 78))
    draw.rounded_rectangle((230, 330, 970, 690), radius=60, fill=paint)
    draw.polygon(((310, 350), (400, 170), (800, 170), (890, 350)), fill=mix(paint, (20, 26, 34), 0.35))
    draw.polygon(((350, 340), (424, 200), (776, 200), (850, 340)), fill=(36, 44, 52))
    draw.ellipse((520, 230, 600, 340), fill=(24, 28, 32))
    for lamp in (260, 820):
        draw.rounded_rectangle((lamp, 410, lamp + 120, 480), radius=24, fill=(236, 234, 214))
    draw.rounded_rectangle((430, 420, 770, 490), radius=12, fill=(28, 30, 34))
    for wheel in (250, 850):
        draw.rectangle((wheel, 660, wheel + 100, 770), fill=(18, 18, 20))
    draw.rounded_rectangle(
        (450, 560, 750, 630), radius=8, fill=(248, 248, 244), outline=(30, 30, 30), width=3
    )
    draw.text((600, 595), source.cast.traces.ex_plate, font=font(50), fill=(14, 14, 16), anchor="mm")
    return picture


def _table(rng: random.Random) -> Image.Image:
    wood = mix((122, 84, 52), (186, 152, 112), rng.random())
    picture = gradient(*SIZE, mix(wood, (255, 255, 255), 0.08), mix(wood, (0, 0, 0), 0.18))
    draw = ImageDraw.Draw(picture)
    for y in range(0, SIZE[1], rng.randint(9, 16)):
        phase, swing = rng.random() * 6, rng.randint(2, 7)
        points = [(x, y + swing * math.sin(phase + x / 170)) for x in range(0, SIZE[0] + 40, 40)]
        draw.line(points, fill=mix(wood, (40, 24, 14), rng.random() * 0.35), width=rng.choice((1, 2, 3)))
    return picture


def _letter(rng: random.Random, source: EvidenceSource) -> Image.Image:
    picture = _table(rng)
    sheet = Image.new("RGB", (560, 720), (246, 244, 236))
    draw = ImageDraw.Draw(sheet)
    for y in range(96, 700, 38):
        draw.line((0, y, 560, y), fill=(206, 214, 226), width=1)
    said = source.said or "I am writing because you leave me no other way."
    text = " ".join([said, *rng.sample(LETTER_WORDS, rng.randint(3, 6))])
    write_lines(
        sheet, [source.at.strftime("%d %B"), "", *wrap(text, 27, 480)], (40, 62), 27, rng.choice(_PEN), 38
    )
    paste_turned(picture, sheet, (rng.randint(480, 720), rng.randint(440, 500)), rng.uniform(-11, 11))
    if rng.random() < 0.6:
        envelope = Image.new("RGB", (330, 210), (226, 216, 190))
        edges = ImageDraw.Draw(envelope)
        edges.line((0, 0, 165, 120, 330, 0), fill=(176, 164, 138), width=3)
        paste_turned(
            picture, envelope, (rng.choice((180, 1040)), rng.randint(250, 700)), rng.uniform(-30, 30)
        )
    return picture


def _note(rng: random.Random, source: EvidenceSource) -> Image.Image:
    picture = gradient(*SIZE, (92, 110, 124), (26, 32, 38))
    draw = ImageDraw.Draw(picture)
    for _ in range(240):
        x, y, size = rng.randrange(SIZE[0]), rng.randrange(SIZE[1]), rng.randint(1, 4)
        draw.ellipse((x, y, x + size, y + size), fill=(168, 180, 188))
    sheet = Image.new("RGB", (470, 300), rng.choice(((250, 248, 240), (244, 236, 180), (232, 236, 244))))
    lines = wrap((source.said or "SEE YOU").upper(), 46, 400)[:4]
    write_lines(sheet, lines, (36, 60), 46, rng.choice(_PEN), 56)
    paste_turned(picture, sheet, (rng.randint(500, 700), rng.randint(380, 460)), rng.uniform(-16, 16))
    draw.line((60, 830, rng.randint(820, 900), 420), fill=(12, 12, 14), width=20)
    draw.line((60, 838, 860, 436), fill=(54, 56, 60), width=6)
    draw.polygon(((0, SIZE[1]), (0, 800), (SIZE[0], 860), SIZE), fill=(20, 22, 24))
    return picture


def _flowers(rng: random.Random, _source: EvidenceSource) -> Image.Image:
    door: Colour = rng.choice(((46, 74, 66), (112, 38, 40), (40, 52, 88), (96, 92, 84)))
    picture = gradient(*SIZE, mix(door, (255, 255, 255), 0.12), mix(door, (0, 0, 0), 0.25))
    draw = ImageDraw.Draw(picture)
    for left in (190, 660):
        draw.rectangle((left, 60, left + 350, 470), outline=mix(door, (0, 0, 0), 0.35), width=12)
    draw.rectangle((0, 640, *SIZE), fill=(150, 146, 138))
    draw.rectangle((0, 640, SIZE[0], 664), fill=(112, 108, 102))
    petals: Colour = rng.choice(
        ((236, 214, 96), (244, 240, 236), (196, 54, 66), (148, 120, 196), (236, 152, 176))
    )
    foot = (rng.randint(480, 720), 830)
    heads = [
        (foot[0] + rng.randint(-190, 190), foot[1] - rng.randint(190, 380)) for _ in range(rng.randint(7, 12))
    ]
    for head in heads:
        draw.line((*foot, *head), fill=(58, 96, 54), width=6)
    draw.polygon(
        ((foot[0], foot[1] + 40), (foot[0] - 150, foot[1] - 200), (foot[0] + 150, foot[1] - 200)),
        fill=(226, 222, 210),
    )
    for x, y in heads:
        for step in range(8):
            px, py = x + 26 * math.cos(step * 0.785), y + 26 * math.sin(step * 0.785)
            draw.ellipse(
                (px - 20, py - 20, px + 20, py + 20), fill=mix(petals, (60, 40, 40), 0.04 * (step % 4))
            )
        draw.ellipse((x - 15, y - 15, x + 15, y + 15), fill=mix(petals, (120, 84, 30), 0.55))
    return picture


def _gift(rng: random.Random, source: EvidenceSource) -> Image.Image:
    picture = _table(rng)
    draw = ImageDraw.Draw(picture)
    paper: Colour = rng.choice(((150, 48, 60), (54, 84, 120), (196, 178, 142), (70, 100, 76)))
    left, top = rng.randint(360, 480), rng.randint(300, 380)
    draw.polygon(
        ((left, top), (left + 90, top - 80), (left + 470, top - 80), (left + 390, top)),
        fill=mix(paper, (255, 255, 255), 0.18),
    )
    draw.polygon(
        ((left + 390, top), (left + 470, top - 80), (left + 470, top + 220), (left + 390, top + 310)),
        fill=mix(paper, (0, 0, 0), 0.3),
    )
    draw.rectangle((left, top, left + 390, top + 310), fill=paper)
    draw.rectangle((left + 175, top, left + 215, top + 310), fill=(236, 226, 206))
    draw.ellipse((left + 120, top - 60, left + 195, top + 4), outline=(236, 226, 206), width=12)
    draw.ellipse((left + 195, top - 60, left + 270, top + 4), outline=(236, 226, 206), width=12)
    tag = Image.new("RGB", (220, 120), (250, 248, 240))
    write_lines(
        tag, wrap(drawable(source.said) or "for you", 24, 190)[:3], (16, 20), 24, rng.choice(_PEN), 30
    )
    paste_turned(picture, tag, (left + 520, top + 350), rng.uniform(-20, 20))
    return picture


def _damage(rng: random.Random, _source: EvidenceSource) -> Image.Image:
    paint = mix((52, 60, 84), (176, 180, 186), rng.random())
    picture = gradient(*SIZE, mix(paint, (255, 255, 255), 0.3), mix(paint, (0, 0, 0), 0.35))
    draw = ImageDraw.Draw(picture)
    draw.line((0, 180, SIZE[0], 150), fill=mix(paint, (0, 0, 0), 0.5), width=7)
    draw.line((760, 160, 790, SIZE[1]), fill=mix(paint, (0, 0, 0), 0.5), width=7)
    draw.rounded_rectangle((830, 250, 1010, 300), radius=20, fill=mix(paint, (0, 0, 0), 0.3))
    y = rng.randint(380, 520)
    points = [(x, y + rng.randint(-9, 9) + (x - 120) // 14) for x in range(120, 1120, 26)]
    draw.line(points, fill=(226, 226, 224), width=6)
    draw.line([(x, py + 4) for x, py in points], fill=(88, 84, 82), width=2)
    _ruler(picture, (600, 740), rng.uniform(-6, 6))
    return picture


def _ruler(picture: Image.Image, centre: tuple[int, int], degrees: float) -> None:
    ruler = Image.new("RGB", (620, 64), (232, 214, 150))
    draw = ImageDraw.Draw(ruler)
    for step in range(31):
        draw.line(
            (10 + step * 20, 0, 10 + step * 20, 26 if step % 5 == 0 else 14), fill=(40, 36, 30), width=2
        )
        if step % 5 == 0:
            draw.text((10 + step * 20, 44), str(step), font=font(18), fill=(40, 36, 30), anchor="mm")
    paste_turned(picture, ruler, centre, degrees)


def _tracker(rng: random.Random, _source: EvidenceSource) -> Image.Image:
    picture = gradient(*SIZE, (124, 128, 130), (86, 88, 90))
    box = Image.new("RGB", (330, 210), (26, 27, 30))
    draw = ImageDraw.Draw(box)
    draw.rounded_rectangle((10, 10, 320, 200), radius=24, outline=(58, 60, 66), width=5)
    draw.ellipse((270, 30, 290, 50), fill=(70, 20, 20))
    draw.ellipse((60, 60, 150, 150), fill=(150, 152, 156))
    draw.ellipse((176, 60, 266, 150), fill=(150, 152, 156))
    paste_turned(picture, box, (590, 390), rng.uniform(-14, 14))
    _ruler(picture, (600, 690), rng.uniform(-3, 3))
    return picture


_SCENES: dict[str, Callable[[random.Random, EvidenceSource], Image.Image]] = {
    "photo-street": _street,
    "photo-car": _car,
    "photo-letter": _letter,
    "photo-leaflet": _letter,
    "photo-note": _note,
    "photo-flowers": _flowers,
    "photo-gift": _gift,
    "photo-damage": _damage,
    "photo-tracker": _tracker,
}
PHOTO_KINDS = tuple(_SCENES)
