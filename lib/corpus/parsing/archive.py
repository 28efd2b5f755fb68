"""Office files are ZIP archives of XML: unpack them once, counting, before a library trusts them."""

import re
import zipfile
import zlib
from io import BytesIO

from lib.corpus.parsing.sniff import damaged, encrypted
from lib.errors import FileRejected
from lib.settings import LIMITS

_BLOCK = 1024 * 1024
_RATIO_FLOOR = 1024 * 1024
"""Below this size an archive is harmless, however well it is packed."""
_XML = (".xml", ".rels", ".vml")
_DECLARATION = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)")
_ENCRYPTED_FLAG = 0x1


def check_archive(content: bytes) -> None:
    """Raise FileRejected for an archive that is damaged, encrypted, unpacks too far or declares XML entities.

    Every member is unpacked and its checksum tested, so what the directory claims is also what comes out.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_directory(archive.infolist(), len(content))
            for member in archive.infolist():
                _check_member(archive, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise damaged(f"its archive does not unpack ({error})") from error


def _check_directory(members: list[zipfile.ZipInfo], packed: int) -> None:
    if any(member.flag_bits & _ENCRYPTED_FLAG for member in members):
        raise encrypted("password")
    unpacked = sum(member.file_size for member in members)
    if unpacked > LIMITS.unpacked_bytes:
        raise _bomb(f"{unpacked / 1024**2:,.0f} MB, the limit is {LIMITS.unpacked_bytes / 1024**2:,.0f} MB")
    if unpacked > _RATIO_FLOOR and unpacked > LIMITS.unpack_ratio * packed:
        raise _bomb(f"{unpacked / packed:,.0f} times its size, the limit is {LIMITS.unpack_ratio} times")


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Unpack block by block; zipfile never gives more than the directory's size and tests the checksum at the end."""
    is_xml = member.filename.lower().endswith(_XML)
    tail = b""
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK):
            if is_xml and _DECLARATION.search(tail + block):
                raise FileRejected(
                    f"declares XML entities in {member.filename}, which no Office program writes and attacks use",
                    hint="Open it in Office or LibreOffice, save it under a new name and upload that.",
                )
            tail = block[-40:]


def _bomb(detail: str) -> FileRejected:
    return FileRejected(f"unpacks too far: to {detail}", hint="Save it without its pictures, or split it.")
