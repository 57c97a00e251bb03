# `gyre purge`: has a running origin-proxy forget what it stores.

help_purge() {
  cat <<'TEXT'
gyre purge --site ID (--resource //HOST/PATH | --prefix PATH | --tag NAME)... [--soft]
gyre purge --site ID --everything [--soft]

Has origin-proxy forget stored responses, in memory and on disk, and withdraw what it signed of them,
so that visitors no longer serve them. Prints how many responses and manifests that were.

  --site ID               the site's id in gyre.yaml
  --resource //HOST/PATH  this resource; as often as wanted, as are prefixes and tags
  --prefix PATH           what begins with /path on any host of the site, or with //host/path
  --tag NAME              what the site's server marked with Cache-Tag
  --everything            all of the site
  --soft                  make stale instead: the next request asks the site's server whether it changed
  --admin HOST:PORT       origin-proxy's admin address (default 127.0.0.1:8081)

The environment's GYRE_ADMIN_TOKEN is sent where the admin address needs a token.

  ./gyre purge --site example --resource //www.example.com/logo.png
  ./gyre purge --site example --prefix /assets/ --prefix /fonts/
  ./gyre purge --site example --tag product-17 --soft
TEXT
}

command_purge() {
  local site="" admin=127.0.0.1:8081 everything="" query=()
  while [ $# -gt 0 ]; do
    case "$1" in
      --help | -h) help_purge && return ;;
      --everything) everything=yes && shift && continue ;;
      --soft) query+=(--data-urlencode soft=true) && shift && continue ;;
      --site) site=$(value_of "$1" $# "${2:-}") ;;
      --admin) admin=$(value_of "$1" $# "${2:-}") ;;
      --resource | --prefix | --tag)
        query+=(--data-urlencode "${1#--}=$(value_of "$1" $# "${2:-}")")
        [ -n "${2:-}" ] || usage_error "$1 is empty"
        ;;
      *) usage_error "unknown option '$1' of gyre purge" ;;
    esac
    shift 2
  done
  [ -n "$site" ] || usage_error "gyre purge needs --site ID"
  local named="${query[*]-}"
  named=${named/--data-urlencode soft=true/}
  [ -n "${named// /}$everything" ] \
    || usage_error "gyre purge needs --resource, --prefix or --tag; --everything takes all of the site"
  [ -z "${named// /}" ] || [ -z "$everything" ] \
    || usage_error "gyre purge takes --everything or parts of the site, not both"
  send_purge "$admin" --data-urlencode "site=$site" ${query[@]+"${query[@]}"}
}

# The token goes by standard input, where no list of processes shows it.
send_purge() {
  local admin=$1 answer status
  shift
  command -v curl > /dev/null || fail "curl is needed: apt-get install curl"
  answer=$(
    { [ -z "${GYRE_ADMIN_TOKEN:-}" ] || printf 'header = "Authorization: Bearer %s"\n' "$GYRE_ADMIN_TOKEN"; } \
      | curl --config - --silent --show-error --max-time 30 --get --request POST "$@" \
        --write-out '\n%{http_code}' "http://$admin/api/purge"
  ) || fail "origin-proxy's admin address $admin does not answer; name it with --admin"
  status=${answer##*$'\n'}
  answer=${answer%$'\n'*}
  [ "$status" = 200 ] || fail "$admin answered $status: $answer"
  printf '%s\n' "$answer"
}
