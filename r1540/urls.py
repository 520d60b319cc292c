"""The whole URL map: public pages, each made inside the public door, and the staff's admin."""

from django.contrib import admin
from django.urls import path

from r1540 import door, errors
from r1540.desk import saved
from r1540.interchange import desk_files, desk_imports
from r1540.pages import site
from r1540.pages.between_days.page import Changes
from r1540.pages.figures.over_time import OverTime
from r1540.pages.figures.pages import FigurePage, Figures
from r1540.pages.groups import GroupList, GroupPage, OrganizationPage
from r1540.pages.states.list import StateList
from states.views import OrganizationList, PlanList, PlanPage, ReportList, SourceList
from visits.views import EventList, VisitList, VisitPage


def open_to_all(route, view, name):
    return path(route, door.public_page(view), name=name)


def staff(route, view, name, **kwargs):
    return path(f"admin/files/{route}", admin.site.admin_view(view), kwargs, name=name)


def saved_filter(route, view, name):
    return path(f"admin/saved-filters/{route}", admin.site.admin_view(view), name=name)


urlpatterns = [
    open_to_all("", site.Home.as_view(), "home"),
    open_to_all("states/", StateList.as_view(), "states"),
    open_to_all("states/<str:iso3>/", site.StatePage.as_view(), "state"),
    open_to_all("reports/", ReportList.as_view(), "reports"),
    open_to_all("visits/", VisitList.as_view(), "visits"),
    open_to_all("visits/<str:reference>/", VisitPage.as_view(), "visit"),
    open_to_all("plans/", PlanList.as_view(), "plans"),
    open_to_all("plans/<str:reference>/", PlanPage.as_view(), "plan"),
    open_to_all("events/", EventList.as_view(), "events"),
    open_to_all("organizations/", OrganizationList.as_view(), "organizations"),
    open_to_all("organizations/<str:acronym>/", OrganizationPage.as_view(), "organization"),
    open_to_all("figures/changes/", Changes.as_view(), "changes"),
    open_to_all("groups/", GroupList.as_view(), "groups"),
    open_to_all("groups/<str:slug>/", GroupPage.as_view(), "group"),
    open_to_all("sources/", SourceList.as_view(), "sources"),
    open_to_all("figures/", Figures.as_view(), "figures"),
    open_to_all("figures/history/", OverTime.as_view(), "over-time"),
    open_to_all("figures/<str:slug>/", FigurePage.as_view(), "figure"),
    open_to_all("search/", site.Search.as_view(), "search"),
    open_to_all("about/", site.About.as_view(), "about"),
    open_to_all("feed/", site.LatestFacts.as_view(), "feed"),
    staff("<str:name>/import/", desk_imports.upload, "desk-import"),
    staff("<str:name>/import/<str:key>/", desk_imports.preview, "desk-preview"),
    staff("<str:name>/import/<uuid:key>/undo/", desk_imports.undo, "desk-undo"),
    staff("<str:name>.csv", desk_files.export, "desk-export-csv", form="csv"),
    staff("<str:name>.xlsx", desk_files.export, "desk-export-xlsx", form="xlsx"),
    saved_filter("", saved.everything, "saved-filters"),
    saved_filter("<int:number>/", saved.open_, "saved-filter"),
    saved_filter("<int:number>/change/", saved.change, "saved-filter-change"),
    saved_filter("<int:number>/delete/", saved.delete, "saved-filter-delete"),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
