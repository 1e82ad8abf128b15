#!/bin/sh
# Installs the servers that tests speak to, from Debian's packages, where that is allowed.
# Where it is not, their tests skip and say so.
missing=""
for pair in mosquitto:mosquitto mosquitto_passwd:mosquitto snmpd:snmpd snmpget:snmp chromium:chromium \
    influxd:influxdb nginx:nginx-light systemd-analyze:systemd docker-compose:docker-compose logrotate:logrotate \
    age:age pdftotext:poppler-utils Orthanc:orthanc storescu:dcmtk ip:iproute2; do
    PATH="$PATH:/usr/sbin" command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
done
[ -e /usr/share/orthanc/plugins/libOrthancDicomWeb.so ] || missing="$missing orthanc-dicomweb"
# Mail: Dovecot's parts lie outside the path; smtp-sink is Postfix's.
for part in imap:dovecot-imapd lmtp:dovecot-lmtpd submission:dovecot-submissiond; do
    [ -x "/usr/lib/dovecot/${part%%:*}" ] || missing="$missing ${part##*:}"
done
PATH="$PATH:/usr/sbin" command -v smtp-sink >/dev/null || missing="$missing postfix"
# Debian keeps PostgreSQL's programs out of the path, one folder a version.
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null || missing="$missing postgresql"
# Grafana's types, for who has npm; no network of Node's is needed afterwards.
types=tests/dashboard/grafana
if [ ! -d $types/node_modules ] && command -v npm >/dev/null; then
    npm install --prefix $types --no-package-lock --no-audit --no-fund --silent || echo "could not install Grafana's types"
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "not installed, and not root on Debian, so tests that need it will skip:$missing"
    exit 0
fi
echo "installing$missing"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086  # a list of words
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >/tmp/scanward-servers.log 2>&1 ||
    { echo "could not install$missing:"; tail -n 5 /tmp/scanward-servers.log; }
exit 0
