#!/usr/bin/python3
"""Serve a folder on a free port of the loopback interface, print the port, end by itself.

usage: serve.py FOLDER SECONDS
"""
import functools
import http.server
import sys
import threading


def main():
    folder, seconds = sys.argv[1], float(sys.argv[2])
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    handler.func.log_message = lambda *args: None
    handler.func.extensions_map[".xml"] = "application/rss+xml"
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    print(server.server_address[1], flush=True)
    timer = threading.Timer(seconds, server.shutdown)
    timer.daemon = True
    timer.start()
    server.serve_forever()


if __name__ == "__main__":
    main()
