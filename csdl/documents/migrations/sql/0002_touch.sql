CALL csdl_add_touch('{documents_storedfile,documents_document}');
