# What each command needs of the machine: which Debian package brings it, and how to see whether it is there.

# purpose, Debian package, kind of check, name to check
prerequisites() {
  cat <<'TABLE'
build     maven            command mvn
build     nodejs           command node
build     npm              command npm
channel   libpulse0        library libpulse.so.0
channel   libx11-6         library libX11.so.6
channel   libxfixes3       library libXfixes.so.3
channel   libxrandr2       library libXrandr.so.2
channel   libxcomposite1   library libXcomposite.so.1
channel   libdbus-1-3      library libdbus-1.so.3
browser   chromium         command chromium
browser   chromium-driver  command chromedriver
browser   procps           command ps
loopback  iproute2         command ip
loopback  util-linux       command unshare
benchmark nginx-light      command nginx
benchmark wrk              command wrk
benchmark nghttp2-client   command h2load
benchmark openssl          command openssl
authority pebble           command pebble
authority pebble           command pebble-challtestsrv
TABLE
}

has_command() { PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1; }

# grep reads to the end: with -q it would end ldconfig by SIGPIPE, which pipefail takes for "not there".
has_library() { PATH="$PATH:/usr/sbin:/sbin" ldconfig -p 2>/dev/null | grep "[[:space:]]$1 " >/dev/null; }

# The Debian packages that the given purposes miss, one a line.
missing_packages() {
  local purpose package kind name
  prerequisites | while read -r purpose package kind name; do
    case " $* " in *" $purpose "*) "has_$kind" "$name" || echo "$package" ;; esac
  done
}

is_debian() { has_command apt-get; }

install_line() {
  if is_debian; then
    echo "apt-get update && apt-get install -y --no-install-recommends $*"
  else
    echo "install what Debian calls: $*"
  fi
}

install_packages() {
  say "installing $*"
  local log
  log=$(mktemp)
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; } \
    >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    fail "could not install $*; run by hand: $(install_line "$@")"
  fi
  rm -f "$log"
}

# Sees to it that the machine has what these purposes need: installs it as root, else says how.
require() {
  require_jdk
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  missing=${missing% }
  if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ] && is_debian; then
      # shellcheck disable=SC2086 # one word per package
      install_packages $missing
    else
      fail "missing here: $missing. As root: $(install_line "$missing")"
    fi
  fi
  case " $* " in *" build "*) require_node ;; esac
}

require_jdk() {
  local jdk
  jdk=$("$root/build/find-jdk") || exit 1
  export JAVA_HOME=$jdk
}

node_version() { node --version 2>/dev/null | sed 's/^v//; s/\..*//'; }

require_node() {
  [ "$(node_version)" -ge 20 ] 2>/dev/null ||
    fail "node is $(node --version 2>/dev/null || echo missing), 20 or later is needed (https://nodejs.org, or nodesource's packages)"
}
