from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("orgs", "0003_rooms_and_makers")]
    operations = [sql_file(__file__, "0004_touch")]
