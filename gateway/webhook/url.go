package webhook

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"kanera.dev/domain"
)

const maxURL = 2000 // UTF-16 units, as every length of the contract

// CheckURL says what is wrong with the URL of an endpoint, as an issue of the member "url". It has to be https to a
// public name or address, without user info or fragment, the host written in the plain way. With allowPrivate, http
// and hosts inside are fine. It asks no name server: what a name leads to is checked whenever it is dialled.
func CheckURL(raw string, allowPrivate bool) error {
	var checks domain.Checks
	checks.Text(raw, 1, maxURL, "url")
	if err := checks.Err(); err != nil {
		return err
	}
	target, err := url.Parse(raw)
	if err != nil || target.Host == "" {
		return domain.Invalid(domain.WrongFormat("url", "", "url"))
	}
	if fault := faultOf(target, raw, allowPrivate); fault != "" {
		return domain.Invalid(domain.Custom(fault, "url"))
	}
	return nil
}

// faultOf is the rule that a URL breaks; empty when it breaks none.
func faultOf(target *url.URL, raw string, allowPrivate bool) string {
	switch {
	case target.Scheme != "https" && !allowPrivate:
		return "must begin with https://"
	case target.Scheme != "https" && target.Scheme != "http":
		return "must begin with https:// or http://"
	case target.User != nil:
		return "must have no user name or password"
	case strings.Contains(raw, "#"):
		return "must have no fragment"
	case !isPort(target):
		return "must have a port from 1 to 65535, or none"
	}
	return faultOfHost(target, allowPrivate)
}

// isPort reports whether the port is left out or legal.
func isPort(target *url.URL) bool {
	if !strings.HasSuffix(target.Host, ":"+target.Port()) {
		return true
	}
	port, err := strconv.ParseUint(target.Port(), 10, 16)
	return err == nil && port > 0
}

func faultOfHost(target *url.URL, allowPrivate bool) string {
	const odd = "must have a host name of letters, digits, hyphens and dots, or an IP address written in the plain way"
	host := strings.ToLower(target.Hostname())
	if address, err := netip.ParseAddr(host); err == nil {
		switch {
		case address.Zone() != "" || address.Is6() != strings.HasPrefix(target.Host, "["):
			return odd
		case !allowPrivate && !isPublic(address):
			return "must not lead to a private or reserved address"
		}
		return ""
	}
	switch {
	case strings.HasPrefix(target.Host, "[") || !isName(host):
		return odd
	case !allowPrivate && isInside(host):
		return "must have a host name of the public Internet"
	}
	return ""
}

// isName reports whether a host is a DNS name, IDN as punycode. Whatever a program might read as a number, such as
// 2130706433, 0x7f.1 or 127.1, is none.
func isName(host string) bool {
	if len(host) > 253 {
		return false
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	last := labels[len(labels)-1]
	return strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}

// isInside reports whether a name is known not to be public: names without a dot are completed by the resolver.
func isInside(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last == host || last == "localhost" || last == "local" || last == "internal"
}
