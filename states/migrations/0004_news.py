"""Keep the time at which what the public reads of a fact last changed; until now, that of its publication."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('states', '0003_sources_of_memberships'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='actionplan',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='actionplan',
            name='steps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='publishedfigure',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='publishedfigure',
            name='steps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='report',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='report',
            name='steps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='resolution',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='resolution',
            name='steps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='source',
            name='steps',
        ),
        migrations.AddField(
            model_name='actionplan',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='public content last changed at'),
        ),
        migrations.AddField(
            model_name='publishedfigure',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='public content last changed at'),
        ),
        migrations.AddField(
            model_name='report',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='public content last changed at'),
        ),
        migrations.AddField(
            model_name='resolution',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='public content last changed at'),
        ),
        migrations.AddField(
            model_name='source',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='public content last changed at'),
        ),
        migrations.RunSQL(
            [
                'UPDATE states_actionplan SET changed_at = published_at WHERE published',
                'UPDATE states_publishedfigure SET changed_at = published_at WHERE published',
                'UPDATE states_report SET changed_at = published_at WHERE published',
                'UPDATE states_resolution SET changed_at = published_at WHERE published',
                'UPDATE states_source SET changed_at = published_at WHERE published',
            ],
            migrations.RunSQL.noop,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionplan',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."adopted" IS DISTINCT FROM (NEW."adopted") OR OLD."announced" IS DISTINCT FROM (NEW."announced") OR OLD."certainty" IS DISTINCT FROM (NEW."certainty") OR OLD."checked" IS DISTINCT FROM (NEW."checked") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."in_preparation" IS DISTINCT FROM (NEW."in_preparation") OR OLD."internal_note" IS DISTINCT FROM (NEW."internal_note") OR OLD."link" IS DISTINCT FROM (NEW."link") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."period_ends" IS DISTINCT FROM (NEW."period_ends") OR OLD."period_starts" IS DISTINCT FROM (NEW."period_starts") OR OLD."published" IS DISTINCT FROM (NEW."published") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."state_id" IS DISTINCT FROM (NEW."state_id") OR OLD."submitted" IS DISTINCT FROM (NEW."submitted") OR OLD."supersedes_id" IS DISTINCT FROM (NEW."supersedes_id"))', func='INSERT INTO "states_actionplanevent" ("adopted", "announced", "certainty", "checked", "id", "in_preparation", "internal_note", "link", "note", "number", "period_ends", "period_starts", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_at", "reference", "state_id", "submitted", "supersedes_id") VALUES (NEW."adopted", NEW."announced", NEW."certainty", NEW."checked", NEW."id", NEW."in_preparation", NEW."internal_note", NEW."link", NEW."note", NEW."number", NEW."period_ends", NEW."period_starts", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."published", NEW."published_at", NEW."reference", NEW."state_id", NEW."submitted", NEW."supersedes_id"); RETURN NULL;', hash='33197e5c1b49e7823b65311b770eebd219d52d8d', operation='UPDATE', pgid='pgtrigger_update_update_3a3ea', table='states_actionplan', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionplan',
            trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'UPDATE\' AND (NEW."certainty", NEW."note", NEW."state_id", NEW."number", NEW."supersedes_id", NEW."announced", NEW."in_preparation", NEW."adopted", NEW."submitted", NEW."period_starts", NEW."period_ends", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."number", OLD."supersedes_id", OLD."announced", OLD."in_preparation", OLD."adopted", OLD."submitted", OLD."period_starts", OLD."period_ends", OLD."link") THEN\n        NEW.checked := false;\n    END IF;\n    IF NOT NEW.published THEN\n        NEW.checked := NEW.checked AND (TG_OP = \'INSERT\' OR NOT OLD.published);\n        NEW.published_at := OLD.published_at;\n        NEW.changed_at := NULL;\n    ELSIF TG_OP = \'INSERT\' OR NOT OLD.published THEN\n        NEW.checked := true;\n        NEW.published_at := COALESCE(OLD.published_at, now());\n        NEW.changed_at := now();\n    ELSE\n        NEW.published_at := OLD.published_at;\n        IF (NEW."certainty", NEW."note", NEW."state_id", NEW."number", NEW."supersedes_id", NEW."announced", NEW."in_preparation", NEW."adopted", NEW."submitted", NEW."period_starts", NEW."period_ends", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."number", OLD."supersedes_id", OLD."announced", OLD."in_preparation", OLD."adopted", OLD."submitted", OLD."period_starts", OLD."period_ends", OLD."link") THEN\n            NEW.changed_at := now();\n        ELSIF NEW.changed_at IS DISTINCT FROM now() THEN\n            NEW.changed_at := OLD.changed_at;\n        END IF;\n    END IF;\n    RETURN NEW;\n', hash='7f13b892536911e4cd8a4c119b1595a4f9a1ab8d', operation='INSERT OR UPDATE', pgid='pgtrigger_steps_01cb6', table='states_actionplan', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='actionplansources',
            trigger=pgtrigger.compiler.Trigger(name='joined', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE "states_actionplan" SET changed_at = now()\n        WHERE id = COALESCE(NEW."actionplan_id", OLD."actionplan_id") AND published AND changed_at <> now()\n        AND EXISTS (SELECT 1 FROM "states_source" AS joined WHERE joined.id = COALESCE(NEW."source_id", OLD."source_id")\n                    AND joined.published);\n    RETURN NULL;\n', hash='e2ea1cbc3f078b2e2f75d11f0feb23e43edd9806', operation='INSERT OR DELETE', pgid='pgtrigger_joined_1f13d', table='states_actionplan_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedfigure',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."as_at" IS DISTINCT FROM (NEW."as_at") OR OLD."certainty" IS DISTINCT FROM (NEW."certainty") OR OLD."checked" IS DISTINCT FROM (NEW."checked") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."internal_note" IS DISTINCT FROM (NEW."internal_note") OR OLD."measure" IS DISTINCT FROM (NEW."measure") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."published" IS DISTINCT FROM (NEW."published") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."qualifier" IS DISTINCT FROM (NEW."qualifier") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."value" IS DISTINCT FROM (NEW."value"))', func='INSERT INTO "states_publishedfigureevent" ("as_at", "certainty", "checked", "id", "internal_note", "measure", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_at", "qualifier", "reference", "value") VALUES (NEW."as_at", NEW."certainty", NEW."checked", NEW."id", NEW."internal_note", NEW."measure", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."published", NEW."published_at", NEW."qualifier", NEW."reference", NEW."value"); RETURN NULL;', hash='da71773fb80473bc9269b1cc8988e40ecf3df215', operation='UPDATE', pgid='pgtrigger_update_update_88520', table='states_publishedfigure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedfigure',
            trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'UPDATE\' AND (NEW."certainty", NEW."note", NEW."measure", NEW."as_at", NEW."value", NEW."qualifier") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."measure", OLD."as_at", OLD."value", OLD."qualifier") THEN\n        NEW.checked := false;\n    END IF;\n    IF NOT NEW.published THEN\n        NEW.checked := NEW.checked AND (TG_OP = \'INSERT\' OR NOT OLD.published);\n        NEW.published_at := OLD.published_at;\n        NEW.changed_at := NULL;\n    ELSIF TG_OP = \'INSERT\' OR NOT OLD.published THEN\n        NEW.checked := true;\n        NEW.published_at := COALESCE(OLD.published_at, now());\n        NEW.changed_at := now();\n    ELSE\n        NEW.published_at := OLD.published_at;\n        IF (NEW."certainty", NEW."note", NEW."measure", NEW."as_at", NEW."value", NEW."qualifier") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."measure", OLD."as_at", OLD."value", OLD."qualifier") THEN\n            NEW.changed_at := now();\n        ELSIF NEW.changed_at IS DISTINCT FROM now() THEN\n            NEW.changed_at := OLD.changed_at;\n        END IF;\n    END IF;\n    RETURN NEW;\n', hash='fba9a7b5d0b17a82ef574e15c816cf01aa3809ef', operation='INSERT OR UPDATE', pgid='pgtrigger_steps_1e859', table='states_publishedfigure', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='publishedfiguresources',
            trigger=pgtrigger.compiler.Trigger(name='joined', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE "states_publishedfigure" SET changed_at = now()\n        WHERE id = COALESCE(NEW."publishedfigure_id", OLD."publishedfigure_id") AND published AND changed_at <> now()\n        AND EXISTS (SELECT 1 FROM "states_source" AS joined WHERE joined.id = COALESCE(NEW."source_id", OLD."source_id")\n                    AND joined.published);\n    RETURN NULL;\n', hash='749d8587ceb1d1477cbf98f89dc0c0dc744f9abf', operation='INSERT OR DELETE', pgid='pgtrigger_joined_22293', table='states_publishedfigure_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='report',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."certainty" IS DISTINCT FROM (NEW."certainty") OR OLD."checked" IS DISTINCT FROM (NEW."checked") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."internal_note" IS DISTINCT FROM (NEW."internal_note") OR OLD."issued" IS DISTINCT FROM (NEW."issued") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."link" IS DISTINCT FROM (NEW."link") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."published" IS DISTINCT FROM (NEW."published") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."received" IS DISTINCT FROM (NEW."received") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."state_id" IS DISTINCT FROM (NEW."state_id") OR OLD."submitted" IS DISTINCT FROM (NEW."submitted") OR OLD."symbol" IS DISTINCT FROM (NEW."symbol") OR OLD."symbol_assigned" IS DISTINCT FROM (NEW."symbol_assigned"))', func='INSERT INTO "states_reportevent" ("certainty", "checked", "id", "internal_note", "issued", "kind", "language", "link", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_at", "received", "reference", "state_id", "submitted", "symbol", "symbol_assigned") VALUES (NEW."certainty", NEW."checked", NEW."id", NEW."internal_note", NEW."issued", NEW."kind", NEW."language", NEW."link", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."published", NEW."published_at", NEW."received", NEW."reference", NEW."state_id", NEW."submitted", NEW."symbol", NEW."symbol_assigned"); RETURN NULL;', hash='b5d6238eea2600ee91fe307c0a084aa0adacaaff', operation='UPDATE', pgid='pgtrigger_update_update_34267', table='states_report', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='report',
            trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'UPDATE\' AND (NEW."certainty", NEW."note", NEW."state_id", NEW."kind", NEW."submitted", NEW."symbol", NEW."received", NEW."symbol_assigned", NEW."issued", NEW."language", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."kind", OLD."submitted", OLD."symbol", OLD."received", OLD."symbol_assigned", OLD."issued", OLD."language", OLD."link") THEN\n        NEW.checked := false;\n    END IF;\n    IF NOT NEW.published THEN\n        NEW.checked := NEW.checked AND (TG_OP = \'INSERT\' OR NOT OLD.published);\n        NEW.published_at := OLD.published_at;\n        NEW.changed_at := NULL;\n    ELSIF TG_OP = \'INSERT\' OR NOT OLD.published THEN\n        NEW.checked := true;\n        NEW.published_at := COALESCE(OLD.published_at, now());\n        NEW.changed_at := now();\n    ELSE\n        NEW.published_at := OLD.published_at;\n        IF (NEW."certainty", NEW."note", NEW."state_id", NEW."kind", NEW."submitted", NEW."symbol", NEW."received", NEW."symbol_assigned", NEW."issued", NEW."language", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."kind", OLD."submitted", OLD."symbol", OLD."received", OLD."symbol_assigned", OLD."issued", OLD."language", OLD."link") THEN\n            NEW.changed_at := now();\n        ELSIF NEW.changed_at IS DISTINCT FROM now() THEN\n            NEW.changed_at := OLD.changed_at;\n        END IF;\n    END IF;\n    RETURN NEW;\n', hash='d78eb2d3a88e9ce1760a7f1c9997bf5ea3457593', operation='INSERT OR UPDATE', pgid='pgtrigger_steps_e8abd', table='states_report', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='reportsources',
            trigger=pgtrigger.compiler.Trigger(name='joined', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE "states_report" SET changed_at = now()\n        WHERE id = COALESCE(NEW."report_id", OLD."report_id") AND published AND changed_at <> now()\n        AND EXISTS (SELECT 1 FROM "states_source" AS joined WHERE joined.id = COALESCE(NEW."source_id", OLD."source_id")\n                    AND joined.published);\n    RETURN NULL;\n', hash='bb2f4ab5e56258bae8b9dbb17b6a1da5c098ec6c', operation='INSERT OR DELETE', pgid='pgtrigger_joined_510bd', table='states_report_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='resolution',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."adopted_on" IS DISTINCT FROM (NEW."adopted_on") OR OLD."certainty" IS DISTINCT FROM (NEW."certainty") OR OLD."checked" IS DISTINCT FROM (NEW."checked") OR OLD."effect" IS DISTINCT FROM (NEW."effect") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."internal_note" IS DISTINCT FROM (NEW."internal_note") OR OLD."mandate_until" IS DISTINCT FROM (NEW."mandate_until") OR OLD."meeting" IS DISTINCT FROM (NEW."meeting") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."published" IS DISTINCT FROM (NEW."published") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."symbol" IS DISTINCT FROM (NEW."symbol"))', func='INSERT INTO "states_resolutionevent" ("adopted_on", "certainty", "checked", "effect", "id", "internal_note", "mandate_until", "meeting", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "published", "published_at", "reference", "symbol") VALUES (NEW."adopted_on", NEW."certainty", NEW."checked", NEW."effect", NEW."id", NEW."internal_note", NEW."mandate_until", NEW."meeting", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."published", NEW."published_at", NEW."reference", NEW."symbol"); RETURN NULL;', hash='093470ee7dc66019fe02f7a99df1d15a695e5fd6', operation='UPDATE', pgid='pgtrigger_update_update_2ea13', table='states_resolution', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='resolution',
            trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'UPDATE\' AND (NEW."certainty", NEW."note", NEW."symbol", NEW."adopted_on", NEW."meeting", NEW."effect", NEW."mandate_until") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."symbol", OLD."adopted_on", OLD."meeting", OLD."effect", OLD."mandate_until") THEN\n        NEW.checked := false;\n    END IF;\n    IF NOT NEW.published THEN\n        NEW.checked := NEW.checked AND (TG_OP = \'INSERT\' OR NOT OLD.published);\n        NEW.published_at := OLD.published_at;\n        NEW.changed_at := NULL;\n    ELSIF TG_OP = \'INSERT\' OR NOT OLD.published THEN\n        NEW.checked := true;\n        NEW.published_at := COALESCE(OLD.published_at, now());\n        NEW.changed_at := now();\n    ELSE\n        NEW.published_at := OLD.published_at;\n        IF (NEW."certainty", NEW."note", NEW."symbol", NEW."adopted_on", NEW."meeting", NEW."effect", NEW."mandate_until") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."symbol", OLD."adopted_on", OLD."meeting", OLD."effect", OLD."mandate_until") THEN\n            NEW.changed_at := now();\n        ELSIF NEW.changed_at IS DISTINCT FROM now() THEN\n            NEW.changed_at := OLD.changed_at;\n        END IF;\n    END IF;\n    RETURN NEW;\n', hash='fae2ce23f6d2b756b6b581239b6b013531190a1c', operation='INSERT OR UPDATE', pgid='pgtrigger_steps_58b54', table='states_resolution', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='resolutionsources',
            trigger=pgtrigger.compiler.Trigger(name='joined', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE "states_resolution" SET changed_at = now()\n        WHERE id = COALESCE(NEW."resolution_id", OLD."resolution_id") AND published AND changed_at <> now()\n        AND EXISTS (SELECT 1 FROM "states_source" AS joined WHERE joined.id = COALESCE(NEW."source_id", OLD."source_id")\n                    AND joined.published);\n    RETURN NULL;\n', hash='20abddbca981badc4cc1d649f062d61019c40d3d', operation='INSERT OR DELETE', pgid='pgtrigger_joined_ce96e', table='states_resolution_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='source',
            trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'UPDATE\' AND (NEW."title", NEW."publisher", NEW."dated", NEW."link", NEW."kind", NEW."note") IS DISTINCT FROM (OLD."title", OLD."publisher", OLD."dated", OLD."link", OLD."kind", OLD."note") THEN\n        NEW.checked := false;\n    END IF;\n    IF NOT NEW.published THEN\n        NEW.checked := NEW.checked AND (TG_OP = \'INSERT\' OR NOT OLD.published);\n        NEW.published_at := OLD.published_at;\n        NEW.changed_at := NULL;\n    ELSIF TG_OP = \'INSERT\' OR NOT OLD.published THEN\n        NEW.checked := true;\n        NEW.published_at := COALESCE(OLD.published_at, now());\n        NEW.changed_at := now();\n    ELSE\n        NEW.published_at := OLD.published_at;\n        IF (NEW."title", NEW."publisher", NEW."dated", NEW."link", NEW."kind", NEW."note") IS DISTINCT FROM (OLD."title", OLD."publisher", OLD."dated", OLD."link", OLD."kind", OLD."note") THEN\n            NEW.changed_at := now();\n        ELSIF NEW.changed_at IS DISTINCT FROM now() THEN\n            NEW.changed_at := OLD.changed_at;\n        END IF;\n    END IF;\n    RETURN NEW;\n', hash='3f44048c73b897a6208603a9a9c474fc936a3d77', operation='INSERT OR UPDATE', pgid='pgtrigger_steps_2f80c', table='states_source', when='BEFORE')),
        ),
    ]
