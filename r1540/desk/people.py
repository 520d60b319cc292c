"""Users and groups."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User

from .history import WithHistory
from .reasons import WithReasons


class SuperusersOnly:
    """Whoever may edit users and groups may make themselves anything: superusers only, even to look."""

    def has_module_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_add_permission(self, request):
        return self.has_module_permission(request)

    def has_change_permission(self, request, obj=None):
        return self.has_module_permission(request)

    def has_delete_permission(self, request, obj=None):
        return self.has_module_permission(request)


admin.site.unregister([User, Group])


@admin.register(User)
class StaffAdmin(SuperusersOnly, WithReasons, WithHistory, UserAdmin):
    pass


@admin.register(Group)
class RoleAdmin(SuperusersOnly, WithReasons, WithHistory, GroupAdmin):
    pass
