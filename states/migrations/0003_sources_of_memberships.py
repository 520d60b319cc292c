"""Memberships have sources; published figures have three more measures."""

import django.db.models.deletion
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('states', '0002_history_and_publication_triggers'),
    ]

    operations = [
        migrations.AddField(
            model_name='membership',
            name='sources',
            field=models.ManyToManyField(blank=True, related_name='%(class)s_set', to='states.source'),
        ),
        migrations.AlterField(
            model_name='publishedfigure',
            name='measure',
            field=models.CharField(choices=[('first_reports_submitted', 'First reports submitted'), ('first_reports_outstanding', 'States with no first report recorded'), ('first_reports_outstanding_africa', 'States in Africa with no first report recorded'), ('first_reports_submitted_sub_saharan_africa', 'First reports submitted by States of sub-Saharan Africa'), ('additional_information_states', 'States that provided additional information'), ('reported_but_no_additional_information', 'States with a first report and no additional information'), ('naps_submitted', 'National implementation action plans submitted'), ('naps_submitted_since_2016', 'National implementation action plans submitted since 2016'), ('nap_states', 'States that submitted a national implementation action plan'), ('points_of_contact_states', 'States with a national point of contact'), ('points_of_contact_training_courses', 'Training courses for points of contact'), ('peer_reviews_held', 'Peer reviews held'), ('assistance_requests_open', 'Requests for assistance that are open'), ('assistance_requests_new_in_year', 'New requests for assistance in the year'), ('assistance_provider_states', 'States offering assistance'), ('assistance_provider_organizations', 'Organizations offering assistance'), ('matrix_average_measures_per_state', "Average number of measures in a State's matrix"), ('states_with_30_or_fewer_fields', 'States with 30 or fewer measures in their matrix'), ('formal_meetings_held', 'Formal meetings of the Committee'), ('outreach_activities_in_year', 'Outreach activities in the year')], max_length=60),
        ),
        migrations.AlterField(
            model_name='publishedfigureevent',
            name='measure',
            field=models.CharField(choices=[('first_reports_submitted', 'First reports submitted'), ('first_reports_outstanding', 'States with no first report recorded'), ('first_reports_outstanding_africa', 'States in Africa with no first report recorded'), ('first_reports_submitted_sub_saharan_africa', 'First reports submitted by States of sub-Saharan Africa'), ('additional_information_states', 'States that provided additional information'), ('reported_but_no_additional_information', 'States with a first report and no additional information'), ('naps_submitted', 'National implementation action plans submitted'), ('naps_submitted_since_2016', 'National implementation action plans submitted since 2016'), ('nap_states', 'States that submitted a national implementation action plan'), ('points_of_contact_states', 'States with a national point of contact'), ('points_of_contact_training_courses', 'Training courses for points of contact'), ('peer_reviews_held', 'Peer reviews held'), ('assistance_requests_open', 'Requests for assistance that are open'), ('assistance_requests_new_in_year', 'New requests for assistance in the year'), ('assistance_provider_states', 'States offering assistance'), ('assistance_provider_organizations', 'Organizations offering assistance'), ('matrix_average_measures_per_state', "Average number of measures in a State's matrix"), ('states_with_30_or_fewer_fields', 'States with 30 or fewer measures in their matrix'), ('formal_meetings_held', 'Formal meetings of the Committee'), ('outreach_activities_in_year', 'Outreach activities in the year')], max_length=60),
        ),
        migrations.CreateModel(
            name='MembershipSources',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
                'indexes': [],
                'constraints': [],
            },
            bases=('states.membership_sources',),
        ),
        migrations.CreateModel(
            name='MembershipSourcesEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_login', models.TextField(db_default=models.Func(output_field=models.TextField(), template='session_user'))),
                ('pgh_transaction', models.BigIntegerField(db_default=models.Func(output_field=models.BigIntegerField(), template='pg_current_xact_id()::text::bigint'))),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('pgh_context_id', models.UUIDField(null=True)),
                ('id', models.BigIntegerField()),
                ('membership', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='states.membership')),
                ('source', models.ForeignKey(db_constraint=False, db_tablespace='', on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='states.source')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='states.membershipsources')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipsources',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "states_membershipsourcesevent" ("id", "membership_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id") VALUES (NEW."id", NEW."membership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'insert\', NEW."id", NEW."source_id"); RETURN NULL;', hash='f780906b9d6fb23eb5c283f71abbf82ea1788924', operation='INSERT', pgid='pgtrigger_insert_insert_e4761', table='states_membership_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipsources',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "states_membershipsourcesevent" ("id", "membership_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id") VALUES (NEW."id", NEW."membership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."source_id"); RETURN NULL;', hash='c7ee1c5da67efe28972594a4fca4507acd6a8348', operation='UPDATE', pgid='pgtrigger_update_update_518a7', table='states_membership_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipsources',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "states_membershipsourcesevent" ("id", "membership_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source_id") VALUES (OLD."id", OLD."membership_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'delete\', OLD."id", OLD."source_id"); RETURN NULL;', hash='9055ba46612e5646b0c5b81560294f690ab426d4', operation='DELETE', pgid='pgtrigger_delete_delete_3ac46', table='states_membership_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipsources',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'A TRUNCATE would leave no history of the rows of %: delete them.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='734467346f2a363184e9822bf435975a8e41ac97', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_a7e65', table='states_membership_sources', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='membershipsourcesevent',
            trigger=pgtrigger.compiler.Trigger(name='sealed', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'The history is never changed: no % of %.', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';", hash='5d38e4ad6f8bb5aa5dbe25fcc0d085d65a62b168', level='STATEMENT', operation='UPDATE OR DELETE OR TRUNCATE', pgid='pgtrigger_sealed_8a914', table='states_membershipsourcesevent', when='BEFORE')),
        ),
    ]
