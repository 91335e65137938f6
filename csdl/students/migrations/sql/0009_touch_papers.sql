CALL csdl_add_touch('{students_studentpaper}');
