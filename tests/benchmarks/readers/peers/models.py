from django.db import models


class StateAsAt(models.Model):
    """A row of the list of States as at the day of the benchmark: the same values, as plain columns of one table."""

    name = models.TextField()
    iso3 = models.TextField()
    formal_name = models.TextField()
    status = models.TextField()
    admitted_on = models.TextField()
    regional_group = models.TextField(db_column="group")
    region = models.TextField()
    subregion = models.TextField()
    first_report = models.TextField()
    first_report_submitted = models.TextField()
    additional_information = models.TextField()
    communications = models.IntegerField()
    visit = models.TextField()
    visit_started = models.TextField()
    plan = models.TextField()
    plan_status = models.TextField()

    class Meta:
        managed = False
        db_table = "states_as_at"
        ordering = ["pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return f"/states/{self.iso3}/"
