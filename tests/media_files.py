"""Makers of recordings in MP4 and QuickTime boxes, honest and hostile, and of files with Content Credentials."""

import io
import struct
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SINCE_1904: Final = 2_082_844_800


def box(kind: bytes, *inside: bytes) -> bytes:
    """One box around others."""
    content = b"".join(inside)
    return struct.pack(">I4s", 8 + len(content), kind) + content


def apple_text(words: str) -> bytes:
    """The inside of a QuickTime user data box: length, language, text."""
    content = words.encode()
    return struct.pack(">HH", len(content), 0x15C7) + content


def movie_head(taken: datetime | int, *, seconds: float = 12.5, scale: int = 1000) -> bytes:
    """The box `mvhd`; ``taken`` as a moment (UTC), or as the raw number."""
    created = taken if isinstance(taken, int) else int(taken.timestamp()) + SINCE_1904
    head = struct.pack(">IIIII", 0, created, created, scale, int(seconds * scale))
    return box(b"mvhd", head + bytes(80))


def handler(code: bytes) -> bytes:
    """The box `hdlr`."""
    return box(b"hdlr", bytes(8) + code + bytes(13))


def keyed(values: dict[str, str]) -> bytes:
    """Apple's box `meta`: keys, and a list of values numbered by them."""
    keys = b"".join(struct.pack(">I4s", 8 + len(key), b"mdta") + key.encode() for key in values)
    items = b"".join(
        box(struct.pack(">I", number), box(b"data", struct.pack(">II", 1, 0) + value.encode()))
        for number, value in enumerate(values.values(), 1)
    )
    return box(
        b"meta",
        handler(b"mdta"),
        box(b"keys", struct.pack(">II", 0, len(values)) + keys),
        box(b"ilst", items),
    )


def film(*in_moov: bytes, data: bytes = b"\x00" * 200, brand: bytes = b"mp42") -> bytes:
    """A recording: its brand, some bytes of film, and then what it says, as cameras write it."""
    return (
        box(b"ftyp", brand + struct.pack(">I", 0) + b"isom" + brand)
        + box(b"mdat", data)
        + box(b"moov", *in_moov)
    )


def phone_film(taken: datetime, *, place: str = "+52.6363-001.1348+067.3/") -> bytes:
    """What a phone writes: the time in UTC in its head, the rest in Apple's list of keys."""
    here = taken.astimezone(UTC) + timedelta(hours=1)
    return film(
        movie_head(taken),
        keyed(
            {
                "com.apple.quicktime.creationdate": f"{here:%Y-%m-%dT%H:%M:%S}+0100",
                "com.apple.quicktime.location.ISO6709": place,
                "com.apple.quicktime.make": "Acme",
                "com.apple.quicktime.model": "Phone 1",
                "com.apple.quicktime.software": "26.1",
            }
        ),
        brand=b"qt  ",
    )


def xmp_packet(properties: str = "", inside: str = "") -> bytes:
    """An XMP packet with attributes and elements in its one description."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
        'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
        'xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" '
        'xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#" '
        'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'xmlns:dcterms="http://purl.org/dc/terms/" {properties}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>'
        '<?xpacket end="w"?>'
    ).encode()


def edit_history(*steps: tuple[str, str, str]) -> str:
    """An edit history: action, moment, program of each step."""
    listed = "".join(
        f'<rdf:li stEvt:action="{action}" stEvt:when="{when}" stEvt:softwareAgent="{tool}"/>'
        for action, when, tool in steps
    )
    return f"<xmpMM:History><rdf:Seq>{listed}</rdf:Seq></xmpMM:History>"


def with_credentials(content: bytes, content_type: str = "image/jpeg", *, kept_at: str = "") -> bytes:
    """Sign a file with Content Credentials by a signer nobody trusts.

    Args:
        kept_at: an address; the file then only says that its credentials lie there.
    """
    chain, key = _signer()
    signer = c2pa.Signer.from_info(
        c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None)
    )
    captured = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    actions = [
        {"action": "c2pa.created", "digitalSourceType": captured},
        {"action": "c2pa.cropped", "softwareAgent": "Acme Editor"},
    ]
    builder = c2pa.Builder(
        {
            "claim_generator_info": [{"name": "Acme Editor", "version": "1"}],
            "format": content_type,
            "assertions": [{"label": "c2pa.actions", "data": {"actions": actions}}],
        }
    )
    if kept_at:
        builder.set_remote_url(kept_at)
        builder.set_no_embed()
    made = io.BytesIO()
    builder.sign(signer, content_type, io.BytesIO(content), made)
    return made.getvalue()


@cache
def _signer() -> tuple[bytes, bytes]:
    begin = datetime.now(UTC) - timedelta(days=2)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def named(words: str) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Acme Cameras"),
                x509.NameAttribute(NameOID.COMMON_NAME, words),
            ]
        )

    def certificate(subject: str, holder: ec.EllipticCurvePrivateKey, *, root: bool) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=not root,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=root,
            crl_sign=root,
            encipher_only=False,
            decipher_only=False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(named(subject))
            .issuer_name(named("Root"))
            .public_key(holder.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(begin + timedelta(days=3650))
            .add_extension(x509.BasicConstraints(root, None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(holder.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False
            )
        )
        if not root:
            builder = builder.add_extension(
                x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
            )
        return builder.sign(root_key, hashes.SHA256())

    chain = (certificate("Phone 1", key, root=False), certificate("Root", root_key, root=True))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain), private
