"""The keys that lead from any screen to any other."""

from __future__ import annotations


class Navigation:
    """An action for each screen; `go` shows it."""

    def go(self, name: str) -> None:
        """Show a screen."""
        raise NotImplementedError

    def action_suite(self) -> None:
        """Show the Suite."""
        self.go("suite")

    def action_visit(self) -> None:
        """Show the selected visit."""
        self.go("visit")

    def action_screening(self) -> None:
        """Show the interview."""
        self.go("screening")

    def action_checklist(self) -> None:
        """Show the lists."""
        self.go("checklist")

    def action_alarms(self) -> None:
        """Show the alarms."""
        self.go("alarms")

    def action_log(self) -> None:
        """Show the log."""
        self.go("log")

    def action_devices(self) -> None:
        """Show the devices."""
        self.go("devices")

    def action_quench(self) -> None:
        """Show the quench log."""
        self.go("quench")
