from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("staff", "0007_days_worked")]
    operations = [sql_file(__file__, "0008_link_accounts")]
