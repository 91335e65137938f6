"""A request to take data out is seen by whoever made it and by whoever reads the log of its unit; its decision with it,
and only who may decide at the unit can write one."""

from csdl.accounts.permissions import Area
from csdl.exports.models import ExportDecision, ExportRequest, ExportRules
from csdl.lib.gate import declare, declare_log, declare_open

declare_log(ExportRequest, area=Area.LOG, own="account_id", unit="unit_id")
declare(ExportDecision, area=Area.LOG, unit="unit_id", through=((ExportRequest, {"id": "request_id"}),))
declare_open(
    ExportRules,
    because="figures that hold for the province, no person in it",
    written_by="all",
    area=Area.LOG,
)
