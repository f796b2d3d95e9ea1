package gateway

import (
	"net/http/httptest"
	"testing"
)

func TestAddressOf(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.7:4711":              "192.0.2.7",
		"[::ffff:192.0.2.7]:4711":     "192.0.2.7",
		"[2001:db8:1:2:3:4:5:6]:4711": "2001:db8:1:2::",
		"[2001:db8:1:2:ffff::1]:9":    "2001:db8:1:2::",
		"[fe80::1%eth0]:4711":         "fe80::",
		"@":                           "@",
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", "198.51.100.1")
		if got := addressOf(r); got != want {
			t.Errorf("%s counts as %s, want %s", remote, got, want)
		}
	}
}
