# The four jars: built when a source is newer than the last build, started with JDK 25.

jar_names="signalling-server origin-proxy worker-node load-tests"

jar_of() { echo "$root/$1/target/$1.jar"; }

is_built() {
  local stamp="$root/target/built" name
  [ -f "$stamp" ] || return 1
  for name in $jar_names; do
    [ -f "$(jar_of "$name")" ] || return 1
  done
  [ -z "$(newer_sources "$stamp")" ]
}

newer_sources() {
  find "$root" \( -name target -o -name node_modules -o -name .git -o -name docs -o -name test \) -prune -o \
    -type f \( -path '*/src/*' -o -path '*/examples/apps/*' -o -name pom.xml -o -name 'package*.json' -o -name '*.mjs' \) \
    -newer "$1" -print -quit
}

build() {
  mkdir -p "$root/target"
  # One build at a time: two launchers in one folder would write the same classes.
  exec 8>"$root/target/build.lock"
  flock 8
  is_built || build_now
  exec 8>&-
}

build_now() {
  local log="$root/target/build.log" began="$root/target/began"
  say "building (the log is $log)"
  touch "$began"
  if ! run_maven -DskipTests -Dmaven.test.skip=true package 2>&1 | tee "$log" | sed -un 's/^\[INFO\] Building \(Gyre.*\) [0-9].* \(\[.*\]\)$/gyre:   \1 \2/p' >&2; then
    grep -E '^\[ERROR\]' "$log" | head -n 15 >&2
    fail "the build failed; all of it is in $log"
  fi
  mv "$began" "$root/target/built"
}

run_maven() { (cd "$root" && mvn -B -ntp "$@"); }

# The jar takes this process's place: who ends the launcher ends the jar, which ends what it started.
launch_java() {
  local name=$1
  shift
  exec "$JAVA_HOME/bin/java" -XX:+ExitOnOutOfMemoryError -jar "$(jar_of "$name")" "$@"
}

launch_loopback_java() {
  local name=$1
  shift
  require loopback
  exec "$root/build/loopback/bin/java" -XX:+ExitOnOutOfMemoryError -jar "$(jar_of "$name")" "$@"
}
