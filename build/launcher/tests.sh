# `gyre test`: every test, and one line that sums them up.

help_test() {
  cat <<'TEXT'
gyre test [MAVEN ARGUMENTS]

Runs every test: Java and TypeScript, units and whole systems with real processes and headless Chromium.
What starts WebRTC runs in a network namespace where only loopback exists.

  ./gyre test
  ./gyre test -pl wire-protocol -am
TEXT
}

command_test() {
  case "${1:-}" in --help | -h) help_test && return ;; esac
  require build channel browser loopback authority
  remove_reports
  local status=0
  run_maven --fail-at-end verify "$@" || status=$?
  sum_up "$status"
}

report_files() {
  find "$root" \( -name node_modules -o -name .git \) -prune -o \
    -type f \( -path '*/target/surefire-reports/TEST-*.xml' -o -path '*/target/failsafe-reports/TEST-*.xml' \
    -o -path '*/target/node-reports/*.xml' \) -print
}

remove_reports() { report_files | tr '\n' '\0' | xargs -0 -r rm -f; }

# Every report is JUnit XML: the attributes of each outer <testsuite>, or the cases themselves where it has none.
sum_up() {
  local passed failed skipped
  read -r passed failed skipped < <(report_files | tr '\n' '\0' | xargs -0 -r cat | count_cases)
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$1" = 0 ] || return "$1"
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

count_cases() {
  awk '
    { line = $0
      cases += gsub(/<testcase[ >]/, "", line)
      bad += gsub(/<(failure|error)[ >\/]/, "", line)
      left += gsub(/<skipped[ >\/]/, "", line) }
    END { printf "%d %d %d\n", cases - bad - left, bad, left }'
}
