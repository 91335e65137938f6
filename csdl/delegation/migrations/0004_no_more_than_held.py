from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("delegation", "0003_one_rule_of_work")]
    operations = [sql_file(__file__, "0004_no_more_than_held")]
