package webhook

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"
)

// answers is a name server that gives one answer after the other, the last one for ever.
type answers struct {
	mutex sync.Mutex
	given [][]string
	asked []string
}

func (a *answers) LookupNetIP(_ context.Context, network, host string) ([]netip.Addr, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.asked = append(a.asked, network+" "+host)
	if len(a.given) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	var addresses []netip.Addr
	for _, text := range a.given[0] {
		addresses = append(addresses, netip.MustParseAddr(text))
	}
	if len(a.given) > 1 {
		a.given = a.given[1:]
	}
	return addresses, nil
}

// lines notes which addresses are dialled; up says which of them answer.
type lines struct {
	mutex  sync.Mutex
	dialed []string
	up     func(ctx context.Context, address string) (net.Conn, error)
}

func (l *lines) connect(ctx context.Context, _, address string) (net.Conn, error) {
	l.mutex.Lock()
	l.dialed = append(l.dialed, address)
	l.mutex.Unlock()
	return l.up(ctx, address)
}

func answering(context.Context, string) (net.Conn, error) {
	conn, _ := net.Pipe()
	return conn, nil
}

func TestDial(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	rows := []struct {
		name    string
		address string
		given   []string
		private bool
		down    []string
		dialed  []string
		err     error
	}{
		{name: "the address that was checked", address: "a.example:443", given: []string{"8.8.8.8"}, dialed: []string{"8.8.8.8:443"}},
		{name: "the next one when the first is down", address: "a.example:443", given: []string{"2606:4700::1", "8.8.8.8", "1.1.1.1"}, down: []string{"[2606:4700::1]:443"}, dialed: []string{"[2606:4700::1]:443", "8.8.8.8:443"}},
		{name: "all are down", address: "a.example:443", given: []string{"8.8.8.8", "1.1.1.1"}, down: []string{"8.8.8.8:443", "1.1.1.1:443"}, dialed: []string{"8.8.8.8:443", "1.1.1.1:443"}, err: down},
		{name: "a mapped address is dialled as what it is", address: "a.example:443", given: []string{"::ffff:8.8.8.8"}, dialed: []string{"8.8.8.8:443"}},
		{name: "one that is inside spoils all", address: "a.example:443", given: []string{"8.8.8.8", "10.0.0.1"}, err: errAddress},
		{name: "a mapped loopback", address: "a.example:443", given: []string{"::ffff:127.0.0.1"}, err: errAddress},
		{name: "an address with a zone", address: "a.example:443", given: []string{"fe80::1%lo"}, err: errAddress},
		{name: "inside, in development", address: "a.example:80", given: []string{"127.0.0.1"}, private: true, dialed: []string{"127.0.0.1:80"}},
		{name: "a name without addresses", address: "a.example:443", given: []string{}, err: errNoHost},
		{name: "a literal", address: "8.8.8.8:443", dialed: []string{"8.8.8.8:443"}},
		{name: "a literal inside", address: "127.0.0.1:443", err: errAddress},
		{name: "a literal inside, in IPv6", address: "[::1]:443", err: errAddress},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			net1 := &lines{up: func(ctx context.Context, address string) (net.Conn, error) {
				if slices.Contains(row.down, address) {
					return nil, down
				}
				return answering(ctx, address)
			}}
			names := &answers{given: [][]string{row.given, {"127.0.0.1"}}}
			conn, err := (&dialer{names, row.private, net1.connect}).DialContext(t.Context(), "tcp", row.address)
			if err == nil {
				defer conn.Close()
			}
			if !errors.Is(err, row.err) || !slices.Equal(net1.dialed, row.dialed) {
				t.Errorf("dialled %v, %v; want %v, %v", net1.dialed, err, row.dialed, row.err)
			}
			if len(names.asked) > 1 {
				t.Errorf("asked the name server more than once: %v", names.asked)
			}
		})
	}
}

// TestAnAddressThatHangs leaves time for the next one.
func TestAnAddressThatHangs(t *testing.T) {
	t.Parallel()
	net1 := &lines{up: func(ctx context.Context, address string) (net.Conn, error) {
		if address == "8.8.8.8:443" {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return answering(ctx, address)
	}}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	conn, err := (&dialer{&answers{given: [][]string{{"8.8.8.8", "1.1.1.1"}}}, false, net1.connect}).DialContext(ctx, "tcp", "a.example:443")
	if err != nil {
		t.Fatal(err)
	}
	conn.Close()
}
