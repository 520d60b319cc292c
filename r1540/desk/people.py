"""Users and groups."""

import django_otp.plugins.otp_static.admin
import django_otp.plugins.otp_totp.admin  # noqa: F401  registered before they are taken away below
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from r1540.desk.signing_in import second_factor

from .guard import Guarded
from .history_page import WithHistory
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

    def lookup_allowed(self, lookup, value, request):
        """Refuse what leads through pghistory's view of all events, which stands for no table."""
        return not lookup.startswith("middlewareevents") and super().lookup_allowed(lookup, value, request)


class WhyForm(forms.Form):
    reason = forms.CharField(max_length=200, help_text="For example: phone lost, asked in person on 3 May.")


# Nobody, a superuser either, may read the secrets of somebody's second factor.
admin.site.unregister([User, Group, TOTPDevice, StaticDevice])


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

    def get_urls(self):
        view = self.admin_site.admin_view(self.remove_second_factor)
        return [path("<id>/second-factor/", view, name="auth_user_second_factor"), *super().get_urls()]

    def remove_second_factor(self, request, id):
        """Let somebody whose device is lost set up another one; who did so and why stands in the log of actions."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        person = self.get_object(request, unquote(id))
        if person is None:
            raise Http404("There is no such user.")
        form = WhyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            second_factor.forget(person)
            second_factor.log_action(request.user, person, f"Second factor removed: {form.cleaned_data['reason']}")
            messages.success(request, f"The second factor of {person} is removed.")
            return redirect("admin:auth_user_change", person.pk)
        context = {**self.admin_site.each_context(request), "title": f"Remove the second factor of {person}"}
        context |= {"form": form, "person": person, "has_one": second_factor.app_of(person) is not None}
        return TemplateResponse(request, "admin/second_factor/remove.html", context)


@admin.register(Group)
class RoleAdmin(SuperusersOnly, WithReasons, WithHistory, Guarded, GroupAdmin):
    fieldsets = [(None, {"fields": ["name", "permissions"]})]
