#!/bin/sh
# Makes what docker-compose.yml needs before its first start: .env, passwords, the broker's certificate, a
# site file and its folders. What is there already is never touched, so it may be run again at any time.
# With names, `deploy/first-start.sh ct-1 room-ct`, it also makes an account at the broker for each of these sensors.
set -eu
cd "$(dirname "$0")/.."
secrets=deploy/secrets

say() { echo "first-start: $*"; }

if ! openssl version | grep -q '^OpenSSL [3-9]'; then
    say "needs OpenSSL 3 or newer"
    exit 1
fi

# The folder is closed to everyone else; a file in it must be readable for the one user in a container.
mkdir -p "$secrets"
chmod 700 "$secrets"

# Writes standard input to a secret unless it is there.
keep() {
    if [ -s "$secrets/$1" ]; then
        cat >/dev/null
    else
        cat >"$secrets/$1.part"
        chmod 444 "$secrets/$1.part"
        mv "$secrets/$1.part" "$secrets/$1"
        say "made $secrets/$1"
    fi
}

# A line of mosquitto's password file: PBKDF2 as mosquitto_passwd makes it.
user() {
    salt=$(openssl rand 12 | base64)
    key=$(openssl kdf -binary -keylen 64 -kdfopt digest:SHA512 -kdfopt "pass:$(cat "$secrets/$2")" \
        -kdfopt "hexsalt:$(echo "$salt" | base64 -d | od -An -v -tx1 | tr -d ' \n')" \
        -kdfopt iter:101 PBKDF2 | base64 | tr -d '\n')
    echo "$1:\$7\$101\$$salt\$$key"
}

[ -e .env ] || { cp .env.example .env && say "made .env"; }
[ -e config/site.yaml ] || { cp deploy/site.yaml config/site.yaml && say "made config/site.yaml: fill it in"; }

# A setting of .env, which is no shell script: blanks need no quotes there. NAME, and what it is without a line.
setting() {
    value=$(sed -n "s/^$1=//p" .env | tail -n 1)
    echo "${value:-$2}"
}
backups=$(setting SCANWARD_BACKUPS ./backups)
logs=$(setting SCANWARD_LOGS ./logs)

for name in mqtt_password influx_password influx_token grafana_password postgres_password; do
    openssl rand -hex 24 | tr -d '\n' | keep "$name"
done
user scanward mqtt_password | keep mqtt_users
for name in "$@"; do
    case $name in
    scanward | tele | stat | cmnd | shellies | *[!A-Za-z0-9._-]* | "")
        say "'$name' cannot be the name of a sensor: letters, digits, - _ and . only, and no beginning of others' topics"
        exit 1
        ;;
    esac
    openssl rand -hex 24 | tr -d '\n' | keep "sensor_$name"
    if ! cut -d: -f1 "$secrets/mqtt_users" | grep -Fqx -- "$name"; then
        chmod 644 "$secrets/mqtt_users"
        user "$name" "sensor_$name" >>"$secrets/mqtt_users"
        chmod 444 "$secrets/mqtt_users"
        say "the sensor $name logs in as '$name' with the password in $secrets/sensor_$name: docker compose restart mosquitto"
    fi
done
echo "postgresql://scanward:$(cat "$secrets/postgres_password")@postgres/scanward" | keep records_url

# Ten years: a certificate that runs out quietly would silence every sensor one night.
if [ ! -s "$secrets/broker_certificate" ]; then
    work=$(mktemp -d)
    names=$(echo "mosquitto,$(setting MQTT_NAMES localhost)" | tr ',' '\n' |
        sed 's/^ *//; s/ *$//; /^$/d; /^[0-9.]*$/s/^/IP:/; /^IP:/!s/^/DNS:/' | paste -sd, -)
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=Scanward broker authority" \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign \
        -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=mosquitto" \
        -keyout "$work/key" -out "$work/request" 2>/dev/null
    printf 'subjectAltName=%s\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\nauthorityKeyIdentifier=keyid\n' \
        "$names" >"$work/extensions"
    openssl x509 -req -in "$work/request" -CA "$work/ca.pem" -CAkey "$work/ca.key" -days 3650 \
        -extfile "$work/extensions" -out "$work/certificate" 2>/dev/null
    # The authority's key is not kept: it has signed the one certificate that it is for.
    rm -f "$secrets/broker_ca" "$secrets/broker_key"
    keep broker_ca <"$work/ca.pem"
    keep broker_key <"$work/key"
    keep broker_certificate <"$work/certificate"
    rm -rf "$work"
fi

mkdir -p "$logs" "$backups"
if [ "$(id -u)" = 0 ]; then
    chown 10001:10001 "$backups" # the user in the container
    # Pages change the site file: whose it was may still do so by hand, with sudo.
    chown 10001 config config/site.yaml
else
    say "not root: let user 10001 write to $backups, config and config/site.yaml, or run this with sudo"
fi
say "done. Fill in config/site.yaml, then: docker compose up -d"
say "for each sensor, by the name of its topic: deploy/first-start.sh NAME"
