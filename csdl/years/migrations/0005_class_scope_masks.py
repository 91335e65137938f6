from django.db import migrations, models

from csdl.lib.migrating import sql_file

KEY = ["grant", "reads", "writes", "valid_from", "valid_to"]
REPEATED = {
    "reads": models.IntegerField(db_default=0, help_text="areas read, as bits (accounts.permissions.Area)"),
    "writes": models.IntegerField(db_default=0),
    "valid_from": models.DateField(),
    "valid_to": models.DateField(null=True),
}


class Migration(migrations.Migration):
    dependencies = [
        ("years", "0004_named_in_reach"),
        ("access", "0006_grant_holds"),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[sql_file(__file__, "0005_class_scope_masks")],
            state_operations=[
                migrations.RemoveConstraint("scopeclass", "a_scope_class_is_said_once"),
                *(migrations.AddField("scopeclass", name, field) for name, field in REPEATED.items()),
                migrations.AddConstraint(
                    "scopeclass",
                    models.UniqueConstraint(
                        fields=["account", "school_class", *KEY],
                        name="a_scope_class_is_said_once",
                        nulls_distinct=False,
                    ),
                ),
            ],
        ),
        sql_file(__file__, "0006_class_scopes"),
    ]
