from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("delegation", "0006_take_up"),
        ("staff", "0008_link_accounts"),
    ]
    operations = [sql_file(__file__, "0007_open_leavers")]
