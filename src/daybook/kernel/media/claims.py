"""What a file's name or sender says it is, compared with what it is."""

from typing import Final

from daybook.kernel.media.content_types import EMPTY, UNKNOWN

_PICTURE, _VIDEO, _SOUND, _TEXT, _WEB = "picture", "video", "sound recording", "text", "web page"
_DRAWING, _PDF, _OFFICE, _PROGRAM = "drawing with code (SVG)", "PDF document", "office document", "program"
_ARCHIVE, _DATABASE, _MAIL = "packed archive", "database", "e-mail"
_CONTACT, _CALENDAR, _XML, _FONT = "contact card", "calendar", "XML data", "font"
_NOTHING, _STRANGE = "empty", "file of an unknown kind"

_BY_TYPE: Final = {
    "text/html": _WEB,
    "application/xhtml+xml": _WEB,
    "image/svg+xml": _DRAWING,
    "application/xml": _XML,
    "text/xml": _XML,
    "text/vcard": _CONTACT,
    "text/calendar": _CALENDAR,
    "message/rfc822": _MAIL,
    "application/pdf": _PDF,
    "application/postscript": "print file (PostScript)",
    "application/x-msdownload": _PROGRAM,
    "application/x-executable": _PROGRAM,
    "application/wasm": _PROGRAM,
    "application/x-shockwave-flash": _PROGRAM,
    "application/x-google-chrome-extension": _PROGRAM,
    "application/vnd.android.package-archive": _PROGRAM,
    "application/x-sqlite3": _DATABASE,
    "application/zip": _ARCHIVE,
    "application/gzip": _ARCHIVE,
    "application/x-tar": _ARCHIVE,
    "application/x-bzip2": _ARCHIVE,
    "application/x-xz": _ARCHIVE,
    "application/zstd": _ARCHIVE,
    "application/vnd.rar": _ARCHIVE,
    "application/x-7z-compressed": _ARCHIVE,
    "application/rtf": _OFFICE,
    "application/msword": _OFFICE,
    "application/vnd.ms-excel": _OFFICE,
    "application/vnd.ms-powerpoint": _OFFICE,
    "application/epub+zip": "electronic book",
    # The old office formats and Outlook messages share one container; the first bytes do not tell which.
    "application/x-ole-storage": "older office document or Outlook message",
    EMPTY: _NOTHING,
    UNKNOWN: _STRANGE,
}

_BY_FAMILY: Final = {"image": _PICTURE, "video": _VIDEO, "audio": _SOUND, "text": _TEXT, "font": _FONT}

_BY_EXTENSION: Final = {
    **dict.fromkeys(
        (
            "jpg",
            "jpeg",
            "jpe",
            "jfif",
            "png",
            "webp",
            "gif",
            "heic",
            "heif",
            "avif",
            "bmp",
            "tif",
            "tiff",
            "dng",
        ),
        _PICTURE,
    ),
    **dict.fromkeys(("mp4", "m4v", "mov", "webm", "mkv", "avi", "3gp", "wmv", "mpg", "mpeg"), _VIDEO),
    **dict.fromkeys(
        ("mp3", "m4a", "wav", "ogg", "oga", "opus", "amr", "aac", "flac", "caf", "wma", "aiff"), _SOUND
    ),
    **dict.fromkeys(("txt", "log", "csv", "tsv", "md", "json", "jsonl"), _TEXT),
    **dict.fromkeys(("htm", "html", "xhtml", "mht"), _WEB),
    **dict.fromkeys(("zip", "gz", "tgz", "tar", "bz2", "xz", "rar", "7z", "zst"), _ARCHIVE),
    **dict.fromkeys(
        ("doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp", "rtf", "pages", "numbers"), _OFFICE
    ),
    **dict.fromkeys(
        ("exe", "msi", "bat", "cmd", "com", "scr", "apk", "ipa", "dmg", "jar", "js", "vbs", "ps1", "sh"),
        _PROGRAM,
    ),
    **dict.fromkeys(("db", "sqlite", "sqlite3"), _DATABASE),
    **dict.fromkeys(("eml", "msg", "mbox"), _MAIL),
    "svg": _DRAWING,
    "pdf": _PDF,
    "xml": _XML,
    "vcf": _CONTACT,
    "ics": _CALENDAR,
    "epub": "electronic book",
}

# Pairs of (claimed, found) that are no contradiction: one container or encoding serves both.
_COMPATIBLE: Final = frozenset(
    {
        (_OFFICE, "older office document or Outlook message"),
        (_MAIL, "older office document or Outlook message"),
        (_OFFICE, _ARCHIVE),  # an office file whose first part is not what the signature table expects
        (_PROGRAM, _ARCHIVE),  # apk, ipa and jar are zip files
        (_PROGRAM, _TEXT),  # scripts are text
        (_PROGRAM, _STRANGE),
        (_MAIL, _TEXT),
        (_XML, _TEXT),
        (_CALENDAR, _TEXT),
        (_CONTACT, _TEXT),
        (_TEXT, _CONTACT),
        (_TEXT, _MAIL),
        (_SOUND, _VIDEO),  # a voice note in an MP4 box
        (_VIDEO, _SOUND),
        (_WEB, _MAIL),  # mht
    }
)


def kind_of(content_type: str) -> str:
    """Name a media type in plain words, such as "picture" or "web page"."""
    known = _BY_TYPE.get(content_type)
    if known is not None:
        return known
    if content_type.startswith(("application/vnd.openxmlformats-", "application/vnd.oasis.")):
        return _OFFICE
    return _BY_FAMILY.get(content_type.partition("/")[0], _STRANGE)


def mismatch(name: str, declared: str, content_type: str) -> str:
    """Say in words where a file is not what its name, or the browser that sent it, says.

    Args:
        name: the file's name as given.
        declared: the media type the sender declared, or "". A declared `application/octet-stream` claims
            nothing.
        content_type: what content_types.content_type() found.

    Returns:
        One sentence, or "" where nothing contradicts. It states a fact and draws no conclusion: phones and
        chat programs mislabel files every day.
    """
    found = kind_of(content_type)
    by_name = _BY_EXTENSION.get(_extension(name))
    if by_name is not None and _contradicts(by_name, found):
        return f"The name says {by_name}, {_content_is(found)}."
    bare = declared.partition(";")[0].strip().lower()
    by_sender = kind_of(bare) if bare else _STRANGE
    if by_name is None and by_sender not in (_STRANGE, _NOTHING) and _contradicts(by_sender, found):
        return f"The sending program says {by_sender}, {_content_is(found)}."
    return ""


def _extension(name: str) -> str:
    stem, dot, extension = name.rstrip(" .").rpartition(".")
    return extension.lower() if dot and stem else ""


def _contradicts(claimed: str, found: str) -> bool:
    return claimed != found and (claimed, found) not in _COMPATIBLE


def _content_is(found: str) -> str:
    if found == _NOTHING:
        return "but the file is empty"
    if found in (_TEXT, _XML):
        return f"the content is {found}"
    return f"the content is {'an' if found[0] in 'aeiou' else 'a'} {found}"
