"""PowerShell's default aliases (Get-Alias, Windows PowerShell 5.1) that hide what a rule looks for."""

from __future__ import annotations

_LIST = """iex=invoke-expression iwr=invoke-webrequest irm=invoke-restmethod curl=invoke-webrequest wget=invoke-webrequest
saps=start-process start=start-process sal=set-alias nal=new-alias sasv=start-service spsv=stop-service spps=stop-process
kill=stop-process icm=invoke-command etsn=enter-pssession nsn=new-pssession gwmi=get-wmiobject iwmi=invoke-wmimethod
rwmi=remove-wmiobject swmi=set-wmiinstance gcim=get-ciminstance icim=invoke-cimmethod gc=get-content type=get-content
cat=get-content sc=set-content ac=add-content clc=clear-content ni=new-item ri=remove-item rm=remove-item del=remove-item
erase=remove-item rd=remove-item rmdir=remove-item ci=copy-item cp=copy-item copy=copy-item cpi=copy-item mi=move-item
mv=move-item move=move-item ls=get-childitem dir=get-childitem gci=get-childitem sls=select-string sp=set-itemproperty
gp=get-itemproperty rp=remove-itemproperty clhy=clear-history ghy=get-history h=get-history history=get-history
ipmo=import-module rmo=remove-module gps=get-process ps=get-process gsv=get-service sajb=start-job ii=invoke-item
gcm=get-command gal=get-alias sv=set-variable gv=get-variable echo=write-output write=write-output foreach=foreach-object
where=where-object set=set-variable epcsv=export-csv gdr=get-psdrive ndr=new-psdrive mount=new-psdrive"""
ALIASES = dict(pair.split("=") for pair in _LIST.split())
CMDS = frozenset(
    [
        "copy",
        "del",
        "dir",
        "echo",
        "erase",
        "kill",
        "md",
        "move",
        "mount",
        "ps",
        "rd",
        "ren",
        "rmdir",
        "set",
        "sc",
        "sort",
        "start",
        "type",
        "where",
        "write",
    ]
)  # mean cmd's
SHADOWED = frozenset(("sc", "curl", "wget", "start", "set", "where", "write", "mount"))  # also real programs
