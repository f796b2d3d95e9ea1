package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// receiver starts a server on loopback.
func receiver(t testing.TB, answer http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return server
}

// sender may dial loopback.
func sender(t testing.TB, config Config) *Sender {
	t.Helper()
	config.AllowPrivate = true
	s := NewSender(config)
	t.Cleanup(s.Close)
	return s
}

func request(url string) Request {
	return Request{URL: url, EventID: "e1", Body: []byte(signedBody), Secrets: []string{newSecretText, oldSecretText}}
}

func TestWhatTheReceiverSees(t *testing.T) {
	t.Parallel()
	var got *http.Request
	var body []byte
	server := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	})
	began := time.Now().Unix()
	if result := sender(t, Config{}).Send(t.Context(), request(server.URL+"/hook?a=b")); !result.Delivered() || result.Status != 200 || result.Latency <= 0 {
		t.Fatalf("%+v", result)
	}
	want := map[string]string{
		"Content-Type": "application/json", "User-Agent": "Kanera-Webhooks/1.0", "X-Kanera-Event-Id": "e1", "Webhook-Id": "e1",
		"Content-Length": strconv.Itoa(len(signedBody)), "X-Idempotency-Key": "", "Accept-Encoding": "",
	}
	for name, value := range want {
		if got.Header.Get(name) != value {
			t.Errorf("%s: %q, want %q", name, got.Header.Get(name), value)
		}
	}
	if got.Method != "POST" || got.RequestURI != "/hook?a=b" || string(body) != signedBody {
		t.Errorf("%s %s %s", got.Method, got.RequestURI, body)
	}
	timestamp := got.Header.Get("X-Kanera-Timestamp")
	if at, err := strconv.ParseInt(timestamp, 10, 64); err != nil || at < began || at > began+10 || timestamp != got.Header.Get("Webhook-Timestamp") {
		t.Errorf("sent at %q, %v", timestamp, err)
	}
	mac := hmac.New(sha256.New, []byte(newSecretText))
	mac.Write([]byte(timestamp + "." + signedBody))
	if signature := "sha256=" + hex.EncodeToString(mac.Sum(nil)); got.Header.Get("X-Kanera-Signature") != signature {
		t.Errorf("signed %q, want %q", got.Header.Get("X-Kanera-Signature"), signature)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	rows := []struct {
		status     int
		retryAfter string
		err        string
		pause      time.Duration
	}{
		{status: 200}, {status: 202, retryAfter: "60"}, {status: 299},
		{status: 300, err: "redirects are not followed"}, {status: 301, err: "redirects are not followed"},
		{status: 302, err: "redirects are not followed"}, {status: 307, err: "redirects are not followed"},
		{status: 308, err: "redirects are not followed"}, {status: 304, err: "redirects are not followed"},
		{status: 400, err: "the receiver answered 400"}, {status: 410, err: "the receiver answered 410"},
		{status: 429, retryAfter: "17", err: "the receiver answered 429", pause: 17 * time.Second},
		{status: 500, err: "the receiver answered 500"}, {status: 503, retryAfter: "99999999", err: "the receiver answered 503", pause: 24 * time.Hour},
	}
	for _, row := range rows {
		t.Run(strconv.Itoa(row.status), func(t *testing.T) {
			t.Parallel()
			var elsewhere atomic.Int32
			other := receiver(t, func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) })
			server := receiver(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", other.URL)
				if row.retryAfter != "" {
					w.Header().Set("Retry-After", row.retryAfter)
				}
				w.WriteHeader(row.status)
				_, _ = io.WriteString(w, "said\x00so")
			})
			got := sender(t, Config{}).Send(t.Context(), request(server.URL))
			excerpt := "said\uFFFDso"
			if row.status == 304 {
				excerpt = "" // has no body
			}
			if got.Status != row.status || got.Err != row.err || got.Delivered() != (row.err == "") || got.RetryAfter != row.pause || got.Excerpt != excerpt {
				t.Errorf("%+v", got)
			}
			if elsewhere.Load() != 0 {
				t.Error("the redirect was followed")
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "1": time.Second, "86400": 24 * time.Hour, "86401": 24 * time.Hour, "99999999999999999999": 0, "-5": 0, "1.5": 0, "soon": 0,
		"Wed, 02 Jan 2030 03:05:05 GMT": time.Minute, "Wed, 02 Jan 2030 03:03:05 GMT": 0, "Sat, 02 Feb 2030 03:03:05 GMT": 24 * time.Hour,
		"Wednesday, 02-Jan-30 03:05:05 GMT": time.Minute,
	} {
		if got := retryAfter(header, now); got != want {
			t.Errorf("%q: %v, want %v", header, got, want)
		}
	}
}

// TestTheTimeout is for the whole attempt: before the answer it is a failure, inside the body of a 2xx the delivery
// has arrived.
func TestTheTimeout(t *testing.T) {
	t.Parallel()
	rows := []struct{ name, begin, excerpt, err string }{
		{name: "no answer", err: "timed out after 1s"},
		{name: "half an answer", begin: "so far", excerpt: "so far"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			server := receiver(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.ReadAll(r.Body) // only then does the server notice that the sender is gone
				if row.begin != "" {
					_, _ = io.WriteString(w, row.begin)
					_ = http.NewResponseController(w).Flush()
				}
				<-r.Context().Done()
			})
			got := sender(t, Config{Timeout: time.Second}).Send(t.Context(), request(server.URL))
			if got.Err != row.err || got.Excerpt != row.excerpt || got.Latency < 100*time.Millisecond || got.Latency > 30*time.Second {
				t.Errorf("%+v", got)
			}
		})
	}
}

// TestAnEndlessAnswer costs little: it is cut, and its connection closed.
func TestAnEndlessAnswer(t *testing.T) {
	t.Parallel()
	gone := make(chan struct{})
	server := receiver(t, func(w http.ResponseWriter, r *http.Request) {
		defer close(gone)
		for r.Context().Err() == nil {
			if _, err := io.WriteString(w, strings.Repeat("x", 4096)); err != nil {
				return
			}
		}
	})
	got := sender(t, Config{}).Send(t.Context(), request(server.URL))
	if !got.Delivered() || got.Excerpt != strings.Repeat("x", 2000) {
		t.Errorf("%+v", got)
	}
	<-gone
}

// TestConnectionsAreKept over many deliveries, and a kept one that the receiver has closed costs no delivery.
func TestConnectionsAreKept(t *testing.T) {
	t.Parallel()
	var made atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("thanks ", 3000))
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			made.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s := sender(t, Config{})
	for round := range int32(3) {
		for range 10 {
			if got := s.Send(t.Context(), request(server.URL)); !got.Delivered() {
				t.Fatalf("%+v", got)
			}
		}
		if made.Load() > round+1 {
			t.Errorf("%d connections for %d deliveries", made.Load(), 10*(round+1))
		}
		server.CloseClientConnections()
	}
}

// TestNoProxy: the environment may name one for other programs.
func TestNoProxy(t *testing.T) {
	proxy := receiver(t, func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	server := receiver(t, func(http.ResponseWriter, *http.Request) {})
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	s := sender(t, Config{Resolver: &answers{given: [][]string{{"127.0.0.1"}}}})
	if got := s.Send(t.Context(), request("http://a.example:"+port)); !got.Delivered() {
		t.Errorf("%+v", got)
	}
}

// TestANameThatMoves: a name server that says a public address first and loopback then leads nowhere, neither for a new
// connection nor for a kept one.
func TestANameThatMoves(t *testing.T) {
	t.Parallel()
	for _, kept := range []bool{true, false} {
		t.Run("kept "+strconv.FormatBool(kept), func(t *testing.T) {
			t.Parallel()
			var hits atomic.Int32
			server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				hits.Add(1)
				if !kept {
					w.Header().Set("Connection", "close")
				}
			}))
			t.Cleanup(server.Close)
			trusted := x509.NewCertPool()
			trusted.AddCert(server.Certificate())
			public := &lines{up: func(ctx context.Context, address string) (net.Conn, error) {
				if address != "8.8.8.8:443" {
					t.Errorf("dialled %s", address)
				}
				return (&net.Dialer{}).DialContext(ctx, "tcp", server.Listener.Addr().String())
			}}
			names := &answers{given: [][]string{{"8.8.8.8"}, {"127.0.0.1"}}}
			s := newSender(Config{Timeout: 5 * time.Second, Now: time.Now, Roots: trusted}, &dialer{names, false, public.connect})
			t.Cleanup(s.Close)
			first, second := s.Send(t.Context(), request("https://example.com")), s.Send(t.Context(), request("https://example.com"))
			if !first.Delivered() {
				t.Errorf("the first time: %+v", first)
			}
			if kept && (!second.Delivered() || hits.Load() != 2 || len(names.asked) != 1) {
				t.Errorf("over the same connection: %+v after %v", second, names.asked)
			}
			if !kept && (second.Err != "address is not allowed" || hits.Load() != 1 || len(names.asked) != 2) {
				t.Errorf("over a new connection: %+v after %v", second, names.asked)
			}
		})
	}
}
