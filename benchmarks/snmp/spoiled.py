"""Spoiled replies through our reader and pysnmp's: what pysnmp still reads, ours must read the same.

python -m benchmarks.snmp.spoiled [--count 100000] [--seed 1]
"""

import argparse

from tests.collectors.snmp.test_against_pysnmp import differences

if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--count", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    wrong, read = differences(chosen.seed, chosen.count)
    print(
        f"{chosen.count} spoiled replies, {read} read by pysnmp, {len(wrong)} read otherwise by us"
    )
    print("\n".join(wrong[:10]))
