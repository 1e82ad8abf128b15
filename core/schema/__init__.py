"""What may stand in the files of a site: site, profiles and plans, loaded and checked."""
