# `gyre up` and `gyre worker`: the servers in the foreground.

help_up() {
  cat <<'TEXT'
gyre up --upstream URL [--listen HOST:PORT] [--data DIR]
gyre up --config gyre.yaml

Runs signalling-server and origin-proxy for a site, until Ctrl-C or until one of them dies. Keys are made
at the first start, below the data folder, which also holds the configuration that --upstream makes.

  --upstream URL      the site's real web server
  --listen HOST:PORT  where visitors come in (default 0.0.0.0:8080)
  --data DIR          keys and state (default ./gyre-data)
  --config FILE       a gyre.yaml of your own, instead of the three above

  ./gyre up --upstream https://site.example
  ./gyre up --upstream http://127.0.0.1:3000 --listen 127.0.0.1:8080
  ./gyre up --config gyre.yaml
TEXT
}

help_worker() {
  cat <<'TEXT'
gyre worker --config FILE

Runs a worker node: headless Chrome whose tabs answer the apps that the configuration lists.

  ./gyre worker --config gyre-data/gyre.yaml
TEXT
}

# The value of an option, or a complaint: value_of OPTION COUNT VALUE
value_of() {
  [ "$2" -ge 2 ] || usage_error "$1 needs a value"
  printf '%s\n' "$3"
}

command_up() {
  local upstream="" listen=0.0.0.0:8080 data=./gyre-data config=""
  while [ $# -gt 0 ]; do
    case "$1" in
      --help | -h) help_up && return ;;
      --upstream) upstream=$(value_of "$1" $# "${2:-}") ;;
      --listen) listen=$(value_of "$1" $# "${2:-}") ;;
      --data) data=$(value_of "$1" $# "${2:-}") ;;
      --config) config=$(value_of "$1" $# "${2:-}") ;;
      *) usage_error "unknown option '$1' of gyre up" ;;
    esac
    shift 2
  done
  [ -n "$upstream$config" ] || usage_error "gyre up needs --upstream URL or --config FILE"
  [ -z "$upstream" ] || [ -z "$config" ] || usage_error "gyre up takes --upstream or --config, not both"
  require build channel
  build
  [ -n "$config" ] || config=$(generate_config "$upstream" "$listen" "$data")
  run_servers "$config"
}

# Prints the path of the configuration that it wrote.
generate_config() {
  case "$1" in http://* | https://*) ;; *) usage_error "'$1' is not an http:// or https:// address" ;; esac
  mkdir -p "$3" && chmod 700 "$3"
  local file
  file=$(cd "$3" && pwd)/gyre.yaml
  cat >"$file" <<YAML
# Written anew by each \`gyre up --upstream\`. To change more, copy it and start with --config.
data: .
listen: $2
sites:
  - id: site
    hosts: ["*"]
    upstreams: ["$1"]
YAML
  echo "$file"
}

run_servers() {
  [ -f "$1" ] || fail "$1: there is no such file; name one with --config"
  say "configuration: $1"
  start_server signalling-server "$1"
  local signalling=$!
  start_server origin-proxy "$1"
  local proxy=$!
  trap 'stop_servers "$proxy" "$signalling"; exit 130' INT
  trap 'stop_servers "$proxy" "$signalling"; exit 143' TERM
  local status=0
  wait -n "$signalling" "$proxy" || status=$?
  stop_servers "$proxy" "$signalling"
  fail "a server ended by itself with status $status; its last lines are above"
}

start_server() {
  local name=$1 prefix
  prefix=$(printf '%-17s' "$name")
  "$JAVA_HOME/bin/java" -XX:+ExitOnOutOfMemoryError -jar "$(jar_of "$name")" --config "$2" > >(sed -u "s/^/$prefix | /") 2>&1 &
}

stop_servers() {
  trap - INT TERM
  kill "$@" 2>/dev/null || true
  wait "$@" 2>/dev/null || true
}

command_worker() {
  case "${1:-}" in --help | -h) help_worker && return ;; esac
  [ "${1:-}" = --config ] && [ -n "${2:-}" ] || usage_error "gyre worker needs --config FILE"
  require build browser
  build
  launch_java worker-node "$@"
}
