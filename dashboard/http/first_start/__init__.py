"""The first start: no site file yet. A page asks what a site needs, and leaves a checked, commented one."""
