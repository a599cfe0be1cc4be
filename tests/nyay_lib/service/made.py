"""launchctl, systemctl and loginctl as a machine has them: small programs on PATH that keep a record of their calls."""

import os
from dataclasses import dataclass
from pathlib import Path

LAUNCHCTL = """#!/bin/sh
echo "launchctl $*" >> calls
case $1 in
print)
    if [ -e ending ]; then rm ending loaded; exit 0; fi # it takes its time to end
    [ -e loaded ] || { echo "Could not find service" >&2; exit 113; }
    printf 'gui/501/nyay = {\\n\\tstate = running\\n\\tpid = %s\\n\\tlast exit code = 1\\n}\\n' "$PPID" ;;
bootstrap)
    [ ! -e loaded ] || { echo "Bootstrap failed: 5: Input/output error" >&2; exit 5; }
    cp "$3" loaded ;;
bootout) touch ending ;;
esac
"""
SYSTEMCTL = """#!/bin/sh
echo "systemctl $*" >> calls
case $2 in
show)
    if [ -e loaded ]; then active=active; pid=$PPID; else active=inactive; pid=0; fi
    printf 'LoadState=loaded\\nActiveState=%s\\nMainPID=%s\\nResult=exit-code\\nNRestarts=2\\n' $active $pid ;;
restart) touch loaded ;;
disable) rm -f loaded ;;
esac
"""
LOGINCTL = "#!/bin/sh\necho Linger=no\n"
FDESETUP = "#!/bin/sh\necho 'FileVault is On.'\n"


@dataclass(frozen=True)
class Machine:
    """A home with a project in it, and the programs; ``folder`` also holds what they remember."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> "Machine":
        programs = {"launchctl": LAUNCHCTL, "systemctl": SYSTEMCTL, "loginctl": LOGINCTL, "fdesetup": FDESETUP}
        for name, text in programs.items():
            path = folder / "bin" / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text.replace("#!/bin/sh\n", f"#!/bin/sh\ncd '{folder}'\n"))
            path.chmod(0o755)
        return cls(folder)

    @property
    def path(self) -> str:
        return os.pathsep.join((str(self.folder / "bin"), os.environ["PATH"]))

    def project(self, name: str = "project") -> Path:
        folder = self.folder / "home" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "prefect.yaml").touch()
        return folder

    def orders(self) -> list[str]:
        """What the programs were told so far, without what they were only asked."""
        calls = self.folder / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line for line in lines if " print " not in line and " show " not in line]
