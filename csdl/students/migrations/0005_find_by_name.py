from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("students", "0004_search_by_number"), ("accounts", "0003_token_lifetime")]
    operations = [sql_file(__file__, "0005_find_by_name")]
