CALL csdl_add_touch('{jobs_job}');
