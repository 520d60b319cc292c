"""What runs the site: the database server of a local site, and the web server.

embedded/  a database engine for Django that runs its own PostgreSQL
serving/   granian with the site's settings, and nginx in front of it
"""
