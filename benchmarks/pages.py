"""A guide page from the site, beside nginx serving the same bytes and beside a textbook Flask-FlatPages application."""

from __future__ import annotations

import gzip
import shutil
import tempfile
import urllib.request
from pathlib import Path

from benchmarks.load import BIN, free_port, granian, requests_a_second, server

ROUNDS = 3
NGINX = """
daemon off; worker_processes 1; pid {folder}/pid; error_log /dev/null;
events {{ worker_connections 1024; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  gzip_static on; default_type text/html; sendfile on; keepalive_requests 100000000;
  server {{ listen 127.0.0.1:{port}; root {folder}/www; }}
}}
"""


def measure() -> str:
    """Give a table: answers a second and ratios, each round in turn on the same cores; the middle round counts."""
    site, peer, gunicorn, nginx = free_port(), free_port(), free_port(), free_port()
    with tempfile.TemporaryDirectory() as name, server(granian(site), site, "/sv/signs"):
        folder = Path(name)
        page = urllib.request.urlopen(f"http://127.0.0.1:{site}/sv/signs").read()
        target = folder / "www" / "sv" / "signs"
        target.parent.mkdir(parents=True)
        target.write_bytes(page)
        target.with_name("signs.gz").write_bytes(gzip.compress(page, 9))
        (folder / "www").chmod(0o755)
        folder.chmod(0o755)
        conf = folder / "nginx.conf"
        conf.write_text("user root;" + NGINX.format(folder=folder, port=nginx))
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        others = [
            ([binary, "-c", str(conf)], nginx),
            (
                [str(BIN / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(peer), "--no-access-log",
                 "--log-level", "error", "--blocking-threads", "8", "benchmarks.flatpages:app"],
                peer,
            ),
            (
                [str(BIN / "gunicorn"), "--bind", f"127.0.0.1:{gunicorn}", "--workers", "1", "--threads", "8",
                 "--log-level", "error", "app.wsgi:application"],
                gunicorn,
            ),
        ]
        with server(others[0][0], nginx, "/sv/signs"), server(others[1][0], peer, "/sv/signs"), server(others[2][0], gunicorn, "/sv/signs"):
            rounds = [
                {name: requests_a_second(port, "/sv/signs", seconds=3) for name, port in
                 (("site", site), ("nginx", nginx), ("flatpages", peer), ("gunicorn", gunicorn))}
                for _ in range(ROUNDS)
            ]
    middle = sorted(rounds, key=lambda r: r["site"] / r["nginx"])[ROUNDS // 2]
    lines = ["## Pages", "", f"`/sv/signs`, gzip, 32 connections, one worker each, load generator on the same cores; the middle of {ROUNDS} rounds.", "",
             "| | answers/s | site / it |", "|---|---:|---:|"]
    names = {"site": "this site (granian)", "nginx": "nginx, same bytes from disk (gzip_static)", "flatpages": "Flask-FlatPages (granian)", "gunicorn": "this site under gunicorn (gthread)"}
    for key, label in names.items():
        lines.append(f"| {label} | {middle[key]:,.0f} | {middle['site'] / middle[key]:.2f} |")
    lines += ["", "Bars: at least 0.9 × nginx, at least 40 × Flask-FlatPages."]
    return "\n".join(lines) + "\n"
