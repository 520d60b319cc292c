"""No models. Django tells only an app with this module when migrations begin and end, and public.py must know."""
