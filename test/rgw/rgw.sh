#!/usr/bin/env bash
# A real Ceph on this machine, for tests: one monitor, one manager, one OSD in a file, and the S3 gateway (RGW).
#
#   test/rgw/rgw.sh up   [DIR]   start it and create two users; about 20 s, 1 GB of memory, 1 GB of disk
#   test/rgw/rgw.sh env          print its endpoint and both users' keys as shell exports
#   test/rgw/rgw.sh down [DIR]   stop its daemons and remove DIR (default: /tmp/stowage-rgw)
#
# As root on Debian it installs the packages that are missing. It listens on 127.0.0.1 only, RGW on ${RGW_PORT:-7480}
# and the monitor on ${RGW_MON_PORT:-6789}. Authentication between the daemons is off: for tests only.
set -euo pipefail

command=${1:-}
dir=${2:-/tmp/stowage-rgw}
port=${RGW_PORT:-7480}
mon_port=${RGW_MON_PORT:-6789}
conf=$dir/ceph.conf

access_key=STOWAGETESTMAIN00001
secret_key=stowage/test+main/secret0000000000000001
alt_access_key=STOWAGETESTALT000001
alt_secret_key=stowage/test+alt/secret00000000000000001
alt_email=alt@example.com

install_missing() {
  local missing=()
  for pair in ceph-mon:ceph-mon ceph-osd:ceph-osd ceph-mgr:ceph-mgr radosgw:radosgw ceph:ceph-common curl:curl; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "rgw.sh: install these packages first: ${missing[*]}" >&2
    exit 1
  fi
  echo "rgw.sh: installing ${missing[*]}" >&2
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

write_conf() {
  cat >"$conf" <<CONF
[global]
fsid = $1
# The first version of the protocol: by the second, radosgw wants a key all the same.
mon host = v1:127.0.0.1:$mon_port
mon initial members = a
public network = 127.0.0.0/8
auth cluster required = none
auth service required = none
auth client required = none
# One OSD, hence one copy of everything.
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
run dir = $dir
log file = $dir/log/\$name.log
admin socket = $dir/\$name.asok
pid file = $dir/\$name.pid
ms bind ipv4 = true
ms bind ipv6 = false
mon data = $dir/mon
mgr data = $dir/mgr
osd data = $dir/osd
osd objectstore = bluestore
# A sparse file: it takes the room that is used.
bluestore block create = true
bluestore block size = 21474836480
setuser match path = $dir
# When something is wrong, say so within a minute, not five.
client mount timeout = 60
rgw frontends = beast endpoint=127.0.0.1:$port
rgw enable apis = s3, admin
rgw dns name = localhost
rgw enable usage log = false
# Customers' keys (SSE-C) come over HTTP in the tests.
rgw crypt require ssl = false
debug rgw = 0
[client.rgw.a]
rgw data = $dir/rgw
CONF
}

# Starts the OSD and waits until the monitor sees it. One time in five the OSD speaks before it knows the cluster's id,
# is refused ("wrong fsid") and ends; then it is started again.
start_osd() {
  for _ in $(seq 10); do
    ceph-osd -c "$conf" -i 0
    for _ in $(seq 60); do
      if ceph -c "$conf" osd stat | grep -q ' 1 up'; then return 0; fi
      is_ours "$(cat "$dir/osd.0.pid" 2>/dev/null)" || break
      sleep 0.5
    done
  done
  return 1
}

# Whether a process is one of Ceph's: after a crash its number may belong to somebody else.
is_ours() {
  case $(cat "/proc/${1:-none}/comm" 2>/dev/null) in ceph-* | radosgw) return 0 ;; *) return 1 ;; esac
}

wait_for_gateway() {
  for _ in $(seq 240); do
    curl -s -o /dev/null "http://127.0.0.1:$port/" && return 0
    sleep 0.5
  done
  echo "rgw.sh: the gateway does not answer on 127.0.0.1:$port; see $dir/log and $dir/up.log" >&2
  return 1
}

create_user() {
  radosgw-admin -c "$conf" user create --uid "$1" --display-name "$2" --email "$3" \
    --access-key "$4" --secret-key "$5" >>"$dir/up.log" 2>&1
}

up() {
  install_missing
  [ -e "$dir" ] && down
  mkdir -p "$dir"/{mon,mgr,osd,rgw,log}
  local fsid osd
  fsid=$(cat /proc/sys/kernel/random/uuid)
  osd=$(cat /proc/sys/kernel/random/uuid)
  write_conf "$fsid"
  {
    monmaptool --create --addv a "v1:127.0.0.1:$mon_port" --fsid "$fsid" --clobber "$dir/monmap" &&
      ceph-mon -c "$conf" --mkfs -i a --monmap "$dir/monmap" &&
      ceph-mon -c "$conf" -i a &&
      ceph-mgr -c "$conf" -i x &&
      ceph -c "$conf" osd new "$osd" &&
      ceph-osd -c "$conf" -i 0 --mkfs --osd-uuid "$osd" &&
      start_osd &&
      radosgw -c "$conf" -n client.rgw.a
  } >"$dir/up.log" 2>&1 || {
    tail -n 20 "$dir/up.log" >&2
    return 1
  }
  wait_for_gateway
  create_user main 'Main User' main@example.com "$access_key" "$secret_key"
  create_user alt 'Alt User' "$alt_email" "$alt_access_key" "$alt_secret_key"
  echo "rgw.sh: Ceph RGW listens on http://127.0.0.1:$port"
}

# As STOWAGE_TEST_... it takes the place of our server, as STOWAGE_TEST_RGW_... it stands beside it.
print_env() {
  local prefix
  echo "export STOWAGE_TEST_KIND=rgw"
  for prefix in STOWAGE_TEST STOWAGE_TEST_RGW; do
    cat <<ENV
export ${prefix}_ENDPOINT=http://127.0.0.1:$port
export ${prefix}_ACCESS_KEY=$access_key
export ${prefix}_SECRET_KEY=$secret_key
export ${prefix}_ALT_ACCESS_KEY=$alt_access_key
export ${prefix}_ALT_SECRET_KEY=$alt_secret_key
export ${prefix}_ALT_EMAIL=$alt_email
ENV
  done
}

down() {
  local pid_file pid
  # The gateway first, the monitor last: each stops at once while what it depends on still answers.
  for pid_file in "$dir"/client.*.pid "$dir"/osd.*.pid "$dir"/mgr.*.pid "$dir"/mon.*.pid; do
    [ -f "$pid_file" ] || continue
    pid=$(cat "$pid_file")
    is_ours "$pid" || continue
    kill "$pid"
    for _ in $(seq 50); do
      kill -0 "$pid" 2>/dev/null || break
      sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
  done
  # Only what looks like ours is removed.
  if [ -f "$conf" ]; then rm -rf "$dir"; fi
}

case $command in
  up) up ;;
  env) print_env ;;
  down) down ;;
  *)
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
