from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("orgs", "0004_touch")]
    operations = [sql_file(__file__, "0005_version_of_today")]
