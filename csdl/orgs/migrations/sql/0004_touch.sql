CALL csdl_add_touch('{orgs_schoolrooms}');
