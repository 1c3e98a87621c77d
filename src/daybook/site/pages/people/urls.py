"""Addresses of people and places: neutral words, and nobody's name."""

from django.urls import path

from daybook.site.pages.people import views

urlpatterns = [
    path("", views.people, name="people"),
    path("<slug:kind>/new/", views.add, name="people-add"),
    path("<slug:kind>/<uuid:item>/", views.one, name="people-one"),
    path("<slug:kind>/<uuid:item>/change/", views.change, name="people-change"),
]
