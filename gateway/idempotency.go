package gateway

import (
	"bytes"
	"context"
	"log/slog"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"kanera.dev/domain"
	"kanera.dev/graph"
)

const (
	replayKept     = 24 * time.Hour         // from first use
	replayLease    = 30 * time.Second       // a crashed owner holds its key no longer
	replayDeadline = 25 * time.Second       // a request with a key ends before its lease does
	replayPatience = time.Second            // how long Redis may take to decide
	maxReplay      = 1 << 20                // largest body that is kept
	keyHeader      = "Idempotency-Key"      // of a request
	replayedHeader = "Idempotency-Replayed" // of an answer: "true" when it is one from before
)

// visible is what an idempotency key may look like.
var visible = regexp.MustCompile(`^[\x21-\x7e]{1,255}$`)

// once lets requests that carry an Idempotency-Key take effect once: the first is run and its answer kept, later ones
// are given that answer. Without Redis nobody can tell first from later, so that such requests are refused then.
type once struct {
	replay domain.Replay
	newID  func() string
	log    *slog.Logger
}

// onceREST applies the header to the requests that change something. The body is part of what makes requests the same.
func (o *once) onceREST(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Values(keyHeader) == nil || !changes(r) {
			next.ServeHTTP(w, r)
			return
		}
		body, whole := readAhead(r)
		if !whole {
			next.ServeHTTP(w, r) // it will meet the same error, and has the words for it
			return
		}
		o.serve(w, r, asked{what: canonical(body), refuse: refuseREST, forget: failed}, next.ServeHTTP)
	})
}

func changes(r *http.Request) bool {
	switch r.Method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
		return kind != "multipart/form-data"
	}
	return false
}

// failed reports whether REST answered with a failure that is not the caller's: our own, or a lack of budget.
func failed(answer *domain.StoredAnswer) bool {
	return answer.Status >= http.StatusInternalServerError || answer.Status == http.StatusTooManyRequests
}

// asked is a request to be run once, with the manners of its door.
type asked struct {
	what   []byte // the same for the same request
	refuse refusal
	forget func(answer *domain.StoredAnswer) bool // whether to leave the key free for another try
}

// serve runs a request, or gives the answer from before, or refuses. Anonymous requests have nobody to be told apart
// by and run as they are.
func (o *once) serve(w http.ResponseWriter, r *http.Request, a asked, run http.HandlerFunc) {
	who, given := domain.PrincipalFrom(r.Context()), r.Header.Values(keyHeader)
	if who == nil {
		run(w, r)
		return
	}
	if len(given) != 1 || !visible.MatchString(given[0]) {
		a.refuse(w, r, domain.BadRequest("Idempotency-Key must be one value of 1 to 255 visible ASCII characters."))
		return
	}
	c := &claimed{once: o, token: o.newID(), key: domain.ReplayKey{
		OrganisationID: who.OrganisationID, CredentialID: who.KeyID, Key: given[0],
	}}
	ctx, cancel := context.WithTimeout(r.Context(), replayPatience)
	state, answer, err := o.replay.Claim(ctx, c.key, fingerprint(r, a.what), c.token, replayLease)
	cancel()
	switch {
	case err != nil:
		o.log.ErrorContext(r.Context(), "idempotency key not claimed", "requestId", graph.RequestID(r.Context()), "error", err)
		go c.release(r.Context()) // in case only the answer was lost
		a.refuse(w, r, domain.Unavailable("The Idempotency-Key cannot be checked for now. Nothing was done; try again."))
	case state == domain.ReplayDifferent:
		a.refuse(w, r, domain.Conflict("This Idempotency-Key belongs to another request."))
	case state == domain.ReplayRunning:
		a.refuse(w, r, domain.Conflict("The first request with this Idempotency-Key is still running."))
	case state == domain.ReplayFinished && answer.Omitted:
		a.refuse(w, r, domain.Conflict("This request was carried out before; its answer was not kept."))
	case state == domain.ReplayFinished:
		writeAnswer(w, answer, true)
	default:
		c.run(w, r, a, run)
	}
}

// claimed is a request that owns its key.
type claimed struct {
	once  *once
	key   domain.ReplayKey
	token string
}

// run runs the request and keeps its answer before it is sent: who has seen it can rely on the replay.
func (c *claimed) run(w http.ResponseWriter, r *http.Request, a asked, run http.HandlerFunc) {
	ctx, cancel := context.WithTimeout(r.Context(), replayDeadline)
	defer cancel()
	held, done := &heldAnswer{ResponseWriter: w, status: http.StatusOK}, false
	defer func() {
		if !done { // a panic is on its way to the recovery
			c.release(r.Context())
		}
	}()
	run(held, r.WithContext(ctx))
	done = true
	answer := &domain.StoredAnswer{Status: held.status, ContentType: w.Header().Get("Content-Type"), Location: w.Header().Get("Location"), Body: held.body.Bytes()}
	if a.forget(answer) {
		c.release(r.Context())
	} else {
		c.finish(r.Context(), *answer)
	}
	writeAnswer(w, answer, false)
}

func (c *claimed) finish(ctx context.Context, answer domain.StoredAnswer) {
	if len(answer.Body) > maxReplay {
		answer.Body, answer.Omitted = nil, true
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), replayPatience)
	defer cancel()
	if err := c.once.replay.Finish(limited, c.key, c.token, &answer, replayKept); err != nil {
		c.once.log.ErrorContext(ctx, "answer not kept for its idempotency key", "requestId", graph.RequestID(ctx), "error", err)
	}
}

// release frees the key. When that fails, the lease does it.
func (c *claimed) release(ctx context.Context) {
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), replayPatience)
	defer cancel()
	if err := c.once.replay.Release(limited, c.key, c.token); err != nil {
		c.once.log.WarnContext(ctx, "idempotency key not released", "requestId", graph.RequestID(ctx), "error", err)
	}
}

// heldAnswer keeps an answer back. Its headers are those of the answer to come.
type heldAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

// WriteHeader notes the status.
func (h *heldAnswer) WriteHeader(status int) { h.status = status }

// Write keeps the body.
func (h *heldAnswer) Write(body []byte) (int, error) { return h.body.Write(body) }

func writeAnswer(w http.ResponseWriter, answer *domain.StoredAnswer, replayed bool) {
	header := w.Header()
	for name, value := range map[string]string{"Content-Type": answer.ContentType, "Location": answer.Location} {
		if value != "" {
			header.Set(name, value)
		}
	}
	if replayed {
		header.Set(replayedHeader, "true")
	}
	if answer.Status != http.StatusNoContent {
		header.Set("Content-Length", strconv.Itoa(len(answer.Body)))
	}
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) // fails only when the client has gone
}
