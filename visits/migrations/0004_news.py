"""Keep the time at which what the public reads of a fact last changed; until now, that of its publication."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('visits', '0003_kinds_of_events'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='event',
            name='steps',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visit',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='visit',
            name='steps',
        ),
        migrations.AddField(
            model_name='event',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='public content last changed at'),
        ),
        migrations.AddField(
            model_name='visit',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='public content last changed at'),
        ),
        migrations.RunSQL(
            [
                'UPDATE visits_event SET changed_at = published_at WHERE published',
                'UPDATE visits_visit SET changed_at = published_at WHERE published',
            ],
            migrations.RunSQL.noop,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='event',
            trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'UPDATE\' AND (NEW."certainty", NEW."note", NEW."state_id", NEW."kind", NEW."title", NEW."place", NEW."starts", NEW."ends", NEW."organizers", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."kind", OLD."title", OLD."place", OLD."starts", OLD."ends", OLD."organizers", OLD."link") THEN\n        NEW.checked := false;\n    END IF;\n    IF NOT NEW.published THEN\n        NEW.checked := NEW.checked AND (TG_OP = \'INSERT\' OR NOT OLD.published);\n        NEW.published_at := OLD.published_at;\n        NEW.changed_at := NULL;\n    ELSIF TG_OP = \'INSERT\' OR NOT OLD.published THEN\n        NEW.checked := true;\n        NEW.published_at := COALESCE(OLD.published_at, now());\n        NEW.changed_at := now();\n    ELSE\n        NEW.published_at := OLD.published_at;\n        IF (NEW."certainty", NEW."note", NEW."state_id", NEW."kind", NEW."title", NEW."place", NEW."starts", NEW."ends", NEW."organizers", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."kind", OLD."title", OLD."place", OLD."starts", OLD."ends", OLD."organizers", OLD."link") THEN\n            NEW.changed_at := now();\n        ELSIF NEW.changed_at IS DISTINCT FROM now() THEN\n            NEW.changed_at := OLD.changed_at;\n        END IF;\n    END IF;\n    RETURN NEW;\n', hash='7e485a55039dbfd9cd1b56443a90e7ab7486bb42', operation='INSERT OR UPDATE', pgid='pgtrigger_steps_37985', table='visits_event', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventorganizations',
            trigger=pgtrigger.compiler.Trigger(name='joined', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE "visits_event" SET changed_at = now()\n        WHERE id = COALESCE(NEW."event_id", OLD."event_id") AND published AND changed_at <> now();\n    RETURN NULL;\n', hash='4052ca69b238a4a49904eae1c72dc43548382e4c', operation='INSERT OR DELETE', pgid='pgtrigger_joined_b8d18', table='visits_event_organizations', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventsources',
            trigger=pgtrigger.compiler.Trigger(name='joined', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE "visits_event" SET changed_at = now()\n        WHERE id = COALESCE(NEW."event_id", OLD."event_id") AND published AND changed_at <> now()\n        AND EXISTS (SELECT 1 FROM "states_source" AS joined WHERE joined.id = COALESCE(NEW."source_id", OLD."source_id")\n                    AND joined.published);\n    RETURN NULL;\n', hash='84450f564a3b9da7142c6845845a6516aa97db01', operation='INSERT OR DELETE', pgid='pgtrigger_joined_ee7ce', table='visits_event_sources', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."cancelled" IS DISTINCT FROM (NEW."cancelled") OR OLD."certainty" IS DISTINCT FROM (NEW."certainty") OR OLD."checked" IS DISTINCT FROM (NEW."checked") OR OLD."ends" IS DISTINCT FROM (NEW."ends") OR OLD."follow_up" IS DISTINCT FROM (NEW."follow_up") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."internal_note" IS DISTINCT FROM (NEW."internal_note") OR OLD."invited" IS DISTINCT FROM (NEW."invited") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."link" IS DISTINCT FROM (NEW."link") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."postponed" IS DISTINCT FROM (NEW."postponed") OR OLD."programme" IS DISTINCT FROM (NEW."programme") OR OLD."published" IS DISTINCT FROM (NEW."published") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."purpose" IS DISTINCT FROM (NEW."purpose") OR OLD."reference" IS DISTINCT FROM (NEW."reference") OR OLD."starts" IS DISTINCT FROM (NEW."starts") OR OLD."state_id" IS DISTINCT FROM (NEW."state_id") OR OLD."stated_order" IS DISTINCT FROM (NEW."stated_order") OR OLD."took_part" IS DISTINCT FROM (NEW."took_part"))', func='INSERT INTO "visits_visitevent" ("cancelled", "certainty", "checked", "ends", "follow_up", "id", "internal_note", "invited", "kind", "link", "note", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postponed", "programme", "published", "published_at", "purpose", "reference", "starts", "state_id", "stated_order", "took_part") VALUES (NEW."cancelled", NEW."certainty", NEW."checked", NEW."ends", NEW."follow_up", NEW."id", NEW."internal_note", NEW."invited", NEW."kind", NEW."link", NEW."note", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, clock_timestamp(), \'update\', NEW."id", NEW."postponed", NEW."programme", NEW."published", NEW."published_at", NEW."purpose", NEW."reference", NEW."starts", NEW."state_id", NEW."stated_order", NEW."took_part"); RETURN NULL;', hash='95a33f4a11ef4a584b4966a18d10759c302042d1', operation='UPDATE', pgid='pgtrigger_update_update_41cf1', table='visits_visit', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visit',
            trigger=pgtrigger.compiler.Trigger(name='steps', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    IF TG_OP = \'UPDATE\' AND (NEW."certainty", NEW."note", NEW."state_id", NEW."kind", NEW."invited", NEW."starts", NEW."ends", NEW."postponed", NEW."cancelled", NEW."stated_order", NEW."purpose", NEW."programme", NEW."took_part", NEW."follow_up", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."kind", OLD."invited", OLD."starts", OLD."ends", OLD."postponed", OLD."cancelled", OLD."stated_order", OLD."purpose", OLD."programme", OLD."took_part", OLD."follow_up", OLD."link") THEN\n        NEW.checked := false;\n    END IF;\n    IF NOT NEW.published THEN\n        NEW.checked := NEW.checked AND (TG_OP = \'INSERT\' OR NOT OLD.published);\n        NEW.published_at := OLD.published_at;\n        NEW.changed_at := NULL;\n    ELSIF TG_OP = \'INSERT\' OR NOT OLD.published THEN\n        NEW.checked := true;\n        NEW.published_at := COALESCE(OLD.published_at, now());\n        NEW.changed_at := now();\n    ELSE\n        NEW.published_at := OLD.published_at;\n        IF (NEW."certainty", NEW."note", NEW."state_id", NEW."kind", NEW."invited", NEW."starts", NEW."ends", NEW."postponed", NEW."cancelled", NEW."stated_order", NEW."purpose", NEW."programme", NEW."took_part", NEW."follow_up", NEW."link") IS DISTINCT FROM (OLD."certainty", OLD."note", OLD."state_id", OLD."kind", OLD."invited", OLD."starts", OLD."ends", OLD."postponed", OLD."cancelled", OLD."stated_order", OLD."purpose", OLD."programme", OLD."took_part", OLD."follow_up", OLD."link") THEN\n            NEW.changed_at := now();\n        ELSIF NEW.changed_at IS DISTINCT FROM now() THEN\n            NEW.changed_at := OLD.changed_at;\n        END IF;\n    END IF;\n    RETURN NEW;\n', hash='ec7f7a66ef7becb45f7baafaf2c7e6869c4fa72e', operation='INSERT OR UPDATE', pgid='pgtrigger_steps_fcd76', table='visits_visit', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitorganizations',
            trigger=pgtrigger.compiler.Trigger(name='joined', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE "visits_visit" SET changed_at = now()\n        WHERE id = COALESCE(NEW."visit_id", OLD."visit_id") AND published AND changed_at <> now();\n    RETURN NULL;\n', hash='0ea38c23d7fd76a55d79f54dd1b3e57f3fcb5093', operation='INSERT OR DELETE', pgid='pgtrigger_joined_f65d0', table='visits_visit_organizations', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='visitsources',
            trigger=pgtrigger.compiler.Trigger(name='joined', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n    UPDATE "visits_visit" SET changed_at = now()\n        WHERE id = COALESCE(NEW."visit_id", OLD."visit_id") AND published AND changed_at <> now()\n        AND EXISTS (SELECT 1 FROM "states_source" AS joined WHERE joined.id = COALESCE(NEW."source_id", OLD."source_id")\n                    AND joined.published);\n    RETURN NULL;\n', hash='7c2d819f60a88879c1890abbc7402a69a2d3e1b5', operation='INSERT OR DELETE', pgid='pgtrigger_joined_0b506', table='visits_visit_sources', when='AFTER')),
        ),
    ]
