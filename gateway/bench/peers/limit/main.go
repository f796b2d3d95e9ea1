// Command limit answers what `make bench-peers` asks with as little as will do: the least SQL, and JSON appended by hand
// to one slice. It knows no accounts, keys, budgets or logs; what it needs is what the data and Postgres need, so that the
// gateway's distance from it is what the gateway itself costs. Its answers are the gateway's, byte by byte.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "address to listen on")
	database := flag.String("database", "", "URL of a Postgres with the data")
	flag.Parse()
	log.Fatalln("limit:", run(context.Background(), *addr, *database))
}

// run serves until something fails.
func run(ctx context.Context, addr, database string) error {
	pool, err := pgxpool.New(ctx, database)
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer pool.Close()
	s := &server{pool: pool}
	if err := pool.QueryRow(ctx, `SELECT workspace_id FROM api_keys WHERE kind = 'workspace'`).Scan(&s.workspace); err != nil {
		return fmt.Errorf("find the workspace: %w", err)
	}
	mux := http.NewServeMux()
	for path, answer := range map[string]answer{"/card": s.card, "/board": s.board, "/page": s.page, "/aggregate": s.aggregate, "/create": s.create, "/open": s.open} {
		mux.Handle(path, answer)
	}
	listener := &http.Server{Addr: addr, Handler: mux, ReadHeaderTimeout: time.Minute}
	return listener.ListenAndServe()
}

// server answers from one workspace.
type server struct {
	pool      *pgxpool.Pool
	workspace string
}

// answer makes the body for the parameters of a request.
type answer func(ctx context.Context, q url.Values) ([]byte, error)

// ServeHTTP implements http.Handler.
func (a answer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := a(r.Context(), r.URL.Query())
	if err != nil {
		log.Println("limit:", err)
		http.Error(w, "failed", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // a client that left has nobody to be told
}
