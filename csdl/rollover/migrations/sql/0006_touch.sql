CALL csdl_add_touch('{rollover_rolloverbatch,rollover_rolloverrun}');
