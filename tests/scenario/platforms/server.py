"""One HTTPS server that is all the platforms at once.  Which answers it gives depends on the address at which it
is asked: each scene has its own, and its own world of hosts."""
import gzip
import hashlib
import http.server
import json
import socket
import socketserver
import ssl
import threading
import urllib.parse

ROBOTS = b"User-agent: *\nDisallow: /private/\n"


class Scene:
    def __init__(self, routes):
        self.hosts = {route.host for route in routes}
        self.routes = list(routes)
        self.requests = []

    def find(self, method, host, path, query, body):
        for route in self.routes:
            if (route.host, route.method, route.path) != (host, method, path):
                continue
            if all((key, value) in query for key, value in route.query) and self.has(body, route.body):
                return route
        return None

    @staticmethod
    def has(body, wanted):
        if not wanted:
            return True
        try:
            sent = json.loads(body or b"null")
        except ValueError:
            return False
        return isinstance(sent, dict) and all(sent.get(key) == value for key, value in wanted)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def scene(self):
        return self.server.scenes[self.connection.getsockname()[0]]

    def send(self, status, kind, body, headers=(), torn=False):
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD" or status == 304:
            return
        self.wfile.write(body[:len(body) // 2] if torn else body)
        if torn:
            self.wfile.flush()
            self.close_connection = True

    def respond(self, route):
        reply = route.reply
        told = {key.lower() for key, _ in reply.headers}
        tag = dict((k.lower(), v) for k, v in reply.headers).get("etag", f'"{hashlib.sha256(reply.body).hexdigest()}"')
        headers = [*reply.headers, *([] if "etag" in told else [("ETag", tag)])]
        if reply.status == 200 and self.command == "GET" and self.headers.get("If-None-Match") == tag:
            self.send(304, None, b"", headers)
            return 304
        body = reply.body
        if reply.gzip:
            headers.append(("Content-Encoding", "gzip"))
            if body[:2] != b"\x1f\x8b":
                body = gzip.compress(body)
        self.send(reply.status, reply.kind, body, headers, reply.torn)
        return reply.status

    def answer(self):
        scene = self.scene()
        host = self.headers.get("Host", "").split(":")[0].lower()
        target = urllib.parse.urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        query = urllib.parse.parse_qsl(target.query, keep_blank_values=True)
        route = scene.find(self.command, host, urllib.parse.unquote(target.path), query, body)
        if route:
            status = self.respond(route)
        elif target.path == "/robots.txt":
            status = 200
            self.send(status, "text/plain", ROBOTS)
        else:
            status = 404
            self.send(status, "text/plain", b"There is no such thing here.\n")
        scene.requests.append({"method": self.command, "host": host, "target": self.path, "status": status,
                               "known": route is not None or target.path == "/robots.txt",
                               "agent": self.headers.get("User-Agent", ""), "accept": self.headers.get("Accept", ""),
                               "kind": self.headers.get("Content-Type", ""), "body": body.decode(errors="replace"),
                               "cookie": self.headers.get("Cookie", ""),
                               "authorization": self.headers.get("Authorization")})

    do_GET = do_POST = do_HEAD = answer


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, scenes, certificate, key):
        """@scenes: address to Scene."""
        self.scenes = scenes
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        super().__init__(("0.0.0.0", 443), Handler)

    def server_bind(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "platforms", 443

    def finish_request(self, request, client_address):
        """The handshake belongs to the connection's thread: one that stalls holds up nobody."""
        request.settimeout(30)
        with self.context.wrap_socket(request, server_side=True) as secured:
            self.RequestHandlerClass(secured, client_address, self)

    def shutdown_request(self, request):
        self.close_request(request)

    def handle_error(self, request, client_address):
        """A client that goes away in the middle is in its right."""

    def start(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
