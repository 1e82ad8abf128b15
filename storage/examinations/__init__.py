"""The ledger of what scanners did: each study, series, exposure and step once, whoever told of it."""
