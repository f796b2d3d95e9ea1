package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"kanera.dev/graph"
)

// checkTime is how long a check may take before it has failed.
const checkTime = time.Second

// check is one thing that the server cannot work without.
type check struct {
	name string
	run  func(context.Context) error
}

// serveHealth answers that the process is alive, whatever else is not.
func serveHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	answer(w, http.StatusOK, struct {
		OK      bool   `json:"ok"`
		Service string `json:"service"`
	}{true, "kanera-gateway"})
}

// serveReady answers whether the server can do its work: 200 or 503, with what each check found. Causes only go to
// the log.
func serveReady(checks []check, log *slog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		status, found := http.StatusOK, make(map[string]string, len(checks))
		for i, err := range runChecks(r.Context(), checks) {
			found[checks[i].name] = "ok"
			if err != nil {
				status, found[checks[i].name] = http.StatusServiceUnavailable, "failed"
				log.ErrorContext(r.Context(), "not ready", "requestId", graph.RequestID(r.Context()), "check", checks[i].name, "error", err)
			}
		}
		w.Header().Set("Cache-Control", "no-store")
		answer(w, status, struct {
			Ready  bool              `json:"ready"`
			Checks map[string]string `json:"checks"`
		}{status == http.StatusOK, found})
	}
}

// runChecks runs all checks at the same time and returns their errors in the order of the checks. It does not wait for
// one that takes no notice of its deadline.
func runChecks(ctx context.Context, checks []check) []error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	pending := make([]chan error, len(checks))
	for i, c := range checks {
		pending[i] = make(chan error, 1)
		go func() { pending[i] <- c.run(ctx) }()
	}
	errs := make([]error, len(checks))
	for i := range pending {
		select {
		case errs[i] = <-pending[i]:
		case <-ctx.Done():
			errs[i] = ctx.Err()
		}
	}
	return errs
}
