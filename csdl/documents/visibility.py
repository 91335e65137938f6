"""A paper and its file are seen by whoever reaches the unit that keeps them: the unit itself and those above it."""

from csdl.accounts.permissions import Area
from csdl.documents.models import Document, StoredFile
from csdl.lib.gate import declare

declare(StoredFile, area=Area.DOCUMENTS, unit="unit_id")
declare(Document, area=Area.DOCUMENTS, unit="unit_id")
