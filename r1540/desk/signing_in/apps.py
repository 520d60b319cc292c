from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin, on a site with doors."""

    default_site = "r1540.desk.signing_in.admin_site.DeskSite"
