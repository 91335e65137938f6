from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("years", "0007_first_named"), ("access", "0008_inspection_ground")]
    operations = [sql_file(__file__, "0008_class_rights_follow")]
