package webhook

import (
	"errors"
	"net/netip"
)

// errAddress says that an address must not be dialled. It does not say which.
var errAddress = errors.New("address is not allowed")

// global is what of IPv6 is given out to networks of the public Internet.
var global = netip.MustParsePrefix("2000::/3")

// blocked are addresses that lead inside, to many, or nowhere. IPv6 outside of global is blocked as a whole: loopback,
// unspecified, IPv4-compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48), unique local (fc00::/7), link-local (fe80::/10),
// site-local (fec0::/10), multicast (ff00::/8) and all that is reserved.
var blocked = prefixes(
	"0.0.0.0/8",       // this network
	"10.0.0.0/8",      // private
	"100.64.0.0/10",   // carrier-grade NAT
	"127.0.0.0/8",     // loopback
	"169.254.0.0/16",  // link-local, cloud metadata
	"172.16.0.0/12",   // private
	"192.0.0.0/24",    // protocol assignments
	"192.0.2.0/24",    // documentation
	"192.88.99.0/24",  // 6to4 relays
	"192.168.0.0/16",  // private
	"198.18.0.0/15",   // benchmarking
	"198.51.100.0/24", // documentation
	"203.0.113.0/24",  // documentation
	"224.0.0.0/4",     // multicast
	"240.0.0.0/4",     // reserved, broadcast
	"2001::/23",       // protocol assignments: Teredo, benchmarking, ORCHID
	"2001:db8::/32",   // documentation
	"2002::/16",       // 6to4
	"3fff::/20",       // documentation
)

func prefixes(texts ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		parsed[i] = netip.MustParsePrefix(text)
	}
	return parsed
}

// isPublic reports whether an address belongs to the public Internet. An IPv4 address mapped into IPv6 counts as the
// IPv4 address; one with a zone is never public.
func isPublic(address netip.Addr) bool {
	if address.Zone() != "" {
		return false
	}
	address = address.Unmap()
	if !address.IsValid() || address.Is6() && !global.Contains(address) {
		return false
	}
	for _, prefix := range blocked {
		if prefix.Contains(address) {
			return false
		}
	}
	return true
}
