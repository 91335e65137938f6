CALL csdl_add_touch('{students_student,students_guardian}');
