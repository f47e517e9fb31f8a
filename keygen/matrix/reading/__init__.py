"""What the printers of matrix notation wrote, read again: a grammar that shares no table with them."""
