CALL csdl_add_touch('{intake_importrun,intake_columnmapping}');
