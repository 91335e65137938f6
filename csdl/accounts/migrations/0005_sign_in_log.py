from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_sign_in")]
    operations = [sql_file(__file__, "0005_sign_in_log")]
