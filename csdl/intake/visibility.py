"""An import is seen by whoever asked for it and by whoever reaches the unit it is for."""

from csdl.accounts.permissions import Area
from csdl.intake.models import ColumnMapping, ImportRow, ImportRun
from csdl.lib.gate import declare

declare(ImportRun, area=Area.IMPORTS, unit="unit_id", own="account_id")
declare(ImportRow, area=Area.IMPORTS, through=((ImportRun, {"id": "run_id"}),))
declare(ColumnMapping, area=Area.IMPORTS, unit="unit_id")
