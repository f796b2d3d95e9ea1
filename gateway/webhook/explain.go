package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
)

// causes are errors that say by themselves what happened.
var causes = []struct {
	err  error
	text string
}{
	{errAddress, "address is not allowed"},
	{errNoHost, "host name not found"},
	{syscall.ECONNREFUSED, "connection refused"},
	{syscall.ECONNRESET, "connection reset"},
	{syscall.EPIPE, "connection reset"},
	{syscall.EHOSTUNREACH, "host is unreachable"},
	{syscall.ENETUNREACH, "host is unreachable"},
	{http.ErrSchemeMismatch, "the receiver does not speak TLS"},
	{io.EOF, "connection closed without an answer"},
	{io.ErrUnexpectedEOF, "connection closed without an answer"},
}

// explain says why there is no answer, in words that name no address, host or secret.
func (s *Sender) explain(ctx context.Context, err error) string {
	for _, cause := range causes {
		if errors.Is(err, cause.err) {
			return cause.text
		}
	}
	switch {
	case ctx.Err() != nil:
		return "the attempt was stopped"
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("timed out after %v", s.timeout)
	}
	if text := explainTLS(err); text != "" {
		return text
	}
	if lookup, ok := errors.AsType[*net.DNSError](err); ok {
		if lookup.IsNotFound {
			return "host name not found"
		}
		return "host name cannot be looked up"
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return "timed out while connecting"
	}
	return "the request failed"
}

// explainTLS says what is wrong with an encrypted connection; empty when that is not the trouble.
func explainTLS(err error) string {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "TLS certificate is not valid"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "TLS certificate is not valid"
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return "the receiver does not speak TLS"
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return "TLS handshake failed"
	}
	return ""
}
