from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class R1540Config(AppConfig):
    name = "r1540"

    def ready(self):
        from r1540 import history
        from r1540.door import health, views

        # The public door is taken down while tables change, and made again after.
        pre_migrate.connect(views.remove_views, sender=self)
        post_migrate.connect(views.make_views, sender=self)
        post_migrate.connect(history.seal, sender=self)
        connection_created.connect(health.refuse_earlier_standby)
