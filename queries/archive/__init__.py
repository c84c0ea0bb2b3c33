"""Evidence from exported files: an archive is one DuckDB file, and the SQL questions are the same as Athena's."""

from queries.archive.add import Added, Progress
from queries.archive.archive import Archive
from queries.archive.evidence import ArchiveEvidence

__all__ = ["Added", "Archive", "ArchiveEvidence", "Progress"]
