CALL csdl_add_touch('{staff_staffmember,staff_staffposting}');
