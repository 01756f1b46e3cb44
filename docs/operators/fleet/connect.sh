#!/bin/sh
# Makes relays know each other: each is trusted by all others, and with --explicit it is explicit to them as well.
# Running it again changes nothing but for relays that were added.
#
#     connect.sh [--explicit] FILE
#
# FILE has a relay a line, the URL of its API and the address at which the others reach it; # begins a comment:
#
#     http://10.8.0.1:5052  /ip4/192.0.2.1/tcp/9000
#
# TOKEN in the environment is sent to their APIs, in the clear: over a VPN or `ssh -L`. Needs curl.
set -eu

fail() {
  echo "connect.sh: $1" >&2
  exit 1
}

request() { # METHOD URL [JSON]
  answer=$(
    curl -sS --fail-with-body --max-time 10 -X "$1" ${TOKEN:+-H "authorization: Bearer $TOKEN"} \
      ${3:+-H 'content-type: application/json' -d "$3"} "$2"
  ) || fail "$1 $2 failed${answer:+: $answer}"
  printf '%s\n' "$answer"
}

explicit=
if [ "${1-}" = --explicit ]; then
  explicit=yes
  shift
fi
[ $# -eq 1 ] || fail 'usage: connect.sh [--explicit] FILE'
[ -r "$1" ] || fail "$1 cannot be read"

# All are asked who they are before any is changed.
relays=$(
  sed 's/#.*//' "$1" | while read -r api address rest; do
    [ -n "$api" ] || continue
    [ -n "$address" ] && [ -z "$rest" ] || fail "no relay: $api $address $rest"
    info=$(request GET "$api/node/info")
    id=$(printf '%s' "$info" | sed -n 's/.*"peer_id":"\([0-9A-Za-z]*\)".*/\1/p')
    [ -n "$id" ] || fail "$api is no relay"
    printf '%s %s %s\n' "$api" "$address" "$id"
  done
)

[ -n "$relays" ] || fail "$1 names no relay"

printf '%s\n' "$relays" | while read -r api _ own; do
  printf '%s\n' "$relays" | while read -r _ address id; do
    [ "$id" != "$own" ] || continue
    request POST "$api/peers/trusted" "{\"multiaddr\":\"$address/p2p/$id\"}" >/dev/null
    [ -z "$explicit" ] || request POST "$api/mesh/explicit/$id" >/dev/null
    echo "$api trusts $id${explicit:+ and sends it everything}"
  done
done
