package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

// raw starts a listener that does something to every connection.
func raw(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 8192))
			serve(conn)
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}

// failing is a name server that fails.
type failing struct{ err error }

func (f failing) LookupNetIP(context.Context, string, string) ([]netip.Addr, error) {
	return nil, f.err
}

func TestWhyThereIsNoAnswer(t *testing.T) {
	t.Parallel()
	closed := raw(t, func(net.Conn) {})
	reset := raw(t, func(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) })
	noise := raw(t, func(conn net.Conn) { _, _ = conn.Write([]byte("220 mail.example ESMTP\r\n")) })
	half := raw(t, func(conn net.Conn) { _, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nContent-")) })
	plain := receiver(t, func(http.ResponseWriter, *http.Request) {})
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it complains about the handshakes that fail
	secure.StartTLS()
	t.Cleanup(secure.Close)
	refusing, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = refusing.Close()
	trusted := x509.NewCertPool()
	trusted.AddCert(secure.Certificate())

	rows := []struct {
		name    string
		url     string
		config  Config
		secrets []string
		public  bool // nothing inside may be dialled
		want    string
	}{
		{name: "refused", url: "http://" + refusing.Addr().String(), want: "connection refused"},
		{name: "closed", url: "http://" + closed, want: "connection closed without an answer"},
		{name: "reset", url: "http://" + reset, want: "connection reset"},
		{name: "half an answer", url: "http://" + half, want: "the request failed"},
		{name: "no HTTP", url: "http://" + noise, want: "the request failed"},
		{name: "unknown certificate", url: secure.URL, want: "TLS certificate is not valid"},
		{name: "certificate of another", url: strings.Replace(secure.URL, "127.0.0.1", "a.test", 1), want: "TLS certificate is not valid",
			config: Config{Roots: trusted, Resolver: &answers{given: [][]string{{"127.0.0.1"}}}}},
		{name: "no TLS", url: strings.Replace(plain.URL, "http", "https", 1), want: "the receiver does not speak TLS"},
		{name: "no TLS, nor HTTP", url: "https://" + noise, want: "the receiver does not speak TLS"},
		{name: "closed before TLS", url: "https://" + closed, want: "connection closed without an answer"},
		{name: "unknown name", url: "http://a.example", want: "host name not found", config: Config{Resolver: &answers{}}},
		{name: "name without addresses", url: "http://a.example", want: "host name not found", config: Config{Resolver: &answers{given: [][]string{{}}}}},
		{name: "name server that fails", url: "http://a.example", want: "host name cannot be looked up",
			config: Config{Resolver: failing{&net.DNSError{Err: "server misbehaving", Server: "10.9.8.7:53"}}}},
		{name: "name server that hangs", url: "http://a.example", want: "host name cannot be looked up",
			config: Config{Resolver: failing{&net.DNSError{Err: "i/o timeout", Server: "10.9.8.7:53", IsTimeout: true}}}},
		{name: "an address inside", url: secure.URL, public: true, want: "the URL is not allowed"},
		{name: "no TLS where it is asked for", url: "http://a.example", public: true, want: "the URL is not allowed"},
		{name: "a name that leads inside", url: "https://a.example", public: true, want: "address is not allowed",
			config: Config{Resolver: &answers{given: [][]string{{"8.8.8.8", "10.9.8.7"}}}}},
		{name: "no URL", url: "http://a b", want: "the URL is not allowed"},
		{name: "no secret", url: plain.URL, secrets: []string{"whsec_hush!"}, want: "the request cannot be made"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			row.config.AllowPrivate, row.config.Timeout = !row.public, 20*time.Second
			s := NewSender(row.config)
			t.Cleanup(s.Close)
			delivery := request(row.url)
			if row.secrets != nil {
				delivery.Secrets = row.secrets
			}
			got := s.Send(t.Context(), delivery)
			if got.Err != row.want || got.Status != 0 || got.Delivered() || got.Excerpt != "" {
				t.Errorf("%+v, want %q", got, row.want)
			}
		})
	}
}

// TestASendThatIsStopped is no fault of the receiver.
func TestASendThatIsStopped(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	server := receiver(t, func(_ http.ResponseWriter, r *http.Request) {
		stop()
		_, _ = r.Body.Read(make([]byte, 8192))
		<-r.Context().Done()
	})
	if got := sender(t, Config{}).Send(ctx, request(server.URL)); got.Err != "the attempt was stopped" || ctx.Err() == nil {
		t.Errorf("%+v", got)
	}
}

// TestOtherErrors that no server on loopback makes.
func TestOtherErrors(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"host is unreachable":        fmt.Errorf("dial 10.9.8.7: %w", syscall.EHOSTUNREACH),
		"timed out after 10s":        fmt.Errorf("POST: %w", context.DeadlineExceeded),
		"timed out while connecting": &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded},
		"TLS handshake failed":       fmt.Errorf("remote error: %w", tls.AlertError(40)),
		"the request failed":         errors.New("of 10.9.8.7"),
	} {
		if got := (&Sender{timeout: DefaultTimeout}).explain(t.Context(), err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

// TestHTTP2 is spoken with receivers that offer it.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	versions := make(chan int, 1)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { versions <- r.ProtoMajor }))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	trusted := x509.NewCertPool()
	trusted.AddCert(server.Certificate())
	if got := sender(t, Config{Roots: trusted}).Send(t.Context(), request(server.URL)); !got.Delivered() {
		t.Fatalf("%+v", got)
	}
	if version := <-versions; version != 2 {
		t.Errorf("HTTP/%d", version)
	}
}
