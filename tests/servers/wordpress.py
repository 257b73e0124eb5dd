"""WordPress as Debian has it, on php's own web server and a MariaDB of its own; its user writes through its REST
API."""
import pathlib
import shutil

from ground import Client

PACKAGES = ("wordpress", "wordpress-theme-twentytwentyone", "php-cli", "php-mysql", "mariadb-server")
PORT = 8102
SOURCE = pathlib.Path("/usr/share/wordpress")

CONFIG = """<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'root'); define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:{socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_ENVIRONMENT_TYPE', 'local'); define('DISABLE_WP_CRON', true);
define('WP_HTTP_BLOCK_EXTERNAL', true); define('AUTOMATIC_UPDATER_DISABLED', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
"""

INSTALL = """<?php
$_SERVER['HTTP_HOST'] = '127.0.0.1:{port}'; $_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1'; $_SERVER['REQUEST_URI'] = '/';
define('WP_INSTALLING', true); define('WP_SITEURL', 'http://127.0.0.1:{port}'); define('WP_HOME', WP_SITEURL);
require '{www}/wp-load.php'; require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Notes of Ada', 'admin', 'admin@ada.example', true, '', 'a long password');
foreach (get_posts(['post_type' => 'any', 'numberposts' => -1]) as $post) wp_delete_post($post->ID, true);
switch_theme('twentytwentyone');
update_option('permalink_structure', '/%postname%/'); flush_rewrite_rules();
$ada = wp_insert_user(['user_login' => 'ada', 'user_pass' => 'another password', 'role' => 'author',
    'user_email' => 'ada@ada.example', 'display_name' => 'Ada Example', 'description' => 'Words of mine.']);
echo "PASSWORD=" . WP_Application_Passwords::create_new_application_password($ada, ['name' => 'test'])[0] . "\\n";
"""


class Server:
    edits = "replaced"  # visitors see the newest state alone
    sources = ("wordpress", "page")
    fetch = "delay: 0s"

    def __init__(self, ground):
        self.ground, www = ground, ground.folder / "www"
        shutil.copytree(SOURCE, www, symlinks=True)
        for name in ("wp-config.php", ".htaccess"):
            (www / name).unlink(missing_ok=True)
        self.start_database()
        (www / "wp-config.php").write_text(CONFIG.format(socket=self.socket))
        (ground.folder / "install.php").write_text(INSTALL.format(port=PORT, www=www))
        told = ground.run("php", ground.folder / "install.php")
        password = told.rpartition("PASSWORD=")[2].strip()
        ground.start("php", "-d", "variables_order=EGPCS", "-S", f"127.0.0.1:{PORT}", "-t", www,
                     env={"PHP_CLI_SERVER_WORKERS": "4"}, cwd=www)
        self.client = Client(f"http://127.0.0.1:{PORT}", login=("ada", password))
        ground.wait(self.client.answers, "WordPress")
        self.profile = f"http://127.0.0.1:{PORT}/author/ada/"

    def start_database(self):
        data = self.ground.folder / "db"
        self.socket = self.ground.folder / "db.sock"
        self.ground.run("mariadb-install-db", "--user=root", f"--datadir={data}",
                        "--auth-root-authentication-method=normal", "--skip-test-db")
        self.ground.start("mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", f"--socket={self.socket}",
                          "--skip-networking", f"--pid-file={data}/pid", "--innodb-flush-log-at-trx-commit=0")
        self.ground.wait(self.socket.exists, "MariaDB")
        self.ground.run("mariadb", f"--socket={self.socket}", "-uroot", "-e",
                        "CREATE DATABASE wordpress CHARACTER SET utf8mb4")

    def post(self, text):
        made = self.client.ask("/wp-json/wp/v2/posts", {"title": "A note", "content": f"<p>{text}</p>",
                                                       "status": "publish"})
        return made["id"], made["link"]

    def edit(self, ident, text):
        self.client.ask(f"/wp-json/wp/v2/posts/{ident}", {"content": f"<p>{text}</p>"}, method="POST")

    def delete(self, ident):
        self.client.ask(f"/wp-json/wp/v2/posts/{ident}?force=true", method="DELETE")
