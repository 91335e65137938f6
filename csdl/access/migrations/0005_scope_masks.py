import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from csdl.lib.migrating import sql_file

KEY = ["grant", "reads", "writes", "valid_from", "valid_to"]


def scope_fields(*own):
    """The columns of a scope table."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("reads", models.IntegerField(db_default=0, help_text="areas read, as bits (accounts.permissions.Area)")),
        ("writes", models.IntegerField(db_default=0)),
        ("valid_from", models.DateField()),
        ("valid_to", models.DateField(null=True)),
        *own,
        (
            "account",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        (
            "grant",
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="access.grant"),
        ),
    ]


def unit():
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="orgs.orgunit")


def said_once(name, *own):
    return models.UniqueConstraint(fields=["account", *own, *KEY], name=name, nulls_distinct=False)


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_grant_life"),
        ("orgs", "0005_version_of_today"),
        ("staff", "0006_found_elsewhere"),
        ("codes", "0002_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # The policies name the tables: altered where they stand, not made anew.
        migrations.SeparateDatabaseAndState(
            database_operations=[sql_file(__file__, "0005_scope_masks")],
            state_operations=[
                migrations.DeleteModel("ScopeAll"),
                migrations.DeleteModel("ScopeUnit"),
                migrations.CreateModel(
                    name="ScopeAll",
                    fields=scope_fields(),
                    options={"abstract": False, "constraints": [said_once("a_scope_over_all_is_said_once")]},
                ),
                migrations.CreateModel(
                    name="ScopeUnit",
                    fields=scope_fields(("unit", unit())),
                    options={"abstract": False, "constraints": [said_once("a_scope_unit_is_said_once", "unit")]},
                ),
            ],
        ),
        migrations.CreateModel(
            name="ScopeLevel",
            fields=scope_fields(
                ("level_code", models.CharField(max_length=2)),
                ("grade_code", models.CharField(max_length=2)),
                ("unit", unit()),
            ),
            options={
                "abstract": False,
                "constraints": [said_once("a_scope_level_is_said_once", "unit", "level_code", "grade_code")],
            },
        ),
    ]
