from django.urls import path

from peers import views
from r1540.urls import urlpatterns as of_the_site

urlpatterns = [
    path("peers/constant/", views.constant),
    path("peers/listview/", views.Plain.as_view()),
    path("peers/tables2/", views.Annotated.as_view()),
    path("peers/tables2-one-table/", views.OneTable.as_view()),
    *of_the_site,
]
