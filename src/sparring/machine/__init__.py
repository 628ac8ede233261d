"""The machine: devices, and progress on its console."""
