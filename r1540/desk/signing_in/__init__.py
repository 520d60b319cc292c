"""The doors of the admin: how often a password may be tried, the second factor, and what wraps every staff page.

`throttle` counts wrong passwords, `second_factor` says who needs a code, `pages` are where it is set up and asked for,
`site` is the admin site that asks them.
"""
