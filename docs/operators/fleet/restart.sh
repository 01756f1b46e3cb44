#!/bin/sh
# Restarts relays of this host, the next when the last one forwards again; ends when one does not.
# Before a version's first start on a relay's data its database is copied, to starling.db.before-VERSION beside it.
#
#     restart.sh NAME...
#
# Where things are is as in starling@.service, unless the environment says otherwise; a relay has three minutes.
# Needs root and curl; no token, since the health check asks for none.
set -eu
PROGRAM=${PROGRAM:-/opt/starling}
SETTINGS=${SETTINGS:-/etc/starling}
DATA=${DATA:-/var/lib/starling}
WAIT_SECONDS=${WAIT_SECONDS:-180}

fail() {
  echo "restart.sh: $1" >&2
  exit 1
}

setting() { # KEY FILE: its value, without quotes and comment
  sed -n "s/^$1: *//p" "$2" | sed "s/[[:space:]]*#.*//; s/[[:space:]]*$//; s/^[\"']//; s/[\"']$//"
}

health() { # FILE: URL of the health check
  address=$(setting api-address "$1")
  port=$(setting api-port "$1")
  case ${address:-127.0.0.1} in
    0.0.0.0) address=127.0.0.1 ;;
    ::) address='[::1]' ;;
    *:*) address="[$address]" ;;
  esac
  echo "http://${address:-127.0.0.1}:${port:-5052}/eth/v1/node/health"
}

copy_database() { # DIRECTORY VERSION: once for each version
  copy=$1/starling.db.before-$2
  if [ ! -e "$1/starling.db" ] || [ -e "$copy" ]; then return 0; fi
  # There is a second file only when the relay did not stop in order.
  if [ -e "$1/starling.db-wal" ]; then cp -p "$1/starling.db-wal" "$copy-wal" || return 1; fi
  cp -p "$1/starling.db" "$copy.part" && mv "$copy.part" "$copy"
}

status() { # URL: of the answer, 000 for none
  curl -g -s -o /dev/null -w '%{http_code}' --max-time 5 "$1" || true
}

[ $# -gt 0 ] || fail 'usage: restart.sh NAME...'
for name in "$@"; do
  [ -r "$SETTINGS/$name.yaml" ] || fail "$SETTINGS/$name.yaml cannot be read"
done
version=$(basename "$(readlink -f "$PROGRAM")")

for name in "$@"; do
  systemctl stop "starling@$name"
  copy_database "$DATA/$name" "$version" || fail "the database of $name was not copied: it is stopped"
  systemctl start "starling@$name"
  url=$(health "$SETTINGS/$name.yaml")
  end=$(($(date +%s) + WAIT_SECONDS))
  until answer=$(status "$url") && [ "$answer" = 200 ]; do
    [ "$(date +%s)" -lt "$end" ] || fail "$name does not forward after $WAIT_SECONDS s: $url answers $answer"
    sleep 1
  done
  echo "$name forwards again"
done
