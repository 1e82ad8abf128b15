"""Text messages by a GSM modem on a serial port: no internet is needed."""
