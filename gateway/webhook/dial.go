package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"
)

// Resolver finds the addresses of a host name, as net.Resolver does.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// dialer connects to public addresses only. A name is resolved once for each connection, all its addresses are checked,
// and exactly those are dialled: a name server that changes its answers cannot lead inside. Connections may be kept
// and used again, because a connection stays with the address that was checked when it was made.
type dialer struct {
	resolver     Resolver
	allowPrivate bool
	connect      func(ctx context.Context, network, address string) (net.Conn, error)
}

// DialContext connects to host:port, trying the addresses of the host one after the other. It fails with errAddress
// when any of them is not public.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("read host and port: %w", err)
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("read the port: %w", err)
	}
	addresses, err := d.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	for i, address := range addresses {
		var conn net.Conn
		if conn, err = d.try(ctx, network, netip.AddrPortFrom(address, uint16(number)), len(addresses)-i); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// resolve finds the addresses of a host and refuses all of them when one is not public.
func (d *dialer) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	addresses := make([]netip.Addr, 0, 1)
	if literal, err := netip.ParseAddr(host); err == nil {
		addresses = append(addresses, literal)
	} else if addresses, err = d.resolver.LookupNetIP(ctx, "ip", host); err != nil {
		return nil, fmt.Errorf("look up the host: %w", err)
	}
	if len(addresses) == 0 {
		return nil, errNoHost
	}
	for i, address := range addresses {
		if !d.allowPrivate && !isPublic(address) {
			return nil, errAddress
		}
		addresses[i] = address.Unmap()
	}
	return addresses, nil
}

// errNoHost says that a name has no addresses.
var errNoHost = errors.New("host name not found")

// try connects to one of the addresses that are left, within its share of the time that is left.
func (d *dialer) try(ctx context.Context, network string, address netip.AddrPort, left int) (net.Conn, error) {
	if deadline, ok := ctx.Deadline(); ok && left > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
		defer cancel()
	}
	return d.connect(ctx, network, address.String())
}
