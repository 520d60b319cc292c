"""The pages between password and admin: set up a second factor, show its code, and look after it later."""

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django_otp import login, verify_token
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from . import second_factor

KEY = "second_factor_key"  # in the session: the secret of an app until its first code was right
WRONG = "This is not the code of this moment. Wait for the next one and type it; check that the phone's clock is right."


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self):
        code = self.cleaned_data["code"].replace(" ", "").replace("-", "").lower()
        self.check(code)
        return code

    def check(self, code):
        """Check a code: digits are the app's, letters a recovery code. Each is good once; wrong ones make it wait."""
        kind = TOTPDevice if code.isdecimal() else StaticDevice
        device = kind.objects.devices_for_user(self.user, confirmed=True).first()
        if device is None:
            raise ValidationError(WRONG)
        allowed, why = device.verify_is_allowed()
        if not allowed:
            seconds = max(1, round((why["locked_until"] - timezone.now()).total_seconds()))
            wait = f"{seconds} seconds" if seconds < 120 else f"{seconds // 60 + 1} minutes"
            raise ValidationError(f"Too many wrong codes. Wait {wait}, then type a new one.")
        self.device = verify_token(self.user, device.persistent_id, code)
        if self.device is None:
            raise ValidationError(WRONG)


class FirstCodeForm(CodeForm):
    """The first code of an app that is not saved yet."""

    def __init__(self, device, *args, **kwargs):
        super().__init__(device.user, *args, **kwargs)
        self.device = device

    def check(self, code):
        if not second_factor.is_code_of(self.device, code):
            raise ValidationError(WRONG)


def ask(site, request):
    """Ask for the code of somebody who typed the right password."""
    if request.user.is_verified() or not second_factor.app_of(request.user):
        return onward(request)
    form = CodeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        let_in(request, form.device)
        return onward(request)
    return show_page(site, request, "code", "Second factor", form=form, next=asked_for(request))


def look_after(site, request):
    """Set a second factor up; of somebody who has one and showed it, make new recovery codes or remove it."""
    if request.user.is_verified():
        return renew_or_remove(site, request)
    if second_factor.app_of(request.user):
        return redirect("admin:second_factor_code")
    return set_up_app(site, request)


def set_up_app(site, request):
    """Show the key of a new app; when its first code is right, save it and show the recovery codes."""
    key = request.session.get(KEY) if request.method == "POST" else None
    if key is None:  # a new secret each time the page is opened: nobody else has seen it
        key = request.session[KEY] = random_hex(20)
    device = TOTPDevice(user=request.user, name="authenticator app", key=key)
    form = FirstCodeForm(device, request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.save_app(device)
        del request.session[KEY]
        let_in(request, device)
        return show_codes(site, request, codes)
    import segno  # here, for few ever see this page

    picture = segno.make(device.config_url, error="m", micro=False).svg_inline(scale=4, border=4, light="#fff")
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    spaced = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    must = second_factor.must_have(request.user)
    context = {"form": form, "picture": mark_safe(picture), "secret": spaced, "must": must, "next": asked_for(request)}
    return show_page(site, request, "set_up", "Set up a second factor", **context)


def renew_or_remove(site, request):
    """Make new recovery codes, or remove the second factor, for whoever types a code once more."""
    user = request.user
    form = CodeForm(user, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        left = second_factor.codes_left(user)
        return show_page(
            site, request, "manage", "Second factor", form=form, left=left, must=second_factor.must_have(user)
        )
    if "remove" in request.POST:
        second_factor.forget(user)
        second_factor.log_action(user, user, "Second factor removed by its owner.")
        return redirect("admin:second_factor")
    codes = second_factor.new_codes(user)
    second_factor.log_action(user, user, "New recovery codes.")
    return show_codes(site, request, codes)


def show_codes(site, request, codes):
    """Show the recovery codes, once: nothing but this answer holds them all, and no browser may keep it."""
    return show_page(site, request, "codes", "Recovery codes", codes=codes, next=asked_for(request))


def let_in(request, device):
    login(request, device)
    request.session.cycle_key()
    request.second_factor_missing = None  # this very request has passed


def asked_for(request) -> str:
    """Return the page of this site that somebody was on the way to, or nothing."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if here else ""


def onward(request):
    address = asked_for(request)
    return HttpResponseRedirect(address) if address else redirect("admin:index")


def sign_in(request, words, status, **context):
    """Return the sign-in page with words above its form."""
    context |= {"form": AdminAuthenticationForm(request), "title": "Sign in", "refused": words}
    context |= {**admin.site.each_context(request), "app_path": reverse("admin:login")}
    return TemplateResponse(request, "admin/login.html", context, status=status).render()


def show_page(site, request, name, title, **context):
    context = {**site.each_context(request), "title": title, **context}
    return TemplateResponse(request, f"admin/second_factor/{name}.html", context)
