#!/bin/sh
# Runs a command as a container or a hardened unit would: as a user who is nobody, without capabilities,
# the whole file system read-only but for the folders before `--`, no new privileges, no memory that is
# both writable and executable. Needs root and namespaces of its own.
#   walls.sh UID PYTHON PREFIX FOLDER... -- COMMAND...
set -eu
uid=$1 python=$2 prefix=$3
shift 3
while [ "$1" != -- ]; do
    mount --bind "$1" "$1"
    shift
done
shift
# A Python of root's own lies where nobody else may go: only its folder is shown there.
while ! setpriv --reuid="$uid" --clear-groups test -x "$prefix/bin"; do
    top=/$(echo "$prefix" | cut -d/ -f2)
    mount --bind "$prefix" /mnt
    mount -t tmpfs -o mode=755 tmpfs "$top"
    mkdir -p "$prefix"
    mount --move /mnt "$prefix"
done
mount -o remount,bind,ro /
exec setpriv --reuid="$uid" --regid="$uid" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all -- \
    "$python" -c 'import ctypes, os, sys
ctypes.CDLL(None).prctl(65, 1, 0, 0, 0)  # PR_SET_MDWE, where the kernel knows it
os.execvp(sys.argv[1], sys.argv[1:])' "$@"
