"""What the log says of dossiers."""

from csdl.audit.kinds import register_kinds

register_kinds(
    "Hồ sơ thanh tra",
    {
        "dossier:ask": "Yêu cầu lập hồ sơ thanh tra, kỳ {first} đến {last}",
        "dossier:build": "Lập xong hồ sơ thanh tra, kỳ {first} đến {last}: {files} tệp",
        "dossier:open": "Tải hồ sơ thanh tra, kỳ {first} đến {last}",
        "dossier:expire": "Xóa tệp hồ sơ thanh tra đã hết hạn, kỳ {first} đến {last}",
    },
)
