"""An import is seen by whoever asked for it and by whoever reaches the unit it is for."""

from csdl.intake.models import ColumnMapping, ImportRow, ImportRun
from csdl.lib.gate import declare

declare(ImportRun, unit="unit_id", own="account_id")
declare(ImportRow, through=((ImportRun, {"id": "run_id"}),))
declare(ColumnMapping, unit="unit_id")
