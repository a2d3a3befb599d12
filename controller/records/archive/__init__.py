"""The archive: patients, what was said of their walks, and figures of each record."""

from controller.records.archive.archive import Archive
from controller.records.archive.engines import Where
from controller.records.archive.errors import ArchiveError, ArchiveRefusal

__all__ = ["Archive", "ArchiveError", "ArchiveRefusal", "Where"]
