from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_acting_token")]
    operations = [sql_file(__file__, "0003_token_lifetime")]
