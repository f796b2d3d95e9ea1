# Sourced by the scripts beside it: starts a server on an empty data folder and stops it when the script ends. Sets
# `address` (host:port) and `dir`, a temporary folder with the server's log and data.
dir=$(mktemp -d)
server=
stop() {
	[[ -z $server ]] || { kill "$server" && wait "$server"; } 2>/dev/null || true
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
(cd ../.. && go build -o "$dir/kanera" ./gateway/cmd/kanera)
address=127.0.0.1:$((20000 + RANDOM % 12000))
KANERA_ADDR=$address KANERA_DATA_DIR="$dir/data" KANERA_DATABASE_URL='' KANERA_REDIS_URL='' "$dir/kanera" serve >"$dir/log" 2>&1 &
server=$!
for _ in {1..300}; do
	curl -fsS -o /dev/null "http://$address/health" 2>/dev/null && break
	kill -0 "$server" 2>/dev/null || break
	sleep 0.2
done
curl -fsS -o /dev/null "http://$address/health" || { echo "the server did not answer:" >&2 && cat "$dir/log" >&2 && exit 1; }
