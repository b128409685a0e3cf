#!/usr/bin/env bash
# Starts a one-node Apache Kafka for trials and tests, and waits until it answers. Prints "PORT PID JARS".
#
#   start-broker.sh DIRECTORY [PORT [VERSION]]
#
# Idempotent: a broker that runs on DIRECTORY is left alone, data that is there is kept (a killed broker comes back with its
# log). PORT 0, the default, is the one of last time, or else a free one. PORT + 1 is the controller's; PORT + 2 to PORT + 4 are
# free too when the port is chosen here. Needs Linux, java >= 17, mvn and node.
#
# Environment: MILLRACE_KAFKA_CACHE (where jars are kept between runs, 43 MB a version), KAFKA_EXTRA (more lines of
# server.properties; PORT+0 to PORT+4 in them stand for those ports; of two lines for one key the last counts), KAFKA_FORMAT (more
# arguments of the formatting of a new log, one a line), KAFKA_HEAP (512m), KAFKA_LOG (level, warn), KAFKA_OWNER (a process id: when
# that process has gone, the broker goes too).
set -euo pipefail

fail() {
  echo "start-broker: $*" >&2
  exit 1
}

[ $# -ge 1 ] || fail "usage: start-broker.sh DIRECTORY [PORT [VERSION]]"
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
directory=$(mkdir -p "$1" && cd "$1" && pwd)
port=${2:-0}
version=${3:-4.4.0}
cache=${MILLRACE_KAFKA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/millrace/kafka}

need_java() {
  command -v java >/dev/null || fail "java is not installed: Kafka $version needs a JDK of version 17 or later"
  local major
  major=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/.*java\.specification\.version = \([0-9]*\).*/\1/p')
  [ "${major:-0}" -ge 17 ] || fail "java is version ${major:-unknown}: Kafka $version needs 17 or later"
}

fetch_jars() {
  command -v mvn >/dev/null || fail "mvn is not installed: it fetches Kafka $version once, into $cache"
  local part
  part=$(mktemp -d "$cache/part.XXXX")
  cat >"$part/pom.xml" <<XML
<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>local</groupId><artifactId>broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$version</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
XML
  mvn -q -B -ntp -f "$part/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$part/jars" >&2
  touch "$part/jars/.complete"
  rm -rf "$jars"
  mv "$part/jars" "$jars"
  rm -rf "$part"
}

is_running() {
  [ -s "$directory/pid" ] || return 1
  local pid
  pid=$(<"$directory/pid")
  # A process that came later may have the number: its command line tells.
  kill -0 "$pid" 2>/dev/null && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$directory/server.properties"
}

# Retention goes by the records' own times, so without -1 old events would vanish within a second. After kill -9 the new process
# waits until the session of the old one is over, so it is short. Compaction and deletion run often, for tests to see them.
write_properties() {
  local extra=${KAFKA_EXTRA:-} i
  for i in 0 1 2 3 4; do extra=${extra//PORT+$i/$((port + i))}; done
  cat >"$directory/server.properties" <<PROPERTIES
process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:$port,CONTROLLER://127.0.0.1:$((port + 1))
advertised.listeners=PLAINTEXT://127.0.0.1:$port
controller.listener.names=CONTROLLER
controller.quorum.bootstrap.servers=127.0.0.1:$((port + 1))
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
log.dirs=$directory/data
num.partitions=1
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
transaction.abort.timed.out.transaction.cleanup.interval.ms=1000
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
log.cleaner.backoff.ms=500
log.retention.check.interval.ms=1000
log.retention.ms=-1
log.initial.task.delay.ms=500
log.segment.delete.delay.ms=500
$extra
PROPERTIES
}

format_log() {
  local id extra=()
  id=$(node -p '"A" + require("node:crypto").randomBytes(16).toString("base64url").slice(1)')
  [ -z "${KAFKA_FORMAT:-}" ] || mapfile -t extra <<<"$KAFKA_FORMAT"
  "${java[@]}" kafka.tools.StorageTool format --standalone -t "$id" -c "$directory/server.properties" \
    ${extra[@]+"${extra[@]}"} >"$directory/format.log" 2>&1 || fail "$(<"$directory/format.log")"
}

# Ends the broker when its owner has gone without doing so.
watch_owner() {
  local owner=$1 pid=$2
  while kill -0 "$owner" 2>/dev/null; do
    if ! is_running || [ "$(<"$directory/pid")" != "$pid" ]; then return; fi
    sleep 1
  done
  kill -9 "$pid"
}

exec 9>"$directory/.lock"
flock 9
if is_running; then version=$(<"$directory/version"); fi
jars=$cache/$version
if ! is_running; then
  need_java
  mkdir -p "$cache"
  exec 8>"$cache/.lock"
  flock 8
  [ -e "$jars/.complete" ] || fetch_jars
  exec 8>&-
  if [ "$port" = 0 ]; then
    if [ -s "$directory/port" ]; then port=$(<"$directory/port"); else port=$(node "$tools/free-ports.mjs"); fi
  fi
  echo "$port" >"$directory/port"
  echo "$version" >"$directory/version"
  java=(java -Xms128m -Xmx"${KAFKA_HEAP:-512m}" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto
    -Dorg.slf4j.simpleLogger.defaultLogLevel="${KAFKA_LOG:-warn}" -cp "$jars/*")
  write_properties
  [ -e "$directory/data/meta.properties" ] || format_log
  setsid "${java[@]}" kafka.Kafka "$directory/server.properties" >>"$directory/kafka.log" 2>&1 9>&- </dev/null &
  pid=$!
  echo "$pid" >"$directory/pid"
  if [ -n "${KAFKA_OWNER:-}" ]; then watch_owner "$KAFKA_OWNER" "$pid" >/dev/null 2>&1 9>&- </dev/null & fi
fi
port=$(<"$directory/port")
pid=$(<"$directory/pid")
node "$tools/await-broker.mjs" "$port" "$pid" || {
  tail -40 "$directory/kafka.log" >&2
  exit 1
}
echo "$port $pid $jars"
