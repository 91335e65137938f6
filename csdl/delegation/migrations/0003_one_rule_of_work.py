from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("delegation", "0002_life"), ("access", "0007_where_people_work")]
    operations = [sql_file(__file__, "0003_one_rule_of_work")]
