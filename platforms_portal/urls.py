"""Every address of the site, composed from the apps'."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/login/", auth.LoginView.as_view(), name="login"),
    path("accounts/logout/", auth.LogoutView.as_view(), name="logout"),
    path("accounts/password_change/", auth.PasswordChangeView.as_view(), name="password_change"),
    path(
        "accounts/password_change/done/",
        auth.PasswordChangeDoneView.as_view(),
        name="password_change_done",
    ),
    # The language can be chosen on the login page too.
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("api/v1/", include("platforms_portal.api_urls")),
    path("programmes/<slug:code>/", include("dashboards.urls")),
    path("programmes/<slug:code>/", include("followup.urls")),
    path("programmes/<slug:code>/", include("evaluation.urls")),
    path("programmes/<slug:code>/", include("solver.urls")),
    path("programmes/<slug:code>/", include("signals.urls")),
    path("programmes/<slug:code>/", include("exchange.urls")),
    path("programmes/<slug:code>/", include("reports.urls")),
    path("programmes/<slug:code>/", include("staffing.urls")),
    path("", include("consolidation.urls")),
]
