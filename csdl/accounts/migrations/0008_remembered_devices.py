import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

from csdl.lib.migrating import sql_file


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_regulation")]

    operations = [
        migrations.AddField(
            model_name="signinrules",
            name="remember_days",
            field=models.PositiveSmallIntegerField(
                db_default=30, default=30, verbose_name="số ngày nhớ thiết bị ở bước xác thực thứ hai (0: không nhớ)"
            ),
        ),
        migrations.CreateModel(
            name="RememberedDevice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64, unique=True)),
                ("browser", models.CharField(max_length=60)),
                ("address", models.GenericIPAddressField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text="real time"),
                ),
                ("used_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="remembered_devices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["account", "expires_at"], name="remembered_device_by_account")],
            },
        ),
        sql_file(__file__, "0008_remembered_devices"),
    ]
