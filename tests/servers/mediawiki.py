"""MediaWiki as Debian has it, on php's own web server and SQLite; its user edits pages through its API."""
import pathlib
import shutil

from ground import Client

PACKAGES = ("mediawiki", "php-cli", "php-sqlite3", "php-mbstring", "php-xml", "php-intl")
PORT = 8104
SOURCE = pathlib.Path("/usr/share/mediawiki")
PASSWORD = "a long password of Ada's"


class Server:
    edits = "kept"  # each state of a page is shown for ever
    sources = ("feed",)
    fetch = "delay: 0s"

    def __init__(self, ground):
        self.ground, www = ground, ground.folder / "www"
        shutil.copytree(SOURCE, www, symlinks=True)
        (www / "LocalSettings.php").unlink(missing_ok=True)
        url = f"http://127.0.0.1:{PORT}"
        ground.run("php", www / "maintenance/install.php", "--dbtype=sqlite", f"--dbpath={ground.folder}",
                   "--scriptpath=", f"--server={url}", "--pass=the password of an admin", f"--confpath={www}", "Wiki",
                   "Admin", cwd=www)
        with open(www / "LocalSettings.php", "a", encoding="utf-8") as settings:
            settings.write("$wgMainCacheType = CACHE_NONE; $wgEnableUploads = false; $wgJobRunRate = 0;\n")
        ground.run("php", www / "maintenance/createAndPromote.php", "--sysop", "Ada", PASSWORD, cwd=www)
        ground.start("php", "-S", f"127.0.0.1:{PORT}", "-t", www, cwd=www)
        self.client = Client(url)
        ground.wait(lambda: self.client.answers("/api.php"), "MediaWiki")
        token = self.call(action="query", meta="tokens", type="login")["query"]["tokens"]["logintoken"]
        self.call(action="login", lgname="Ada", lgpassword=PASSWORD, lgtoken=token)
        self.token = self.call(action="query", meta="tokens")["query"]["tokens"]["csrftoken"]
        self.pages = 0
        self.profile = f"{url}/api.php?action=feedcontributions&user=Ada&feedformat=atom"

    def call(self, **data):
        answer = self.client.ask("/api.php", {**data, "format": "json"}, form=True)
        assert "error" not in answer, answer
        return answer

    def write(self, title, text):
        self.call(action="edit", title=title, text=text, summary=text, token=self.token)

    def post(self, text):
        self.pages += 1
        title = f"Note {self.pages}"
        self.write(title, text)
        return title, f"http://127.0.0.1:{PORT}/index.php"

    def edit(self, title, text):
        self.write(title, text)

    def delete(self, title):
        self.call(action="delete", title=title, token=self.token)
