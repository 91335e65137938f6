import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("students", "0007_student_by_birth_date"),
    ]

    operations = [
        migrations.CreateModel(
            name="StudentPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=models.Func(function="gen_random_uuid"),
                        default=uuid.uuid4,
                        editable=False,
                        unique=True,
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("birth", "Giấy khai sinh"),
                            ("residence", "Giấy tờ cư trú"),
                            ("transcript", "Học bạ"),
                            ("transfer", "Giấy tờ chuyển trường"),
                            ("policy", "Giấy tờ diện chính sách, ưu tiên"),
                            ("disability", "Giấy xác nhận khuyết tật"),
                            ("health", "Giấy khám sức khỏe"),
                            ("certificate", "Bằng, giấy chứng nhận"),
                            ("other", "Giấy tờ khác"),
                        ],
                        max_length=12,
                        verbose_name="loại giấy tờ",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="nội dung")),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveIntegerField()),
                (
                    "media_type",
                    models.CharField(
                        choices=[("application/pdf", "PDF"), ("image/jpeg", "JPEG"), ("image/png", "PNG")],
                        max_length=20,
                    ),
                ),
                ("page_count", models.PositiveIntegerField(verbose_name="số trang")),
                (
                    "filed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("created_by", models.BigIntegerField(null=True)),
                ("withdrawn_on", models.DateField(null=True, verbose_name="rút khỏi hồ sơ từ ngày")),
                (
                    "withdrawn_reason",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="lý do rút"),
                ),
                (
                    "student",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="papers", to="students.student"
                    ),
                ),
            ],
            options={
                "verbose_name": "giấy tờ của học sinh",
            },
        ),
        migrations.CreateModel(
            name="StudentPaperEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.BigIntegerField()),
                (
                    "public_id",
                    models.UUIDField(
                        db_default=models.Func(function="gen_random_uuid"), default=uuid.uuid4, editable=False
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("birth", "Giấy khai sinh"),
                            ("residence", "Giấy tờ cư trú"),
                            ("transcript", "Học bạ"),
                            ("transfer", "Giấy tờ chuyển trường"),
                            ("policy", "Giấy tờ diện chính sách, ưu tiên"),
                            ("disability", "Giấy xác nhận khuyết tật"),
                            ("health", "Giấy khám sức khỏe"),
                            ("certificate", "Bằng, giấy chứng nhận"),
                            ("other", "Giấy tờ khác"),
                        ],
                        max_length=12,
                        verbose_name="loại giấy tờ",
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="nội dung")),
                ("sha256", models.CharField(max_length=64)),
                ("size_bytes", models.PositiveIntegerField()),
                (
                    "media_type",
                    models.CharField(
                        choices=[("application/pdf", "PDF"), ("image/jpeg", "JPEG"), ("image/png", "PNG")],
                        max_length=20,
                    ),
                ),
                ("page_count", models.PositiveIntegerField(verbose_name="số trang")),
                (
                    "filed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("created_by", models.BigIntegerField(null=True)),
                ("withdrawn_on", models.DateField(null=True, verbose_name="rút khỏi hồ sơ từ ngày")),
                (
                    "withdrawn_reason",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="lý do rút"),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="students.studentpaper",
                    ),
                ),
                (
                    "student",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="students.student",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="studentpaper",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_on__isnull", True)),
                fields=("student", "sha256"),
                name="a_pupils_file_holds_a_scan_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="studentpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="a_scan_is_known_by_its_sha256"
            ),
        ),
        migrations.AddConstraint(
            model_name="studentpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_on__isnull", True), models.Q(("withdrawn_reason", ""), _negated=True), _connector="OR"
                ),
                name="a_withdrawn_scan_says_why",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="studentpaper",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "students_studentpaperevent" ("changed_at", "created_by", "filed_at", "id", "kind", "media_type", "page_count", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "sha256", "size_bytes", "student_id", "title", "withdrawn_on", "withdrawn_reason") SELECT old_values."changed_at", old_values."created_by", old_values."filed_at", old_values."id", old_values."kind", old_values."media_type", old_values."page_count", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, now(), \'update\', old_values."id", old_values."public_id", old_values."sha256", old_values."size_bytes", old_values."student_id", old_values."title", old_values."withdrawn_on", old_values."withdrawn_reason" FROM ( SELECT old_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values.* IS DISTINCT FROM new_values.*) ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="fbd397edfd347bc1788d52df4afecd9fe89356e7",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_740dc",
                    referencing="REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ",
                    table="students_studentpaper",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="studentpaper",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "students_studentpaperevent" ("changed_at", "created_by", "filed_at", "id", "kind", "media_type", "page_count", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "sha256", "size_bytes", "student_id", "title", "withdrawn_on", "withdrawn_reason") SELECT old_values."changed_at", old_values."created_by", old_values."filed_at", old_values."id", old_values."kind", old_values."media_type", old_values."page_count", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, now(), \'delete\', old_values."id", old_values."public_id", old_values."sha256", old_values."size_bytes", old_values."student_id", old_values."title", old_values."withdrawn_on", old_values."withdrawn_reason" FROM ( SELECT old_values.* FROM old_values  ) AS old_values, _pgh_attached_context; RETURN NULL;',
                    hash="35a3d612378bc80a775fcc966ee1aef030451b84",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_21ccf",
                    referencing="REFERENCING OLD TABLE AS old_values ",
                    table="students_studentpaper",
                    when="AFTER",
                ),
            ),
        ),
    ]
