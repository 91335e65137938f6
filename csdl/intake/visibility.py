"""An import is seen by whoever reaches the unit it is for; who asked for it and has left the unit since sees no more of
it than that the background run was theirs (`jobs`)."""

from csdl.accounts.permissions import Area
from csdl.intake.models import ColumnMapping, ImportRow, ImportRun
from csdl.lib.gate import declare

declare(ImportRun, area=Area.IMPORTS, unit="unit_id")
declare(ImportRow, area=Area.IMPORTS, through=((ImportRun, {"id": "run_id"}),))
declare(ColumnMapping, area=Area.IMPORTS, unit="unit_id")
