# `gyre doctor`: what this machine lacks, and how to get it.

help_doctor() {
  cat <<'TEXT'
gyre doctor [--config FILE]

Says what is missing on this machine and how to get it; with a configuration also whether its ports are free
and whether a public host name has ICE servers. Status 1 when something is missing.

  ./gyre doctor
  ./gyre doctor --config gyre.yaml
TEXT
}

good() { printf '  ok       %s\n' "$*"; }
note() { printf '  note     %s\n' "$*"; }
bad() {
  printf '  missing  %s\n' "$*"
  ailing=1
}

command_doctor() {
  local config=""
  case "${1:-}" in
    --help | -h) help_doctor && return ;;
    --config) config=$(value_of "$1" $# "${2:-}") ;;
    "") ;;
    *) usage_error "unknown option '$1' of gyre doctor" ;;
  esac
  ailing=0
  check_jdk
  check_node
  check_packages
  check_namespace
  check_workerd
  check_ports "$config"
  [ -z "$config" ] || check_ice "$config"
  return "$ailing"
}

check_jdk() {
  local jdk
  if jdk=$("$root/build/find-jdk" 2>/dev/null); then
    good "JDK 25 in $jdk"
  else
    bad "JDK 25: install Temurin's temurin-25-jdk (https://adoptium.net), or name its folder in GYRE_JDK"
  fi
}

check_node() {
  if [ "$(node_version)" -ge 20 ] 2>/dev/null; then
    good "node $(node --version)"
  elif has_command node; then
    bad "node 20 or later (here: $(node --version)): https://nodejs.org, or nodesource's packages"
  fi
}

check_packages() {
  local missing
  missing=$(missing_packages build channel browser loopback | tr '\n' ' ')
  if [ -n "$missing" ]; then
    bad "${missing% }: $(install_line "${missing% }")"
  else
    good "maven, npm, chromium, chromedriver and the libraries of webrtc-java"
  fi
  missing=$(missing_packages benchmark | tr '\n' ' ')
  [ -z "$missing" ] || note "gyre load http wants ${missing% }: $(install_line "${missing% }")"
  missing=$(missing_packages authority | sort -u | tr '\n' ' ')
  [ -z "$missing" ] || note "gyre test wants ${missing% }: $(install_line "${missing% }")"
  [ "$(id -u)" != 0 ] || note "this is root: worker nodes would run Chrome without its sandbox"
}

check_namespace() {
  if unshare --net true 2>/dev/null || unshare --net --map-root-user true 2>/dev/null; then
    good "network namespaces for tests with WebRTC"
  else
    bad "unshare --net is not permitted: run tests as root, or sysctl kernel.unprivileged_userns_clone=1"
  fi
}

check_workerd() {
  if find_workerd >/dev/null; then
    good "workerd in $(find_workerd)"
  else
    note "workerd, which runs apps at the origin: npm install -g workerd, or name it in executor.workerd"
  fi
}

find_workerd() {
  local place
  for place in "$root"/*/node_modules/.bin/workerd "$root"/node_modules/.bin/workerd "$(command -v workerd || true)"; do
    if [ -x "$place" ]; then
      echo "$place"
      return
    fi
  done
  return 1
}

# The ports of the configuration, or the defaults.
check_ports() {
  local port
  for port in $(ports_of "$1"); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      bad "port $port is in use: stop what listens there, or choose another"
    else
      good "port $port is free"
    fi
  done
}

ports_of() {
  local found=""
  [ -z "$1" ] || found=$(sed -nE 's/#.*//; s/.*listen:[^}]*:([0-9]+).*/\1/p' "$1")
  echo "${found:-8080 8081 8090 8091 8100 8101}"
}

check_ice() {
  local hosts
  hosts=$(sed -nE 's/^[^#]*hosts:[[:space:]]*//p' "$1" | tr -d '[]",' | tr ' ' '\n' |
    grep -Ev '^(localhost|.*\.localhost|127\..*|\*|)$' | tr '\n' ' ' || true)
  if [ -n "$hosts" ] && ! grep -Eq '^[^#]*urls:' "$1"; then
    note "ice.servers is empty while ${hosts% } is public: visitors behind address translation will not meet"
  fi
}
