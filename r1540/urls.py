"""The whole URL map: public pages, each made inside the public door, and the staff's admin."""

from django.contrib import admin
from django.urls import path
from django.utils.text import slugify

from r1540 import door, errors
from r1540.desk import saved
from r1540.interchange import desk
from r1540.pages import machines, news, site
from r1540.pages.between_days.page import Changes
from r1540.pages.coverage import Coverage
from r1540.pages.figures.over_time import OverTime
from r1540.pages.figures.pages import FigurePage, Figures
from r1540.pages.groups import GroupList, GroupPage, OrganizationPage
from r1540.pages.search import Search
from r1540.pages.states.list import StateList
from r1540.pages.states.state_page import StatePage
from states.lists.organizations import OrganizationList
from states.lists.sources import SourceList, SourcePage
from states.models import fact_models


def open_to_all(route, view, name):
    return path(route, door.public_page(view), name=name)


def lists_and_pages_of_facts():
    """Yield the address of the list of each kind of fact, and of the page of a fact, where the kind has them."""
    for kind in (model.fact_kind for model in fact_models()):
        if view := kind.get_list_view():
            yield open_to_all(f"{slugify(kind.plural)}/", view.as_view(), kind.plural)
        if view := kind.get_page_view():
            yield open_to_all(f"{slugify(kind.plural)}/<str:reference>/", view.as_view(), kind.singular)


def staff(route, view, name, **kwargs):
    return path(f"admin/files/{route}", admin.site.admin_view(view), kwargs, name=name)


def saved_filter(route, view, name):
    return path(f"admin/saved-filters/{route}", admin.site.admin_view(view), name=name)


urlpatterns = [
    open_to_all("", site.Home.as_view(), "home"),
    open_to_all("states/", StateList.as_view(), "states"),
    open_to_all("states/<str:iso3>/", StatePage.as_view(), "state"),
    *lists_and_pages_of_facts(),
    open_to_all("organizations/", OrganizationList.as_view(), "organizations"),
    open_to_all("organizations/<str:acronym>/", OrganizationPage.as_view(), "organization"),
    open_to_all("figures/changes/", Changes.as_view(), "changes"),
    open_to_all("groups/", GroupList.as_view(), "groups"),
    open_to_all("groups/<str:slug>/", GroupPage.as_view(), "group"),
    open_to_all("sources/", SourceList.as_view(), "sources"),
    open_to_all("sources/<str:reference>/", SourcePage.as_view(), "source"),
    open_to_all("figures/", Figures.as_view(), "figures"),
    open_to_all("figures/history/", OverTime.as_view(), "over-time"),
    open_to_all("figures/<str:slug>/", FigurePage.as_view(), "figure"),
    open_to_all("search/", Search.as_view(), "search"),
    open_to_all("about/", site.About.as_view(), "about"),
    open_to_all("about/coverage/", Coverage.as_view(), "coverage"),
    open_to_all("news/", news.News.as_view(), "news"),
    open_to_all("feed/", news.Feed.as_view(), "feed"),
    open_to_all("robots.txt", machines.Robots.as_view(), "robots"),
    open_to_all("sitemap.xml", machines.Sitemap.as_view(), "sitemap"),
    open_to_all(".well-known/security.txt", machines.SecurityTxt.as_view(), "security"),
    staff("<str:name>/import/", desk.upload_page, "desk-import"),
    staff("<str:name>/import/<uuid:key>/", desk.preview_page, "desk-preview"),
    staff("<str:name>/import/template.xlsx", desk.template_file, "desk-template"),
    staff("<str:name>/import/<uuid:key>/reasons/", desk.reasons_file, "desk-reasons"),
    staff("<str:name>/import/<uuid:key>/undo/", desk.undo_page, "desk-undo"),
    staff("<str:name>.csv", desk.export_file, "desk-export-csv", form="csv"),
    staff("<str:name>.xlsx", desk.export_file, "desk-export-xlsx", form="xlsx"),
    saved_filter("", saved.all_saved, "saved-filters"),
    saved_filter("<int:number>/", saved.open_saved, "saved-filter"),
    saved_filter("<int:number>/change/", saved.change_saved, "saved-filter-change"),
    saved_filter("<int:number>/delete/", saved.delete_saved, "saved-filter-delete"),
    path("admin/", admin.site.urls),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
