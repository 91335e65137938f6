from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("access", "0006_grant_holds"), ("staff", "0007_days_worked")]
    operations = [sql_file(__file__, "0007_where_people_work")]
