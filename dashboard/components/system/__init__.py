"""How Scanward itself is, in lines."""
