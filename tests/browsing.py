"""Chromium as somebody who is signed in."""


def context_of(browser, address, client, complaints, **options):
    """A context with the session of `client`; whatever the policy refused, or a script raised, is in `complaints`."""
    context = browser.new_context(base_url=address, **options)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    context.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    context.on("weberror", lambda raised: complaints.append(str(raised.error)))
    return context
