"""Users and groups."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from .guard import Guarded
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
class StaffAdmin(SuperusersOnly, WithReasons, WithHistory, Guarded, UserAdmin):
    @method_decorator(sensitive_post_parameters())
    def user_change_password(self, request, id, form_url=""):
        def view(carried):
            answer = super(StaffAdmin, self).user_change_password(request, id, form_url)
            if isinstance(answer, TemplateResponse):
                answer.context_data |= carried
            return answer

        return self.unless_stale(request, id, view, self.has_change_permission)


@admin.register(Group)
class RoleAdmin(SuperusersOnly, WithReasons, WithHistory, Guarded, GroupAdmin):
    fieldsets = [(None, {"fields": ["name", "permissions"]})]
