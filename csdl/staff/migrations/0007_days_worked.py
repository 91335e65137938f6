from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("staff", "0006_found_elsewhere"), ("orgs", "0005_version_of_today")]
    operations = [sql_file(__file__, "0007_days_worked")]
