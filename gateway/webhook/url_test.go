package webhook

import (
	"errors"
	"strings"
	"testing"

	"kanera.dev/domain"
)

func TestCheckURL(t *testing.T) {
	t.Parallel()
	const odd = "must have a host name of letters, digits, hyphens and dots, or an IP address written in the plain way"
	const inside = "must have a host name of the public Internet"
	const private = "must not lead to a private or reserved address"
	const port = "must have a port from 1 to 65535, or none"
	const invalid = "must be a valid url"
	rows := []struct {
		urls         []string
		fault        string
		developerToo bool // the fault stays when private hosts are allowed
	}{
		{urls: []string{
			"https://example.com", "https://example.com/", "https://EXAMPLE.com/a?b=c", "https://xn--bcher-kva.example:8443/x", "HTTPS://a.b.example",
			"https://8.8.8.8/hook", "https://[2606:4700::1111]:443/", "https://[::ffff:8.8.8.8]/", "https://a.example:1", "https://a.example:65535",
			"https://1.example", "https://a.example/ä%20b?q=%E4", "https://" + strings.Repeat("a", 63) + ".example",
			"https://a.example/" + strings.Repeat("x", 2000-len("https://a.example/")),
		}},
		{fault: "must begin with https://", urls: []string{"http://example.com/"}},
		{fault: private, urls: []string{
			"https://127.0.0.1/", "https://10.1.2.3:8080/", "https://169.254.169.254/latest/meta-data/", "https://[::1]/", "https://[fd00:ec2::254]/",
			"https://[::ffff:127.0.0.1]/", "https://[::127.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://[::]/", "https://0.0.0.0/",
		}},
		{fault: inside, urls: []string{
			"https://localhost/", "https://LOCALHOST:8443/", "https://a.localhost/", "https://printer.local/", "https://metadata.google.internal/", "https://internal/", "https://gateway/",
		}},
		{fault: odd, developerToo: true, urls: []string{
			"https://2130706433/", "https://0x7f000001/", "https://017700000001/", "https://127.1/", "https://0x7f.1/", "https://127.0.0.0x1/",
			"https://0177.0.0.1/", "https://127.0.0.1./", "https://1.2.3/", "https://1.2.3.4.5/", "https://256.1.1.1/", "https://example.com./",
			"https://./", "https://a..example/", "https://.example/", "https://-a.example/", "https://a-.example/", "https://a_b.example/",
			"https://bücher.example/", "https://b%C3%BCcher.example/", "https://１２７.0.0.1/", "https://[fe80::1%25eth0]/", "https://[2606:4700::1%25lo]/",
			"https://a,b.example/", "https://a*.example/", "https://" + strings.Repeat("a", 64) + ".example/",
			"https://" + strings.Repeat("a.", 127) + "example/", "https://example.123/", "https://example.0x1f/",
		}},
		{fault: "must have no user name or password", developerToo: true, urls: []string{"https://me:secret@example.com/", "https://me@example.com/", "https://@example.com/"}},
		{fault: "must have no fragment", developerToo: true, urls: []string{"https://example.com/#a", "https://example.com/#"}},
		{fault: port, developerToo: true, urls: []string{"https://a.example:0/", "https://a.example:65536/", "https://a.example:99999999999/", "https://a.example:/", "https://[2606:4700::1]:/"}},
		{fault: "must begin with https://", urls: []string{"ftp://example.com/", "javascript://example.com/", "file://example.com/etc/passwd", "//example.com/"}},
		{fault: invalid, developerToo: true, urls: []string{
			"x", "/hook", "https:example.com", "https://", "https:///hook", "https://exa%6dple.com/", "https://a b.example/", "https://a.example:port/",
			"https://example.com/\n", "https://example.com/\x00", " https://example.com/", "https://exa\\mple.com/", "https://[::1/", "https://[8.8.8.8]/", "https://::1/", "https://2606:4700::1111/", "https://[::g]/x%", "https://%31%32%37.0.0.1/",
		}},
		{fault: "must be at least 1 characters long", developerToo: true, urls: []string{""}},
		{fault: "must be at most 2000 characters long", developerToo: true, urls: []string{"https://a.example/" + strings.Repeat("x", 2001-len("https://a.example/")), "https://a.example/" + strings.Repeat("😀", 1000)}},
	}
	for _, row := range rows {
		for _, url := range row.urls {
			if got := issueOf(t, CheckURL(url, false)); got != row.fault {
				t.Errorf("%.80q: %q, want %q", url, got, row.fault)
			}
			if got := issueOf(t, CheckURL(url, true)); row.developerToo && got != row.fault {
				t.Errorf("%.80q in development: %q, want %q", url, got, row.fault)
			}
		}
	}
}

// TestPrivateURLs are fine for those who develop a receiver.
func TestPrivateURLs(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://localhost:3000/hook", "http://127.0.0.1:8080", "https://[::1]:8443/", "http://receiver:80/x", "http://a.internal/"} {
		if err := CheckURL(url, true); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	if got := issueOf(t, CheckURL("ftp://127.0.0.1/", true)); got != "must begin with https:// or http://" {
		t.Error(got)
	}
}

// issueOf is the message of the one issue of a validation error on "url"; empty without an error.
func issueOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	invalid, ok := errors.AsType[*domain.Error](err)
	if !ok || invalid.Code != domain.CodeValidation || len(invalid.Issues) != 1 || invalid.Field() != "url" {
		t.Fatalf("%#v", err)
	}
	return invalid.Issues[0].Message
}
