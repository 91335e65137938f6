CALL csdl_add_touch('{dossier_dossier}');
