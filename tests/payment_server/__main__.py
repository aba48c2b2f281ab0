"""``python -m tests.payment_server --port 12111``: the server as a process of its own."""

import argparse
import sys

from tests.payment_server import PaymentServer

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--port", type=int, default=12111)
server = PaymentServer(parser.parse_args().port)
sys.stdout.write(f"The payment server listens at {server.url}\n")
sys.stdout.flush()
server.serve()
