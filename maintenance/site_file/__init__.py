"""The site file as Scanward changes it: checked, with a reason, a diff and a way back."""
