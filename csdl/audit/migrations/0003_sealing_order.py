from django.db import migrations

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    """The columns of the seal leave the model: they are the sealer's, and no insert of ours names them."""

    dependencies = [("audit", "0002_seal")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[sql_file(__file__, "0003_sealing_order")],
            state_operations=[
                migrations.RemoveIndex(model_name="event", name="event_unsealed"),
                migrations.RemoveField(model_name="event", name="sealed_hash"),
            ],
        )
    ]
