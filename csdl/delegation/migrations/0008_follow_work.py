from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("delegation", "0007_open_leavers"), ("years", "0008_class_rights_follow")]
    operations = [sql_file(__file__, "0008_follow_work")]
