"""A paper and its file are seen by whoever reaches the unit that keeps them: the unit itself and those above it."""

from csdl.documents.models import Document, StoredFile
from csdl.lib.gate import declare

declare(StoredFile, unit="unit_id")
declare(Document, unit="unit_id")
