package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	userAgent = "Kanera-Webhooks/1.0"
	// DefaultTimeout is what a receiver has for one attempt.
	DefaultTimeout = 10 * time.Second
	// MaxRetryAfter is the longest pause that a receiver can ask for.
	MaxRetryAfter = 24 * time.Hour

	connsPerHost  = 256  // many webhooks may lead to one host; beyond that they wait, within their timeout
	idlePerHost   = 64   // connections kept for the next delivery
	idleInAll     = 1024 // as above, over all hosts
	idleFor       = time.Minute
	headerBytes   = 64 << 10 // of an answer
	drainBytes    = 32 << 10 // of an answer's body beyond its excerpt, to keep the connection; then it is closed
	connectWithin = 5 * time.Second
	askAfter      = 15 * time.Second // silence after which an HTTP/2 connection is asked whether it is still there
)

// Config says how deliveries are sent. Zero values stand for what is said beside them.
type Config struct {
	Timeout      time.Duration    // of a whole attempt, from the look-up to the end of the answer; DefaultTimeout
	AllowPrivate bool             // dial addresses inside too, for development
	Resolver     Resolver         // net.DefaultResolver
	Now          func() time.Time // time.Now
	Roots        *x509.CertPool   // of receivers' certificates; those of the system
}

// Request is one attempt of a delivery.
type Request struct {
	URL     string
	EventID string
	Body    []byte   // JSON, sent and signed as it is
	Secrets []string // the live ones, newest first: one, or two during a rotation
}

// Result is what became of an attempt. It holds nothing that its reader must not see: no address, no secret.
type Result struct {
	Status     int           // of the answer; zero without one
	Excerpt    string        // of the answer's body: at most 2,000 characters, valid UTF-8 without control characters
	Latency    time.Duration // from the look-up to the end of the answer
	RetryAfter time.Duration // what the receiver asks for, at most MaxRetryAfter; zero when it asks for nothing
	Err        string        // why the attempt failed, in a few words; empty when it was delivered
}

// Delivered reports whether the receiver took the delivery: it answered 2xx, whatever became of the answer's body.
func (r Result) Delivered() bool { return r.Err == "" }

// Sender sends deliveries. It is safe for concurrent use, keeps connections, and never uses a proxy: what the
// environment says about proxies is for other programs.
type Sender struct {
	client       *http.Client
	allowPrivate bool
	timeout      time.Duration
	now          func() time.Time
}

// NewSender returns a sender. Close it in the end.
func NewSender(config Config) *Sender {
	if config.Timeout <= 0 {
		config.Timeout = DefaultTimeout
	}
	if config.Resolver == nil {
		config.Resolver = net.DefaultResolver
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	connect := (&net.Dialer{Timeout: connectWithin}).DialContext
	return newSender(config, &dialer{config.Resolver, config.AllowPrivate, connect})
}

func newSender(config Config, dial *dialer) *Sender {
	return &Sender{allowPrivate: config.AllowPrivate, timeout: config.Timeout, now: config.Now, client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext:            dial.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: config.Roots, MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    connectWithin,
			ForceAttemptHTTP2:      true,
			DisableCompression:     true, // nothing is unpacked, so a small answer stays small
			MaxConnsPerHost:        connsPerHost,
			MaxIdleConnsPerHost:    idlePerHost,
			MaxIdleConns:           idleInAll,
			IdleConnTimeout:        idleFor,
			MaxResponseHeaderBytes: headerBytes,
			HTTP2:                  &http.HTTP2Config{SendPingTimeout: askAfter, PingTimeout: connectWithin},
		},
	}}
}

// Close lets go of the connections that are kept.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Send makes one attempt: a signed POST, within the timeout, without following redirects. The URL has to pass CheckURL
// now, whatever was allowed when it was saved. Every failure is a Result; when ctx ends first the attempt says nothing about the receiver, which the caller sees by ctx.Err().
func (s *Sender) Send(ctx context.Context, request Request) Result {
	if CheckURL(request.URL, s.allowPrivate) != nil {
		return Result{Err: "the URL is not allowed"}
	}
	began := s.now()
	limited, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	post, err := s.post(limited, request, began)
	if err != nil {
		return Result{Err: "the request cannot be made"}
	}
	response, err := s.client.Do(post)
	if err != nil {
		return Result{Latency: s.now().Sub(began), Err: s.explain(ctx, err)}
	}
	defer response.Body.Close()
	result := Result{Status: response.StatusCode, Excerpt: excerpt(response.Body), Err: fault(response.StatusCode)}
	_, _ = io.CopyN(io.Discard, response.Body, drainBytes) // whatever the rest is, the status has been said
	result.Latency = s.now().Sub(began)
	if !result.Delivered() {
		result.RetryAfter = retryAfter(response.Header.Get("Retry-After"), s.now())
	}
	return result
}

// post makes the request. The transport may send it again on its own when a kept connection turns out to be closed:
// receivers tell repetitions by the event id, and the empty key says so without being sent.
func (s *Sender) post(ctx context.Context, request Request, at time.Time) (*http.Request, error) {
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, request.URL, bytes.NewReader(request.Body))
	if err != nil {
		return nil, err
	}
	post.Header.Set("Content-Type", "application/json")
	post.Header.Set("User-Agent", userAgent)
	post.Header["X-Idempotency-Key"] = []string{}
	return post, sign(post.Header, request.EventID, at, request.Body, request.Secrets)
}

// fault says why an answer is a failure; empty when it is none.
func fault(status int) string {
	switch {
	case status >= 200 && status < 300:
		return ""
	case status >= 300 && status < 400:
		return "redirects are not followed"
	}
	return "the receiver answered " + strconv.Itoa(status)
}

// retryAfter understands the header of that name, in seconds or as a date.
func retryAfter(header string, now time.Time) time.Duration {
	var pause time.Duration
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		pause = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(header); err == nil {
		pause = date.Sub(now)
	}
	return min(max(pause, 0), MaxRetryAfter)
}
