"""Form controls of the public lists: whole without JavaScript, and with an address that reads like words."""

from django import forms


class AddOne(forms.SelectMultiple):
    """Several out of very many: what is chosen stays as ticked boxes, one more is added from a short select."""

    template_name = "widgets/add_one.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        options = [option for _, group, _ in context["widget"]["optgroups"] for option in group]
        context["widget"] |= {
            "chosen": [option for option in options if option["selected"]],
            "others": [option for option in options if not option["selected"]],
        }
        return context
