"""``python -m tests.payment_server.local_stripe``: localstripe on the loopback alone; prints its address.

Of itself it listens on every interface, and keeps its rows in the temporary folder for the next run.
"""

import socket
import sys

from aiohttp import web
from localstripe.resources import Store
from localstripe.server import app

Store.dump_to_disk = lambda self: None
listener = socket.create_server(("127.0.0.1", 0))
sys.stdout.write(f"http://127.0.0.1:{listener.getsockname()[1]}\n")
sys.stdout.flush()
web.run_app(app, sock=listener, print=None)
