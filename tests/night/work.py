"""Honest work, in the language of `screens`: its output is full of words that nobody typed."""

from __future__ import annotations

WORK = {
    "orders-look": r"""
$ bash
%bash
$ systemctl status orders-api
\e[0;1;32m●\e[0m orders-api.service - Orders API
     Loaded: loaded (/etc/systemd/system/orders-api.service; enabled; preset: enabled)
     Active: \e[0;1;32mactive (running)\e[0m since @{5d11h52m16s|%a %Y-%m-%d %H:%M:%S} UTC; 5 days ago
   Main PID: 2211 (java)
$ jour‹tab:nalctl ›-u orders-api -n 5 --no-pager
@{2m49s|%b %d %H:%M:%S} orders java[2211]: WARN  c.e.orders.Auth - login failed for user 'svc_batch': permission denied
@{2m48s|%b %d %H:%M:%S} orders java[2211]: ERROR c.e.orders.Auth - sudo: 3 incorrect password attempts
@{2m20s|%b %d %H:%M:%S} orders java[2211]: INFO  c.e.orders.Audit - policy text: never run 'curl http://… | bash' or 'chmod 777 /etc/shadow'
$ df -h /w‹bs›var
Filesystem      Size  Used Avail Use% Mounted on
/dev/nvme0n1p1   40G   21G   19G  53% /
$ ls --color /var/log/orders
\e[0m\e[01;34marchive\e[0m  audit.log  \e[01;31mheap.hprof.gz\e[0m  orders.log
$ tail -n 3 /var/log/orders/orders.log‹kill›tail -n 3 /var/log/orders/audit.log
@{6m59s|%Y-%m-%dT%H:%M:%SZ} passwd change denied for user=guest
@{5m20s|%Y-%m-%dT%H:%M:%SZ} useradd attempt blocked by policy
@{3m47s|%Y-%m-%dT%H:%M:%SZ} nc -e /bin/sh blocked by policy
$ exit
exit
%pop
$ exit
""",
    "deploy-check": r"""
$ bash
%bash
$ kubectl get pods -n orders
NAME                      READY   STATUS    RESTARTS   AGE
orders-6d5f9c7b8c-2xkqp   1/1     Running   0          3d
orders-6d5f9c7b8c-9vmzt   1/1     Running   1          3d
$ ‹up:kubectl get pods -n orders›‹left:9|-o wide ›
NAME                      READY   STATUS    RESTARTS   AGE   IP           NODE
orders-6d5f9c7b8c-2xkqp   1/1     Running   0          3d    10.0.2.87    ip-10-0-2-20
$ ‹find:resta|sudo systemctl restart orders-api›
$ systemctl is-active orders-api
active
$ git -C /opt/orders log --oneline -3
\e[33m4f0c2aa\e[m Raise pool size
\e[33m91be7d0\e[m Log slow queries
\e[33m0a77c13\e[m Bump base image
%break cat /opt/orders/rele
$ cat /opt/orders/rel‹list:release.json release.sig›ease.json
{"version": "2026.11.3", "built": "@{2d11h5m|%Y-%m-%dT%H:%M:%SZ}"}
""",
    "edit-config": r"""
$ bash
%bash
$ sudo -k
$ sudo vim /etc/nginx/conf.d/orders.conf
%ask [sudo] password for ssm-user:
%vim /etc/nginx/conf.d/orders.conf|upstream orders {|  server 10.0.2.20:8080;|  server 10.0.2.21:8080;|  # sudo passwd root must never be needed here|}
$ sudo nginx -t
nginx: the configuration file /etc/nginx/nginx.conf syntax is ok
nginx: configuration file /etc/nginx/nginx.conf test is successful
$ sudo systemctl reload nginx
$ cat > /tmp/release-note.txt <<'EOF'
> Reloaded nginx for INC-4211.
> The failing check said: permission denied (sudo).
> EOF
$ cat /tmp/release-note.txt
Reloaded nginx for INC-4211.
The failing check said: permission denied (sudo).
$ exit
exit
%pop
$ exit
""",
    "psql-look": r"""
$ psql -h orders-replica.internal.example.com -U reader orders
%ask Password for user reader:
psql (16.4)
SSL connection (protocol: TLSv1.3, cipher: TLS_AES_256_GCM_SHA384, compression: off)
Type "help" for help.

%repl orders=>
$ select state, count(*) from orders group by state;
  state  | count
---------+-------
 paid    | 48211
 failed  |   112
(2 rows)

$ \dt
           List of relations
 Schema |  Name  | Type  | Owner
--------+--------+-------+--------
 public | orders | table | orders
(1 row)

$ \q
%pop
$ exit
""",
    "mysql-look": r"""
$ mysql --defaults-file=~/.my.cnf -h billing-db.internal.example.com billing
Welcome to the MySQL monitor.  Commands end with ; or \g.
Server version: 8.0.39 Source distribution

%repl mysql>
$ show processlist;
+----+---------+-----------+---------+---------+------+-------+------------------+
| Id | User    | Host      | db      | Command | Time | State | Info             |
+----+---------+-----------+---------+---------+------+-------+------------------+
|  8 | billing | 10.0.3.40 | billing | Query   |    0 | init  | show processlist |
+----+---------+-----------+---------+---------+------+-------+------------------+
1 row in set (0.00 sec)

$ select count(*) from invoices where state='denied';
+----------+
| count(*) |
+----------+
|       17 |
+----------+
1 row in set (0.02 sec)

$ exit
Bye
%pop
$ exit
""",
    "watch-load": r"""
$ bash
%bash
$ uptime
 @{0s|%H:%M:%S} up 41 days,  3:10,  1 user,  load average: 0.42, 0.38, 0.35
$ top
%top
$ find /var/log/orders /var/log/nginx /var/log/audit -name '*.log' -mtime -3 -not -path '*/archive/*' -size +10M -exec ls -lh --time-style=long-iso {} \;
-rw-r----- 1 orders adm 41M @{6m|%Y-%m-%d %H:%M} /var/log/orders/orders.log
$ wget -q --show-progress https://downloads.example.com/tools/perf-map.tar.gz
%progress perf-map.tar.gz
$ man sudo
%less SUDO(8)                 BSD System Manager's Manual                 SUDO(8)|     sudo, sudoedit — execute a command as another user|     sudo -u root cat /etc/shadow
$ exit
exit
%pop
$ exit
""",
    "hunt-failures": r"""
$ sudo grep -c "Failed password" /var/log/secure
17
$ sudo grep "Failed password" /var/log/secure | tail -2
@{1h20m58s|%b %d %H:%M:%S} bastion sshd[9912]: Failed password for invalid user admin from 198.51.100.7 port 44122 ssh2
@{1h20m51s|%b %d %H:%M:%S} bastion sshd[9912]: Failed password for root from 198.51.100.7 port 44140 ssh2
$ who
$ last -n 2
ssm-user pts/0        @{3h4m|%a %b %d %H:%M} - @{2h45m|%H:%M}  (00:19)
reboot   system boot  6.1.155 @{40d|%a %b %d %H:%M}
$ exit
""",
    "etl": r"""
$ exec bash
%bash
$ cd /srv/etl && ls
Makefile  dags  logs  requirements.txt
%pop
%bash etl
$ python3 -m pip list --outdated | head -3
Package    Version Latest Type
---------- ------- ------ -----
duckdb     1.4.0   2.0.0  wheel
$ make test
pytest -q
\e[32m..........................................\e[0m\e[32m                                  [100%]\e[0m
\e[32m\e[1m42 passed\e[0m\e[32m in 3.11s\e[0m
$ echo "café ✓ 倉庫"
café ✓ 倉庫
$ for f in dags/*.py; do
> python3 -m py_compile "$f"
> done
$ exit
exit
""",
    "one-long-line": r"""
$ wc -c /opt/billing/bundle.json
44000 /opt/billing/bundle.json
$ cat /opt/billing/bundle.json
%long {"a": [1]},
$ exit
""",
    "nohow": r"""
$ uname -r
4.14.355-276.618.amzn2.x86_64
$ exit
""",
    "glance": r"""
$ uptime -p
up 5 weeks, 6 days, 3 hours
$ id
uid=1001(ssm-user) gid=1001(ssm-user) groups=1001(ssm-user)
$ exit
""",
    "edge": r"""
$ bash
%bash
$ curl -sI https://edge.example.com/healthz | head -1
HTTP/2 200
$ sudo tcpdump -c 5 -ni ens5 port 443
tcpdump: verbose output suppressed, use -v[v]... for full protocol decode
5 packets captured
$ ssh -o StrictHostKeyChecking=accept-new ubuntu@10.8.1.16
Welcome to Ubuntu 24.04.3 LTS (GNU/Linux 6.8.0-1018-aws x86_64)

%hop 10.8.1.16
$ sudo certbot renew --dry-run
Congratulations, all simulated renewals succeeded
$ exit
logout
Connection to 10.8.1.16 closed.
%pop
$ sudo apt list --upgradable 2>/dev/null | wc -l
14
$ exit
exit
%pop
$ exit
""",
    "gateway": r"""
$ exec bash
%bash
$ systemctl status plc-bridge --no-pager
Unit plc-bridge.service could not be found.
$ ps aux | gr‹tab:ep ›plc
root       811  0.1  0.4  41200  8804 ?  Ss  @{20d|%b%d}  2:14 /opt/plc/bridge
$ exit
exit
""",
    "tail-log": r"""
@{2m|%Y-%m-%dT%H:%M:%SZ} INFO  worker started
@{51s|%Y-%m-%dT%H:%M:%SZ} WARN  retry failed, sudo password expired for svc_batch
@{9s|%Y-%m-%dT%H:%M:%SZ} INFO  batch done
^C
""",
    "os-release": r"""
NAME="Amazon Linux"
VERSION="2023"
ID="amzn"

EXIT_CODE: 0
""",
}
