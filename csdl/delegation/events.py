"""What the log says of papers, the administration account and the yearly confirmation of personnel."""

from collections.abc import Mapping
from typing import Any

from csdl.audit.kinds import register_kinds


def _withdrawn(data: Mapping[str, Any]) -> str:
    paper = f"biên bản số {data['minutes']}" if data.get("minutes") else ""
    if data.get("commitment"):
        paper = f"bản cam kết số {data['commitment']}"
    whose = f" của {data['receiver']}" if data.get("receiver") else ""
    unsigned = " khi chưa ký xong" if data.get("unsigned") else ""
    made = f", lập biên bản thu hồi số {data['revocation']}" if data.get("revocation") else ""
    because = f": {data['reason']}" if data.get("reason") else ""
    return f"Thu hồi {paper or 'biên bản hoặc cam kết'}{whose}{unsigned}{made}{because}"


register_kinds(
    "Phân quyền",
    {
        "delegation:prepare": "Lập biên bản bàn giao, cam kết",
        "delegation:sign": "Ghi nhận bản đã ký",
        "delegation:confirm": "Xác nhận biên bản, cam kết trên hệ thống",
        "delegation:approve": "Phê duyệt phân quyền do người khác lập",
        "delegation:withdraw": _withdrawn,
        "delegation:print": "In biên bản, cam kết",
        "delegation:read_scan": "Mở bản quét đã ký",
        "delegation:rules": "Sửa quy định về thời hạn phân quyền",
        "commitment:ask_again": "Văn bản cam kết có bản mới: {people} người phải ký lại, hết ngày {until}",
        "grant:ends_soon": "Phân quyền sắp hết hạn",
        "grant:renewal_prepared": "Lập sẵn giấy tờ gia hạn phân quyền",
        "inspection:admit": "Cho đoàn thanh tra, kiểm tra xem dữ liệu đến hết {last_day}: {name}, {decision}",
        "inspection:end": "Kết thúc sớm quyền thanh tra, kiểm tra của {name}: {reason}",
        "administration:fall_back": "Tài khoản quản trị trở về thủ trưởng đơn vị",
        "head:set_up": "Khởi tạo thủ trưởng và tài khoản đầu tiên",
        "personnel:confirm": "Xác nhận kiện toàn nhân sự năm học {start_year}: {people} người",
        "personnel:remind": "Nhắc đơn vị kiện toàn nhân sự năm học {start_year}",
    },
)
